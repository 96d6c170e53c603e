"""Is this an answer? Reads what people type; a refusal is a ValueError in words for them."""

from email.utils import parseaddr

from pydantic import TypeAdapter, ValidationError

from mailticket.presets import PRESETS, Preset
from mailticket.settings.login import LOOPBACK
from mailticket.settings.values import MailAddress, Tls

_ADDRESS: TypeAdapter[str] = TypeAdapter(MailAddress)


def address(words: str) -> str:
    """A mail address in lower case."""
    try:
        return _ADDRESS.validate_python(words)
    except ValidationError as error:
        raise ValueError(f'"{words}" {error.errors()[0]["ctx"]["error"]}.') from None


def line(words: str) -> str:
    """Any words in one line."""
    if not words or not words.isprintable():
        raise ValueError("One line of text is needed here.")
    return words


def host(words: str) -> str:
    """The name of a server."""
    if not words or " " in words or not words.isprintable() or "/" in words:
        raise ValueError("The name of a server is needed, such as imap.acme.example.")
    return words.lower()


def port(words: str) -> int:
    """A TCP port."""
    if not (words.isascii() and words.isdigit() and 0 < int(words) < 65_536):
        raise ValueError("A port is a number from 1 to 65535: 993 or 143 for IMAP, 465 or 587 for sending.")
    return int(words)


def provider(words: str) -> Preset:
    """One of the presets."""
    if words not in PRESETS:
        raise ValueError(f"is not one of: {', '.join(PRESETS)}.")
    return PRESETS[words]


def tls(words: str, host: str) -> Tls:
    """How a connection to `host` is protected."""
    if words == "none" and not LOOPBACK.fullmatch(host):
        raise ValueError(f"To {host} nothing goes without TLS; none is for this machine only (127.0.0.1, localhost).")
    match words:
        case "implicit" | "starttls" | "none":
            return words
    raise ValueError("is not one of: implicit (TLS from the first byte), starttls, none (to this machine only).")


def tls_of(number: int, host: str) -> Tls:
    """What is usual on this port."""
    if number == 25 and host in ("127.0.0.1", "localhost", "::1"):
        return "none"
    return "implicit" if number in (993, 465) else "starttls"


def agent(words: str, desk: str) -> dict[str, str] | None:
    """`Ann Ahlberg <ann@acme.example>` as a table of settings; None for no words. An address alone names itself."""
    if not words:
        return None
    name, addr_spec = parseaddr(words)
    found = address(addr_spec or words)
    if found == desk:
        raise ValueError(
            f"{found} is the desk's own address, and an agent's mail must be told from the desk's. "
            "An agent needs an address of their own."
        )
    return {"name": name or found.partition("@")[0].capitalize(), "address": found}


def mailbox_name(desk: str) -> str:
    """A name for the mailbox of this desk: letters, digits, and . _ - only."""
    local = desk.partition("@")[0]
    return "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in local)
