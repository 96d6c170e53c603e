"""`run --dry-run`: what would become of the next mails is told as it would be, and nothing anywhere is changed."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.acceptance.commands import PROJECT, environment
from tests.acceptance.conftest import Worlds
from tests.acceptance.people import DESK
from tests.acceptance.post import flags, mailbox
from tests.acceptance.waiting import PATIENCE
from tests.acceptance.world import World
from tests.servers.dovecot import Dovecot


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with Dovecot({"fresh": "secret", "sqlite": "secret", "postgresql": "secret"}, folders={"Sent": r"\Sent"}) as one:
        yield one


def boxes(dovecot: Dovecot, user: str, **over: Any) -> dict[str, Any]:
    return {"intake": {"imap": [mailbox(dovecot, user, **over)]}}


def test_before_the_first_start_it_shows_how_mails_build_upon_each_other_and_leaves_no_trace(dovecot: Dovecot) -> None:
    with World(boxes(dovecot, "fresh", done_folder="Done", sent_folder="auto"), start=False) as world:
        carla = world.customer("Carla <carla@shop.example>")
        first, forged = carla.drafts("Broken vase"), world.customer("eve@evil.example", "fail").drafts("Money")
        first_id = message_id(first)
        more = carla.drafts("Re: Broken vase", fields={"In-Reply-To": first_id})
        dovecot.deliver("fresh", first, more, forged)
        answer = {"From": DESK, "To": carla.address, "In-Reply-To": first_id, "Authentication-Results": None}
        dovecot.append("fresh", "Sent", carla.drafts("Re: Broken vase", fields=answer))
        before = sorted(path.name for path in world.folder.iterdir())

        run = subprocess.Popen(
            # whoever runs the tests in the background may have Ctrl-C ignored, and programs inherit that
            ["env", "--default-signal=INT", sys.executable, "-m", "mailticket", "run", "--dry-run",
             "--config", str(world.config)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(), cwd=PROJECT,
        )  # fmt: skip
        assert run.stdout is not None
        said = [run.stdout.readline() for _ in range(8)][3:]
        dovecot.deliver("fresh", carla.drafts("Third"))
        said.append(run.stdout.readline())
        run.send_signal(signal.SIGINT)
        assert run.wait(PATIENCE) == 0, run.communicate()

        number = said[0].split("would open ticket ")[1].split()[0]
        assert "and confirm it; would write to carla@shop.example (confirmation)" in said[0]
        assert f"would be added to {number} because it answers a mail that is on it" in said[1]
        assert "would be held because its sender's domain says that this mail is forged" in said[2]
        assert f"would be recorded on {number} as written from the mailbox itself; would write to nobody" in said[3]
        assert "Mailbox fresh is read to its end" in said[4]
        assert "Third → would open ticket" in said[5], "it waits for what comes"
        assert sorted(path.name for path in world.folder.iterdir()) == before
        assert flags(dovecot, "fresh") == [set()] * 4
        with dovecot.imap("fresh") as client:
            assert not client.folder_exists("Done")


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_beside_the_service_it_knows_what_the_service_knows(dovecot: Dovecot, worlds: Worlds, store: str) -> None:
    url = "" if store == "sqlite" else worlds.database()
    with World(boxes(dovecot, store), store_url=url) as world:
        carla = world.customer("Carla <carla@shop.example>")
        first = carla.drafts("Broken vase")
        dovecot.deliver(store, first)
        opened = carla.waits_for("confirmation").ticket
        world.settle()
        world.stop()
        dovecot.deliver(store, carla.drafts("Re: Broken vase", fields={"In-Reply-To": message_id(first)}))
        # the service runs on, and leaves this mail to the dry run
        world.configure({"intake": {"imap": []}})
        world.start()
        world.configure(boxes(dovecot, store))

        found = world.json("run", "--dry-run", "--limit", "1")

        (mail,) = found["mails"]
        assert (mail["receipt"], mail["ticket"]) == ("added", opened.number)
        assert found["not_opened"], "SMTP is told to be left out"
        assert len(world.ticket(opened.number).messages) == 1
        assert not world.outbox


def test_without_a_mailbox_it_says_what_helps(worlds: Worlds) -> None:
    done = worlds.get().cli("run", "--dry-run")

    assert done.code == 1
    assert "mailticket explain --file" in done.err


def message_id(raw: bytes) -> str:
    return raw.partition(b"Message-ID: ")[2].partition(b"\r\n")[0].decode()
