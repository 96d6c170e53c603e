"""A sign clicked below a mail: it is what its writer says, the sentence around it is their program's."""

import base64
import json
from pathlib import Path

import pytest

from mailticket.mail.parse import parse_mail

RAW = (Path(__file__).parents[2] / "mail" / "reaction_by_gmail.eml").read_bytes()


def with_part(json_text: bytes) -> bytes:
    before, _, rest = RAW.partition(b"eyJlbW9qaSI6IvCfkY0iLCJ2ZXJzaW9uIjoxfQ==")
    return before + base64.b64encode(json_text) + rest


def test_reaction_is_its_sign() -> None:
    mail = parse_mail(RAW)

    assert (mail.reaction, mail.reply, mail.attachments) == ("👍", "👍", ())
    assert mail.text.strip() == "👍 Carla Customer hat per Gmail reagiert"


@pytest.mark.parametrize(
    "part",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"emoji": 1}',
        b'{"emoji": ":-)"}',
        b'{"emoji": "Please send the money"}',
        json.dumps({"emoji": "👍" * 40}).encode(),
        json.dumps({"emoji": "👍", "more": "x" * 1000}).encode(),
    ],
)
def test_what_is_no_sign_is_an_ordinary_mail(part: bytes) -> None:
    mail = parse_mail(with_part(part))

    assert (mail.reaction, mail.attachments) == ("", ())
    assert mail.reply == "👍 Carla Customer hat per Gmail reagiert"


@pytest.mark.parametrize("sign", ["❤️", "👍🏽", "👨‍👩‍👧‍👦", "😂"])
def test_sign_may_be_made_of_several(sign: str) -> None:
    assert parse_mail(with_part(json.dumps({"emoji": sign}).encode())).reaction == sign
