"""Where does an agent's own signature begin that nothing but its repetition tells?"""

import pytest

from mailticket.desk.own_signature import closing, ending_of, signature_begins

SIGNATURE = ["Ann Ahlberg", "Senior Support", "Acme Ltd"]


def begins(text: str, *earlier: str, name: str = "Ann Ahlberg") -> str:
    """What is left of `text` when the signature is gone."""
    lines = text.split("\n")
    endings = [ending_of(one.split("\n")) for one in earlier]
    return "\n".join(lines[: signature_begins(lines, endings, name)]).strip()


def signed(words: str) -> str:
    return "\n".join((words, "", *SIGNATURE))


@pytest.mark.parametrize(
    ("text", "earlier", "left"),
    [
        pytest.param(signed("C"), (signed("A"), signed("B")), "C", id="two have it"),
        pytest.param(signed("C"), (signed("A"),), signed("C"), id="one has it"),
        pytest.param(signed("C"), (signed("A"), "B"), signed("C"), id="another one does not"),
        pytest.param(signed("C"), (signed("A"), "B", signed("D")), "C", id="two of three"),
        pytest.param(signed("C"), (signed("A") + "\nnew", signed("B")), signed("C"), id="it has changed since"),
        pytest.param(
            "Ann Ahlberg\nSenior Support\nAcme Ltd", (signed("A"), signed("B")), "\n".join(SIGNATURE), id="only"
        ),
        pytest.param(
            signed("C\n\nJust reply if it does not work."),
            (signed("A\n\nJust reply if it does not work."), signed("B\n\nJust reply if it does not work.")),
            "C\n\nJust reply if it does not work.",
            id="sentence above it stays",
        ),
        pytest.param(
            "C\n\nJust reply if it does not work.",
            ("A\n\nJust reply if it does not work.", "B\n\nJust reply if it does not work."),
            "C\n\nJust reply if it does not work.",
            id="sentence is no signature",
        ),
        pytest.param("C\n\nDone", ("A\n\nDone", "B\n\nDone"), "C\n\nDone", id="a word is none"),
        pytest.param(
            "C\n\nAcme Ltd, vases since 1920", ("A\n\nAcme Ltd, vases since 1920",) * 2, "C", id="one line of a company"
        ),
        pytest.param("C\n\nwww.acme.example", ("A\n\nwww.acme.example",) * 2, "C", id="an address"),
        pytest.param(signed("A"), (signed("A"), signed("A"), signed("B"), signed("D")), "A", id="prepared answers"),
        pytest.param(signed("A"), (signed("A"), signed("A")), signed("A"), id="nothing but prepared answers"),
        pytest.param(signed("C").upper(), (signed("A"), signed("B")), "C", id="capitals"),
        pytest.param("C\n\nAnn\nhas no time", ("A\n\nAnn\nhas no time",) * 2, "C", id="name at the head of the block"),
    ],
)
def test_what_ends_two_earlier_replies_is_a_signature(text: str, earlier: tuple[str, ...], left: str) -> None:
    assert begins(text, *earlier) == left


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        (["Best regards,", "Ann", "Senior Support"], 2),
        (["", "Viele Grüße", "", "Ann Ahlberg", "Acme"], 4),
        (["Best regards", "+44 20 7946 0000"], 1),
        (["Ann Ahlberg", "Senior Support"], 0),
        (["Sent from my iPhone"], 0),
        ([], 0),
    ],
    ids=["name", "lines apart", "number", "no formula", "telephone", "nothing"],
)
def test_formula_and_name_are_for_the_customer(lines: list[str], kept: int) -> None:
    assert closing(lines) == kept


def test_little_is_remembered_and_no_word_of_it() -> None:
    ending = ending_of([f"secret {number} " + "x" * 10_000 for number in range(1000)])
    assert len(ending) == 30
    assert all(len(digest) == 12 for digest in ending)
