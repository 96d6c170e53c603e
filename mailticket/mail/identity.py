"""Is the sender who the mail says? Combines all that is known into a verdict with its evidence (RFC 9989).

In this order: a login; our own aligned DKIM or SPF pass; a trusted server's word, its failure before its pass; our own
DMARC failure; else nothing is known. A failure counts under quarantine or reject, and not where trusted ARC excuses it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from mailticket.mail import arc, authentication_results, dkim, dmarc, microsoft, spf
from mailticket.mail.authentication_results import Result
from mailticket.mail.dkim import SignedMail
from mailticket.mail.fields import Fields
from mailticket.mail.lookup import Lookup, Unanswered, nobody_answers
from mailticket.mail.message import Envelope, InboundMail, Provider
from mailticket.mail.planted import planted

#: Senders keep a key at least as long as a mail may be on its way; of older mail a missing one proves nothing.
_KEYS_LAST = timedelta(days=7)
#: Verifiers take the lowest of several equal fields, readers the topmost: whoever puts one on top of a mail that
#: somebody else has signed would speak in the signer's name (RFC 6376 §8.15).
_BY_SIGNATURE = frozenset({"dkim", "dmarc"})


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
    #: Our own checks have not been made, and could change it.
    is_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """What our own checks need besides the mail."""

    #: Makes the lookup for one mail, with its time limit.
    lookup: Callable[[], Lookup] = lambda: nobody_answers
    #: Domains whose ARC seals are believed.
    arc_sealers: frozenset[str] = frozenset()
    #: The time, aware UTC.
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


def at_sight(mail: InboundMail, envelope: Envelope, raw: bytes = b"") -> Identity:
    """The verdict on `mail`'s From address by what trusted servers say; asks nobody. Never raises.

    Where trusted fields disagree, the topmost that knows a method is right about it: servers put theirs on top.
    """
    if mail.from_ is None or mail.from_defect:
        return Identity(verdict=Verdict.NONE, evidence=(mail.from_defect or "There is no From address.",))
    if envelope.authenticated:
        # that the agent wrote under an own address, screening has seen to
        return Identity(verdict=Verdict.PASS, evidence=(f"authenticated submission by {envelope.authenticated}",))
    if envelope.sent:
        return Identity(verdict=Verdict.PASS, evidence=("It lies in the mailbox' own Sent folder.",))
    evidence: list[str] = []
    results = _told(mail, envelope, raw, evidence)
    if not results and not evidence:
        evidence.append("There is no Authentication-Results of a trusted server.")
    evidence.extend(map(str, results))
    if mail.doubled:
        evidence.append(f"{mail.doubled} is there more than once: a signature says nothing about what we read.")
    verdict = _by_word(results, mail.from_.domain, is_doubled=bool(mail.doubled))
    return Identity(verdict=verdict, evidence=tuple(evidence), is_open=verdict is not Verdict.PASS)


def identify(mail: InboundMail, envelope: Envelope, raw: bytes, checks: Checks) -> Identity:
    """The same with our own checks, where they could change it. Never raises; DNS trouble proves nothing.

    Takes as long as the lookup allows.
    """
    told = at_sight(mail, envelope, raw)
    if not told.is_open or mail.from_ is None:
        return told
    results = _told(mail, envelope, raw, [])
    signed = SignedMail(raw)
    is_old = checks.now() - envelope.received_at > _KEYS_LAST
    own = _OwnChecks(mail, mail.from_.addr_spec, envelope, signed, checks.lookup(), is_old=is_old)
    verdict = own.verdict()
    if verdict is Verdict.FAIL and any(_excuses(result) for result in results):
        verdict = own.say("A trusted server's arc=pass excuses the failure.")
    elif verdict is Verdict.FAIL or (told.verdict is Verdict.FAIL and verdict is Verdict.NONE):
        verdict = own.excused(checks.arc_sealers)
    return Identity(verdict=verdict, evidence=(*told.evidence, *own.evidence))


def _told(mail: InboundMail, envelope: Envelope, raw: bytes, evidence: list[str]) -> list[Result]:
    """What trusted servers say; nothing that helps the sender where their own words may be among the servers'."""
    if not mail.authentication_results and envelope.provider is not Provider.MICROSOFT365:
        return []
    field = mail.authentication_results[0] if mail.authentication_results else ""
    planter = planted(mail, envelope, raw)
    if planter:
        evidence.append(f"The sender's {planter} could pass for a server's words: only a failure is believed.")
    if envelope.provider is not Provider.MICROSOFT365:
        return authentication_results.trusted(mail, envelope, evidence, doubted=bool(planter))
    if planter:
        return authentication_results.failure(field)
    assert mail.from_ is not None
    return microsoft.told(field, Fields(SignedMail(raw).header), mail.from_.domain, envelope.tenant, evidence)


