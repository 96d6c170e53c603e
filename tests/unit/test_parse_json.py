"""`mailticket parse`: the JSON that other people's scripts rely on."""

import json
import re
from pathlib import Path

import pytest

from mailticket.cli.parse import to_json
from mailticket.cli.parse_page import cut_lines, print_page
from mailticket.mail.message import Address, Bounce, Complaint, InboundMail
from mailticket.mail.parse import parse_mail

FIXTURES = Path(__file__).parents[1] / "mail"
KEYS = [
    "subject",
    "from",
    "to",
    "cc",
    "reply_to",
    "message_id",
    "in_reply_to",
    "references",
    "date",
    "text",
    "reply",
    "html",
    "attachments",
    "language",
    "order_numbers",
    "forwarded_from",
    "auto_submitted",
    "bounce",
    "complaint",
    "list",
    "errors",
]


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.eml")), ids=lambda path: path.stem)
def test_every_mail_has_every_key(path: Path) -> None:
    document = json.loads(json.dumps(to_json(parse_mail(path.read_bytes()))))

    assert list(document) == KEYS


def test_values_are_in_the_form_of_the_contract() -> None:
    document = to_json(parse_mail((FIXTURES / "alternative_with_inline_picture_and_file.eml").read_bytes()))

    assert document["from"] == {"name": "Carla Customer", "address": "carla@shop.example"}
    assert document["date"] == "2026-11-22T10:00:00Z"
    assert document["message_id"] == "<vase-1@shop.example>"
    keys = ["filename", "content_type", "size", "sha256", "inline", "content_id", "summary"]
    assert list(document["attachments"][0]) == keys
    assert (document["bounce"], document["list"], document["auto_submitted"]) == (None, False, False)


def test_reports_are_in_the_form_of_the_contract_and_say_more() -> None:
    bounce = Bounce(
        recipient="carla@shop.example",
        recipients=("carla@shop.example",),
        status="4.4.1",
        permanent=False,
        delayed=True,
    )
    complaint = Complaint(kind="abuse", recipient="carla@shop.example", original_message_id="<ours@acme.example>")
    document = to_json(InboundMail(bounce=bounce, complaint=complaint))

    assert document["bounce"] == {
        "recipient": "carla@shop.example",
        "recipients": ["carla@shop.example"],
        "status": "4.4.1",
        "permanent": False,
        "delayed": True,
    }
    assert document["complaint"] == {
        "kind": "abuse",
        "recipient": "carla@shop.example",
        "message_id": "<ours@acme.example>",
    }


def test_mail_of_nobody_has_every_key_too() -> None:
    document = to_json(InboundMail())

    assert list(document) == KEYS
    assert document["from"] == {"name": "", "address": ""}
    assert document["date"] is None


def test_page_shows_what_a_person_looks_for(capsys: pytest.CaptureFixture[str]) -> None:
    print_page(parse_mail((FIXTURES / "alternative_with_inline_picture_and_file.eml").read_bytes()))
    page = capsys.readouterr().out

    assert "Carla Customer <carla@shop.example>" in page
    assert "Grüße, the vase is broken." in page
    assert re.search(r"Rechnung Müller\.pdf +application/pdf +16 bytes", page)


def test_page_shows_what_was_cut_below_the_new_words(capsys: pytest.CaptureFixture[str]) -> None:
    text = "Thanks.\n\n-- \nCarla\n\nAnn wrote:\n> Hello\n"
    person = Address(name="Otto", addr_spec="otto@old.example")
    mail = InboundMail(
        text=text, reply="Thanks.", language="en", order_numbers=("10023",), forwarded_from=person, is_list=True,
        errors=("There is no Message-ID.",),
    )  # fmt: skip
    print_page(mail)
    _, new, cut, is_, wrong = re.split(r"(?m)^.*─{5,}\n", capsys.readouterr().out)

    assert (new, cut) == ("Thanks.\n", "--\nCarla\n\nAnn wrote:\n> Hello\n")
    assert "Otto <otto@old.example>" in is_ and "10023" in is_ and "mailing list" in is_
    assert wrong == "There is no Message-ID.\n"


def test_cut_is_nothing_where_all_words_are_new() -> None:
    assert cut_lines("One.\n\nTwo. \n", "One.\nTwo.") == []
