"""Is the sender who the mail says? Turns what trusted servers wrote into a verdict (RFC 8601, RFC 9989).

So far: Authentication-Results of a configured authserv-id on a trusted path.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from authres import FeatureContext, arc, dmarc

from mailticket.mail.message import Envelope, InboundMail

_METHODS = ("dmarc", "dkim", "spf", "arc")
_READER = FeatureContext(dmarc, arc)

_AUTHSERV_ID = re.compile(r'\s*+"?([^\s;"()]++)')
_COMMENT = re.compile(r"\(([^()]*+)\)")
#: How servers say that the domain asks for nothing to happen to its forgeries.
_ASKS_FOR_NOTHING = re.compile(r"\bdmarc=fail\b[^;]*?(?:\([^()]*\bp=none\b|\bpolicy\.[a-z-]*=none\b)", re.IGNORECASE)


class Verdict(StrEnum):
    """How sure we are of the From address (contract.md, who may do what)."""

    PASS = "pass"
    NONE = "none"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A verdict with its evidence, a sentence each, for `explain`."""

    verdict: Verdict
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    """One method's result in one field."""

    method: str
    result: str
    properties: dict[str, str]
    #: The domain asks that its forgeries be let through.
    lenient: bool

    def __str__(self) -> str:
        shown = "".join(f" {name}={value}" for name, value in self.properties.items())
        return f"{self.method}={self.result}{shown}{' (p=none)' if self.lenient else ''}"


def identify(mail: InboundMail, envelope: Envelope) -> Identity:
    """The verdict on `mail`'s From address. Reads only fields of authserv-ids that `envelope` names as trusted.

    Never raises. Where trusted fields disagree, the topmost that knows a method is right about it: servers put theirs
    on top.
    """
    if mail.from_ is None or mail.from_defect:
        return Identity(verdict=Verdict.NONE, evidence=(mail.from_defect or "There is no From address.",))
    evidence: list[str] = []
    results = _topmost(mail, envelope, evidence)
    if not results and not evidence:
        evidence.append("There is no Authentication-Results of a trusted server.")
    evidence.extend(map(str, results))
    return Identity(verdict=_verdict(results, mail.from_.domain), evidence=tuple(evidence))


def _verdict(results: list[_Result], domain: str) -> Verdict:
    by_method = {method: [found for found in results if found.method == method] for method in _METHODS}
    failed = [found for found in by_method["dmarc"] if found.result == "fail"]
    if failed:
        excused = failed[0].lenient or any(found.result == "pass" for found in by_method["arc"])
        return Verdict.NONE if excused else Verdict.FAIL
    if any(_passes(found, domain) for found in results):
        return Verdict.PASS
    return Verdict.NONE


def _passes(found: _Result, domain: str) -> bool:
    """Whether a method says that the mail comes from `domain`, or from a domain above it (RFC 9989, relaxed)."""
    if found.result != "pass":
        return False
    named = {name: _domain(value) for name, value in found.properties.items()}
    match found.method:
        case "dmarc":
            return named.get("header.from", domain) == domain
        case "dkim":
            return _aligned(named.get("header.d") or named.get("header.i", ""), domain)
        case "spf":
            return _aligned(named.get("smtp.mailfrom", ""), domain)
        case _:
            return False


def _domain(value: str) -> str:
    return value.rpartition("@")[2].strip('<>" ').rstrip(".").lower()


def _aligned(signer: str, domain: str) -> bool:
    return bool(domain) and (signer == domain or ("." in signer and domain.endswith(f".{signer}")))


def _topmost(mail: InboundMail, envelope: Envelope, evidence: list[str]) -> list[_Result]:
    """The results of trusted fields, of each method only those of the topmost field that has any."""
    trusted = {authserv_id.lower() for authserv_id in envelope.authserv_ids}
    results: list[_Result] = []
    for value in mail.authentication_results:
        authserv_id = _AUTHSERV_ID.match(value)
        # lower() makes an ASCII k of the Kelvin sign, which a relay that drops forged fields does not take for one
        if authserv_id is None or not authserv_id[1].isascii() or authserv_id[1].lower() not in trusted:
            continue
        try:
            found = list(_read(value))
        except Exception as error:  # noqa: BLE001  authres has no one exception for what it cannot read
            # what stands below may be the sender's own, who may also have made this one unreadable
            evidence.append(f"The Authentication-Results of {authserv_id[1]} cannot be read: {error}."[:300])
            break
        known = {result.method for result in results}
        results.extend(result for result in found if result.method not in known)
    return results


def _read(value: str) -> Iterator[_Result]:
    """The results in one field. authres passes over comments, where servers tell the policy."""
    lenient = _ASKS_FOR_NOTHING.search(value) is not None
    field: Any = _READER.parse_value(_COMMENT.sub(" ", value))
    for result in field.results:
        if result.method in _METHODS:
            properties: dict[str, str] = {}
            for one in result.properties:
                properties.setdefault(f"{one.type}.{one.name}", str(one.value or ""))
            failed = result.method == "dmarc" and result.result == "fail"
            yield _Result(method=result.method, result=result.result, properties=properties, lenient=failed and lenient)
