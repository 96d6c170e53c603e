"""`check`, `db upgrade` and `parse`."""

from pathlib import Path

import pytest

from mailticket.mail.parse import parse_mail
from mailticket.store import schema
from mailticket.store.engine import Store
from tests.factories import make_raw
from tests.integration.commands.typed import Run
from tests.integration.nodes import Node


def test_check_says_fine_or_what_to_mend(desk: Node, run: Run, settings_file: Path) -> None:
    answer = run("check", "--json")

    assert answer.json.keys() == {"ok", "checks"}
    assert all(one.keys() == {"name", "ok", "detail", "mend"} for one in answer.json["checks"])
    assert answer.code == (0 if answer.json["ok"] else 1)
    broken = [one for one in answer.json["checks"] if not one["ok"]]
    assert all(one["mend"] for one in broken)


def test_check_finds_a_relay_that_is_not_there(desk: Node, run: Run, settings_file: Path) -> None:
    words = settings_file.read_text(encoding="utf-8")
    settings_file.write_text(words.replace('transport = "maildir"', "port = 9"), encoding="utf-8")

    answer = run("check", "--json")

    (outgoing,) = [one for one in answer.json["checks"] if one["name"] == "outgoing mail"]
    assert answer.code == 1
    assert not answer.json["ok"]
    assert not outgoing["ok"]
    assert outgoing["mend"]


def test_db_upgrade_can_be_repeated(run: Run, store: Store) -> None:
    assert run("db", "upgrade").code == 0
    assert schema.newest() in run("db", "upgrade").out


def test_parse_reads_without_any_settings(monkeypatch: pytest.MonkeyPatch, run: Run, tmp_path: Path) -> None:
    monkeypatch.delenv("MAILTICKET_CONFIG")
    file = tmp_path / "mail.eml"
    file.write_bytes(make_raw())

    assert run("parse", str(file)).json["subject"] == parse_mail(make_raw()).subject
