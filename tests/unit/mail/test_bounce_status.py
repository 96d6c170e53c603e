"""The status that says best why a mail came back."""

import pytest

from mailticket.mail.bounce_status import status_of


@pytest.mark.parametrize(
    ("field", "words", "status"),
    [
        ("5.1.1", "550 5.7.1 refused", "5.1.1"),
        ("5.0.0", "550 5.7.1 refused", "5.7.1"),
        ("5.0.0", "5.1.0 unknown address 550-'5.2.2 full'", "5.2.2"),
        ("4.4.7", "554 4.4.7 expired <421 4.4.2 timed out>", "4.4.2"),
        ("4.4.7", "550 4.4.7 expired", "4.4.7"),
        ("4.5.0", "550 5.5.0 refused", "5.5.0"),
        ("", "550-5.7.26 not authenticated\n550 5.7.26 see there", "5.7.26"),
        ("", "no mailbox (#5.1.1)", "5.1.1"),
        ("", "552 whatever", "5.0.0"),
        ("", "[SMTP Error Code 550]", "5.0.0"),
        ("", "452 mailbox is full", "4.2.2"),
        ("", "the mailbox is full", "5.2.2"),
        ("", "Host unknown", "5.1.2"),
        ("", "2.1.5 delivered", ""),
        ("", "mx [192.5.1.1] at 10.5.1.1, version 5.5.2653.19", ""),
        ("", "call (450) 555-1234 or 480-624-2500", ""),
        ("", "", ""),
    ],
)
def test_status_is_drawn_from_field_and_words(field: str, words: str, status: str) -> None:
    assert status_of(field, words) == status
