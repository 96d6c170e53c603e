"""What a child of the sandbox may answer: every value of a mail, and nothing that would run."""

import pickle
from dataclasses import fields, is_dataclass

import pytest

from mailticket.intake.sandbox_child import read_answer
from mailticket.mail import message
from mailticket.mail.message import Bounce, Complaint, InboundMail
from tests.factories import make_attachment, make_mail

WHOLE = make_mail(
    attachments=(make_attachment(),),
    bounce=Bounce(recipient="", recipients=(), status="4.4.1", permanent=False, delayed=True),
    complaint=Complaint(kind="abuse", recipient="", original_message_id=""),
)


def test_every_value_of_a_mail_passes() -> None:
    assert read_answer(pickle.dumps(WHOLE)) == WHOLE


def test_no_value_of_a_mail_is_forgotten_above() -> None:
    told = " ".join(str(field.type) for field in fields(InboundMail))
    named = {name for name, kind in vars(message).items() if is_dataclass(kind) and name in told}
    used = {type(value).__name__ for value in (WHOLE.from_, *WHOLE.attachments, WHOLE.bounce, WHOLE.complaint)}

    assert named == used


@pytest.mark.parametrize("value", [print, message.Position, pickle.Unpickler], ids=["function", "class", "library"])
def test_anything_else_is_no_answer(value: object) -> None:
    with pytest.raises(EOFError):
        read_answer(pickle.dumps(value))
