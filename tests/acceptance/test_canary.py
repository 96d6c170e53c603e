"""A desk that writes to itself by Postfix and Dovecot: the way is measured, and what breaks is told to who can hear."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.figures import figures_at
from tests.acceptance.people import DESK
from tests.acceptance.post import fetch, mailbox, relay
from tests.acceptance.waiting import until
from tests.acceptance.world import World, free_port
from tests.servers.dovecot import Dovecot
from tests.servers.sink import Sink

#: Seconds for what takes a probe, its lateness, and a server that is asked ever more seldom.
SLOWLY = 90.0
LEAD = "lea@home.example"
BROKEN = f"Mail to {DESK} does not come in"


class Place:
    """A desk between its servers; its lead reads mail elsewhere."""

    def __init__(self, ends: ExitStack, folder: Path, door: str = "imap") -> None:
        self.sink = ends.enter_context(Sink())
        self.dovecot = ends.enter_context(Dovecot({"support": "secret"}))
        port, shown = free_port(), f"127.0.0.1:{free_port()}"
        into = f"lmtp:inet:127.0.0.1:{self.dovecot.lmtp_port if door == 'imap' else port}"
        routes = {"acme.example": into, "home.example": f"smtp:[127.0.0.1]:{self.sink.port}"}
        self.postfix = ends.enter_context(relay(folder, routes))
        intake: dict[str, Any] = {"smtp": [{"listen": [f"127.0.0.1:{port}"], "protocol": "lmtp"}]}
        if door == "imap":
            intake = {"smtp": [], "imap": [mailbox(self.dovecot)]}
        self.figure = figures_at(shown)
        self.world = World(
            {
                "intake": intake,
                "outbound": {"transport": "smtp", "host": "127.0.0.1", "port": self.postfix.port, "tls": "none"},
                "agent": [{"name": "Lea", "address": LEAD, "role": "lead"}],
                "metrics": {"listen": shown},
            },
            start=False,
        )
        ends.enter_context(self.world)

    def writes_to_itself(self) -> None:
        """From now on, every six seconds; after as many a probe is late."""
        self.world.configure({"canary": {"every_minutes": 0.1, "late_after_minutes": 0.1}})
        self.world.start()
        self.wait_for_a_probe()

    def wait_for_a_probe(self) -> None:
        """Until one that is sent from now on is back."""
        age = "mailticket_canary_last_arrival_age_seconds"
        begun = self.arrivals
        until(lambda: self.arrivals > begun and self.figure(age, address=DESK) is not None, self.why, SLOWLY)

    @property
    def arrivals(self) -> int:
        return sum(one.get("reason") == "probe" for one in self.world.log if one["event"] == "mail_received")

    def logged(self, event: str) -> list[str]:
        """Names of troubles."""
        return [one["trouble"] for one in self.world.log if one["event"] == event]

    def told(self) -> list[str]:
        """Subjects of the mails that the lead got."""
        heads = (mail.raw.partition(b"\r\n\r\n")[0].decode() for mail in self.sink.received if LEAD in mail.rcpt_tos)
        return [" ".join(head.split("Subject: ")[1].split("\r\nDate: ")[0].split()) for head in heads]

    def has_taken(self, side: str) -> bool:
        return self.figure("mailticket_canary_seconds", address=DESK, side=side) is not None

    def is_late(self, side: str) -> bool:
        return self.figure("mailticket_canary_late", address=DESK, side=side) == 1

    def why(self) -> str:
        return f"something that did not happen: {self.world.log[-12:]}\n{self.postfix.log[-3000:]}"

    def canary(self, *arguments: str) -> dict[str, Any]:
        """`mailticket canary`"""
        found: dict[str, Any] = json.loads(self.world.cli("canary", "--json", *arguments).out)
        return found


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with ExitStack() as ends:
        place = Place(ends, tmp_path_factory.mktemp("place"))
        place.writes_to_itself()
        yield place


def test_whole_way_is_measured_and_nothing_is_left_of_it(place: Place) -> None:
    place.wait_for_a_probe()

    for side in ("out", "in"):
        until(partial(place.has_taken, side), place.why)
        assert not place.is_late(side)
    until(lambda: fetch(place.dovecot, "support") == [], "the mailbox to be as it was")
    assert place.world.json("ticket", "list")["tickets"] == []
    (look,) = [one for one in json.loads(place.world.cli("check", "--json").out)["checks"] if one["name"] == "canary"]
    assert look["ok"] and re.search(
        rf"^{DESK}: the last probe .* left after [0-9.]+ s and was back [0-9.]+ s later$", look["detail"]
    )


def test_broken_way_in_is_told_once_by_mail_over_a_restart_and_once_when_it_is_mended(place: Place) -> None:
    before = place.told()

    place.dovecot.stop()
    until(lambda: place.told()[len(before) :] == [BROKEN], place.why, SLOWLY)
    until(lambda: place.is_late("in"), place.why)
    assert not place.is_late("out")
    place.world.stop()
    place.world.start()
    place.dovecot.start()

    until(lambda: f"Over: {BROKEN}" in place.told()[len(before) :], place.why, SLOWLY)
    assert place.told()[len(before) :] == [BROKEN, f"Over: {BROKEN}"]
    until(lambda: not place.is_late("in"), place.why)
    assert place.logged("canary_late").count(f"canary in {DESK}") == len(place.told()) / 2
    assert place.world.json("ticket", "list")["tickets"] == []


def test_broken_way_out_is_told_by_log_and_figure_alone(place: Place) -> None:
    before = place.told()

    place.postfix.stop()
    until(lambda: place.is_late("out"), place.why, SLOWLY)
    place.postfix.start()

    until(lambda: not place.is_late("out"), place.why, SLOWLY)
    assert f"canary out {DESK}" in place.logged("canary_late")
    assert f"canary out {DESK}" in place.logged("canary_recovered")
    assert place.told() == before


def test_command_beside_the_service_measures_the_service(place: Place) -> None:
    found = place.canary()

    assert found["ok"] and found["address"] == DESK and found["problem"] is None
    assert found["out_seconds"] >= 0 and found["in_seconds"] >= 0
    until(lambda: fetch(place.dovecot, "support") == [], "the mailbox to be as it was")


def test_command_without_a_service_looks_into_the_mailbox_itself(place: Place) -> None:
    place.world.stop()
    try:
        found = place.canary()
        assert found["ok"], found
        assert fetch(place.dovecot, "support") == []

        place.postfix.stop()
        lost = place.canary()
        assert lost["out_seconds"] is None and "it did not leave" in lost["problem"]
        place.postfix.start()

        place.dovecot.stop()
        blind = place.canary("--timeout", "2")
        assert blind["out_seconds"] is not None and blind["in_seconds"] is None
        assert "the mailbox cannot be looked into" in blind["problem"]
        place.dovecot.start()
        place.postfix.wait_until_empty()
    finally:
        place.world.start()


def test_command_before_a_door_that_only_the_service_has(tmp_path: Path) -> None:
    with ExitStack() as ends:
        place = Place(ends, tmp_path, door="lmtp")

        early = place.canary()
        assert early["out_seconds"] is None and "nothing was sent" in early["problem"]
        place.world.start()
        place.world.stop()
        alone = place.canary()
        assert alone["out_seconds"] is not None and "Start it (mailticket run)" in alone["problem"]
        place.world.start()
        assert place.canary()["ok"]
        assert "it was back after" in place.world.run("canary")
        assert place.world.json("ticket", "list")["tickets"] == []
