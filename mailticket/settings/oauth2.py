"""By whose permission do we open a mailbox without its password? [intake.imap.oauth2] and [outbound.oauth2]."""

from datetime import date
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr, model_validator

from mailticket.settings.section import Section
from mailticket.settings.values import OptionalPath


def _https(value: str) -> str:
    parts = urlsplit(value)
    if value and not (parts.scheme == "https" and parts.hostname):
        raise ValueError("is not an address that begins with https://")
    return value.rstrip("/")


def _with_path(value: str) -> str:
    if value and not urlsplit(value).path:
        raise ValueError(
            "has no path such as https://login.acme.example/realms/acme; "
            "for a server without one set authorization_endpoint and token_endpoint instead"
        )
    return value


Https = Annotated[str, AfterValidator(_https)]
Issuer = Annotated[str, AfterValidator(_https), AfterValidator(_with_path)]
#: `""` in the file is the same as no word at all.
OptionalDate = Annotated[date | None, BeforeValidator(lambda value: None if value == "" else value)]


class OAuth2Settings(Section):
    """[intake.imap.oauth2] and [outbound.oauth2]"""

    grant: Literal["delegated", "application"] = "delegated"
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    client_secret_file: OptionalPath = None
    client_credential: str = ""
    client_secret_expires: OptionalDate = None
    tenant: str = ""
    service_account_file: OptionalPath = None
    service_account_credential: str = ""
    issuer: Issuer = ""
    authorization_endpoint: Https = ""
    token_endpoint: Https = ""
    scopes: tuple[str, ...] = ()
    ca_file: OptionalPath = None

    @property
    def is_set(self) -> bool:
        """Whether the settings say anything at all here."""
        return self != OAuth2Settings()

    @property
    def has_secret(self) -> bool:
        """Whether the client has a secret, wherever that lies."""
        return bool(self.client_secret.get_secret_value() or self.client_secret_file or self.client_credential)

    @property
    def has_service_account(self) -> bool:
        """Whether Google's key file of a service account is named."""
        return bool(self.service_account_file or self.service_account_credential)

    @model_validator(mode="after")
    def _each_secret_lies_in_one_place(self) -> "OAuth2Settings":
        places = (self.client_secret.get_secret_value(), self.client_secret_file, self.client_credential)
        if sum(map(bool, places)) > 1:
            raise ValueError("takes one of client_secret, client_secret_file and client_credential, not several")
        if self.service_account_file and self.service_account_credential:
            raise ValueError("takes one of service_account_file and service_account_credential, not both")
        if bool(self.authorization_endpoint) != bool(self.token_endpoint):
            raise ValueError("authorization_endpoint and token_endpoint are set together or not at all")
        if self.issuer and self.token_endpoint:
            raise ValueError("takes an issuer, which names its endpoints, or the endpoints themselves, not both")
        return self


def missing(oauth2: OAuth2Settings, provider: str, user: str) -> str:
    """Which key is missing, or too much, for a login of `user` at `provider`, and why; "" where all is there."""
    by = "_google" if provider == "google" else "_microsoft" if provider == "microsoft365" else "_other"
    if not user:
        return "user is missing: the mailbox that the token shall open"
    return {"_google": _google, "_microsoft": _microsoft, "_other": _other}[by](oauth2)


def _google(oauth2: OAuth2Settings) -> str:
    if oauth2.tenant or oauth2.issuer:
        return "tenant and issuer are not for Google; leave them out"
    if oauth2.grant == "application":
        if not oauth2.has_service_account:
            return 'service_account_file is missing: the key (JSON) of the service account for grant = "application"'
        return ""
    if oauth2.has_service_account:
        return 'service_account_file is for grant = "application", which is to be said as well'
    if not (oauth2.client_id and oauth2.has_secret):
        return "client_id and client_secret are missing: those of an OAuth client of the type desktop app"
    return ""


def _microsoft(oauth2: OAuth2Settings) -> str:
    if oauth2.has_service_account:
        return "service_account_file is for Google only"
    if oauth2.issuer or oauth2.token_endpoint:
        return "issuer and endpoints of Microsoft are known; leave them out, and set tenant"
    if not oauth2.client_id:
        return "client_id is missing: the Application (client) ID of the app registration in Entra"
    if not oauth2.tenant:
        return 'tenant is missing: the Directory (tenant) ID of the app registration, or "consumers" for outlook.com'
    return _secret_where_it_belongs(oauth2)


def _other(oauth2: OAuth2Settings) -> str:
    if oauth2.tenant or oauth2.has_service_account:
        return 'tenant is for provider = "microsoft365", service_account_file for "google"'
    if not (oauth2.issuer or oauth2.token_endpoint):
        return "issuer is missing: where the OAuth2 server is; or set provider to google or microsoft365"
    if not oauth2.client_id:
        return "client_id is missing: the name under which the OAuth2 server knows this desk"
    if not oauth2.scopes:
        return "scopes are missing: what the mail server wants to see granted"
    if oauth2.grant == "application" and not oauth2.issuer:
        return 'issuer is missing: grant = "application" needs it'
    return _secret_where_it_belongs(oauth2) if oauth2.issuer else ""


def _secret_where_it_belongs(oauth2: OAuth2Settings) -> str:
    if oauth2.grant == "application" and not oauth2.has_secret:
        return 'client_secret (or client_secret_file, client_credential) is missing for grant = "application"'
    if oauth2.grant == "delegated" and oauth2.has_secret:
        return 'client_secret is for grant = "application", which is to be said as well; people sign in without one'
    return ""
