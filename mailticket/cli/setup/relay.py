"""By which relay does mail leave? Asked until it takes ours."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from mailticket import config
from mailticket.autoconfig import Found, Server
from mailticket.bearer import Token
from mailticket.cli.setup.asking import Person
from mailticket.cli.setup.server import PATIENCE, Given, Side, Way, ask_login, ask_server, ask_trust
from mailticket.presets import PRESETS
from mailticket.settings.outbound import OutboundSettings
from mailticket.setup.relay import RelayFault, Taken, ask
from mailticket.setup.wishes import Wishes

_SIDE = Side(
    prefix="smtp",
    title="SMTP server, which sends our mail",
    port=465,
    login_flag="--smtp-password-file",
    login_is_optional=True,
)
_LOCAL = PRESETS["postfix-local"]


def connect(person: Person, wishes: Wishes, desk: str, found: Found, mailbox: Way | None) -> tuple[Way, Taken]:
    """Asks for server and login, and tries them; the login of `mailbox` first. Raises ConfigError, RelayFault."""
    given = _given(wishes)
    if not (mailbox or given.password_file):
        given = replace(given, password_file=wishes.password_file)
    way = _first(person, given, desk, found, mailbox)
    while True:
        try:
            return way, asked(person, way, desk)
        except RelayFault as fault:
            if not person.is_there:
                raise
            person = person.attentive()
            person.say(f"  That did not work. {fault}")
            way = ask_server(person, _SIDE, way, Given(), None, desk.rpartition("@")[2])
            if "certificate" in str(fault):
                way = ask_trust(person, way)
            way = way if way.tls == "none" else ask_login(person, _SIDE, way, Given(), desk)


def asked(person: Person, way: Way, desk: str, token: Token | None = None) -> Taken:
    """Logs in, by `token` where there is one, and asks what it takes. Raises RelayFault."""
    person.say(f"  Asking {way.host} whether it takes our mail; none is sent ...")
    return ask(_settings_of(way, desk), desk, token)


def by_token(person: Person, wishes: Wishes, desk: str, found: Found) -> Way:
    """Where the relay is that the mailbox' own permission opens."""
    return _server_of(person, _given(wishes), desk, found)


def _given(wishes: Wishes) -> Given:
    return Given(
        host=wishes.smtp_host,
        port=wishes.smtp_port,
        tls=wishes.smtp_tls,
        user=wishes.smtp_user,
        password_file=wishes.smtp_password_file,
        ca_file=wishes.ca_file,
    )


def _settings_of(way: Way, desk: str) -> OutboundSettings:
    """[outbound] as it would be, only not as patient."""
    values: dict[str, Any] = {"desk": {"address": desk}, "outbound": {**way.table(), "timeout": PATIENCE}}
    return config.build(values, "mailticket setup", base=Path()).outbound


def _server_of(person: Person, given: Given, desk: str, found: Found) -> Way:
    """Where the relay is: the provider's, or the one that is asked for."""
    way, preset = Way(port=_SIDE.port, ca_file=given.ca_file and given.ca_file.absolute()), found.preset
    if preset and preset.smtp_host and preset is not _LOCAL:
        way = replace(way, provider=preset.name, is_preset=True)
        way = replace(way, host=preset.smtp_host, port=preset.smtp_port, tls=preset.smtp_tls)
    if way.is_preset and not given.host:
        return way
    return ask_server(person, _SIDE, way, given, found.smtp, desk.rpartition("@")[2])


def _beside_us(found: Found) -> Found:
    """Whoever is handed mail by a server mostly sends by that one, too."""
    local = Server(host=_LOCAL.smtp_host, port=_LOCAL.smtp_port, tls=_LOCAL.smtp_tls)
    return replace(found, smtp=found.smtp or local)


def _first(person: Person, given: Given, desk: str, found: Found, mailbox: Way | None) -> Way:
    trust = given.ca_file.absolute() if given.ca_file else mailbox.ca_file if mailbox else None
    way = _server_of(person, replace(given, ca_file=trust), desk, found if mailbox else _beside_us(found))
    if way.tls == "none":
        return way
    if mailbox and not (given.user or given.password_file):
        return replace(way, user=mailbox.user, password=mailbox.password, password_file=mailbox.password_file)
    return ask_login(person, _SIDE, way, given, desk)
