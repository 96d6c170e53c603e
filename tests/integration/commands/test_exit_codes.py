"""0: done. 1: it did not work, and why. 2: wrong use or wrong settings. Words for people, or one JSON document."""

import json
from pathlib import Path

import pytest

from mailticket.store.engine import Store
from tests.factories import MALLORY, make_raw
from tests.integration.commands.typed import Run
from tests.integration.nodes import Node


@pytest.fixture
def store(sqlite: Store) -> Store:
    """What is said does not depend on the store."""
    return sqlite


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("ticket", "show", "1"), "There is no ticket 1."),
        (("ticket", "set", "1", "status=open"), "There is no ticket 1."),
        (("ticket", "set", "2611-0001", "status=done"), 'status: "done" is not known; allowed: open,'),
        (("ticket", "set", "2611-0001", "priority=high", "team=x"), 'team: "x" is not known; allowed: returns'),
        (("ticket", "set", "2611-0001", "number=1"), "number: cannot be set"),
        (("ticket", "set", "2611-0001", "status=open", "--as", "bob@acme.example"), '--as: "bob@acme.example" is not'),
        (("ticket", "reply", "2611-0001", " "), "text: is empty"),
        (("ticket", "note", "2611-0001", "x" * 12_001), "text: has 12,001 characters"),
        (("explain", "<nothing@x>"), "No mail <nothing@x> has come in."),
        (("explain", "--file", "/nowhere.eml"), "/nowhere.eml: cannot be read"),
        (("held", "show", "1"), "has no 1. `mailticket held list` shows"),
        (("quarantine", "retry", "7"), "has no 7. `mailticket quarantine list` shows"),
        (("outbox", "show", "x"), "The outbox has no mail x"),
        (("outbox", "cancel", "99"), "The outbox has no mail 99"),
        (("outbox", "retry", "9" * 20), "The outbox has no mail 99999999999999999999"),
        (("held", "show", "²"), "has no ²."),
        (("explain", "9" * 20), "No mail 99999999999999999999 has come in."),
        (("ingest", "/nowhere"), "/nowhere: there is no mail here"),
        (("parse", "/nowhere.eml"), "/nowhere.eml: cannot be read"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else "says why",
)
def test_what_does_not_work_says_why_and_changes_nothing(
    desk: Node, run: Run, words: tuple[str, ...], says: str
) -> None:
    number = desk.open(make_raw())
    before = desk.show(number)

    answer = run(*words)

    assert answer.code == 1
    assert says in answer.err
    assert answer.out == ""
    assert desk.show(number) == before


@pytest.mark.parametrize(
    "words",
    [
        ("ticket", "lst"),
        ("ticket", "set", "2611-0001", "status"),
        ("ticket", "list", "--limit", "0"),
        ("ticket", "list", "--status", "done"),
        ("ticket", "list", "--assignee", "bob@acme.example"),
        ("ticket", "list", "--team", "x"),
        ("ticket", "new", "carla@shop.example", "Ready."),
        ("explain",),
        ("nonsense",),
        ("--config",),
    ],
    ids=" ".join,
)
def test_wrong_use_ends_with_2(run: Run, words: tuple[str, ...]) -> None:
    answer = run(*words)

    assert answer.code == 2
    assert answer.out == ""
    assert answer.err


@pytest.mark.parametrize(
    "words",
    [
        ("ticket", "list"),
        ("check",),
        ("run",),
        ("ingest", "x"),
        ("outbox", "list"),
        ("held", "list"),
        ("db", "upgrade"),
    ],
    ids=" ".join,
)
def test_wrong_settings_end_with_2_and_name_file_and_key(run: Run, settings_file: Path, words: tuple[str, ...]) -> None:
    settings_file.write_text("[outbound]\ntls = 'startls'\n", encoding="utf-8")

    answer = run(*words)

    assert answer.code == 2
    assert answer.err.startswith(f'{settings_file}: outbound.tls = "startls"\n  is not one of')


@pytest.mark.parametrize(
    "words",
    [
        ("ticket", "list"),
        ("ticket", "show", "2611-0001"),
        ("held", "list"),
        ("held", "show", "1"),
        ("quarantine", "list"),
        ("outbox", "list"),
        ("outbox", "show", "1"),
        ("explain", "<vase@shop.example>"),
    ],
    ids=" ".join,
)
def test_people_get_text_in_which_mail_is_never_markup(desk: Node, run: Run, words: tuple[str, ...]) -> None:
    desk.open(make_raw("[red]Broken[/red] [link=x]vase[/]"))
    desk.receive(make_raw("[red]Broken[/red] [link=x]vase[/]", MALLORY, "<m@evil.example>", verdict="fail"))

    answer = run(*words)

    assert (answer.code, answer.err) == (0, "")
    assert answer.out
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.out)
    if words[:2] in (("ticket", "list"), ("ticket", "show"), ("held", "list")):
        assert "[red]Broken[/red] [link=x]vase[/]" in answer.out


@pytest.mark.parametrize("group", [(), ("ticket",), ("held",), ("quarantine",), ("outbox",), ("macro",)], ids=" ".join)
def test_help_says_of_each_command_a_whole_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch, group: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    listed = run(*group, "--help").out.partition("Commands:\n")[2].splitlines()

    assert listed
    assert all(line.endswith(".") and not line.endswith("...") for line in listed)
    assert group or listed == sorted(listed)
