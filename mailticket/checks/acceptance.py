"""Does the relay take our mail? Everything up to DATA, which is never said: RFC 5321 §3.3."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from mailticket import assembly
from mailticket.checks import certificates, relay
from mailticket.checks.certificates import Certificate
from mailticket.checks.finding import Finding, fine, wrong
from mailticket.checks.site import Site
from mailticket.config import secret_of
from mailticket.mail.compose import ascii_address
from mailticket.mail.tokens import bounce_address
from mailticket.outbound.relay import Relay
from mailticket.settings.outbound import OutboundSettings

#: As long as a real one, and nobody's.
_TOKEN = "a" * 48
#: More desks than this are not asked about, or the relay would take us for a spammer.
_DESKS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One mail that is asked about."""

    #: null | token | address
    form: str
    mail_from: str
    rcpt_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the relay says to it."""

    question: Question
    #: Its words of refusal, "" where it would take the mail.
    refusal: str


def outgoing(site: Site) -> list[Finding]:
    """Whether we get in, and mail from every reverse-path of ours would be taken, to the desk and an agent."""
    settings = site.settings
    outbound = settings.outbound
    way_out = Relay(outbound, lambda: secret_of(outbound), site.token("outbound"))
    try:
        if problem := way_out.open():
            mend = "see whether the relay runs, and whether [outbound] is right; mail waits in the outbox until then"
            return [wrong(problem, mend)]
        shown = way_out.certificate()
        certificate = certificates.read(shown) if shown else None
        answers = [Answer(question=one, refusal=way_out.ask(one.mail_from, one.rcpt_to)) for one in questions(site)]
    finally:
        way_out.close()
    return judged(outbound, certificate, answers, site.now)


def questions(site: Site) -> Iterator[Question]:
    """Each desk's address, and each form of reverse-path not known to be refused: to the desk and to an agent."""
    settings = site.settings
    desks = [ascii_address(desk.address) for desk in assembly.desks_of(settings)]
    people = [desks[0], *(ascii_address(agent.address) for agent in settings.agent[:1])]
    wanted = [("address", desk) for desk in desks[:_DESKS]]
    if settings.outbound.envelope in ("auto", "null"):
        wanted.append(("null", ""))
    if settings.outbound.envelope in ("auto", "token") and settings.desk.plus_addressing:
        wanted.append(("token", bounce_address(_TOKEN, desks[0])))
    known = {one.form for one, _ in relay.refused(site)}
    for form, mail_from in wanted:
        for rcpt_to in people if form not in known else ():
            yield Question(form=form, mail_from=mail_from, rcpt_to=rcpt_to)


def judged(
    outbound: OutboundSettings, certificate: Certificate | None, answers: list[Answer], now: datetime
) -> list[Finding]:
    """What to say about the relay: one line where it takes everything, else one for each kind of refusal."""
    place = f"{outbound.host}:{outbound.port}"
    login = f", as {outbound.user}" if outbound.user else ""
    found = []
    if certificate and (trouble := certificate.trouble(now)):
        mend = "tell whoever runs that server; no mail leaves once it has expired"
        found.append(wrong(f"{place}: {trouble}", mend, "certificate relay"))
    refusals = [one for one in answers if one.refusal]
    found += _own(place, outbound, [one for one in refusals if one.question.form == "address"])
    found += _forms(place, refusals)
    forms = {one.question.form for one in answers}
    taken = "".join(words for form, words in (("null", ", from <>"), ("token", ", from tokens")) if form in forms)
    return found or [fine(f"{place}, tls {outbound.tls}{login}, takes mail from us{taken}")]


def _own(place: str, outbound: OutboundSettings, refusals: list[Answer]) -> Iterator[Finding]:
    """What it has against mail from the desk's own address; most relays say so at RCPT only, whoever is to blame."""
    by_reply: dict[tuple[str, str], list[Answer]] = {}
    for one in refusals:
        bare = one.refusal.replace(one.question.rcpt_to, "").replace(one.question.mail_from, "")
        by_reply.setdefault((one.question.mail_from, bare), []).append(one)
    for alike in by_reply.values():
        mail_from, reply = alike[0].question.mail_from, alike[0].refusal
        people = ", ".join(one.question.rcpt_to for one in alike)
        mend = (
            f"by its words: let the relay allow {outbound.user or 'this machine'} to send as {mail_from} (Postfix: "
            f"mynetworks, smtpd_relay_restrictions, or a login), or correct the address"
        )
        yield wrong(f"{place} takes no mail from {mail_from} to {people} ({reply})", mend)


def _forms(place: str, refusals: list[Answer]) -> Iterator[Finding]:
    """Forms of reverse-path that are refused to people to whom the desk's address may write."""
    named = {"null": "the null reverse-path <>", "token": "reverse-paths of the form local+b-TOKEN@"}
    refused_anyway = {one.question.rcpt_to for one in refusals if one.question.form == "address"}
    for form, words in named.items():
        alone = [one for one in refusals if one.question.form == form and one.question.rcpt_to not in refused_anyway]
        if alone:
            name = f"reverse-path {form}"
            mend = (
                f'let the relay accept {words}, or set [outbound] envelope to "address"; until then the '
                "desk's address stands there, which works as well"
            )
            yield wrong(f"{place} refuses {words} ({alone[0].refusal})", mend, name)
