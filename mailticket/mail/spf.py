"""May this client send for that domain? SPF (RFC 7208) by pyspf, its questions asked through our lookup.

pyspf asks the DNS in one method of its query, which is overridden; its limits (10 look-ups, 2 of them void) stay.
"""

import re
from typing import Any

import spf

from mailticket.mail.lookup import Lookup, Unanswered

_PLAIN_LOCAL = re.compile(r"[A-Za-z0-9.+_=-]{1,64}")
_DOMAIN = re.compile(r"(?:[A-Za-z0-9_-]{1,63}\.)+[A-Za-z0-9-]{2,63}")
#: An answer holds more addresses only to cost time.
_VOID_LOOKUPS = 2


def sender_domain(mail_from: str, helo: str) -> str:
    """The domain that SPF speaks for: of the reverse-path, or where that is null of HELO (RFC 7208 §2.4); or ""."""
    domain = (mail_from.rpartition("@")[2] if mail_from else helo).rstrip(".").lower()
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    return domain if _DOMAIN.fullmatch(domain) else ""


def check(client: str, helo: str, mail_from: str, lookup: Lookup) -> str:
    """SPF's result on a client's IP address: pass, fail, softfail, neutral, none, permerror or temperror."""
    domain = sender_domain(mail_from, helo)
    if not domain:
        return "none"
    local = mail_from.rpartition("@")[0] if mail_from else "postmaster"
    sender = f"{local if _PLAIN_LOCAL.fullmatch(local) else 'postmaster'}@{domain}"
    try:
        result: str = _Query(lookup, i=client, s=sender, h=sender_domain("", helo) or domain).check()[0]
    except Unanswered:
        return "temperror"
    except Exception:  # noqa: BLE001  a record can make pyspf stumble in ways that it does not name
        return "permerror"
    return result


class _Query(spf.query):  # type: ignore[misc]  # pyspf has no types
    """pyspf's evaluation of one sender."""

    def __init__(self, lookup: Lookup, **question: str) -> None:
        super().__init__(**question, strict=True)
        self._lookup = lookup

    def get_explanation(self, spec: str) -> None:
        """Nobody reads the domain's words on why it failed, so they are not asked for."""

    def dns(self, name: object, qtype: str, cnames: object = None, ignore_void: bool = False) -> list[Any]:
        """The values under a name. Raises pyspf's PermError past the limit of void look-ups, and Unanswered."""
        labels = str(name).rstrip(".").split(".")
        if not all(0 < len(label) < 64 for label in labels):
            return []
        values = self._lookup(".".join(labels), qtype).values
        if not values and not ignore_void:
            self.void_lookups += 1
            if self.void_lookups > _VOID_LOOKUPS:
                raise spf.PermError(f"more than {_VOID_LOOKUPS} void look-ups")
        return [[value] for value in values] if qtype == "TXT" else list(values)
