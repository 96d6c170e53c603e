"""What does an SPF record allow, and how would it have to read? RFC 7208; read by the code that reads senders'."""

import re
from collections.abc import Iterable, Sequence

from mailticket.mail import spf
from mailticket.mail.lookup import Lookup

_VERSION = "v=spf1"
_ALL = re.compile(r"[+?~-]?all", re.IGNORECASE)
#: An address that nobody sends from (RFC 5737).
_NOBODY = "192.0.2.1"


def among(values: Iterable[bytes]) -> list[str]:
    """The SPF records among the TXT records of a domain."""
    texts = (value.decode("utf-8", "replace") for value in values)
    return [" ".join(text.split()) for text in texts if text.split(" ")[0].lower() == _VERSION]


def missing(record: str, needed: Sequence[str]) -> list[str]:
    """Those mechanisms that do not stand in it; all that are included are not looked into."""
    there = {term.lstrip("+").lower() for term in record.split()}
    return [one for one in needed if one.lower() not in there]


def allows(address: str, domain: str, lookup: Lookup) -> bool:
    """Whether the domain's record lets this address send, through includes and all."""
    return spf.check(address, domain, f"postmaster@{domain}", lookup) == "pass"


def problem(record: str, domain: str, lookup: Lookup) -> str:
    """What makes the record worthless to its readers, "" where nothing does."""
    if any(term.lower() in ("+all", "all") for term in record.split()):
        return "it allows everybody to send in the domain's name"
    if spf.check(_NOBODY, domain, f"postmaster@{domain}", lookup) == "permerror":
        return "receivers cannot work it out (a mistake in it, or more than ten look-ups): it counts as none"
    return ""


def changed(record: str, more: Sequence[str]) -> str:
    """The record with more mechanisms, before its `all` or `redirect`: what comes after those is not read."""
    terms = record.split()
    at = next((n for n, term in enumerate(terms) if _ALL.fullmatch(term) or term.startswith("redirect=")), len(terms))
    return " ".join([*terms[:at], *more, *terms[at:]])


def joined(records: Sequence[str]) -> str:
    """One record that says what these say together."""
    terms = [term for record in records for term in record.split()[1:]]
    ends = [term for term in terms if _ALL.fullmatch(term)]
    kept = [term for term in dict.fromkeys(terms) if term not in ends]
    return " ".join([_VERSION, *kept, "~all" if "~all" in ends or not ends else ends[-1]])


def mended(record: str) -> str:
    """The record without what makes it worthless, as far as that can be said: `all` softened."""
    return " ".join("~all" if term.lower() in ("+all", "all") else term for term in record.split())
