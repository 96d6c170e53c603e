"""What a dry run says of a mail to the operator who looks on."""

from datetime import UTC, datetime

import pytest

from mailticket.cli.rehearsing import line_of
from mailticket.rehearsal import Foreseen


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("failed_verdict", "would be held because its sender's domain says that this mail is forged; would write to"),
        ("agent_not_verified", "would be held with these words to its agent: nothing proves that it comes from you:"),
    ],
)
def test_who_is_meant_by_you_is_said(reason: str, says: str) -> None:
    now = datetime(2026, 11, 23, 8, tzinfo=UTC)
    held = Foreseen(
        message_id="<m@x>", from_="ann@acme.example", subject="Vase", received_at=now, transport="imap",
        receipt="held", reason=reason, written_to=(("held", "ann@acme.example"),),
    )  # fmt: skip

    assert says in line_of(held)
