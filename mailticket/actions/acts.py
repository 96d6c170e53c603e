"""Which action carries out which decision on a mail?"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection

from mailticket.actions import agents_mail, asking, mail, on_behalf, pressing, undelivered, undoing
from mailticket.actions.arrival import Arrival
from mailticket.actions.context import Context
from mailticket.actions.feedback import take_feedback
from mailticket.actions.holding import hold
from mailticket.desk.buttons import Word
from mailticket.desk.decision import (
    AddMessage,
    AnswerQuestion,
    ApplyCommands,
    DecideHeld,
    Decision,
    Hold,
    Ignore,
    NameWriter,
    OnBehalf,
    OpenFor,
    OpenOwn,
    OpenTicket,
    OrderDesk,
    PressButton,
    RecordBounce,
    RecordComplaint,
    RecordSent,
    Refuse,
    TakeFeedback,
)
from mailticket.desk.receipt import Ignored, Receipt, Refused


class Done(NamedTuple):
    """What became of a mail."""

    receipt: Receipt
    #: Ids of its ticket and of the message that it is there.
    ticket: int | None = None
    message: int | None = None


#: Actions that may make a message of the mail: its files' bytes have to be stored before.
_MESSAGES: Mapping[type, Callable[[Connection, Context, Arrival, Any], tuple[Receipt, int, int | None]]] = {
    OpenTicket: mail.open_ticket,
    AddMessage: mail.add_message,
    ApplyCommands: agents_mail.apply,
    OpenOwn: agents_mail.open_own,
    OnBehalf: on_behalf.pass_on,
    OpenFor: on_behalf.open_ticket_for,
    TakeFeedback: take_feedback,
    RecordSent: mail.record_sent,
}
KEEPS_FILES = tuple(_MESSAGES)


def _decide(
    connection: Connection, context: Context, arrival: Arrival, decision: DecideHeld
) -> tuple[Receipt, int | None]:
    if decision.word is Word.UNDO:
        return undoing.take_back(connection, context, arrival, decision)
    return pressing.decide_by_mail(connection, context, arrival, decision)


#: Actions that do not.
_EVENTS: Mapping[type, Callable[[Connection, Context, Arrival, Any], tuple[Receipt, int | None]]] = {
    RecordBounce: undelivered.record_bounce,
    RecordComplaint: undelivered.record_complaint,
    Hold: hold,
    DecideHeld: _decide,
    PressButton: pressing.press_by_mail,
    AnswerQuestion: asking.answer_question,
    OrderDesk: agents_mail.order_desk,
    NameWriter: on_behalf.name_writer,
}


def act(connection: Connection, context: Context, arrival: Arrival, decision: Decision) -> Done:
    """Carries out a decision in the caller's transaction."""
    match decision:
        case Ignore():
            return Done(Ignored(reason=decision.reason))
        case Refuse():
            return Done(Refused(reply=decision.reply, reason=decision.reason))
    if isinstance(decision, KEEPS_FILES):
        return Done(*_MESSAGES[type(decision)](connection, context, arrival, decision))
    return Done(*_EVENTS[type(decision)](connection, context, arrival, decision))
