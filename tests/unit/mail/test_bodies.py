"""Whole mails whose parts lie in odd ways: what is text, what is a file, what is neither."""

import pytest

from mailticket.mail.parse import parse_mail
from tests.mails import fixture

BROKEN = "The vase is broken."
INVITATION = (
    "Invitation: Vase repair\n"
    "When: Tue 24 November 2026, 10:00 to 11:00 (Europe/Berlin). Where: Room 3. From: Carla <carla@shop.example>"
)


@pytest.mark.parametrize(
    ("name", "text", "files"),
    [
        ("texts_with_files_between", "First, the vase.\nThen, the box.\nCarla", ["vase.png", "vase.png"]),
        ("html_texts_with_file_between", "First, the vase.\n\nThen, the box.", ["vase.png"]),
        ("signed_by_pgp", BROKEN, []),
        ("signed_by_smime", BROKEN, ["vase.png"]),
        ("signed_by_pgp_in_the_text", f"{BROKEN}\n- and so is its box", []),
        ("related_around_alternative", "See the vase.", [""]),
        ("alternative_around_related", "See the vase.", []),
        ("attachment_only", "", ["invoice.pdf"]),
        ("attachments_only_in_mixed", "", ["vase.png", "vase.png"]),
        ("empty", "", []),
        ("invitation_as_alternative", "Please come.", [""]),
        ("invitation_only", INVITATION, [""]),
        ("no_closing_boundary", BROKEN, ["vase.png"]),
        ("boundary_with_trailing_spaces", BROKEN, ["vase.png"]),
        ("preamble_and_epilogue", BROKEN, ["vase.png"]),
        ("boundary_that_begins_like_another", BROKEN, ["vase.png"]),
        ("boundary_not_named", BROKEN, ["vase.png"]),
    ],
)
def test_text_and_files(name: str, text: str, files: list[str]) -> None:
    mail = parse_mail(fixture(name))

    assert (mail.text, [file.filename for file in mail.attachments]) == (text, files)
    assert mail.reply == text


@pytest.mark.parametrize(
    ("name", "how", "file"),
    [
        ("encrypted_by_pgp", "encrypted (PGP)", "encrypted.asc"),
        ("encrypted_by_smime", "encrypted (S/MIME)", "smime.p7m"),
        ("wrapped_into_smime_signature", "wrapped into its signature", "smime.p7m"),
    ],
)
def test_sealed_mail_says_so(name: str, how: str, file: str) -> None:
    mail = parse_mail(fixture(name))

    assert how in mail.text
    assert mail.reply == mail.text
    assert [one.filename for one in mail.attachments] == [file]


def test_flowed_paragraphs_are_one_line() -> None:
    mail = parse_mail(fixture("flowed_with_quote"))

    assert mail.reply == "The vase is broken, and so is its box."
    assert "\n> What is wrong with it?\n-- \nCarla" in mail.text


def test_flowed_spaces_are_deleted_where_the_mail_says_so() -> None:
    assert parse_mail(fixture("flowed_with_deleted_spaces")).text == "Die Vase ist kaputt.\n\nFrom the box"


def test_boundary_that_is_not_named_is_an_error() -> None:
    assert any("does not name its boundary" in error for error in parse_mail(fixture("boundary_not_named")).errors)


@pytest.mark.parametrize("name", ["invitation_as_alternative", "invitation_only"])
def test_invitation_is_told_beside_its_file(name: str) -> None:
    (file,) = parse_mail(fixture(name)).attachments

    assert (file.content_type, file.summary) == ("text/calendar", INVITATION)
