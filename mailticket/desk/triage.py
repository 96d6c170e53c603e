"""What shall happen with this mail? Mail, sender and thread become one Decision (contract.md, who may do what).

An ordered table like screening's: the first rule that answers wins; the last one always answers.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from mailticket.desk.answers import why_no_answer
from mailticket.desk.buttons import WORDS, Word
from mailticket.desk.decision import (
    AddMessage,
    DecideHeld,
    Decision,
    Hold,
    Ignore,
    OpenTicket,
    RecordBounce,
    RecordComplaint,
)
from mailticket.desk.loops import MOST, is_machine
from mailticket.desk.notice import TOKEN_KINDS, NoticeKind
from mailticket.desk.notifications import leads
from mailticket.desk.policy import Policy
from mailticket.desk.sender import Role, Sender
from mailticket.desk.senders import ListedSender, Listing
from mailticket.desk.status import after_agent_answer, after_customer_mail
from mailticket.desk.threading import Sign, Thread, Trail
from mailticket.desk.ticket import SIGN_UP_CODE, Status
from mailticket.desk.undelivered import SentMail
from mailticket.mail.identity import Verdict
from mailticket.mail.message import InboundMail
from mailticket.mail.sign_up import is_sign_up_mail
from mailticket.mail.subject import without_tags

#: Longer titles are cut; the whole subject stays in the raw mail.
TITLE_LENGTH = 250
#: Tokens of mail to agents that no customer's words are in, and no answer to a customer follows.
_QUESTIONS = frozenset({TOKEN_KINDS[NoticeKind.HELD], TOKEN_KINDS[NoticeKind.DIGEST]})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One mail and all that is known about it."""

    mail: InboundMail
    sender: Sender
    thread: Thread
    trail: Trail
    policy: Policy
    #: The mail of ours that a delivery report or a complaint came for.
    sent: SentMail | None = None
    #: How often within the hour its sender has answered our mail faster than a person can, this mail included.
    quick: int = 0
    #: What a person said about this mail when it was held, None where nobody did.
    word: Word | None = None
    #: What people of the desk have said about its sender, None where they have said nothing.
    listed: ListedSender | None = None
    #: Tokens in it that others than their agent know: they prove nothing.
    exposed: frozenset[str] = frozenset()
    #: A filter of ours has looked at it: what it says of spam counts.
    filtered: bool = False


Rule: TypeAlias = Callable[[Case], Decision | None]


def own_mail(case: Case) -> Decision | None:
    """A mail of ours that came back, without the mark by which screening knows it."""
    return Ignore(reason="own_loop") if case.trail.made_by_us else None


def delivery_report(case: Case) -> Decision | None:
    """A report is an event on the ticket whose mail came back, never a ticket (RFC 3464); else it is backscatter.

    It has to name a mail of ours by what nobody else can know: else anybody could say that an address is dead.
    """
    if case.mail.bounce is None:
        return None
    if case.sent is None and case.thread.sign is not Sign.TOKEN:
        return Ignore(reason="unmatched_delivery_report")
    return RecordBounce(ticket=_proved_ticket(case), sent=case.sent)


def complaint(case: Case) -> Decision | None:
    """Somebody called a mail of ours spam (RFC 5965), and the report names that mail."""
    if case.mail.complaint is None:
        return None
    if case.sent is None:
        return Ignore(reason="unmatched_complaint")
    if case.mail.complaint.kind == "not-spam":
        return Ignore(reason="no_complaint")
    return RecordComplaint(ticket=_proved_ticket(case), sent=case.sent)


def a_persons_word(case: Case) -> Decision | None:
    """A person put this held mail onto the ticket that it names, or nobody decided in time."""
    ticket = case.thread.ticket
    if case.word is Word.OWN:
        hint = ticket.number if ticket is not None and ticket.contact is not None else ""
        return replace(_open(case, possible_reply_to=hint), silent="nobody_decided")
    if case.word is Word.JOIN and ticket is not None:
        return _open(case, follows=ticket.id) if ticket.status is Status.CLOSED else _append(case)
    return None


def blocked(case: Case) -> Decision | None:
    """Somebody of the desk has decided that mail from there becomes nothing; it is kept raw, and `explain` says so."""
    if case.listed is None or case.listed.listing is not Listing.BLOCK or case.word is not None:
        return None
    return Ignore(reason=f"blocked: {case.listed.pattern}: {case.listed.reason}")


def spam(case: Case) -> Decision | None:
    """A filter of ours calls it spam. An agent whom we know for certain is heard all the same, and who is allowed."""
    proved_agent = case.sender.role is Role.AGENT and case.sender.verdict is Verdict.PASS
    if not (case.filtered and case.mail.spam) or proved_agent or case.listed is not None or case.word is not None:
        return None
    return Hold(reason="spam", ticket=_ticket_id(case))


