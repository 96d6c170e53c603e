"""Which server, and who are we there? The questions that mailbox and relay have in common."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mailticket.autoconfig import Server
from mailticket.cli.setup.asking import Person
from mailticket.mail.lookup import organization
from mailticket.settings.values import Tls
from mailticket.setup import answers

#: Seconds that a server may be silent while somebody waits for it.
PATIENCE = 15
#: What is typed for a server that wants no login.
NOBODY = "-"
_HERE = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two servers."""

    #: Of its flags: `--imap-host`.
    prefix: str
    #: As the questions call it.
    title: str
    port: int
    login_flag: str
    #: Whether there are such servers without a login.
    login_is_optional: bool = False

    def flag(self, name: str) -> str:
        """`--imap-host`"""
        return f"--{self.prefix}-{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What flags said about one side; "" for what they did not."""

    host: str = ""
    port: str = ""
    tls: str = ""
    user: str = ""
    password_file: Path | None = None
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Where to log in, and as whom."""

    host: str = ""
    port: int
    tls: str = ""
    user: str = ""
    password: str = ""
    password_file: Path | None = None
    #: [...oauth2], which takes the place of a password; empty where there is one.
    oauth2: Mapping[str, Any] = field(default_factory=dict)
    ca_file: Path | None = None
    provider: str = ""
    #: The provider's own servers, which are not written down.
    is_preset: bool = False

    def table(self) -> dict[str, Any]:
        """As settings hold it, the password in it until it has its file."""
        server = {} if self.is_preset else {"host": self.host, "port": self.port, "tls": self.tls}
        login = {"provider": self.provider, "user": self.user, "password": self.password}
        files = {"password_file": self.password_file, "ca_file": self.ca_file}
        return {
            **{key: value for key, value in login.items() if value},
            **server,
            **{key: str(path) for key, path in files.items() if path},
            **({"oauth2": dict(self.oauth2)} if self.oauth2 else {}),
        }


def ask_server(person: Person, side: Side, way: Way, given: Given, found: Server | None, domain: str) -> Way:
    """Host, port and TLS. What DNS or web said of a host elsewhere is taken only where somebody sees it, or --yes."""
    known = way.host or (found.host if found else "")
    is_near = organization(known) == organization(domain) or known in _HERE
    is_shown = person.is_there or person.takes_defaults
    host = person.asked(
        f"{side.title}",
        side.flag("host"),
        given=given.host,
        default=known if known and (is_near or is_shown or way.host) else None,
        read=answers.host,
    )
    same = found if found and found.host == host else None
    port = person.asked(
        "Port",
        side.flag("port"),
        given=given.port,
        default=str(way.port if way.host else same.port if same else way.port),
        read=answers.port,
    )
    tls = _ask_tls(person, side, way, given, same, host, port)
    user = way.user or (same.user if same else "")
    return replace(way, host=host, port=port, tls=tls, is_preset=False, user=user)


def _ask_tls(person: Person, side: Side, way: Way, given: Given, found: Server | None, host: str, port: int) -> str:
    """As it was, or was found, or is usual on that port; a person is asked only when that did not work."""

    def read(words: str) -> Tls:
        return answers.tls(words, host)

    if given.tls:
        return person.asked("TLS", side.flag("tls"), given=given.tls, read=read)
    if found and found.port == port:
        return found.tls
    if not way.host:
        return answers.tls_of(port, host)
    usual = way.tls if way.tls and (way.host, way.port) == (host, port) else answers.tls_of(port, host)
    question = "TLS: implicit (from the first byte), starttls, or none (to this machine only)"
    return person.asked(question, side.flag("tls"), default=usual, read=read)


def ask_login(person: Person, side: Side, way: Way, given: Given, desk: str) -> Way:
    """User and password; without a user nobody logs in."""
    question = f'User ("{NOBODY}": it wants no login)' if side.login_is_optional else "User"
    user = person.asked(question, side.flag("user"), given=given.user, default=way.user or desk, read=answers.line)
    if side.login_is_optional and user == NOBODY:
        return replace(way, user="", password="", password_file=None)
    if given.password_file:
        return replace(way, user=user, password="", password_file=given.password_file.absolute())
    password = person.secret(f"Password of {user} (it is not shown)", side.login_flag)
    return replace(way, user=user, password=password, password_file=None)


def ask_trust(person: Person, way: Way) -> Way:
    """Whose signature under the server's certificate counts."""

    def read(words: str) -> Path | None:
        if words and not Path(words).is_file():
            raise ValueError(f"There is no file {words}.")
        return Path(words).absolute() if words else None

    ca_file = person.asked(
        "Certificate of the authority that signed it (a PEM file; Enter: the system's)",
        "--ca-file",
        default=str(way.ca_file or ""),
        read=read,
    )
    return replace(way, ca_file=ca_file)
