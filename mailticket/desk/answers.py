"""Can an agent's mail go to the customer as an answer? Only new words of the agent's own can, and not too many."""

from mailticket.desk.ticket import SIGN_UP_CODE, Ticket
from mailticket.desk.validation import NoText, checked_answer
from mailticket.mail.message import InboundMail
from mailticket.mail.reply import new_words


def why_no_answer(text: str, ticket: Ticket) -> str:
    """Why these words of an agent's cannot go to the customer as an answer, "" where they can."""
    if ticket.contact is None:
        return "answer_without_address"
    if SIGN_UP_CODE in ticket.tags:
        return "answer_with_sign_up_code"
    return why_unsendable(text)


def why_unsendable(text: str) -> str:
    """Why nobody can be sent these words, "" where they can be."""
    try:
        checked_answer(text)
    except NoText:
        return "answer_too_long" if text.strip() else "answer_without_words"
    return ""


def why_no_note(text: str) -> str:
    """Why colleagues cannot be left these words as a note, "" where they can be; no words are no note."""
    return why_unsendable(text) if text.strip() else ""


def is_quotation(text: str, mail: InboundMail) -> bool:
    """Nothing but an older mail: reading keeps it whole then, but its words are not for the customer."""
    if mail.reply.strip() != mail.text.strip():
        return False
    lines = [line for line in text.splitlines() if line.strip()]
    own = [line for line in lines if not line.startswith(">")]
    return (len(own) < len(lines) and len(own) <= 1) or not new_words(mail.text).strip()
