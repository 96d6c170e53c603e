"""`mailticket parse`: the JSON that other people's scripts rely on."""

import json
from pathlib import Path

import pytest

from mailticket.cli.parse import print_page, to_json
from mailticket.mail.message import InboundMail
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
    "auto_submitted",
    "bounce",
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
    assert list(document["attachments"][0]) == ["filename", "content_type", "size", "sha256", "inline", "content_id"]
    assert (document["bounce"], document["list"], document["auto_submitted"]) == (None, False, False)


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
    assert "Rechnung Müller.pdf, application/pdf, 16 bytes" in page
