"""`check`, `db upgrade` and `parse`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailticket.mail.parse import parse_mail
from mailticket.store import contacts, relays, schema
from mailticket.store.engine import Store
from tests.factories import CARLA, NOW, make_raw
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


@pytest.mark.parametrize(
    ("days", "envelope", "fine"),
    [(0, "auto", False), (6, "null", False), (8, "auto", True), (0, "address", True)],
    ids=["today", "some days ago", "so long ago that it is asked again", "a form that is not wanted any more"],
)
def test_check_tells_of_a_reverse_path_that_the_relay_refuses(
    desk: Node, run: Run, settings_file: Path, days: int, envelope: str, fine: bool
) -> None:
    words = settings_file.read_text(encoding="utf-8")
    smtp = f'port = 9\nenvelope = "{envelope}"'
    settings_file.write_text(words.replace('transport = "maildir"', smtp), encoding="utf-8")
    with desk.store.writing() as connection:
        at = datetime.now(UTC) - timedelta(days=days)
        relays.form_refused(connection, "127.0.0.1:9", "null", "550 5.7.1 not without a sender", at)

    (found,) = [one for one in run("check", "--json").json["checks"] if one["name"] == "reverse-path"]

    assert found["ok"] == fine
    assert ("550 5.7.1 not without a sender" in found["detail"]) is not fine
    assert ("null reverse-path <>" in found["mend"]) is not fine


def test_db_upgrade_can_be_repeated(run: Run, store: Store) -> None:
    assert run("db", "upgrade").code == 0
    assert schema.newest() in run("db", "upgrade").out
    assert run("db", "upgrade", "--json").json == {"schema": schema.newest()}


def test_parse_reads_without_any_settings(monkeypatch: pytest.MonkeyPatch, run: Run, tmp_path: Path) -> None:
    monkeypatch.delenv("MAILTICKET_CONFIG")
    file = tmp_path / "mail.eml"
    file.write_bytes(make_raw())

    assert run("parse", str(file)).json["subject"] == parse_mail(make_raw()).subject


@pytest.mark.parametrize(
    ("asked", "door", "detail", "mend"),
    [
        (1, "", "1 of them, for SMTP alone, and there is no [[intake.smtp]]", "set acceptors = 0"),
        (64, "[[intake.smtp]]", "64 beside the daemon, on ", "set acceptors = "),
    ],
    ids=["nothing to accept", "more than cores"],
)
def test_check_says_whether_acceptors_fit(
    run: Run, settings_file: Path, asked: int, door: str, detail: str, mend: str
) -> None:
    words = settings_file.read_text(encoding="utf-8").replace("[[intake.smtp]]", door)
    settings_file.write_text(f"{words}\n[service]\nacceptors = {asked}\n", encoding="utf-8")

    (found,) = [one for one in run("check", "--json").json["checks"] if one["name"] == "acceptors"]

    assert not found["ok"]
    assert found["detail"].startswith(detail)
    assert found["mend"].startswith(mend)


def test_allowing_an_address_lets_automatic_mail_go_there_again(desk: Node, run: Run) -> None:
    number = desk.open(make_raw())
    with desk.store.writing() as connection:
        contacts.mark_complained(connection, CARLA.addr_spec, NOW)
    assert run("ticket", "show", number, "--json").json["contact"]["complained_at"]

    assert run("allow", "add", CARLA.addr_spec, "--reason", "asked for it").code == 0

    assert run("ticket", "show", number, "--json").json["contact"]["complained_at"] is None