def _by_word(results: list[Result], domain: str, *, is_doubled: bool) -> Verdict:
    """The verdict of trusted servers. A DMARC failure overrules what passes, or a list's footer would hide it."""
    failures = [found for found in results if (found.method, found.result) == ("dmarc", "fail")]
    if failures:
        excused = all(failure.lenient for failure in failures) or any(map(_excuses, results))
        return Verdict.NONE if excused else Verdict.FAIL
    believed = [found for found in results if not (is_doubled and found.method in _BY_SIGNATURE)]
    return Verdict.PASS if any(found.passes(domain) for found in believed) else Verdict.NONE


def _excuses(result: Result) -> bool:
    return (result.method, result.result) == ("arc", "pass")


class _OwnChecks:
    """What we find out about one mail by ourselves; `evidence` grows with each check."""

    def __init__(
        self, mail: InboundMail, address: str, envelope: Envelope, signed: SignedMail, lookup: Lookup, *, is_old: bool
    ) -> None:
        self._is_doubled = bool(mail.doubled)
        self._address, self._envelope, self._signed, self._lookup = address, envelope, signed, lookup
        self._is_old = is_old
        self._domain = _ascii_domain(address.rpartition("@")[2])
        self.evidence: list[str] = []

    def say(self, sentence: str) -> Verdict:
        """Notes why nothing is known."""
        self.evidence.append(sentence)
        return Verdict.NONE

    def verdict(self) -> Verdict:
        """pass by an aligned DKIM or SPF pass, fail by DMARC under quarantine or reject, else none."""
        if not self._domain:
            return self.say("The From domain is none that the DNS could know.")
        at = self._envelope.received_at
        signatures = dkim.signatures(self._signed, self._address, self._domain, at, self._lookup)
        self.evidence.extend(f"own check: {signature}" for signature in signatures)
        signers = [one.domain for one in signatures if one.result == "pass"]
        unknown = any(one.result == "temperror" for one in signatures)
        if self._domain in signers and not self._is_doubled:
            return Verdict.PASS
        sender, result = self._spf()
        if result == "pass" and sender == self._domain:
            return Verdict.PASS
        try:
            return self._by_policy(signers, sender if result == "pass" else "", unknown or result == "temperror")
        except Unanswered as trouble:
            return self.say(f"own check: dmarc=temperror ({trouble})")

    def _spf(self) -> tuple[str, str]:
        """The domain that SPF speaks for and its result; "none" where it cannot speak for the From domain."""
        client, helo, mail_from = self._envelope.client, self._envelope.helo, self._envelope.mail_from
        if client is None or mail_from is None:
            self.evidence.append("own check: spf not made (the client that sent the mail is not known)")
            return "", "none"
        sender = spf.sender_domain(mail_from, helo)
        if not sender or not dkim.may_align(sender, self._domain):
            self.evidence.append(f"own check: spf not made ({sender or 'nobody'} cannot speak for the From domain)")
            return sender, "none"
        result = spf.check(client, helo, mail_from, self._lookup)
        self.evidence.append(f"own check: spf={result} smtp.mailfrom={sender} (client {client})")
        return sender, result

    def _by_policy(self, signers: list[str], sender: str, unknown: bool) -> Verdict:
        """By the From domain's DMARC policy. Raises Unanswered."""
        policy = dmarc.policy(self._domain, self._lookup)
        strict = (policy.strict_dkim, policy.strict_spf) if policy else (False, False)

        def aligned(one: str, strictly: bool) -> bool:
            return dmarc.aligned(one, self._domain, policy, strictly, self._lookup)

        is_signed = any(aligned(one, strict[0]) for one in signers)
        if (is_signed and not self._is_doubled) or (sender and aligned(sender, strict[1])):
            self.evidence.append(f"own check: dmarc=pass ({policy or 'no policy'})")
            return Verdict.PASS
        if is_signed:
            return self.say("own check: dmarc=pass by a signature alone, which proves nothing here")
        if policy is None:
            return self.say("own check: dmarc=none (no policy)")
        if unknown:
            return self.say(f"own check: dmarc=temperror ({policy}; what could have passed was not answered)")
        self.evidence.append(f"own check: dmarc=fail ({policy})")
        if policy.wish is dmarc.Wish.NONE:
            return Verdict.NONE
        if self._is_old:
            return self.say("It came long ago, and keys and policies may have changed since: no failure.")
        return Verdict.FAIL

    def excused(self, sealers: frozenset[str]) -> Verdict:
        """fail, or none where a trusted ARC sealer vouches for the mail, or may have."""
        if not sealers or not arc.is_sealed(self._signed):
            return Verdict.FAIL
        try:
            sealer = arc.vouched_by(self._signed, self._domain, sealers, self._lookup)
        except Unanswered:
            return self.say("own check: arc=temperror (the DNS did not answer for a seal)")
        if sealer:
            return self.say(f"own check: arc=pass ({sealer} had found it genuine), which excuses the failure")
        self.evidence.append("own check: no trusted ARC seal")
        return Verdict.FAIL


def _ascii_domain(domain: str) -> str:
    """A domain as the DNS knows it; "" where it cannot."""
    try:
        return domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
