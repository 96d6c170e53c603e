"""Whole mails: what is read of them."""

import dataclasses
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailticket.mail.message import Address, InboundMail
from mailticket.mail.parse import parse_mail

FIXTURES = Path(__file__).parents[2] / "mail"


def read(name: str) -> InboundMail:
    return parse_mail((FIXTURES / f"{name}.eml").read_bytes())


def test_plain_mail() -> None:
    assert dataclasses.replace(read("plain"), digest="", size=0) == InboundMail(
        subject="Broken vase",
        from_=Address(name="Carla Customer", addr_spec="carla@shop.example"),
        to=(Address(name="Acme Support", addr_spec="support@acme.example"),),
        message_id="<vase-1@shop.example>",
        date=datetime(2026, 11, 22, 10, tzinfo=UTC),
        text="Hello,\n\nmy vase arrived broken.\n\n-- \nCarla",
        reply="Hello,\n\nmy vase arrived broken.",
        language="en",
        hops=1,
    )


def test_alternative_picture_and_file() -> None:
    mail = read("alternative_with_inline_picture_and_file")
    picture, invoice = mail.attachments

    assert (mail.text, mail.reply) == ("Grüße, the vase is broken.", "Grüße, the vase is broken.")
    assert mail.html is not None
    assert "<b>vase</b>" in mail.html
    assert "alert" not in mail.html
    assert (picture.filename, picture.content_type, picture.inline) == ("vase.png", "image/png", True)
    assert picture.content_id == "vase@shop.example"
    assert (invoice.filename, invoice.inline, invoice.data) == ("Rechnung Müller.pdf", False, b"%PDF-1.4 invoice")
    assert invoice.sha256 == hashlib.sha256(b"%PDF-1.4 invoice").hexdigest()
    assert mail.errors == ()


def test_html_alone_becomes_text_and_loses_its_marked_history() -> None:
    mail = read("html_only_with_gmail_quote")

    assert mail.reply == "It was a present."
    assert "we have your message" in mail.text
    assert mail.in_reply_to == "<confirmation-1@acme.example>"
    assert mail.references == ("<vase-1@shop.example>", "<confirmation-1@acme.example>")


def test_raw_8bit_text_is_read() -> None:
    mail = read("raw_8bit_header_and_wrong_charset")

    assert (mail.subject, mail.from_.name if mail.from_ else "") == ("Größe", "Zoë Müller")
    assert mail.text == "Die Größe stimmt nicht."
    assert any("us-ascii" in error for error in mail.errors)


def test_attached_mail_is_a_file_and_nothing_else() -> None:
    mail = read("attached_mail")

    assert (mail.subject, mail.text) == ("Broken vase", "see below")
    assert [(file.filename, file.content_type) for file in mail.attachments] == [("other.eml", "message/rfc822")]
    assert b"words of the inner mail" in mail.attachments[0].data


@pytest.mark.parametrize("name", ["two_from_fields", "address_as_display_name"])
def test_doubtful_sender_is_an_error_too(name: str) -> None:
    mail = read(name)

    assert mail.from_defect
    assert mail.from_defect in mail.errors


def test_subject_cannot_bring_header_fields() -> None:
    assert read("line_break_in_encoded_subject").subject == "Broken Bcc: everybody@x.example vase"


def test_mail_with_nothing_in_its_header_says_so() -> None:
    mail = read("no_message_id_no_date")

    assert (mail.message_id, mail.date, mail.text) == ("", None, "Toner is low.")
    assert mail.errors == ("There is no Message-ID.", "There is no Date field.")


def test_named_text_is_still_the_text() -> None:
    assert read("first_text_part_is_named").text == "These are my words."
    assert read("first_text_part_is_named").attachments == ()


def test_vacation_and_list_are_known() -> None:
    assert read("vacation_in_german").auto_submitted
    assert read("list_with_footer").is_list
    assert read("list_with_footer").text.startswith("Who knows this vase?\n")


