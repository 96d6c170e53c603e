"""Mail that waits, mail that has to leave, mail from files: what the commands say of them."""

from pathlib import Path

from mailticket.desk.receipt import Quarantined
from mailticket.mail.message import Address, Position
from mailticket.store import blobs
from mailticket.store import tables as t
from mailticket.store.waiting import HELD, QUARANTINE, keep
from tests.factories import ANN, CARLA, MALLORY, make_envelope, make_raw
from tests.integration.commands.typed import Run, no_naked_times
from tests.integration.nodes import PATIENCE, Node


def test_lists_of_mail_that_waits_have_the_keys_of_the_contract(desk: Node, run: Run) -> None:
    number = desk.open(make_raw())
    desk.receive(make_raw(f"Re: [#{number}]", MALLORY, "<m@evil.example>", verdict="fail"))
    head = make_raw(message_id="<big@x>").partition(b"\r\n\r\n")[0]
    desk.ledger.too_large(make_envelope(), 50_000_000, head).result(PATIENCE)

    (held,) = run("held", "list", "--json").json["held"]
    (quarantined,) = run("quarantine", "list", "--json").json["quarantine"]

    assert held.keys() == {"id", "received_at", "from", "subject", "reason", "ticket"}
    assert (held["from"], held["ticket"], held["reason"]) == (MALLORY.addr_spec, number, "failed_verdict")
    assert quarantined.keys() == {"id", "received_at", "from", "subject", "reason", "tries"}
    assert (quarantined["from"], quarantined["tries"]) == (CARLA.addr_spec, 1)
    assert isinstance(held["id"], str)
    no_naked_times([held, quarantined])


def test_outbox_list_has_the_keys_of_the_contract(desk: Node, run: Run) -> None:
    number = desk.open(make_raw())

    (mail,) = run("outbox", "list", "--json").json["outbox"]

    assert mail.keys() >= {"id", "notice", "to", "ticket", "attempts", "next_attempt_at", "last_error"}
    assert (mail["notice"], mail["to"], mail["ticket"]) == ("confirmation", [CARLA.addr_spec], number)
    assert (mail["attempts"], mail["last_error"]) == (0, None)
    assert isinstance(mail["id"], str)
    no_naked_times(mail)


def test_held_mail_is_released_or_discarded(desk: Node, run: Run) -> None:
    for count in range(2):
        desk.receive(make_raw(message_id=f"<{count}@x>", verdict="fail"))
    first, second = [one["id"] for one in run("held", "list", "--json").json["held"]]

    assert run("held", "release", first, "--json").json == {"held": [{"id": first, "receipt": "opened"}]}
    assert run("held", "discard", second, "--json").json == {"discarded": [second]}
    assert run("held", "list", "--json").json == {"held": []}
    assert run("held", "release", first).code == 1


def test_held_mail_that_names_no_ticket_cannot_join_one(desk: Node, run: Run) -> None:
    number = desk.open(make_raw())
    desk.receive(make_raw(message_id="<nowhere@x>", verdict="fail"))
    desk.receive(make_raw(f"Re: [#{number}]", message_id="<there@x>", verdict="fail"))
    nowhere, there = [one["id"] for one in run("held", "list", "--json").json["held"]]

    joined = run("held", "join", "all")

    assert joined.code == 1
    assert joined.out.strip() == f"{there}: added, ticket {number}"
    assert f"They name no ticket: {nowhere}. `held release`" in joined.err
    assert [one["id"] for one in run("held", "list", "--json").json["held"]] == [nowhere]


def test_released_mail_that_is_held_for_another_reason_is_said_to_be(desk: Node, run: Run) -> None:
    number = desk.open(make_raw())
    ann = Address(name=ANN.name, addr_spec=ANN.address)
    desk.receive(make_raw(f"Re: [#{number}]", ann, "<wrong@acme.example>", body="#status foo", verdict="pass"))
    (held,) = run("held", "list", "--json").json["held"]

    released = run("held", "release", held["id"])

    assert (released.code, released.out) == (1, f"{held['id']}: held: wrong_command\n")
    assert f"Still held: {held['id']}." in released.err


def test_mail_over_the_limit_says_what_to_do_and_keeps_no_other_from_being_retried(desk: Node, run: Run) -> None:
    head = make_raw(message_id="<big@x>").partition(b"\r\n\r\n")[0]
    at = Position(account="support", folder="INBOX", uidvalidity=7, uid=42)
    large = desk.ledger.too_large(make_envelope(position=at), 50_000_000, head).result(PATIENCE)
    assert isinstance(large, Quarantined)
    with desk.ledger.store.writing() as connection:
        raw = desk.context.blobs.prepare(make_raw())
        blobs.insert(connection, [raw])
        keep(
            connection, QUARANTINE, digest="1", from_address="", subject="", reason="RuntimeError: mended since",
            ticket=None, envelope=make_envelope(), raw_sha256=raw.sha256,
        )  # fmt: skip

    shown = run("quarantine", "show", large.id)
    retried = run("quarantine", "retry", "all")

    assert "50,000,000 bytes are more than max_message_size; the mail itself is in folder INBOX of mailbox support" in (
        " ".join(shown.out.split())
    )
    assert "mailticket ingest FILE" in " ".join(shown.out.split())
    assert "opened, ticket 2611-0001" in retried.out
    assert retried.code == 1
    assert f"Not run again: {large.id}. Only the header" in " ".join(retried.err.split())
    assert run("quarantine", "discard", large.id).code == 0
    assert run("quarantine", "retry", "all").code == 0


