"""What does a customer's mail say that needs no answer? A button, "thanks" when all is done, "stop the updates".

Rules of triage's table. What is not certainly one of these is an ordinary mail, and loses none of its words.
"""

from mailticket.desk.case import Case
from mailticket.desk.customer_buttons import PRESSES, RATINGS, Press, words_beyond
from mailticket.desk.decision import AddMessage, Decision, Ignore, TakeFeedback
from mailticket.desk.loops import is_machine
from mailticket.desk.notice import TOKEN_KINDS, NoticeKind
from mailticket.desk.sender import Role
from mailticket.desk.status import DONE
from mailticket.desk.stop_words import is_stop
from mailticket.desk.thanks import is_content, is_thanks
from mailticket.mail.identity import Verdict


def customers_button(case: Case) -> Decision | None:
    """A button counts from whom it was sent to, while they have a part in the ticket; nothing more is proved by it.

    "Still broken" is what any mail of theirs would be; so is "solved" with other words, or while it is not.
    """
    clicked, address, ticket, mail = case.trail.press, case.sender.address, case.thread.ticket, case.mail
    if clicked is None or ticket is None or address is None or not _is_somebodys(case):
        return None
    if case.word is not None:
        return None
    press, words = PRESSES[clicked.kind], words_beyond(mail.reply)
    if not (_is_contacts(case) and clicked.is_for(address.addr_spec)):
        return _of_a_copy(case, press) if not words and not mail.attachments and _is_a_persons(case) else None
    if press is Press.STOP:
        return TakeFeedback(ticket=ticket.id, press=press, token=clicked.text, kept=bool(words), told=bool(words))
    if mail.auto_submitted:
        return Ignore(reason="automatic_mail_of_a_button")
    says_more = bool(mail.attachments) or (bool(words) and not _only_thanks(words, case))
    if press in RATINGS:
        told = says_more or press is Press.BAD
        return TakeFeedback(ticket=ticket.id, press=press, token=clicked.text, kept=told or bool(words), told=told)
    signed = says_more and not mail.attachments and _may_be_a_signature(words)
    if press is Press.SOLVED and ticket.status in DONE and (signed or not says_more):
        return TakeFeedback(ticket=ticket.id, press=press, token=clicked.text, kept=bool(words), told=says_more)
    return None


def _may_be_a_signature(words: str) -> bool:
    """Whether most of them are written large, as names are: then what was clicked counts, and somebody looks."""
    small = sum(word[0].islower() for word in words.split())
    return "?" not in words and 2 * small < len(words.split())


def _of_a_copy(case: Case, press: Press) -> Decision | None:
    """Who got a copy says nothing for the customer, and nobody has to look; but may want no more copies."""
    ticket = case.thread.ticket
    assert ticket is not None
    if press is Press.STOP and case.sender.verdict is Verdict.PASS:
        return TakeFeedback(ticket=ticket.id, press=press, token="", kept=True, told=False)
    return _kept(case) if press is not Press.BROKEN and ticket.status in DONE else None


def no_more_updates(case: Case) -> Decision | None:
    """Somebody of the ticket, known for certain or by a mail of ours that nobody else had, writes nothing but that
    updates shall stop."""
    address, ticket, mail = case.sender.address, case.thread.ticket, case.mail
    if ticket is None or address is None or not _is_a_persons(case) or mail.attachments:
        return None
    update = TOKEN_KINDS[NoticeKind.STATUS_CHANGED]
    # (in a conversation the Message-IDs of what is answered go around)
    ours = [token for token in case.trail.tokens if token.kind == update or not ticket.participants]
    if case.sender.verdict is not Verdict.PASS and not any(token.is_for(address.addr_spec) for token in ours):
        return None
    if not is_stop(mail.reply, of_update=any(token.kind == update for token in case.trail.tokens)):
        return None
    return TakeFeedback(ticket=ticket.id, press=Press.STOP, token="", kept=True, told=False)


def thanks(case: Case) -> Decision | None:
    """A bare "thanks" on what is done: it stays done, and nobody has to look."""
    ticket, mail = case.thread.ticket, case.mail
    if ticket is None or ticket.status not in DONE or not _is_a_persons(case):
        return None
    if "?" in mail.ending or any(not file.inline for file in mail.attachments):
        return None
    if not _only_thanks(mail.reply, case):
        return None
    return _kept(case)


def _kept(case: Case) -> AddMessage:
    """A message that changes nothing and that nobody has to look at."""
    assert case.thread.ticket is not None
    verified = case.sender.verdict is Verdict.PASS
    return AddMessage(ticket=case.thread.ticket.id, status=None, verified=verified, thanks=True)


def _only_thanks(words: str, case: Case) -> bool:
    author = case.sender.address.name if case.sender.address else ""
    return is_content(case.mail.reaction) or is_thanks(
        words, author, case.policy.desk_name, *(agent.name for agent in case.policy.agents)
    )


def _is_somebodys(case: Case) -> bool:
    """Whether somebody of the ticket wrote it; its customer may be an agent."""
    role = case.sender.role
    return role in (Role.REQUESTER, Role.PARTICIPANT) or (role is Role.AGENT and _is_contacts(case))


def _is_contacts(case: Case) -> bool:
    """Whether its customer wrote it."""
    ticket, address = case.thread.ticket, case.sender.address
    contact = ticket.contact if ticket is not None else None
    return contact is not None and address is not None and contact.addr_spec == address.addr_spec


def _is_a_persons(case: Case) -> bool:
    """The same, by hand, and not while it was held."""
    return _is_somebodys(case) and not case.mail.auto_submitted and not is_machine(case.quick) and case.word is None
