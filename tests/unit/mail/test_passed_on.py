"""What did the writer of a forwarded mail write, and what does whoever forwards it say above?"""

from email.message import EmailMessage

import pytest

from mailticket.mail.message import InboundMail
from mailticket.mail.parse import parse_mail
from mailticket.mail.passed_on import PassedOn, attached_mail, passed_on
from tests.unit.mail.forwards import (
    APPLE,
    APPLE_ON_A_MAC,
    GMAIL,
    LANGUAGES,
    OLD_OUTLOOK,
    OTTO,
    OUTLOOK,
    THUNDERBIRD,
    YAHOO,
)


def read(body: str, subject: str = "Fwd: vase", **fields: str) -> InboundMail:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ann@acme.example", "support@acme.example", subject
    for name, value in fields.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(body)
    return parse_mail(mail.as_bytes())


def taken(mail: InboundMail) -> PassedOn:
    raw = attached_mail(mail)
    found = passed_on(mail, parse_mail(raw) if raw is not None else None)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "body",
    [GMAIL, OUTLOOK.removeprefix("See below.\n\n"), OLD_OUTLOOK, APPLE, APPLE_ON_A_MAC, THUNDERBIRD, YAHOO],
    ids=["Gmail", "Outlook", "old Outlook", "Apple", "Mac", "Thunderbird", "Yahoo"],
)
def test_the_words_of_each_program_are_told_apart(body: str) -> None:
    found = taken(read(f"#priority high\n\nHe has called, too.\n\n{body}\n\nCan I have a new one?\nOtto"))

    assert found.mail.from_ == OTTO
    assert found.above == "#priority high\n\nHe has called, too."
    assert found.mail.text == "It is broken.\n\nCan I have a new one?\nOtto"
    assert found.mail.reply.startswith("It is broken.\n\nCan I have a new one?")
    assert found.mail.subject == "vase"
    assert (found.mail.html, found.mail.markup) == (None, "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_header_is_found_in_many_languages(language: str) -> None:
    sender, sent, to, subject, prefix = LANGUAGES[language]
    header = f"{sender}: Otto Old <otto@old.example>\n{sent}: 22.11.2026 09:00\n{to}: Carla\n{subject}: vase"

    found = taken(read(f"Ja?\n\n{header}\n\nText.", f"{prefix} vase"))

    assert (found.above, found.mail.text, found.mail.from_) == ("Ja?", "Text.", OTTO)


def test_a_header_with_empty_lines_and_wrapped_addresses_is_no_part_of_the_words() -> None:
    header = (
        "From: Otto Old <otto@old.example>\n\nSent: Sunday, November 22, 2026 9:00 AM\n\n"
        "To: Carla <carla@shop.example>;\nPaul <paul@shop.example>\n\nSubject: vase"
    )

    assert taken(read(f"{header}\n\nIt is broken.")).mail.text == "It is broken."


def test_what_the_writer_quotes_is_in_the_text_and_not_among_the_new_words() -> None:
    found = taken(read(f"{GMAIL}\n\nOn Mon, 23 Nov 2026 at 10:00, Ann <ann@acme.example> wrote:\n> We send one.\n"))

    assert "> We send one." in found.mail.text
    assert found.mail.reply == "It is broken."


def test_an_attached_mail_is_taken_as_it_is() -> None:
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "Otto Old <otto@old.example>", "vase"
    inner["Message-ID"], inner["References"] = "<7@old.example>", "<1@old.example>"
    inner.set_content("It is broken.\n")
    inner.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="bill.pdf")
    outer = EmailMessage()
    outer["From"], outer["Subject"] = "ann@acme.example", "Fwd: vase"
    outer.set_content("#priority high\n\nSee the bill.\n")
    outer.add_attachment(inner)

    found = taken(parse_mail(outer.as_bytes()))

    assert found.attached and found.above == "#priority high\n\nSee the bill."
    assert (found.mail.from_, found.mail.message_id, found.mail.references) == (
        OTTO, "<7@old.example>", ("<1@old.example>",),
    )  # fmt: skip
    assert [file.filename for file in found.mail.attachments] == ["bill.pdf"]


#: What Otto writes, to be taken for Victor.
_VICTORS = (
    "---------- Forwarded message ---------\nFrom: Victor <victor@third.example>\nSubject: Buy this\n\nGood pills.\n"
)


def test_a_writer_cannot_name_another_one_below_the_header() -> None:
    found = taken(read(f"{OUTLOOK}\n\n{_VICTORS}", "FW: vase"))

    assert (found.above, found.mail.from_, found.mail.subject) == ("See below.", OTTO, "vase")
    assert found.mail.text == f"It is broken.\n\n{_VICTORS}".strip()


@pytest.mark.parametrize("attached", [False, True])
def test_a_writer_whose_name_is_an_address_is_nobody_for_certain(attached: bool) -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "ann@acme.example", "Fwd: vase"
    mail.set_content(GMAIL.replace("Otto Old <", '"victor@third.example" <'))
    if attached:
        inner = EmailMessage()
        inner["From"] = "Victor <victor@third.example>"
        inner.set_content("Good pills.\n")
        mail.add_attachment(inner)

    found = taken(parse_mail(mail.as_bytes()))

    assert (found.mail.from_, found.attached) == (None, False)
    assert found.mail.text == "It is broken."


def test_an_attached_mail_of_two_writers_is_nobodys_for_certain() -> None:
    outer = EmailMessage()
    outer["From"], outer["Subject"] = "ann@acme.example", "Fwd: vase"
    outer.set_content("See below.\n")
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "Victor <victor@third.example>, Otto <otto@old.example>", "vase"
    inner.set_content("It is broken.\n")
    outer.add_attachment(inner)

    found = taken(parse_mail(outer.as_bytes()))

    assert (found.mail.from_, found.mail.subject, found.above) == (None, "vase", "See below.")


def test_references_of_the_forwarding_mail_are_those_of_the_forwarded_one() -> None:
    assert taken(read(GMAIL, References="<7@old.example>")).mail.references == ("<7@old.example>",)


def test_a_forward_that_names_nobody_has_no_writer() -> None:
    found = taken(read("The customer says that it is broken.", "Fwd: vase"))

    assert (found.mail.from_, found.whole) == (None, True)
    assert found.above == found.mail.reply == "The customer says that it is broken."


@pytest.mark.parametrize(
    ("body", "subject"),
    [
        pytest.param("Hello, I need a new chair.", "Chair", id="an ordinary mail"),
        pytest.param("Yes.\n\nOn Mon, 23 Nov 2026 Otto <otto@old.example> wrote:\n> Broken.", "Re: vase", id="a reply"),
        pytest.param(f"Yes.\n\n{OUTLOOK}", "RE: vase", id="Outlook's reply"),
    ],
)
def test_what_is_no_forward_is_left_alone(body: str, subject: str) -> None:
    assert passed_on(read(body, subject), None) is None
