"""Commands that slipped into a text for a customer, and texts whose mistakes are mended."""

import pytest

from mailticket.desk.commands import read_commands
from mailticket.desk.slips import corrected, suspicious_words, without
from tests.unit.desk.scenes import scene


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hello Carla,\nit is on its way.", []),
        ("Hello\n#resolved", ["#resolved"]),
        ("Hello\n#resovled\nBye", ["#resovled"]),
        ("Hello\n #ntoe she is angry", ["#ntoe she is angry"]),
        ("1\n2\n3\n4\n5\n6\n#ntoe she is angry", ["#ntoe she is angry"]),
        ("1\n2\n3\n4\n5\n6\n#assign me", ["#assign me"]),
        ("1\n2\n3\n4\n5\n6\n#prioritty high", []),
        ("Hello\n# note\nshe is angry", ["# note"]),
        ("# Resolved\nyes", ["# Resolved"]),
        ("# Your order\nis 10023", []),
        ("1\n2\n3\n4\n5\n6\n# Type\nVase", []),
        ("#10023 is your order", []),
        ("Look at #resolved", []),
        ("Hello\n* #note she is angry", ["* #note she is angry"]),
        ("Hello\n1. #note she is angry", ["1. #note she is angry"]),
        ("Hello\n##note she is angry", ["##note she is angry"]),
        ("Hello\n\\#note she is angry", ["\\#note she is angry"]),
        ("Hello\n[#note] she is angry", ["[#note] she is angry"]),
        ("Hello. #note she is angry", ["Hello. #note she is angry"]),
        ("Hello.\u2028#note she is angry", ["Hello.\u2028#note she is angry"]),
        ("a" * 300 + " #note she is angry", ["a" * 200]),
        ("See https://acme.example/help#note or /#note, and #notebook", []),
        ("Hello\n#summervibes", []),
        ("- #resolved\n• #high\nHello", ["- #resolved", "• #high"]),
        ("Hello\n1. #resolvd", ["1. #resolvd"]),
        ("1\n2\n3\n4\n5\n6\n- #summervibes\n- #10023", []),
    ],
    ids=str,
)
def test_what_looks_like_a_command_is_asked_about(text: str, found: list[str]) -> None:
    assert list(suspicious_words(text)) == found


@pytest.mark.parametrize(
    ("text", "mended", "cut"),
    [
        ("#priortiy high\n\nHello", "#priority high\n\nHello", "\nHello"),
        ("#high\n#resolvd\n#team salse\nHello", "#high\n#resolved\n#team sales\nHello", "#high\nHello"),
        ("#close Hello Carla, thanks\nAnn", "#close\nHello Carla, thanks\nAnn", "Ann"),
        ("#xqzzy\nHello", "", "Hello"),
        ("#ntoe\nshe is angry", "#note\nshe is angry", ""),
        ("#high\n#not she is angry\n#resolvd", "#high\n#note she is angry\n#resolved", ""),
        ("#resolved\n#open\nHello", "", "#resolved\nHello"),
    ],
    ids=str,
)
def test_one_click_mends_all_or_leaves_it_out(text: str, mended: str, cut: str) -> None:
    problems = read_commands(text, scene()).problems

    assert corrected(text, problems) == mended
    assert without(text, problems) == cut


def test_mended_text_can_be_carried_out() -> None:
    text = "#priortiy hihg\n#assign jeorg\nHello"

    read = read_commands(corrected(text, read_commands(text, scene()).problems), scene())

    assert read.problems == ()
    assert read.text == "Hello"
