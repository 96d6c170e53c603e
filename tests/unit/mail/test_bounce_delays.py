"""Notices without a report that tell of a delay: nothing has failed yet."""

import pytest

from mailticket.mail.parse import parse_mail
from tests.unit.mail.notices import DAEMON, OPERATOR, RETURNED, notice


@pytest.mark.parametrize(
    ("header", "text", "status"),
    [
        (
            f"{DAEMON}\nSubject: Delivery Status Notification (Delay)",
            "The following address failed:\n\n carla@shop.example\n",
            "4.0.0",
        ),
        (
            f"{OPERATOR}\nSubject: Delivery delayed: Your vase",
            "This message hasn't been delivered yet to\n\ncarla@shop.example\n\n450 4.7.26 try later\n",
            "4.7.26",
        ),
        (
            f"{OPERATOR}\nSubject: Undelivered",
            "It could not be delivered for 2 hours. It will be retried.\n\n<carla@shop.example>: 450",
            "4.0.0",
        ),
        (
            f"{DAEMON}\nSubject: Mail",
            "It has not\nyet been delivered:\n\n  carla@shop.example\n    452\n\nDelivery attempts will continue.",
            "4.0.0",
        ),
        (
            f"{DAEMON}\nSubject: Warning: message delayed 24 hours",
            "  carla@shop.example\n    550 5.2.2 mailbox full\n\nNo action is required on your part.",
            "4.2.2",
        ),
        (
            f"{OPERATOR}\nSubject: Warning: could not send message for past 4 hours",
            f"<carla@shop.example>... Deferred: Connection refused\n\n--- Message header follows ---\n\n{RETURNED}",
            "4.4.1",
        ),
        (
            f"{DAEMON}\nSubject: Zustellung verzögert",
            "Ihre Nachricht wurde noch nicht zugestellt:\n\ncarla@shop.example",
            "4.0.0",
        ),
    ],
    ids=["by subject", "Exchange", "Postfix", "by text", "refused for now", "sendmail", "German"],
)
def test_late_mail_has_not_failed(header: str, text: str, status: str) -> None:
    bounce = parse_mail(notice(header, text)).bounce

    assert bounce is not None
    assert (bounce.recipient, bounce.status) == ("carla@shop.example", status)
    assert bounce.delayed and not bounce.permanent


def test_late_parcel_is_no_late_mail() -> None:
    header = "From: parcels@parcels.example\nReturn-Path: <>\nSubject: Your delivery is delayed"
    text = "The parcel for carla@shop.example has been delayed. A delivery will be retried tomorrow."

    assert parse_mail(notice(header, text)).bounce is None
