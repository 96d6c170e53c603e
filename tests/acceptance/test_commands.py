"""Stories: what scripts and people at a terminal do with tickets, mail that waits, and mail in files."""

import json
import mailbox
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.commands import PROJECT, command, environment
from tests.acceptance.conftest import BOTH_STORES
from tests.acceptance.world import Customer, World


@pytest.fixture
def carla(world: World) -> Customer:
    """A customer with one ticket, confirmed."""
    carla = world.somebody()
    carla.writes("Broken vase", "My vase arrived broken.\n")
    carla.waits_for("confirmation")
    return carla


def test_a_command_is_a_program_of_its_own(world: World) -> None:
    command = [sys.executable, "-m", "mailticket", "ticket", "list", "--json", "--config", str(world.config)]

    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment(), cwd=PROJECT)

    assert set(json.loads(done.stdout)) == {"tickets", "total"} and done.stderr == ""


@BOTH_STORES
def test_ticket_reply_answers_the_customer(world: World, carla: Customer) -> None:
    number = carla.ticket.number

    world.run("ticket", "reply", number, "--as", "ann@acme.example", stdin="A new one is on its way.\n")
    world.hurry()

    mail, ticket = carla.waits_for("reply"), carla.ticket
    assert "A new one is on its way." in mail.text
    assert mail["From"] == '"Ann Ahlberg (Acme Support)" <support@acme.example>'
    assert (ticket.status, ticket.assignee) == ("pending_customer", "ann@acme.example")
    carla.replies_to(mail)
    assert carla.ticket.number == number


def test_what_was_set_is_said_as_it_is_kept(world: World, carla: Customer) -> None:
    done = world.cli("ticket", "set", carla.ticket.number, "status=solved", "assignee=ben")

    assert "status = resolved, assignee = ben@acme.example." in done.out


@BOTH_STORES
def test_a_note_never_leaves_the_house(world: World, carla: Customer) -> None:
    number = carla.ticket.number

    world.run("ticket", "note", number, "She has complained before.", "--as", "ann@acme.example")

    ticket = world.ticket(number)
    assert (ticket.messages[-1].visibility, ticket.messages[-1].sender) == ("internal", "ann@acme.example")
    assert (ticket.status, ticket.happened[-1]) == ("open", "noted")
    carla.hears_nothing_more()
    world.run("ticket", "reply", number, "Sorry!")
    world.hurry()
    assert "complained" not in carla.waits_for("reply").all_words


@BOTH_STORES
def test_ticket_list_filters(world: World, carla: Customer) -> None:
    dora = world.somebody()
    dora.writes("Broken CUP 100%")
    mine, other = carla.ticket.number, dora.ticket.number
    world.run("ticket", "set", mine, "assignee=ben@acme.example", "team=returns", "title=Vase_1 of Carla")

    def listed(*arguments: str) -> set[str]:
        found = world.json("ticket", "list", "--limit", "1000", *arguments)["tickets"]
        return {ticket["number"] for ticket in found} & {mine, other}

    assert listed() == {mine, other}
    assert listed("--assignee", "BEN@acme.example") == listed("--team", "returns") == {mine}
    assert listed("--status", "open") == {other} and listed("--status", "in_progress") == {mine}
    assert listed("--query", "cup 100%") == {other} and listed("--query", "vase_1") == {mine}
    assert listed("--query", "c%p") == listed("--query", "v_se") == set()
    assert listed("--query", dora.address) == {other} and listed("--query", "nothing like it") == set()
    first = world.json("ticket", "list", "--limit", "1")
    assert len(first["tickets"]) == 1 and first["total"] >= 2


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["set", "{}", "status=done"], ["status", "done", "resolved"]),
        (["set", "{}", "priority=red", "status=closed"], ["priority", "urgent"]),
        (["set", "{}", "assignee=nobody@acme.example"], ["assignee", "ann@acme.example"]),
        (["set", "{}", "number=1"], ["number", "status"]),
        (["set", "{}", "type=refund"], ["type", "general"]),
        (["set", "{}", "team=sales"], ["team", "returns"]),
        (["set", "{}", "title="], ["title", "250"]),
        (["reply", "{}", " \n"], ["text", "empty"]),
        (["reply", "{}", "x" * 12_001], ["text", "12,000"]),
        (["note", "{}", ""], ["text", "empty"]),
        (["reply", "{}", "Hello", "--as", "eve@acme.example"], ["--as", "eve@acme.example", "ann@acme.example"]),
        (["set", "9901-0001", "status=open"], ["9901-0001"]),
        (["show", "9901-0001"], ["9901-0001"]),
    ],
    ids=lambda value: " ".join(value)[:40] if value[0] in ("set", "reply", "note", "show") else "",
)
def test_what_cannot_be_is_refused_by_name_and_changes_nothing(
    world: World, carla: Customer, words: list[str], named: list[str]
) -> None:
    before = carla.ticket

    done = world.cli("ticket", *[word.replace("{}", before.number) for word in words])

    assert (done.code, done.out) == (1, "")
    assert all(word in done.err for word in named), done.err
    assert carla.ticket.json == before.json
    carla.hears_nothing_more()


