"""Where do settings come from? A TOML file, then `MAILTICKET__SECTION__KEY`.

An error names file, key, value and what is allowed.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError, model_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from mailticket import mistakes
from mailticket.errors import ConfigError
from mailticket.settings.desk import (
    AgentSettings,
    AttachmentSettings,
    ConfirmationSettings,
    DeskSettings,
    LifecycleSettings,
    SlaSettings,
    TeamSettings,
    TypeSettings,
    types_of,
)
from mailticket.settings.intake import IntakeSettings
from mailticket.settings.login import Login
from mailticket.settings.oauth2 import OAuth2Settings
from mailticket.settings.outbound import DkimSettings, OutboundSettings
from mailticket.settings.service import (
    CanarySettings,
    ConsoleSettings,
    IdentitySettings,
    MetricsSettings,
    RetentionSettings,
    ServiceSettings,
    StoreSettings,
)

#: Where settings are looked for, in this order, when neither --config nor $MAILTICKET_CONFIG names a file.
PLACES = (Path("config/mailticket.toml"), Path("/etc/mailticket/mailticket.toml"))

AnyModel = TypeVar("AnyModel", bound=BaseModel)
#: (within Settings, `type` is a setting)
SettingsClass: TypeAlias = type[BaseSettings]


class Settings(BaseSettings):
    """All settings, frozen. Paths are absolute: relative ones are taken from the folder of the settings file."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, env_prefix=mistakes.PREFIX, env_nested_delimiter="__", case_sensitive=False
    )

    desk: DeskSettings = DeskSettings()
    store: StoreSettings = StoreSettings()
    intake: IntakeSettings = IntakeSettings()
    outbound: OutboundSettings = OutboundSettings()
    identity: IdentitySettings = IdentitySettings()
    attachments: AttachmentSettings = AttachmentSettings()
    confirmations: ConfirmationSettings = ConfirmationSettings()
    lifecycle: LifecycleSettings = LifecycleSettings()
    retention: RetentionSettings = RetentionSettings()
    service: ServiceSettings = ServiceSettings()
    metrics: MetricsSettings = MetricsSettings()
    console: ConsoleSettings = ConsoleSettings()
    canary: CanarySettings = CanarySettings()
    agent: tuple[AgentSettings, ...] = ()
    team: tuple[TeamSettings, ...] = ()
    type: tuple[TypeSettings, ...] = ()
    sla: tuple[SlaSettings, ...] = ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: SettingsClass,
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file; nothing else is read."""
        return EnvSettingsSource(settings_cls), init_settings

    @property
    def own_addresses(self) -> tuple[str, ...]:
        """All addresses of all desks, the main one first."""
        teams = (address for team in self.team if team.address for address in (team.address, *team.aliases))
        return (self.desk.address, *self.desk.aliases, *teams)

    @model_validator(mode="after")
    def _no_address_is_two_peoples(self) -> "Settings":
        owner: dict[str, str] = dict.fromkeys((self.desk.address, *self.desk.aliases), "the desk")
        others = [(f"team {team.name}", (team.address, *team.aliases)) for team in self.team if team.address]
        others += [(f"agent {agent.name}", (agent.address, *agent.aliases)) for agent in self.agent]
        for name, addresses in others:
            for address in addresses:
                if name.startswith("agent ") and address in self.own_addresses:
                    raise ValueError(
                        f"{name} cannot have the desk's own address {address}: every mail from it is the desk's, and "
                        "notifications to it would come in as mail. Who answers from that mailbox itself needs no "
                        '[[agent]]: leave it out, and set sent_folder = "auto" and mark_seen = false in that mailbox\' '
                        "[[intake.imap]]; what is answered there is recorded on its ticket. Or give the agent an "
                        "address of their own."
                    )
                if address in owner:
                    raise ValueError(
                        f"{name}: {address} belongs to {owner[address]} already; its mail could not be told apart"
                    )
                owner[address] = name
        return self

    @model_validator(mode="after")
    def _every_place_to_listen_is_one_doors(self) -> "Settings":
        doors = [("intake.smtp", place) for door in self.intake.smtp for place in door.listen]
        owner: dict[str, str] = {}
        for name, place in (*doors, ("metrics", self.metrics.listen), ("console", self.console.listen)):
            if place in owner and not place.endswith(":0"):
                raise ValueError(f"{name}.listen: {owner[place]} listens on {place} already; set another port")
            owner |= {place: name} if place else {}
        return self

    @model_validator(mode="after")
    def _every_team_that_is_named_is_there(self) -> "Settings":
        names = [team.name for team in self.team]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f'two [[team]]s have the name "{twice}"; tickets could not tell them apart')
        members = [(f"agent {agent.name} is in", team) for agent in self.agent for team in agent.teams]
        members += [(f"mailbox {box.name} belongs to", box.team) for box in self.intake.imap if box.team]
        members += [("[desk] belongs to", self.desk.team)] if self.desk.team else []
        members += [(f"sla {sla.name} is for", team) for sla in self.sla for team in sla.teams]
        if unknown := next(((who, team) for who, team in members if team not in names), None):
            raise ValueError(f'{unknown[0]} team "{unknown[1]}", and there is no [[team]] of that name')
        return self

    @model_validator(mode="after")
    def _every_type_that_is_named_is_there(self) -> "Settings":
        names = types_of(self.type)
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f'the type "{twice}" is there twice; the first one needs no [[type]]')
        asked = ((sla.name, one) for sla in self.sla for one in sla.types)
        if unknown := next(((sla, one) for sla, one in asked if one not in names), None):
            raise ValueError(f'sla {unknown[0]} is for type "{unknown[1]}", and there is no [[type]] of that name')
        return self


def find(explicit: Path | None = None) -> Path | None:
    """The settings file: `explicit`, else $MAILTICKET_CONFIG, else the first of PLACES that exists, else None.

    Raises ConfigError where a file was named that is not there.
    """
    named = explicit or (Path(os.environ["MAILTICKET_CONFIG"]) if os.environ.get("MAILTICKET_CONFIG") else None)
    if named is None:
        # the working folder may be one that this user must not see; that the service's file is closed, load() says
        return next((place for place in PLACES if _is_file(place, if_denied=place.is_absolute())), None)
    if not _is_file(named, if_denied=True):
        raise ConfigError(
            f"{named}: there is no such settings file.\n  Name one with --config FILE or $MAILTICKET_CONFIG."
        )
    return named


def _is_file(path: Path, *, if_denied: bool) -> bool:
    """Whether there is a file at `path`; `if_denied` is the answer where this user may not look."""
    try:
        return path.is_file()
    except PermissionError:
        return if_denied


def load(path: Path | None) -> Settings:
    """The settings of the file at `path` under the environment. Raises ConfigError, for None with where to put one."""
    if path is None:
        raise ConfigError(
            "no settings file was found.\n  Looked for: --config FILE, $MAILTICKET_CONFIG, "
            + ", ".join(str(place) for place in PLACES)
            + ".\n  Copy config/mailticket.toml from the project and set [desk] address."
        )
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except PermissionError as error:
        raise ConfigError(
            f"{path}: this user may not read it.\n"
            "  Run the command as the service's user: runuser -u mailticket -- mailticket ..."
        ) from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: is not valid TOML: {error}.") from error
    return build(values, str(path), base=path.parent)


def build(values: Mapping[str, Any], origin: str, base: Path) -> Settings:
    """Settings from `values`, errors speaking of `origin`, relative paths taken from `base`. Raises ConfigError."""
    mistakes.refuse_unusable_variables(os.environ, Settings)
    try:
        settings = Settings(**values)
    except ValidationError as error:
        explained = (mistakes.explain(detail, origin, os.environ, Settings) for detail in error.errors())
        raise ConfigError("\n".join(explained)) from None
    return _absolute(settings, base.resolve())


def secret_of(login: Login) -> str:
    """The password of a login from wherever the settings put it. Raises ConfigError where that cannot be read."""
    path = _credential(login.credential, "password_file") if login.credential else login.password_file
    return _text_of(path, "password") if path else login.password.get_secret_value()


def client_secret_of(oauth2: OAuth2Settings) -> str:
    """The secret of an OAuth2 client, "" where it has none. Raises ConfigError where it cannot be read."""
    name = oauth2.client_credential
    path = _credential(name, "client_secret_file") if name else oauth2.client_secret_file
    return _text_of(path, "client's secret") if path else oauth2.client_secret.get_secret_value()


def service_account_of(oauth2: OAuth2Settings) -> str:
    """The key (JSON) of the service account that is named. Raises ConfigError where it cannot be read."""
    name = oauth2.service_account_credential
    path = _credential(name, "service_account_file") if name else oauth2.service_account_file
    assert path is not None  # whoever asks has looked
    return _text_of(path, "service account's key")


def oauth_key_path(settings: Settings) -> Path:
    """Where the key lies that locks stored sign-ins. Raises ConfigError where systemd has not brought it."""
    identity = settings.identity
    if identity.oauth_key_credential:
        return _credential(identity.oauth_key_credential, "oauth_key_file")
    return identity.oauth_key_file or settings.desk.data_dir / "oauth.key"


def _text_of(path: Path, what: str) -> str:
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise ConfigError(f"{path}: the {what} cannot be read: {error.strerror}.") from error


def key_of(dkim: DkimSettings) -> bytes:
    """The private key that `[outbound.dkim]` names. Raises ConfigError where that cannot be read."""
    path = _credential(dkim.credential, "key_file") if dkim.credential else dkim.key_file
    assert path is not None  # a selector has a key
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: the DKIM key cannot be read: {error.strerror}.") from error


def _credential(name: str, instead: str) -> Path:
    """The file that systemd makes of a credential."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        raise ConfigError(
            f'credential = "{name}" needs systemd (LoadCredential={name}:FILE in its unit) '
            f"and $CREDENTIALS_DIRECTORY is not set. Use {instead} when you start mailticket by hand."
        )
    return Path(folder) / name


def _absolute(model: AnyModel, base: Path) -> AnyModel:
    changes: dict[str, Any] = {}
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, Path):
            changes[name] = base / value.expanduser()
        elif isinstance(value, BaseModel):
            changes[name] = _absolute(value, base)
        elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            changes[name] = tuple(_absolute(item, base) for item in value)
    return model.model_copy(update=changes)
