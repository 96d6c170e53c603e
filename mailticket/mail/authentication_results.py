"""What did servers that we trust find out about a sender? Authentication-Results (RFC 8601), and who may write them.

Of a configured authserv-id on its path, or the topmost field as Google or Microsoft 365 write it. Anybody can put such
a field into a mail: any other one is worth nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from authres import FeatureContext, arc, dmarc

from mailticket.mail import resinfo
from mailticket.mail.message import Envelope, InboundMail, Provider
from mailticket.mail.resinfo import Resinfo, divided

METHODS = ("dmarc", "dkim", "spf", "arc")
_READER = FeatureContext(dmarc, arc)

#: A comment may follow by RFC 8601, but relays that drop forged fields look for what stands here.
_AUTHSERV_ID = re.compile(r' *+"?([^\s;"()]++)"?(?=[ ;]|$)')
_GOOGLE = "mx.google.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One method's result in one field."""

    method: str
    result: str
    properties: dict[str, str]
    #: A failure for which the domain asks that nothing happens.
    lenient: bool = False

    def __str__(self) -> str:
        shown = "".join(f" {name}={value}" for name, value in self.properties.items())
        return f"{self.method}={self.result}{shown}{' (p=none)' if self.lenient else ''}"

    def passes(self, domain: str) -> bool:
        """Whether it says that the mail comes from `domain`, or from a domain above it (RFC 9989, relaxed)."""
        if self.result != "pass":
            return False
        named = {name: _domain(value) for name, value in self.properties.items()}
        match self.method:
            case "dmarc" | "internal":
                return named.get("header.from", domain) == domain
            case "dkim":
                return _speaks_for(named.get("header.d") or named.get("header.i", ""), domain)
            case "spf":
                return _speaks_for(named.get("smtp.mailfrom", ""), domain)
            case _:
                return False


def _domain(value: str) -> str:
    return value.rpartition("@")[2].strip('<>" ').rstrip(".").lower()


def _speaks_for(signer: str, domain: str) -> bool:
    return bool(domain) and (signer == domain or ("." in signer and domain.endswith(f".{signer}")))


def trusted(mail: InboundMail, envelope: Envelope, evidence: list[str], *, doubted: bool = False) -> list[Result]:
    """The results of trusted fields, of each method only those of the topmost field that has any.

    Of fields that are doubted, and of an unreadable one and what is below it, only DMARC's failure counts: a sender may
    have had a hand in them, and must neither gain by that nor get rid of a failure. What makes a field unreadable is
    said in `evidence`.
    """
    if envelope.provider is Provider.GOOGLE:
        ids, values = {_GOOGLE}, mail.authentication_results[:1]
    else:
        ids, values = {one.lower() for one in envelope.authserv_ids}, mail.authentication_results
    results: list[Result] = []
    readable = True
    for value in values:
        authserv_id = _AUTHSERV_ID.match(value)
        # lower() makes an ASCII k of the Kelvin sign, which a relay that drops forged fields does not take for one
        if authserv_id is None or not authserv_id[1].isascii() or authserv_id[1].lower() not in ids:
            continue
        parts = None if doubted else divided(value)
        found = failure(value, parts)
        if not doubted and readable:
            try:
                found = list(_read(parts))
            except Exception as error:  # noqa: BLE001  authres has no one exception for what it cannot read
                evidence.append(f"The Authentication-Results of {authserv_id[1]} cannot be read: {error}."[:300])
                readable = False
        known = {result.method for result in results}
        results.extend(result for result in found if result.method not in known)
    return results


def _read(parts: list[Resinfo] | None) -> Iterator[Result]:
    """The results in one field; raises what authres does. It passes over comments, where servers tell the policy."""
    if parts is None:
        raise ValueError("its comments or strings have no clear end")
    field: Any = _READER.parse_value(";".join(part.words for part in parts))
    lenient = resinfo.fails(parts) is False
    for result in field.results:
        if result.method in METHODS:
            properties: dict[str, str] = {}
            for one in result.properties:
                properties.setdefault(f"{one.type}.{one.name}", str(one.value or ""))
            failed = result.method == "dmarc" and result.result == "fail"
            yield Result(method=result.method, result=result.result, properties=properties, lenient=failed and lenient)


def failure(value: str, parts: list[Resinfo] | None = None) -> list[Result]:
    """DMARC's failure in a field that is not believed otherwise; anywhere in it where its parts are not known."""
    fails = resinfo.fails(parts) if parts is not None else (resinfo.fails_somewhere(value) or None)
    return [] if fails is None else [Result(method="dmarc", result="fail", properties={}, lenient=not fails)]


def read_loosely(value: str) -> Iterator[Result]:
    """The results in a field that does not keep to RFC 8601: `method=result name=value …;`, whatever stands between."""
    parts = divided(value)
    if parts is None:
        yield from failure(value)
        return
    for part in parts:
        words = [word.partition("=") for word in part.words.split()]
        if words and words[0][1]:
            yield Result(
                method=words[0][0].lower(),
                result=words[0][2].lower(),
                properties={name.lower(): text for name, _, text in words[1:] if text},
            )
