"""What shall happen with this mail? Mail, sender and thread become one Decision (contract.md, who may do what).

An ordered table like screening's: the first rule that answers wins; the last one always answers.
"""

from dataclasses import replace

from mailticket.desk.agents_mail import agents_mail
from mailticket.desk.buttons import Word
from mailticket.desk.case import Case, Rule, appended, opened
from mailticket.desk.decision import Decision, Hold, Ignore, RecordBounce, RecordComplaint
from mailticket.desk.desks import is_from_desk_to_desk
from mailticket.desk.feedback import customers_button, no_more_updates, thanks
from mailticket.desk.loops import is_machine
from mailticket.desk.notice import TOKEN_KINDS, NoticeKind
from mailticket.desk.own_answers import is_by_the_desk, outsiders, recorded
from mailticket.desk.pressing import agent_from_elsewhere, button
from mailticket.desk.sender import Role
from mailticket.desk.senders import Listing
from mailticket.desk.threading import Sign
from mailticket.desk.ticket import SIGN_UP_CODE, Status
from mailticket.mail.identity import Verdict
from mailticket.mail.sign_up import is_sign_up_mail


def own_mail(case: Case) -> Decision | None:
    """A mail of ours that came back, without the mark by which screening knows it."""
    minted = case.trail.minted
    if minted is None:
        return None
    is_a_persons = minted.kind == TOKEN_KINDS[NoticeKind.REPLY] and is_from_desk_to_desk(case.mail, case.policy)
    return None if is_a_persons else Ignore(reason="own_loop")


def sent_from_the_mailbox(case: Case) -> Decision | None:
    """Mail that lies in Sent is the desk's own, whatever it says; none of the other rules is about it."""
    if case.sender.role is not Role.DESK:
        return None
    return recorded(case.mail, case.thread, case.policy, case.overtaken)


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
        return replace(opened(case, possible_reply_to=hint), silent="nobody_decided")
    if case.word is Word.JOIN and ticket is not None:
        return opened(case, follows=ticket.id) if ticket.status is Status.CLOSED else appended(case)
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
    return Hold(reason="spam", ticket=case.ticket_id)


def failed_verdict(case: Case) -> Decision | None:
    """Its domain says that this mail is forged: a person has to look, and nothing is sent."""
    if case.sender.verdict is not Verdict.FAIL:
        return None
    return Hold(reason="failed_verdict", ticket=case.ticket_id)


def copy_of_what_was_sent(case: Case) -> Decision | None:
    """An answer written from our mailbox that went to the desk as well ("reply to all"): the one in Sent counts."""
    if not case.policy.reads_sent or case.word is not None or case.thread.sign not in (Sign.TOKEN, Sign.REFERENCE):
        return None
    if not is_by_the_desk(case.mail, case.policy) or not outsiders(case.mail, case.policy):
        return None
    return Ignore(reason="copy_of_a_sent_mail")


def automatic_answer_to_nothing_of_ours(case: Case) -> Decision | None:
    """An answering machine that answers no mail of a ticket opens none; so does a stranger's on a ticket."""
    if not (case.mail.automatic_answer or (is_machine(case.quick) and case.sender.role is not Role.AGENT)):
        return None
    if case.thread.ticket is None or case.sender.role is Role.STRANGER:
        return Ignore(reason="automatic_answer_without_ticket")
    return None


def sign_up_code(case: Case) -> Decision | None:
    """Another service's code for the desk's address: a ticket of its own, whichever it names and whoever has that one.

    Else somebody signs up there in our name, lets the code be sent to a ticket of theirs, and reads it there.
    """
    if case.sender.role is Role.AGENT or not is_sign_up_mail(case.mail):
        return None
    return replace(opened(case), silent="sign_up_code", tags=(SIGN_UP_CODE,))


def somebody_of_the_ticket(case: Case) -> Decision | None:
    """Requester and participants write on; a closed ticket stays closed and gets a follow-up."""
    if case.sender.role not in (Role.REQUESTER, Role.PARTICIPANT) or case.thread.ticket is None:
        return None
    if case.mail.auto_submitted or is_machine(case.quick):
        return appended(case, automatic=True)
    if case.thread.ticket.status is Status.CLOSED:
        follow_up = opened(case, follows=case.thread.ticket.id)
        # (a button's subject says what was clicked, not what it is about)
        is_button = case.trail.press or case.trail.dead_button
        return replace(follow_up, title=case.thread.ticket.title) if is_button else follow_up
    return appended(case)


def anybody(case: Case) -> Decision:
    """A ticket of the sender's own; another one's number is remembered for the agents, and tells the sender nothing."""
    ticket = case.thread.ticket
    hint = ticket.number if ticket is not None and ticket.contact is not None else ""
    return opened(case, possible_reply_to=hint)


#: The order is part of the meaning.
RULES: tuple[Rule, ...] = (
    a_persons_word,
    own_mail,
    sent_from_the_mailbox,
    blocked,
    delivery_report,
    complaint,
    failed_verdict,
    spam,
    copy_of_what_was_sent,
    button,
    customers_button,
    automatic_answer_to_nothing_of_ours,
    agents_mail,
    sign_up_code,
    no_more_updates,
    thanks,
    somebody_of_the_ticket,
    agent_from_elsewhere,
    anybody,
)


def triage(case: Case) -> Decision:
    """The first answer of `RULES`."""
    return next(decision for rule in RULES if (decision := rule(case)) is not None)


def _proved_ticket(case: Case) -> int | None:
    """The ticket that a token of ours names, or that the mail of ours is about; anybody can write a number."""
    about = case.sent.ticket if case.sent is not None else None
    return case.ticket_id if case.thread.sign is Sign.TOKEN or about == case.ticket_id else None
