"""Amazon's notifications of mail that came back."""

import pytest

from mailticket.mail.parse import parse_mail
from tests.unit.mail.notices import notice

SES = (
    '{"notificationType":"Bounce","bounce":{"bounceType":"%s","bouncedRecipients":[{"emailAddress":"Carla@shop.example"%s}]},'
    '"mail":{"commonHeaders":{"messageId":"<ours@acme.example>"}}}'
)


@pytest.mark.parametrize("nested", [False, True], ids=["plain", "in a string"])
@pytest.mark.parametrize(
    ("kind", "more", "status"),
    [
        ("Permanent", ',"status":"5.1.1"', "5.1.1"),
        ("Permanent", "", "5.0.0"),
        ("Transient", "", "4.0.0"),
        ("Permanent", ',"status":"5.0.0","diagnosticCode":"smtp; 550 5.7.1 no"', "5.7.1"),
    ],
    ids=["status", "none", "transient", "diagnosis"],
)
def test_amazons_notification_is_read(kind: str, more: str, status: str, nested: bool) -> None:
    text = SES % (kind, more)
    if nested:
        text = '{"Type":"Notification","Message":"' + text.replace('"', '\\"') + '"}'

    bounce = parse_mail(notice("From: no-reply@sns.amazonaws.com\nSubject: AWS Notification Message", text)).bounce

    assert bounce is not None
    assert (bounce.recipient, bounce.status) == ("carla@shop.example", status)
    assert bounce.original_message_id == "<ours@acme.example>"
