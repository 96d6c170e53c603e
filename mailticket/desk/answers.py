"""Can an agent's mail go to the customer as an answer? Only new words of the agent's own can, and not too many."""

from mailticket.desk.ticket import SIGN_UP_CODE, Ticket
from mailticket.desk.validation import NoText, checked_answer
from mailticket.mail.message import InboundMail


def why_no_answer(mail: InboundMail, ticket: Ticket) -> str:
    """Why an agent's mail cannot go to the customer as an answer, "" where it can."""
    if ticket.contact is None:
        return "answer_without_address"
    if SIGN_UP_CODE in ticket.tags:
        return "answer_with_sign_up_code"
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