def test_wrong_use_and_wrong_settings_end_with_two(world: World, tmp_path: Path) -> None:
    wrong = tmp_path / "mailticket.toml"
    wrong.write_text('[outbound]\ntls = "startls"\n', encoding="utf-8")

    assert world.cli("ticket", "set", "1", "status").code == 2
    assert world.cli("ticket", "list", "--status", "new").code == 2
    assert world.cli("ticket", "fly").code == 2
    done = command("check", "--config", str(wrong))
    assert done.code == 2
    assert f'{wrong}: outbound.tls = "startls"' in done.err and 'Did you mean "starttls"?' in done.err


@BOTH_STORES
def test_explain_says_why(world: World, carla: Customer) -> None:
    mallory = world.customer("mallory@evil.example", verdict="none")
    mallory.writes(f"[#{carla.ticket.number}] hello")

    by_message_id, by_id = mallory.became, world.explain(mallory.ticket.messages[0].id)

    assert by_message_id == by_id
    assert (by_id["receipt"], by_id["transport"], by_id["ticket"]) == ("opened", "smtp", mallory.ticket.number)
    why = by_id["why"]
    assert (why["verdict"], why["role"], why["found"], why["found_by"], why["decision"]) == (
        "none", "stranger", carla.ticket.number, "number", "OpenTicket",
    )  # fmt: skip
    assert why["evidence"][0] == "There is no Authentication-Results of a trusted server."
    assert why["evidence"][-1] == "own check: dmarc=none (no policy)"
    assert f"thread    {carla.ticket.number}, found by number" in world.run("explain", mallory.written[0].message_id)
    assert world.cli("explain", "<never@seen.example>").code == 1


@BOTH_STORES
def test_explain_of_a_file_writes_nothing(world: World, carla: Customer, tmp_path: Path) -> None:
    file = tmp_path / "mail.eml"
    file.write_bytes(carla.drafts(f"[#{carla.ticket.number}] once more"))
    before = world.json("ticket", "list")

    foreseen = [world.json("explain", "--file", str(file)) for _ in range(2)]

    assert [(one["receipt"], one["ticket"]) for one in foreseen] == [("added", carla.ticket.number)] * 2
    assert world.json("ticket", "list") == before
    carla.sends(file.read_bytes())
    assert carla.became["receipt"] == "added"


@BOTH_STORES
def test_ingest_takes_files_mboxes_and_maildirs(world: World, tmp_path: Path) -> None:
    # what a file says about its verdict is nobody's word whom we trust
    carla, forged = world.somebody(), world.somebody(verdict="fail")
    (tmp_path / "one.eml").write_bytes(carla.drafts("One"))
    box = mailbox.mbox(tmp_path / "box.mbox")
    for raw in (carla.drafts("Two", "Two.\nFrom here on.\n"), carla.drafts("Three"), forged.drafts("Four")):
        box.add(raw.replace(b"\r\n", b"\n"))
    box.close()
    folder = mailbox.Maildir(tmp_path / "maildir")
    folder.add(carla.drafts("Five").replace(b"\r\n", b"\n"))
    folder.add(carla.drafts("Automatic reply: Six", fields={"Auto-Submitted": "auto-replied"}))

    paths = [str(tmp_path / name) for name in ("one.eml", "box.mbox", "maildir")]
    counted = [world.json("ingest", *paths) for _ in range(2)]

    nothing = dict.fromkeys(("opened", "added", "duplicate", "held", "ignored", "quarantined", "refused"), 0)
    assert counted[0] == {**nothing, "opened": 5, "ignored": 1}
    assert counted[1] == {**nothing, "duplicate": 6}
    tickets = {ticket.title: ticket for ticket in world.tickets_of(carla.address)}
    assert sorted(tickets) == ["Five", "One", "Three", "Two"]
    two = world.ticket(tickets["Two"].number)
    assert two.messages[0].text.strip() == "Two.\nFrom here on." and two.json["source"] == "import"


