"""Whom does a relay of ours bring this mail from? XFORWARD, as Postfix says it (its XFORWARD_README).

Only a trusted peer is heard; what it says holds for one mail.
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address

#: As EHLO names them; what else a relay may say it need not tell us.
ATTRIBUTES = ("NAME", "ADDR", "PROTO", "HELO", "SOURCE")
#: Understood, and of no use here.
_PASSED_OVER = frozenset({"PORT", "IDENT"})
_UNKNOWN = frozenset({"[UNAVAILABLE]", "[TEMPUNAVAIL]"})
_XTEXT = re.compile(r"\+([0-9A-Fa-f]{2})")
_ATTRIBUTE = re.compile(r"([A-Za-z]+)=([!-~]{0,255})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded:
    """The client behind a relay."""

    #: IP address; None where the relay does not say, or where the mail began with it.
    client: str | None = None
    helo: str = ""


def read_xforward(argument: str | None, known: dict[str, str]) -> dict[str, str] | None:
    """`known` attributes and those of one XFORWARD command, decoded; None where it cannot be read."""
    words = (argument or "").split()
    found = dict(known)
    for word in words:
        match = _ATTRIBUTE.fullmatch(word)
        if match is None or (name := match[1].upper()) not in _PASSED_OVER.union(ATTRIBUTES):
            return None
        found[name] = _XTEXT.sub(lambda code: chr(int(code[1], 16)), match[2])
    return found if words and _is_address(found.get("ADDR", "")) else None


def forwarded(attributes: dict[str, str]) -> Forwarded:
    """The client that the attributes name."""
    address = _address(attributes.get("ADDR", ""))
    if address is None or attributes.get("SOURCE", "REMOTE").upper() == "LOCAL":
        return Forwarded()
    helo = attributes.get("HELO", "")
    return Forwarded(client=address, helo="" if helo.upper() in _UNKNOWN else helo)


def _is_address(text: str) -> bool:
    return not text or text.upper() in _UNKNOWN or _address(text) is not None


def _address(text: str) -> str | None:
    plain = text[5:] if text[:5].upper() == "IPV6:" else text
    try:
        return str(ip_address(plain))
    except ValueError:
        return None
