"""Delivery reports: what failed, for whom, and which mail of ours it was."""

import pytest

from mailticket.mail.message import Bounce
from mailticket.mail.parse import parse_mail

FAILED = "Final-Recipient: rfc822; Carla@Shop.example\nAction: failed\nStatus: 5.1.1\n"


def report(
    *recipients: str, returned: str = "Message-ID: <ours@acme.example>\n", kind: str = "message/rfc822"
) -> bytes:
    blocks = "\n".join(("Reporting-MTA: dns; mx.shop.example\n", *recipients))
    return (
        "From: MAILER-DAEMON@mx.shop.example\nSubject: Undelivered\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\n\nYour mail did not arrive.\n"
        f"--b\nContent-Type: message/delivery-status\n\n{blocks}\n"
        f"--b\nContent-Type: {kind}\n\n{returned}\n--b--\n"
    ).encode()


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_failure_is_read(line_end: bytes) -> None:
    mail = parse_mail(report(FAILED).replace(b"\n", line_end))

    assert mail.bounce == Bounce(
        recipient="carla@shop.example",
        recipients=("carla@shop.example",),
        status="5.1.1",
        permanent=True,
        original_message_id="<ours@acme.example>",
    )
    assert mail.auto_submitted


@pytest.mark.parametrize("action", ["delayed", "relayed", "delivered", "expanded"])
def test_report_of_anything_else_is_no_bounce(action: str) -> None:
    assert parse_mail(report(FAILED.replace("failed", action))).bounce is None


@pytest.mark.parametrize(
    ("block", "status", "permanent"),
    [
        (FAILED.replace("5.1.1", "4.4.7"), "4.4.7", False),
        (FAILED.replace("5.1.1", "5.1.1 (no such user)"), "5.1.1", True),
        (FAILED.replace("Status: 5.1.1", "Diagnostic-Code: smtp; 550 5.7.1 refused"), "5.7.1", True),
        (FAILED.replace("Status: 5.1.1", "Diagnostic-Code: smtp; 452 full"), "4.0.0", False),
        (FAILED.replace("Status: 5.1.1\n", ""), "", False),
        (FAILED.replace("Action: failed\n", ""), "5.1.1", True),
    ],
    ids=["for now", "comment", "diagnostic code", "reply code", "no status", "no action"],
)
def test_status_tells_whether_it_is_permanent(block: str, status: str, permanent: bool) -> None:
    bounce = parse_mail(report(block)).bounce

    assert bounce is not None
    assert (bounce.status, bounce.permanent) == (status, permanent)


def test_only_those_who_failed_are_named() -> None:
    fine = FAILED.replace("Carla", "fine").replace("failed", "delivered")
    other = FAILED.replace(
        "Final-Recipient: rfc822; Carla@Shop.example", "Original-Recipient: rfc822;<dora@shop.example>"
    )
    bounce = parse_mail(report(fine, FAILED, other)).bounce

    assert bounce is not None
    assert bounce.recipients == ("carla@shop.example", "dora@shop.example")


def test_headers_alone_name_our_mail() -> None:
    bounce = parse_mail(report(FAILED, kind="text/rfc822-headers")).bounce

    assert bounce is not None
    assert bounce.original_message_id == "<ours@acme.example>"


def test_report_without_our_mail_is_a_bounce_all_the_same() -> None:
    bounce = parse_mail(report(FAILED, returned="", kind="text/plain")).bounce

    assert bounce is not None
    assert bounce.original_message_id == ""


def test_report_that_somebody_attaches_is_no_bounce() -> None:
    raw = b"From: carla@shop.example\nContent-Type: multipart/mixed; boundary=o\n\n--o\n\nLook!\n"
    raw += b"--o\nContent-Type: message/rfc822\n\n"

    assert parse_mail(raw + report(FAILED) + b"\n--o--\n").bounce is None
