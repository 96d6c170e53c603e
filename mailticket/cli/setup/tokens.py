"""With which permission instead of a password? The OAuth2 table of a provider, or of a server that describes itself."""

from pathlib import Path
from typing import Any

from mailticket.cli.setup.asking import Person
from mailticket.presets import PRESETS, Preset
from mailticket.setup import answers
from mailticket.setup.wishes import Wishes

_WHERE = {
    "google": 'an OAuth client of the type "Desktop app" at console.cloud.google.com',
    "microsoft365": "an app registration at entra.microsoft.com",
}


def wanted(person: Person, wishes: Wishes, preset: Preset | None) -> bool:
    """Whether OAuth2 shall open the mailbox: at Microsoft nothing else does, at Google an app password is quicker.

    Elsewhere a password is so usual that only a flag speaks of it.
    """
    if preset is None or not preset.oauth2:
        return wishes.auth == "oauth2" or bool(wishes.issuer)
    usual = "password" if preset is PRESETS["google"] else "oauth2"
    if preset is PRESETS["google"]:
        person.say(
            "  An app password is quick, where your administrator allows it; oauth2 takes ten minutes at Google."
        )
    return (
        person.chosen("Log in by", "--auth", given=wishes.auth, default=usual, among=("password", "oauth2")) == "oauth2"
    )


def ask(person: Person, wishes: Wishes, preset: Preset | None) -> dict[str, Any]:
    """The table `oauth2`."""
    where = _WHERE.get(preset.name if preset else "", "a client at the OAuth2 server of your mailbox")
    person.say(f"  This needs {where}; config/README.md says where to click.")
    table = {} if preset and preset.oauth2 else _server(person, wishes)
    grant = person.chosen(
        "Grant: delegated (a person signs in once) or application (the desk has a right of its own)",
        "--grant",
        given=wishes.grant,
        default="delegated",
        among=("delegated", "application"),
    )
    if grant == "application":
        table["grant"] = grant
    if preset is PRESETS["google"] and grant == "application":
        key = _file(
            person, "Key file of the service account (JSON)", "--service-account-file", wishes.service_account_file
        )
        return {**table, "service_account_file": key}
    table["client_id"] = person.asked("Client ID", "--client-id", given=wishes.client_id, read=answers.line)
    if preset is PRESETS["google"] or grant == "application":
        question = "File with the client secret"
        table["client_secret_file"] = _file(person, question, "--client-secret-file", wishes.client_secret_file)
    if preset is PRESETS["microsoft365"]:
        table["tenant"] = person.asked("Directory (tenant) ID", "--tenant", given=wishes.tenant, read=answers.line)
    return table


def _server(person: Person, wishes: Wishes) -> dict[str, Any]:
    """Any server that describes itself (OpenID Connect Discovery)."""
    issuer = person.asked("Issuer: address of the OAuth2 server", "--issuer", given=wishes.issuer, read=answers.line)
    scopes = person.asked("Scopes that the mail server wants", "--scope", given=" ".join(wishes.scopes), read=str.split)
    found: dict[str, Any] = {"issuer": issuer, "scopes": scopes}
    return {**found, "ca_file": str(wishes.ca_file.absolute())} if wishes.ca_file else found


def _file(person: Person, question: str, flag: str, given: Path | None) -> str:
    def read(words: str) -> str:
        if not Path(words).is_file():
            raise ValueError(f"There is no file {words}.")
        return str(Path(words).absolute())

    return person.asked(question, flag, given=str(given or ""), read=read)
