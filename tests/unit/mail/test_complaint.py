"""Feedback reports: somebody calls a mail of ours spam. No bounce, nothing to answer, and the mail is named."""

import pytest

from mailticket.mail.message import Complaint
from mailticket.mail.parse import parse_mail

REPORT = "Feedback-Type: abuse\nUser-Agent: Loop/1.0\nVersion: 1\nOriginal-Rcpt-To: <Carla@Shop.example>\n"
RETURNED = (
    "From: desk@acme.example\nTo: paul@shop.example\nMessage-ID: <ours@acme.example>\nSubject: Your vase\n\nIt broke.\n"
)


def feedback(report: str = REPORT, returned: str = RETURNED, kind: str = "message/rfc822") -> bytes:
    return (
        "From: Feedback <feedback@post.example>\nReturn-Path: <>\nSubject: FW: Your vase\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nThis is an abuse report for a mail that could not be delivered.\n"
        f"--b\nContent-Type: message/feedback-report\n\n{report}\n--b\nContent-Type: {kind}\n\n{returned}\n--b--\n"
    ).encode()


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_complaint_names_who_complains_and_the_mail(kind: str) -> None:
    mail = parse_mail(feedback(kind=kind))

    assert mail.complaint == Complaint(
        kind="abuse", recipient="carla@shop.example", original_message_id="<ours@acme.example>"
    )
    assert mail.bounce is None
    assert mail.auto_submitted


@pytest.mark.parametrize(
    ("report", "returned", "recipient"),
    [
        (REPORT.replace("Original-Rcpt-To", "Removal-Recipient"), RETURNED, "carla@shop.example"),
        ("Feedback-Type: abuse\n", RETURNED, "paul@shop.example"),
        ("Feedback-Type: abuse\n", f"X-HmXmrOriginalRecipient: dora@shop.example\n{RETURNED}", "dora@shop.example"),
        ("Feedback-Type: abuse\nOriginal-Rcpt-To: redacted\n", RETURNED.replace("paul@shop.example", "hidden"), ""),
    ],
    ids=["removal", "To of our mail", "Hotmail", "nobody"],
)
def test_who_complains_is_found_where_services_write_it(report: str, returned: str, recipient: str) -> None:
    complaint = parse_mail(feedback(report, returned)).complaint

    assert complaint is not None
    assert complaint.recipient == recipient


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("Feedback-Type: not-spam", "not-spam"),
        ("Feedback-Type: Abuse (by a person)", "abuse"),
        ("Feedback-Type: <script>", "other"),
        ("Version: 1", "other"),
    ],
)
def test_kind_of_complaint_is_a_plain_word(field: str, kind: str) -> None:
    complaint = parse_mail(feedback(f"{field}\n")).complaint

    assert complaint is not None
    assert complaint.kind == kind


def test_complaint_that_returns_nothing_is_one_all_the_same() -> None:
    complaint = parse_mail(feedback(returned="", kind="text/plain")).complaint

    assert complaint is not None
    assert complaint.original_message_id == ""


def test_other_mail_is_no_complaint() -> None:
    assert parse_mail(feedback().replace(b"message/feedback-report", b"text/plain")).complaint is None
