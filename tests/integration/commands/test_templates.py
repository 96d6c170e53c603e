"""Mail templates: what the commands say of them, before anybody gets such a mail."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer

import mailticket
from mailticket.cli.app import app
from mailticket.desk.notice import NoticeKind
from tests.factories import CARLA, make_raw
from tests.integration.commands.typed import Run
from tests.integration.nodes import Node

WORDS = Path(mailticket.__file__).parent / "templates"


@pytest.fixture
def own(settings_file: Path) -> Path:
    """The folder of the operator's own templates, and of a desk's."""
    settings_file.write_text(
        settings_file.read_text().replace(
            'name = "returns"', 'name = "returns"\naddress = "returns@acme.example"\ntemplates = "returns"'
        )
    )
    folder = settings_file.parent / "templates"
    (folder / "en").mkdir(parents=True)
    (folder / "returns" / "en").mkdir(parents=True)
    (folder / "returns" / "en" / "closed.txt").write_text("Subject: Sent back\n\nYour parcel {{ number }} is here.\n")
    return folder


def test_commands_that_mails_name_lack_nothing_when_they_are_typed() -> None:
    every: Any = typer.main.get_command(app)
    for file in [file for kind in ("txt", "html") for file in WORDS.glob(f"*/*.{kind}")]:
        filled = re.sub(r"\{\{.*?\}\}", "x", file.read_text("utf-8"))
        for words in re.findall(r"\bmailticket ([a-z][^<;,)\n]*)", filled):
            command, rest = every, words.split()
            while rest and (known := getattr(command, "commands", {}).get(rest[0])) is not None:
                command, rest = known, rest[1:]
            needed = [one.opts[0] for one in command.params if one.required and one.param_type_name == "option"]
            assert [option for option in needed if option not in words] == [], f"{file}: {words}"


def test_list_names_every_mail_with_its_languages(run: Run, own: Path) -> None:
    found = {one["name"]: one for one in run("template", "list", "--json").json["templates"]}

    assert set(found) == set(NoticeKind)
    assert all(one["languages"] == ["de", "en", "es", "fr"] for one in found.values())
    assert (found["closed"]["to"], found["closed"]["own"]) == ("customer", ["returns/en"])
    assert found["held"]["to"] == "agent"
    assert "returns/en" in run("template", "list").out


def test_preview_shows_header_and_text_as_they_will_be_seen(run: Run, tmp_path: Path) -> None:
    shown = run("template", "preview", "confirmation", "--language", "de", "--html", str(tmp_path / "mail.html"))

    assert "From: Acme Support <support@acme.example>\nTo: Carla Customer <carla@shop.example>\n" in shown.out
    assert "Subject: [#2611-0042] Broken vase\n" in shown.out
    assert "Nicht angenommen:     label.heic (Dateityp nicht erlaubt)" in shown.out
    assert '<html lang="de">' in (tmp_path / "mail.html").read_text("utf-8")


def test_preview_speaks_for_a_desk_with_words_of_its_own(run: Run, own: Path) -> None:
    mail = run("template", "preview", "returns/closed", "--json").json

    assert (mail["text"], mail["html"]) == ("Your parcel 2611-0042 is here.\n", None)
    assert mail["headers"]["From"].endswith("<returns@acme.example>")


def test_preview_of_a_ticket_is_the_mail_that_it_had_and_changes_nothing(desk: Node, run: Run) -> None:
    number = desk.open(make_raw("My vase"))
    before = run("ticket", "show", number, "--json").json

    had = run("template", "preview", "confirmation", "--ticket", number, "--json").json
    would = run("template", "preview", "resolved", "--ticket", number, "--language", "fr", "--json").json

    assert (had["headers"]["To"], had["headers"]["Subject"]) == (
        f"{CARLA.name} <{CARLA.addr_spec}>", f"[#{number}] My vase",
    )  # fmt: skip
    assert "label.heic" not in had["text"]
    assert would["text"].startswith(f"Bonjour {CARLA.name},") and number in would["text"]
    assert run("ticket", "show", number, "--json").json == before
    assert [one["notice"] for one in run("outbox", "list", "--json").json["outbox"]] == ["confirmation"]


def test_every_mail_can_be_previewed_with_and_without_a_ticket(desk: Node, run: Run) -> None:
    number = desk.open(make_raw())

    for kind in NoticeKind:
        for more in ([], ["--ticket", number]):
            mail = run("template", "preview", kind, *more, "--json").json

            assert mail["name"] == kind and mail["text"].strip() and mail["html"]


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (["confirmaton"], 2, 'did you mean "confirmation"?'),
        (["nowhere/closed"], 2, "folders: returns"),
        (["closed", "--ticket", "2611-9999"], 1, "There is no ticket 2611-9999"),
        (["resolved"], 1, "en/resolved.txt: line 4: UndefinedError: 'nobdy' is undefined"),
        (["reply"], 1, "en/reply.txt: line 3:"),
    ],
    ids=["no such mail", "no such folder", "no such ticket", "a name that it has not", "a block without an end"],
)
def test_what_cannot_be_shown_is_named(run: Run, own: Path, words: list[str], code: int, complaint: str) -> None:
    (own / "en" / "resolved.txt").write_text("Subject: Solved\n\nDear\n{{ nobdy }},\n")
    (own / "en" / "reply.txt").write_text("Subject: x\n\n{% if title %}\n")

    answer = run("template", "preview", *words)

    assert answer.code == code
    assert complaint in " ".join(answer.err.replace("│", " ").split())