def test_cut_off_mail_keeps_what_came() -> None:
    mail = read("bare_line_feeds_and_no_closing_boundary")

    assert mail.text == "cut off"
    assert [(file.filename, file.data) for file in mail.attachments] == [("list.csv", b"a,b\n1,2\n")]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("Message-ID: <a@b>", "<a@b>"),
        ("Message-ID:\r\n <a@b> (comment)", "<a@b>"),
        ("Message-ID: a@b", "<a@b>"),
        ("Message-ID: <a b@c>", ""),
        ("Message-ID: <" + "a" * 1000 + "@b>", ""),
        ("Message-ID: <>", ""),
        ("Message-ID: nonsense", ""),
    ],
)
def test_message_id_is_usable_or_empty(field: str, expected: str) -> None:
    assert parse_mail(f"{field}\r\n\r\nx".encode()).message_id == expected


def test_mail_may_answer_several() -> None:
    mail = parse_mail(b"In-Reply-To: <a@b> (Carla's mail)\r\n <c@d>\r\n\t<a@b>\r\n\r\nx")

    assert (mail.in_reply_to, mail.parents) == ("<a@b>", ("<a@b>", "<c@d>"))


def test_long_in_reply_to_is_cut() -> None:
    mail = parse_mail(f"In-Reply-To: {' '.join(f'<{number}@b>' for number in range(200))}\r\n\r\nx".encode())

    assert mail.parents == tuple(f"<{number}@b>" for number in range(20))


def test_long_thread_keeps_its_root_and_its_end() -> None:
    ids = [f"<{number}@b>" for number in range(200)]
    mail = parse_mail(f"References: {' '.join(ids)}\r\n\r\nx".encode())

    assert mail.references == (ids[0], *ids[-50:])


@pytest.mark.parametrize(
    ("field", "expected"), [("Return-Path: <>", ""), ("Return-Path: <a@b.example>", "a@b.example"), ("X: y", None)]
)
def test_return_path_tells_null_from_missing(field: str, expected: str | None) -> None:
    assert parse_mail(f"{field}\r\n\r\nx".encode()).return_path == expected


def test_marks_and_results_are_kept_in_their_order() -> None:
    raw = (
        b"Authentication-Results: one;\r\n none\r\nAuthentication-Results: two; none\r\nX-Mailticket-Loop: abc\r\n\r\nx"
    )

    assert parse_mail(raw).authentication_results == ("one; none", "two; none")
    assert parse_mail(raw).loop_marks == ("abc",)


BASE = b"Message-ID: <1@b>\r\nSubject: a\r\nDate: Sun, 22 Nov 2026 10:00:00 +0000\r\n\r\nbody\r\n"


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (BASE, True),
        (BASE.replace(b"\r\n", b"\n"), True),
        (BASE + b"\r\n\r\n", True),
        (BASE.replace(b"body", b"body \t"), True),
        (b"Received: once more\r\n" + BASE, True),
        (BASE.replace(b"body", b"another"), False),
        (BASE.replace(b"<1@b>", b"<2@b>"), False),
    ],
    ids=["same", "line ends", "empty lines at the end", "blanks", "another way", "another body", "another Message-ID"],
)
def test_digest_knows_a_mail_again(other: bytes, same: bool) -> None:
    assert (parse_mail(BASE).digest == parse_mail(other).digest) is same


@pytest.mark.parametrize("field", [b"Subject: a", b"Date: Sun, 22 Nov 2026 10:00:00 +0000"])
def test_without_a_message_id_the_header_counts_as_well(field: bytes) -> None:
    base = BASE.replace(b"Message-ID: <1@b>\r\n", b"From: a@b\r\n")

    assert parse_mail(base).digest == parse_mail(base.replace(b"\r\n", b"\n")).digest
    assert parse_mail(base).digest != parse_mail(base.replace(field, b"Subject: b")).digest


def test_digest_of_a_large_body_does_not_depend_on_line_ends() -> None:
    raw = BASE + (b"x" * 71 + b"\r\n") * 40_000

    assert parse_mail(raw).digest == parse_mail(raw.replace(b"\r\n", b"\n")).digest
