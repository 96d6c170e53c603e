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


@pytest.mark.parametrize("action", ["relayed", "delivered", "expanded", "deliverable"])
def test_report_of_anything_else_is_no_bounce(action: str) -> None:
    mail = parse_mail(report(FAILED.replace("failed", action)))

    assert mail.bounce is None
    assert mail.automatic_answer, "it opens no ticket either"


@pytest.mark.parametrize("action", ["delayed", "Delayed (still trying)", "deferred"])
def test_delay_is_told_from_a_failure(action: str) -> None:
    bounce = parse_mail(report(FAILED.replace("failed", action))).bounce

    assert bounce is not None
    assert bounce.delayed and not bounce.permanent
    assert (bounce.recipient, bounce.status) == ("carla@shop.example", "4.1.1")


@pytest.mark.parametrize("action", ["failed", "Failed (user unknown)", "failure", "expired"])
def test_failure_is_known_however_it_is_spelt(action: str) -> None:
    bounce = parse_mail(report(FAILED.replace("failed", action))).bounce

    assert bounce is not None
    assert bounce.permanent and not bounce.delayed


def test_failure_counts_for_more_than_a_delay_beside_it() -> None:
    late = FAILED.replace("Carla", "late").replace("failed", "delayed").replace("5.1.1", "4.4.1")
    bounce = parse_mail(report(late, FAILED)).bounce

    assert bounce is not None
    assert not bounce.delayed
    assert (bounce.recipients, bounce.status) == (("carla@shop.example",), "5.1.1")


@pytest.mark.parametrize(
    ("block", "status", "permanent"),
    [
        (FAILED.replace("5.1.1", "4.4.7"), "4.4.7", False),
        (FAILED.replace("5.1.1", "5.1.1 (no such user)"), "5.1.1", True),
        (FAILED.replace("Status: 5.1.1", "Diagnostic-Code: smtp; 550 5.7.1 refused"), "5.7.1", True),
        (FAILED.replace("Status: 5.1.1", "Diagnostic-Code: smtp; 452 full"), "4.0.0", False),
        (FAILED.replace("Status: 5.1.1\n", ""), "5.0.0", True),
        (FAILED.replace("5.1.1", "5.0.0 (permanent failure)"), "5.0.0", True),
        (FAILED.replace("5.1.1", "5.0.0\nDiagnostic-Code: smtp; 550 5.7.1 refused"), "5.7.1", True),
        (FAILED.replace("5.1.1", "5.0.0\nDiagnostic-Code: smtp; 550 user unknown"), "5.1.1", True),
        (FAILED.replace("5.1.1", "4.5.0\nDiagnostic-Code: smtp; 550 5.5.0 go away"), "5.5.0", True),
        (FAILED.replace("Action: failed\n", ""), "5.1.1", True),
        (FAILED.replace("5.1.1", "5.0.0\nDiagnostic-Code: x-local; mailbox full 552 5.2.2"), "5.2.2", True),
        (FAILED.replace("5.1.1", "2.0.0\nDiagnostic-Code: smtp; 550 5.1.1 unknown"), "5.1.1", True),
        (FAILED.replace("5.1.1", "2.1.5"), "5.0.0", True),
    ],
    ids=[
        "for now",
        "comment",
        "diagnostic code",
        "reply code",
        "no status",
        "vague",
        "words clearer",
        "sense",
        "refused for good",
        "no action",
        "behind the words",
        "success that failed",
        "success and nothing else",
    ],
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


@pytest.mark.parametrize(
    ("fields", "recipient"),
    [
        ("Original-Recipient: rfc822;one@shop.example\nFinal-Recipient: rfc822;two@shop.example", "two@shop.example"),
        ("Original-Recipient: rfc822;one@shop.example\nFinal-Recipient: rfc822;two@spool", "one@shop.example"),
        ("Original-Recipient: rfc822;one@shop.example\nFinal-Recipient: x400; /S=one/", "one@shop.example"),
        ("Final-Recipient: RFC822; <one@shop.example>", "one@shop.example"),
        ("Final-Recipient: one@shop.example", "one@shop.example"),
        ("Final-Recipient: utf-8; jürgen@shop.example", "jürgen@shop.example"),
        ("Final-Recipient: utf-8; j\\x{FC}rgen@shop.example", "jürgen@shop.example"),
        ("Original-Recipient: rfc822;carla+2Bvase@shop.example", "carla+vase@shop.example"),
        ("Original-Recipient: rfc822;carla+40shop.example", "carla@shop.example"),
        ("Original-Recipient: rfc822;carla+vase@shop.example", "carla+vase@shop.example"),
        ("Final-Recipient: rfc822;|procmail\nX-Actual-Recipient: rfc822; one@shop.example", "one@shop.example"),
    ],
    ids=[
        "both",
        "inner host",
        "X.400",
        "brackets",
        "no type",
        "UTF-8",
        "UTF-8 in ASCII",
        "xtext",
        "xtext all over",
        "plus",
        "actual",
    ],
)
def test_recipient_is_found_however_it_is_written(fields: str, recipient: str) -> None:
    bounce = parse_mail(report(f"{fields}\nAction: failed\nStatus: 5.1.1\n")).bounce

    assert bounce is not None
    assert bounce.recipient == recipient


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("; report-type=delivery-status", ""),
        ("multipart/report; report-type=delivery-status", "multipart/mixed"),
        ("message/delivery-status", "message/global-delivery-status"),
        ("message/delivery-status", "Message/Delivery-Status; name=details.txt"),
        ("message/delivery-status", "text/plain"),
        ('boundary="b"', 'boundary="lost"'),
    ],
    ids=["no report-type", "mixed", "global", "named", "fields as text", "boundary lost"],
)
def test_malformed_report_is_read_all_the_same(was: str, becomes: str) -> None:
    bounce = parse_mail(report(FAILED).replace(was.encode(), becomes.encode())).bounce

    assert bounce is not None
    assert (bounce.recipient, bounce.status) == ("carla@shop.example", "5.1.1")
    assert bounce.original_message_id == "<ours@acme.example>"


def test_report_that_a_person_passes_on_is_no_bounce() -> None:
    raw = report(FAILED).replace(b"multipart/report; report-type=delivery-status", b"multipart/mixed")

    assert parse_mail(raw.replace(b"MAILER-DAEMON@mx.shop", b"carla@shop")).bounce is None


def test_headers_alone_name_our_mail() -> None:
    bounce = parse_mail(report(FAILED, kind="text/rfc822-headers")).bounce

    assert bounce is not None
    assert bounce.original_message_id == "<ours@acme.example>"


def test_header_of_our_mail_in_the_text_for_people_names_it() -> None:
    raw = report(FAILED, returned="", kind="text/plain")
    raw = raw.replace(
        b"not arrive.\n", b"not arrive.\n\nOriginal message headers:\n\nMessage-ID: <ours@acme.example>\n"
    )
    bounce = parse_mail(raw).bounce

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