def test_mail_whose_bytes_are_gone_keeps_no_other_from_being_released(desk: Node, run: Run) -> None:
    for count in range(2):
        desk.receive(make_raw(message_id=f"<{count}@x>", verdict="fail"))
    lost, other = desk.waiting(HELD)
    with desk.store.writing() as connection:
        connection.execute(t.blobs.update().where(t.blobs.c.sha256 == lost.raw_sha256).values(data=None))

    released = run("held", "release", "all")

    assert released.code == 1
    assert f"{other.id}: opened, ticket 2611-0001" in released.out
    assert f"Their bytes are gone: {lost.id}." in released.err
    assert [one.id for one in desk.waiting(HELD)] == [lost.id]


def test_mail_that_is_shown_cannot_steer_the_terminal(desk: Node, run: Run) -> None:
    desk.receive(make_raw(verdict="fail").rstrip() + b" \x1b]52;c;ZXZpbA==\x07\x9b2J\r\n")
    (held,) = run("held", "list", "--json").json["held"]

    shown = run("held", "show", held["id"])

    assert "ZXZpbA==" in shown.out
    assert not any(ord(character) < 32 and character != "\n" for character in shown.out)


def test_outgoing_mail_is_shown_and_cancelled(desk: Node, run: Run) -> None:
    desk.open(make_raw())
    (mail,) = run("outbox", "list", "--json").json["outbox"]

    shown = run("outbox", "show", mail["id"], "--json").json
    assert "Auto-Submitted: auto-replied" in shown["raw"]
    assert run("outbox", "retry", mail["id"], "--json").json == {"id": mail["id"], "state": "queued"}
    assert run("outbox", "cancel", mail["id"], "--json").json == {"id": mail["id"], "state": "cancelled"}
    assert run("outbox", "list", "--json").json["outbox"] == []


def test_ingest_counts_every_receipt(desk: Node, run: Run, tmp_path: Path) -> None:
    mails = tmp_path / "mails"
    mails.mkdir()
    (mails / "1.eml").write_bytes(make_raw())
    (mails / "2.eml").write_bytes(make_raw(message_id="<2@x>", In_Reply_To="<vase@shop.example>"))
    (mails / "3.eml").write_bytes(make_raw())

    first = run("ingest", str(mails), "--json")
    again = run("ingest", str(mails), "--json")

    kinds = {"opened", "added", "duplicate", "held", "ignored", "quarantined", "refused"}
    assert first.code == again.code == 0
    assert first.err == "", "no progress is drawn where nobody looks"
    assert first.json.keys() == again.json.keys() == kinds
    assert (first.json["opened"], first.json["added"], first.json["duplicate"]) == (1, 1, 1)
    assert again.json == dict.fromkeys(kinds, 0) | {"duplicate": 3}


def test_explain_foresees_and_writes_nothing(desk: Node, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mail.eml"
    file.write_bytes(make_raw())

    foreseen = run("explain", "--file", str(file), "--json").json

    assert (foreseen["receipt"], foreseen["ticket"]) == ("opened", "2611-0001")
    assert desk.numbers() == []
    assert run("outbox", "list", "--json").json["outbox"] == []
    assert list((tmp_path / "data" / "blobs").rglob("*")) == []


def test_explain_of_a_mail_that_was_taken_blames_no_screen(desk: Node, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mail.eml"
    file.write_bytes(make_raw())
    number = desk.open(make_raw())

    foreseen = run("explain", "--file", str(file)).out

    assert f"became    duplicate, ticket {number}\n" in foreseen
    assert "decision  none: the same mail has come before\n" in foreseen
    assert "thread " not in foreseen, "nobody has asked"


def test_explain_remembers_by_message_id_and_by_id(desk: Node, run: Run) -> None:
    number = desk.open(make_raw())
    message = desk.show(number)["messages"][0]["id"]

    found = run("explain", "<vase@shop.example>", "--json").json

    assert found == run("explain", "vase@shop.example", "--json").json == run("explain", message, "--json").json
    assert (found["receipt"], found["ticket"], found["why"]["verdict"]) == ("opened", number, "pass")
    no_naked_times(found)
