"""Which address does a MAIL or RCPT command name, and is it one of ours? RFC 5321 §4.1.2, §4.1.1.3, §4.5.1."""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TypeAlias

#: The desk's own addresses, lower-case local@domain.
Recipients: TypeAlias = AbstractSet[str]

_REST = r"""\s*
    (?: <(?:@[^:<>\s]*:)? (?P<path> (?: "(?:[^"\\]|\\.)*" | [^"<>\s] )* )>   # a source route is read over
      | (?P<bare>[^\s<>"]+) )                                                # printers and scripts forget the brackets
    (?: \s+ (?P<parameters>.*) )? $"""
_SYNTAX = {
    "FROM": re.compile("FROM:" + _REST, re.IGNORECASE | re.VERBOSE),
    "TO": re.compile("TO:" + _REST, re.IGNORECASE | re.VERBOSE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """The argument of MAIL or RCPT."""

    #: "" is the null reverse-path.
    address: str
    #: By name in upper case; "" where a parameter has no value.
    parameters: Mapping[str, str]


def read_path(keyword: str, argument: str | None) -> Path | None:
    """The path after FROM: or TO:, None where the argument is malformed or holds what is not text."""
    match = _SYNTAX[keyword].match(argument or "")
    if match is None:
        return None
    address = match["bare"] or match["path"] or ""
    if not address.isprintable():
        return None
    pairs = (word.partition("=") for word in (match["parameters"] or "").split())
    return Path(address=address, parameters={name.upper(): value for name, _, value in pairs})


def own_recipient(address: str, desk: Recipients) -> str | None:
    """`address` in the form in which we know it, None where it is not ours.

    Ours are the desk's addresses, these with +anything behind the local part, and postmaster.
    """
    local, _, domain = address.lower().rpartition("@")
    if local.startswith('"'):
        local = re.sub(r"\\(.)", r"\1", local[1:-1])
    if not local:
        return "postmaster" if domain == "postmaster" else None
    if local == "postmaster" and any(own.endswith(f"@{domain}") for own in desk):
        return f"{local}@{domain}"
    stems = (local, *(local[: plus.start()] for plus in re.finditer(r"\+", local)))
    return f"{local}@{domain}" if any(f"{stem}@{domain}" in desk for stem in stems) else None