def test_imported_mail_is_confirmed_only_when_it_is_new_and_wanted(world: World, tmp_path: Path) -> None:
    carla, dora, otto = world.somebody(), world.somebody(), world.somebody()
    for person, name, fields in (
        (carla, "new", {}),
        (dora, "old", {"Date": "Mon, 3 Nov 2025 09:12:00 +0100"}),
        (otto, "unwanted", {}),
    ):
        (tmp_path / f"{name}.eml").write_bytes(person.drafts("Hello", fields=fields))

    world.run("ingest", str(tmp_path / "new.eml"), str(tmp_path / "old.eml"))
    world.run("ingest", "--no-confirm", str(tmp_path / "unwanted.eml"))
    world.hurry()

    carla.waits_for("confirmation")
    reasons = [world.ticket(world.tickets_of(person.address)[0].number) for person in (dora, otto)]
    assert [ticket.detail("confirmation_suppressed")["reason"] for ticket in reasons] == ["too_old", "not_wanted"]
    dora.hears_nothing_more()
    otto.hears_nothing_more()


def test_ingest_of_a_place_without_mail_says_so(world: World, tmp_path: Path) -> None:
    done = world.cli("ingest", str(tmp_path), "--json")

    assert (done.code, done.out) == (1, "") and str(tmp_path) in done.err


def test_parse_shows_how_a_mail_is_read(world: World, tmp_path: Path) -> None:
    file = tmp_path / "mail.eml"
    file.write_bytes(world.somebody().drafts("Grüße", "Hello.\n\nOn Monday Ann wrote:\n> Hi.\n"))

    one = world.json("parse", str(file))
    lines = world.run("parse", "--batch", stdin=f"{file}\n{file}\n").splitlines()

    assert (one["subject"], one["reply"], one["attachments"], one["bounce"]) == ("Grüße", "Hello.", [], None)
    assert [json.loads(line) for line in lines] == [one, one]


def test_check_looks_at_everything(world: World) -> None:
    found = world.json("check")

    assert found["ok"] is True
    names = [look["name"] for look in found["checks"]]
    assert {"settings", "database", "outgoing mail", "templates"} <= set(names)
    assert all(set(look) == {"name", "ok", "detail", "mend"} for look in found["checks"])


def test_check_says_what_is_wrong_and_the_mend(tmp_path: Path) -> None:
    with World(
        {"outbound": {"transport": "smtp", "host": "127.0.0.1", "port": 9, "tls": "none"}}, start=False
    ) as world:
        done = world.cli("check", "--json")

        wrong = [look for look in done.json["checks"] if not look["ok"]]
        assert (done.code, done.json["ok"]) == (1, False)
        assert [look["name"] for look in wrong] == ["outgoing mail"] and wrong[0]["mend"]


def test_outgoing_mail_that_waits_can_be_seen_and_cancelled(world: World, carla: Customer) -> None:
    world.run("ticket", "set", carla.ticket.number, "status=resolved")
    (waiting,) = [mail for mail in world.outbox if mail["ticket"] == carla.ticket.number]

    assert "is solved" in world.json("outbox", "show", waiting["id"])["raw"]
    world.run("outbox", "cancel", waiting["id"])

    assert world.cli("outbox", "cancel", waiting["id"]).code == 1
    assert carla.ticket.happened[-1] == "delivery_cancelled"
    carla.hears_nothing_more()
