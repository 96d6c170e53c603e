"""Stories: the same mail twice is one mail, by whatever doors it comes; two mails stay two."""

from pathlib import Path

from tests.acceptance.conftest import BOTH_STORES
from tests.acceptance.world import World

pytestmark = BOTH_STORES


def ingest(world: World, raw: bytes, folder: Path) -> dict[str, int]:
    """What `ingest` counts for one file with this mail, without zeros."""
    file = folder / "mail.eml"
    file.write_bytes(raw)
    return {kind: count for kind, count in world.json("ingest", str(file)).items() if count}


def test_a_client_that_sends_again_after_a_lost_250(world: World) -> None:
    carla = world.customer("carla@again.example")
    raw = carla.drafts("Broken vase")

    assert [carla.sends(raw), carla.sends(raw)] == [250, 250]

    confirmation = carla.waits_for("confirmation")
    assert len(confirmation.ticket.messages) == 1
    assert len(world.tickets_of(carla.address)) == 1
    carla.hears_nothing_more()


def test_the_same_mail_by_two_ways(world: World) -> None:
    carla = world.customer("carla@ways.example")
    raw = carla.drafts("Broken vase", "One.\nTwo.\n")

    carla.sends(b"Received: from a.example by b.example; Mon, 23 Nov 2026 09:12:00 +0100\r\n" + raw)
    carla.sends(b"Received: from c.example by d.example; Mon, 23 Nov 2026 09:12:09 +0100\r\n" + raw)

    assert len(carla.ticket.messages) == 1


def test_smtp_and_then_ingest(world: World, tmp_path: Path) -> None:
    carla = world.customer("carla@files.example")
    carla.writes("Broken vase")

    raw = carla.written[-1].raw
    assert ingest(world, raw, tmp_path) == {"duplicate": 1}
    assert ingest(world, raw.replace(b"\r\n", b"\n"), tmp_path) == {"duplicate": 1}
    assert len(carla.ticket.messages) == 1


def test_ingest_twice(world: World, tmp_path: Path) -> None:
    carla = world.customer("carla@import.example")
    raw = carla.drafts("Broken vase")

    assert ingest(world, raw, tmp_path) == {"opened": 1}
    assert ingest(world, raw, tmp_path) == {"duplicate": 1}
    assert len(world.tickets_of(carla.address)) == 1


def test_one_message_id_with_two_bodies_is_two_mails(world: World) -> None:
    carla = world.customer("carla@reused.example")
    same = {"Message-ID": f"<{world.port}@reused.example>"}

    carla.writes("Report", "First.\n", fields=same)
    carla.writes("Report", "Second.\n", fields=same)

    assert [message.reply.strip() for message in carla.ticket.messages] == ["First.", "Second."]


def test_no_message_id_at_all_is_still_once(world: World) -> None:
    carla = world.customer("carla@nameless.example")
    raw = carla.drafts("Broken vase", fields={"Message-ID": None})

    carla.sends(raw)
    carla.sends(raw)

    (ticket,) = world.tickets_of(carla.address)
    assert len(world.ticket(ticket.number).messages) == 1
    carla.waits_for("confirmation")
    carla.hears_nothing_more()


def test_a_daily_report_without_message_id_is_no_repeat(world: World) -> None:
    robot = world.customer("robot@daily.example")

    for day in (23, 24):
        robot.writes("Report", "All is well.\n", fields={"Message-ID": None, "Date": f"{day} Nov 2026 03:00:00 +0000"})

    assert len(world.tickets_of(robot.address)) == 2
