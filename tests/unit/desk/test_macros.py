"""Which macros can be used, and what do they say on a ticket?"""

from pathlib import Path

import pytest

from mailticket.desk.command_words import Scene
from mailticket.desk.commands import read_commands
from mailticket.desk.macros import Macros, read_macro
from mailticket.desk.orders import Change
from mailticket.desk.prepared import VALUES, MacroFault, PreparedAnswer
from mailticket.macro_folder import read_folder
from mailticket.mail.markdown import as_html
from tests.factories import ANN, NOW, make_policy, make_ticket

STARTER_SET = Path(__file__).parents[3] / "config" / "macros"

WHOLE = """+++
title = "Refund"
status = "resolved"
tags = ["refund", "bank"]

[fields]
return_status = "received"
+++
Hello{{ " " ~ greeting_name if greeting_name }},

paid back.
"""


def test_a_macro_has_words_and_says_what_it_sets() -> None:
    macro = read_macro("refund", WHOLE)

    assert (macro.name, macro.title) == ("refund", "Refund")
    assert macro.fields == {"status": "resolved", "tags": "refund bank", "fields.return_status": "received"}
    assert macro.text({"greeting_name": "Carla"}) == "Hello Carla,\n\npaid back."
    assert macro.text({}) == "Hello,\n\npaid back."


@pytest.mark.parametrize(
    ("source", "title", "fields", "text"),
    [
        pytest.param("Thank you.\n", "Thank you", {}, "Thank you.", id="words alone"),
        pytest.param("+++\r\nstatus = 'closed'\r\n+++\r\n", "Thank you", {"status": "closed"}, "", id="fields alone"),
        pytest.param("\ufeff+++\n+++\nThanks.", "Thank you", {}, "Thanks.", id="a byte order mark"),
        pytest.param("+++\ntitle = 'T'\n+++\n+++\nThanks.", "T", {}, "+++\nThanks.", id="a third fence is text"),
        pytest.param("Thanks.\n+++\n", "Thank you", {}, "Thanks.\n+++", id="a fence further down is text"),
    ],
)
def test_head_and_words_can_be_left_out(source: str, title: str, fields: dict[str, str], text: str) -> None:
    macro = read_macro("thank-you", source)

    assert (macro.title, macro.fields, macro.text({})) == (title, fields, text)


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        pytest.param("Thanks", "Thank you.", "small letters", id="a name with capitals"),
        pytest.param("a b", "Thank you.", "small letters", id="a name with a space"),
        pytest.param("thanks", "", "no words and sets nothing", id="empty"),
        pytest.param("thanks", "+++\nstatus = 'closed'\n", "no second one", id="an open head"),
        pytest.param("thanks", "+++\nstatus = closed\n+++\n", "not valid TOML", id="a head that is no TOML"),
        pytest.param("thanks", "+++\nassignee = 'ann'\n+++\n", '"assignee"', id="what a macro must not set"),
        pytest.param("thanks", "+++\nstatus = ['closed']\n+++\n", "status: takes text", id="a list for a text"),
        pytest.param("thanks", "Hello {{ name }}", "name", id="a value that there is not"),
        pytest.param("thanks", "Hello {% if %}", "words fail", id="a template that is none"),
        pytest.param("thanks", "{{ ''.__class__.__mro__ }}", "words fail", id="a way out of the sandbox"),
        pytest.param("thanks", "{% for n in range(9999999) %}x{% endfor %}", "words fail", id="words without end"),
        pytest.param("thanks", "x" * 12_001, "more than 12,000", id="a book"),
    ],
)
def test_what_cannot_be_used_says_why(name: str, source: str, said: str) -> None:
    with pytest.raises(MacroFault, match=said.replace("(", r"\(")):
        read_macro(name, source)


def test_every_macro_of_the_starter_set_can_be_used_whatever_is_known() -> None:
    macros, problems = read_folder(STARTER_SET, make_policy())

    assert not problems
    assert len(macros) == 5
    for macro in macros:
        for values in (VALUES, {}):
            text = macro.text(values)
            # (the end of a line is one in the customer's mail, too)
            assert "<br" not in as_html(text)
            assert "  " not in text and " ," not in text and " ." not in text, text


def test_a_folder_that_is_not_there_has_no_macros(tmp_path: Path) -> None:
    assert read_folder(tmp_path / "none", make_policy()) == ((), ())


def test_a_file_that_is_no_macro_is_named_and_the_others_are_used(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text("Thank you.")
    (tmp_path / "bad.md").write_text("+++\nstatus = 'solvd'\n+++\n")
    (tmp_path / "latin.md").write_bytes("Grüße".encode("latin-1"))
    (tmp_path / "README.md").write_text("Hello {{ what }}")

    macros, problems = read_folder(tmp_path, make_policy())

    assert [macro.name for macro in macros] == ["good"]
    assert [problem.file for problem in problems] == ["bad.md", "latin.md"]
    assert '"solvd" is not known' in problems[0].message


def scene(*prepared: PreparedAnswer) -> Scene:
    macros = Macros(prepared, lambda: {"greeting_name": "Carla"})
    return Scene(policy=make_policy(), agent=ANN, now=NOW, ticket=make_ticket(), macros=macros)


def test_a_command_puts_its_words_before_the_agents_own_and_sets_what_it_says() -> None:
    read = read_commands("#macro Refund\n\nAnd a voucher for you.", scene(read_macro("refund", WHOLE)))

    assert not read.problems
    assert read.text == "Hello Carla,\n\npaid back.\n\nAnd a voucher for you."
    assert Change(field="status", value="resolved") in read.orders


def test_a_macro_whose_words_fail_for_this_ticket_is_a_wrong_command() -> None:
    fails = PreparedAnswer(name="fails", title="Fails", fields={}, words="{{ 1 // (greeting_name | length - 5) }}")

    read = read_commands("#macro fails", scene(fails))

    assert "cannot be used" in read.problems[0].message


def test_words_of_other_macros_are_not_asked_for() -> None:
    fails = PreparedAnswer(name="fails", title="Fails", fields={}, words="{{ 1 // 0 }}")

    assert read_commands("#macro refund", scene(fails, read_macro("refund", WHOLE))).text.startswith("Hello Carla")