def button(case: Case) -> Decision | None:
    """A button counts only from the agent to whom it was sent, once; nothing else is made of such a mail."""
    pressed = case.trail.button
    if pressed is None and not case.trail.dead_button:
        return None
    sender = case.sender
    by = case.policy.agent(sender.address.addr_spec) if sender.address and sender.role is Role.AGENT else None
    if case.mail.auto_submitted:
        return Ignore(reason="automatic_mail_of_a_button")
    if pressed is None:
        return Hold(reason="button_expired", tell=by.address) if by else None
    owner = next((agent for agent in case.policy.agents if pressed.is_for(agent.address)), None)
    if owner is None:
        return Ignore(reason="button_of_nobody")
    if owner is not by:
        return Hold(reason="button_from_elsewhere", tell=owner.address)
    if WORDS[pressed.kind] is Word.DISCARD_FAILED and owner not in leads(case.policy):
        return Ignore(reason="button_of_a_former_lead")
    return DecideHeld(word=WORDS[pressed.kind], held=pressed.ticket, agent=owner.address)


def failed_verdict(case: Case) -> Decision | None:
    """Its domain says that this mail is forged: a person has to look, and nothing is sent."""
    if case.sender.verdict is not Verdict.FAIL:
        return None
    return Hold(reason="failed_verdict", ticket=_ticket_id(case))


def automatic_answer_to_nothing_of_ours(case: Case) -> Decision | None:
    """An answering machine that answers no mail of a ticket opens none; so does a stranger's on a ticket."""
    if not (case.mail.automatic_answer or (is_machine(case.quick) and case.sender.role is not Role.AGENT)):
        return None
    if case.thread.ticket is None or case.sender.role is Role.STRANGER:
        return Ignore(reason="automatic_answer_without_ticket")
    return None


def answer_to_a_question(case: Case) -> Decision | None:
    """What an agent says to our question about held mail is for the desk, whatever ticket its subject names."""
    sender = case.sender
    if sender.role is not Role.AGENT or sender.verdict is not Verdict.PASS or sender.address is None:
        return None
    if case.mail.auto_submitted or case.word is not None or is_machine(case.quick):
        return None
    if not any(token.kind in _QUESTIONS for token in case.trail.tokens):
        return None
    registered = case.policy.agent(sender.address.addr_spec)
    return Hold(reason="answer_to_a_question", ticket=_ticket_id(case), tell=registered.address if registered else "")


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
        if ticket is None or not proved:
            return Ignore(reason="automatic_mail_of_an_agent")
        return replace(_append(case, automatic=True), absent=registered.address if case.mail.automatic_answer else "")
    if is_machine(case.quick):
        # one question: a machine would answer that one, too
        first = case.quick == MOST
        return Hold(reason="too_quick", ticket=_ticket_id(case), tell=registered.address if first else "")
    if not proved:
        return Hold(reason="agent_not_verified", ticket=_ticket_id(case), tell=registered.address)
    if ticket is None:
        return _open(case)
    if ticket.contact is not None and ticket.contact.addr_spec in (registered.address, *registered.aliases):
        return _append(case)
    if problem := why_no_answer(case.mail, ticket):
        return Hold(reason=problem, ticket=ticket.id, tell=registered.address)
    return AddMessage(ticket=ticket.id, status=after_agent_answer(), verified=True, answer=True)


def sign_up_code(case: Case) -> Decision | None:
    """Another service's code for the desk's address: a ticket of its own, whichever it names and whoever has that one.

    Else somebody signs up there in our name, lets the code be sent to a ticket of theirs, and reads it there.
    """
    if case.sender.role is Role.AGENT or not is_sign_up_mail(case.mail):
        return None
    return replace(_open(case), silent="sign_up_code", tags=(SIGN_UP_CODE,))


def somebody_of_the_ticket(case: Case) -> Decision | None:
    """Requester and participants write on; a closed ticket stays closed and gets a follow-up."""
    if case.sender.role not in (Role.REQUESTER, Role.PARTICIPANT) or case.thread.ticket is None:
        return None
    if case.mail.auto_submitted or is_machine(case.quick):
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
    a_persons_word,
    own_mail,
    blocked,
    delivery_report,
    complaint,
    failed_verdict,
    spam,
    button,
    automatic_answer_to_nothing_of_ours,
    answer_to_a_question,
    agent,
    sign_up_code,
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


def _ticket_id(case: Case) -> int | None:
    return case.thread.ticket.id if case.thread.ticket else None


def _proved_ticket(case: Case) -> int | None:
    """The ticket that a token of ours names; a number can be written by anybody."""
    return _ticket_id(case) if case.thread.sign is Sign.TOKEN else None


def _holds_token(case: Case, address: str) -> bool:
    ticket = _ticket_id(case)
    return any(
        token.kind == TOKEN_KINDS[NoticeKind.AGENT_NOTIFICATION]
        and token.ticket == ticket
        and token.is_for(address)
        and token.text not in case.exposed
        for token in case.trail.tokens
    )
