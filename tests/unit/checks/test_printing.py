"""How findings look to the person who reads them: columns for words, and records in one piece, to be pasted."""

import os
import sys

import pytest

from mailticket.checks.finding import fine, wrong
from mailticket.cli.checking import print_finding
from mailticket.cli.output import print_table

RECORD = 'acme.example. IN TXT "v=spf1 ' + " ".join(f"ip4:192.0.2.{number}" for number in range(12)) + ' -all"'


def test_words_keep_their_column(capsys: pytest.CaptureFixture[str]) -> None:
    print_finding(fine("word " * 30, "disk"))

    first, *others = capsys.readouterr().out.splitlines()
    assert first.startswith("disk               fine   word ") and len(first) <= 100
    assert others and all(line.startswith(" " * 26 + "word") and len(line) <= 100 for line in others)


@pytest.mark.parametrize(
    "record", [RECORD, f'k._domainkey.acme.example. IN TXT ( "{"p" * 255}" "{"q w" * 20}" )'], ids=["short", "long"]
)
def test_a_record_for_a_zone_file_is_not_broken(capsys: pytest.CaptureFixture[str], record: str) -> None:
    print_finding(wrong("it is not there", f"put this record into DNS:\n{record}", "SPF acme.example"))

    lines = capsys.readouterr().out.splitlines()
    assert lines[1:] == [" " * 26 + "Mend: put this record into DNS:", " " * 26 + record]


def test_a_narrow_terminal_gets_narrow_lines_and_records_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = os.openpty()
    monkeypatch.setenv("COLUMNS", "60")

    with os.fdopen(theirs, "w", encoding="utf-8") as terminal, os.fdopen(ours, "rb", buffering=0) as screen:
        monkeypatch.setattr(sys, "stdout", terminal)
        print_finding(wrong("word " * 30, f"put this record into DNS:\n{RECORD}", "SPF acme.example"))
        terminal.flush()
        *words, record = screen.read(65536).decode().splitlines()

    assert record == " " * 26 + RECORD
    assert words[1:] and all(line.startswith(" " * 26) and len(line) <= 60 for line in words[1:])


@pytest.mark.parametrize(
    "columns",
    [
        ["id", "mail", "to", "ticket", "attempts", "leaves (UTC)", "why not yet"],
        ["sender", "reason", "until (UTC)", "by", "since (UTC)"],
        ["number", "status", "priority", "from", "title", "changed (UTC)"],
    ],
    ids=["outbox", "blocked senders", "tickets"],
)
def test_no_column_of_a_table_vanishes_on_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: list[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    widths = {"id": 4, "mail": 18, "ticket": 9, "number": 9, "status": 16, "priority": 8, "attempts": 2}

    cells = [sign * widths.get(name, 16) for sign, name in zip("§¤¢¥µ¶ß", columns, strict=False)]

    print_table(columns, [cells])

    shown = capsys.readouterr().out
    assert {cell: shown.count(cell[0]) for cell in cells} == {cell: len(cell) for cell in cells}
