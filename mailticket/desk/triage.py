"""What shall happen with this mail? Mail, sender and thread become one Decision (contract.md, who may do what).

An ordered table like screening's: the first rule that answers wins; the last one always answers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from mailticket.desk.decision import AddMessage, Decision, Hold, Ignore, OpenTicket, RecordBounce
from mailticket.desk.notice import AGENT_NOTIFICATION
from mailticket.desk.policy import Policy
from mailticket.desk.sender import Role, Sender
from mailticket.desk.status import after_agent_answer, after_customer_mail
from mailticket.desk.threading import Sign, Thread, Trail
from mailticket.desk.ticket import Status, Ticket
from mailticket.desk.validation import NoText, checked_answer
from mailticket.mail.identity import Verdict
from mailticket.mail.message import InboundMail
from mailticket.mail.subject import without_tags

#: Longer titles are cut; the whole subject stays in the raw mail.
TITLE_LENGTH = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One mail and all that is known about it."""

    mail: InboundMail
    sender: Sender
    thread: Thread
    trail: Trail
    policy: Policy
    #: Row in the outbox of the mail that a delivery report came for.
    bounced: int | None = None


Rule: TypeAlias = Callable[[Case], Decision | None]


def delivery_report(case: Case) -> Decision | None:
    """A report is an event on the ticket whose mail came back, never a ticket (RFC 3464); else it is backscatter."""
    if case.mail.bounce is None:
        return None
    if case.thread.ticket is None or case.thread.sign is Sign.NUMBER:
        return Ignore(reason="unmatched_delivery_report")
    return RecordBounce(ticket=case.thread.ticket.id, outbox=case.bounced)


def failed_verdict(case: Case) -> Decision | None:
    """Its domain says that this mail is forged: a person has to look, and nothing is sent."""
    if case.sender.verdict is not Verdict.FAIL:
        return None
    return Hold(reason="failed_verdict", ticket=_ticket_id(case))


def automatic_answer_to_nothing_of_ours(case: Case) -> Decision | None:
    """An answering machine that answers no mail of a ticket opens none; so does a stranger's on a ticket."""
    if not case.mail.automatic_answer:
        return None
    if case.thread.ticket is None or case.sender.role is Role.STRANGER:
        return Ignore(reason="automatic_answer_without_ticket")
    return None


def agent(case: Case) -> Decision | None:
    """An agent acts when known for certain, or with a token of a notification to that agent about that ticket."""
    if case.sender.role is not Role.AGENT or case.sender.address is None:
        return None
    ticket = case.thread.ticket
    registered = case.policy.agent(case.sender.address.addr_spec)
    assert registered is not None
    proved = case.sender.verdict is Verdict.PASS or _holds_token(case, registered.address)
    if case.mail.auto_submitted:
        # without proof anybody could put words on a ticket in an agent's name; and no agent is told of a machine
        known = ticket is not None and proved
        return _append(case, automatic=True) if known else Ignore(reason="automatic_mail_of_an_agent")
    if not proved:
        return Hold(reason="agent_not_verified", ticket=_ticket_id(case), tell=registered.address)
    if ticket is None:
        return _open(case)
    if ticket.contact is not None and ticket.contact.addr_spec in (registered.address, *registered.aliases):
        return _append(case)
    if problem := _why_no_answer(case.mail, ticket):
        return Hold(reason=problem, ticket=ticket.id, tell=registered.address)
    return AddMessage(ticket=ticket.id, status=after_agent_answer(), verified=True, answer=True)


def somebody_of_the_ticket(case: Case) -> Decision | None:
    """Requester and participants write on; a closed ticket stays closed and gets a follow-up."""
    if case.sender.role not in (Role.REQUESTER, Role.PARTICIPANT) or case.thread.ticket is None:
        return None
    if case.mail.auto_submitted:
        return _append(case, automatic=True)
    if case.thread.ticket.status is Status.CLOSED:
        return _open(case, follows=case.thread.ticket.id)
    return _append(case)


def anybody(case: Case) -> Decision:
    """A ticket of the sender's own; another one's number is remembered for the agents, and tells the sender nothing."""
    ticket = case.thread.ticket
    hint = ticket.number if ticket is not None and ticket.contact is not None else ""
    return _open(case, possible_reply_to=hint)


#: The order is part of the meaning.
RULES: tuple[Rule, ...] = (
    delivery_report,
    failed_verdict,
    automatic_answer_to_nothing_of_ours,
    agent,
    somebody_of_the_ticket,
    anybody,
)


def triage(case: Case) -> Decision:
    """The first answer of `RULES`."""
    return next(decision for rule in RULES if (decision := rule(case)) is not None)


def title_of(mail: InboundMail, subject_tag: str) -> str:
    """The subject without any tag of our form, whether or not such a ticket exists."""
    # (tags within tags take a round each)
    title = without_tags(mail.subject[: 4 * TITLE_LENGTH], subject_tag)
    return title[: TITLE_LENGTH - 1] + "…" if len(title) > TITLE_LENGTH else title


def _open(case: Case, possible_reply_to: str = "", follows: int | None = None) -> OpenTicket:
    title = title_of(case.mail, case.policy.subject_tag)
    return OpenTicket(title=title, possible_reply_to=possible_reply_to, follows=follows)


def _append(case: Case, automatic: bool = False) -> AddMessage:
    assert case.thread.ticket is not None
    return AddMessage(
        ticket=case.thread.ticket.id,
        status=None if automatic else after_customer_mail(case.thread.ticket.status),
        verified=case.sender.verdict is Verdict.PASS,
        automatic=automatic,
    )


def _why_no_answer(mail: InboundMail, ticket: Ticket) -> str:
    """Why an agent's mail cannot go to the customer as an answer, "" where it can."""
    if ticket.contact is None:
        return "answer_without_address"
    if _is_quotation(mail):
        return "answer_without_words"
    try:
        checked_answer(mail.reply)
    except NoText:
        return "answer_too_long" if mail.reply.strip() else "answer_without_words"
    return ""


def _is_quotation(mail: InboundMail) -> bool:
    """Nothing but an older mail: reading keeps it whole then, but its words are not for the customer."""
    lines = [line for line in mail.reply.splitlines() if line.strip()]
    own = [line for line in lines if not line.startswith(">")]
    return len(own) < len(lines) and len(own) <= 1 and mail.reply.strip() == mail.text.strip()


def _ticket_id(case: Case) -> int | None:
    return case.thread.ticket.id if case.thread.ticket else None


def _holds_token(case: Case, address: str) -> bool:
    ticket = _ticket_id(case)
    return any(
        token.kind == AGENT_NOTIFICATION and token.ticket == ticket and token.is_for(address)
        for token in case.trail.tokens
    )
