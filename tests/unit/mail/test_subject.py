"""Numbers, tags and prefixes of subjects."""

import pytest

from mailticket.mail.subject import says_forwarded, tag_numbers, without_tags


@pytest.mark.parametrize(
    ("subject", "numbers"),
    [
        ("[#2611-0042] Broken vase", ("2611-0042",)),
        ("Re: AW: Fwd: 回复：[#2611-0042] Broken vase", ("2611-0042",)),
        ("Broken vase [#2611-0042]", ("2611-0042",)),
        ("[#\r\n 2611-0042 ]", ("2611-0042",)),
        ("[ # 2611-0042]", ("2611-0042",)),
        ("[#2] Re: [#1] and [#2] again", ("2", "1")),
        ("[#ab-1] [#AB-1]", ("ab-1",)),
        ("[#]", ()),
        ("#2611-0042", ()),
        ("[2611-0042]", ()),
        ("[#" + "1" * 65 + "]", ()),
        ("[#1 2]", ()),
    ],
    ids=[
        "front",
        "prefixes",
        "end",
        "folded",
        "spaced",
        "several",
        "repeated",
        "empty",
        "bare",
        "no hash",
        "long",
        "two words",
    ],
)
def test_numbers_are_found_in_their_order(subject: str, numbers: tuple[str, ...]) -> None:
    assert tag_numbers(subject, "[#{number}]") == numbers


def test_only_the_first_numbers_are_looked_up() -> None:
    numbers = tag_numbers(" ".join(f"[#{number}]" for number in range(1000)), "[#{number}]")

    assert numbers == tuple(map(str, range(20)))


@pytest.mark.parametrize("subject", ["[ACME#7]", "[acme#7]", "[Acme #7]", "Re: [ACME# 7] x"])
def test_desk_beside_others_knows_its_own_tag(subject: str) -> None:
    assert tag_numbers(subject, "[ACME#{number}]") == ("7",)
    assert tag_numbers(subject, "[#{number}]") == ()
    assert tag_numbers(subject, "[Other#{number}]") == ()


@pytest.mark.parametrize(
    ("subject", "left"),
    [
        ("Re: [#2611-0042] Broken vase", "Re: Broken vase"),
        ("[#1][#2] a [#3]", "a"),
        ("[#[#1]2] a", "a"),
        ("[#[#[#1]2]3] a", "a"),
        ("nothing", "nothing"),
        ("[#1]", ""),
    ],
)
def test_no_tag_is_left(subject: str, left: str) -> None:
    assert without_tags(subject, "[#{number}]") == left


@pytest.mark.parametrize(
    ("subject", "forwarded"),
    [("Fwd: Vase", True), ("WG: AW: Vase", True), ("转发：花瓶", True), ("Re: Fwd: Vase", False), ("Vase", False)],
)
def test_forwarding_prefix_counts_in_front(subject: str, forwarded: bool) -> None:
    assert says_forwarded(subject) is forwarded
