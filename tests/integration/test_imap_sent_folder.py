"""Which folder holds what was sent, and is each mail in it read once, over the one connection that waits for INBOX?"""

from datetime import timedelta
from pathlib import Path

import pytest

from mailticket.store.engine import Store
from tests.factories import make_raw
from tests.integration.imap_desk import eventually
from tests.integration.nodes import node
from tests.integration.shop import NOW, Shop, answer
from tests.servers.dovecot import Dovecot


@pytest.mark.parametrize(
    ("folders", "sent_folder", "found"),
    [
        pytest.param({"Gesendete Objekte": r"\Sent", "Sent": ""}, "auto", "Gesendete Objekte", id="marked"),
        pytest.param({"Sent Messages": ""}, "auto", "Sent Messages", id="by a usual name"),
        pytest.param({"Objets envoyés": ""}, "Objets envoyés", "Objets envoyés", id="named, letters outside ASCII"),
    ],
)
def test_folder_of_sent_mail(
    sqlite: Store, tmp_path: Path, folders: dict[str, str], sent_folder: str, found: str
) -> None:
    with node(sqlite, tmp_path / "blobs", agents=()) as desk, Dovecot(folders=folders) as dovecot:
        desk.clock.time = NOW + timedelta(hours=1)
        shop = Shop(desk, dovecot, "support")
        with shop.open(sent_folder=sent_folder):
            shop.hears(make_raw())
            shop.has(1)
            dovecot.append("support", found, answer(), at=NOW)
            shop.has(2)


@pytest.mark.parametrize(
    ("sent_folder", "complaint"),
    [
        pytest.param("auto", 'Set sent_folder to its name, one of: "Archive", "INBOX"', id="none is marked"),
        pytest.param("Outgoing", "answers in sent_folder are not recorded", id="it is not there"),
    ],
)
def test_sent_folder_that_is_not_there_is_told_and_keeps_nobody_waiting(
    sqlite: Store, tmp_path: Path, sent_folder: str, complaint: str
) -> None:
    with node(sqlite, tmp_path / "blobs", agents=()) as desk, Dovecot(folders={"Archive": ""}) as dovecot:
        shop = Shop(desk, dovecot, "support")
        with shop.open(sent_folder=sent_folder) as watcher:
            shop.hears(make_raw())
            shop.has(1)
            eventually(lambda: complaint in watcher.state.error)
            assert watcher.state.connected


def test_one_connection_serves_both_folders_and_inbox_is_waited_for_in_idle(sqlite: Store, tmp_path: Path) -> None:
    with (
        node(sqlite, tmp_path / "blobs", agents=()) as desk,
        Dovecot(folders={"Sent": r"\Sent"}, connections=2) as dovecot,
    ):
        desk.clock.time = NOW + timedelta(hours=1)
        shop = Shop(desk, dovecot, "support")
        # nothing but IDLE can wake it in the time of this test
        with shop.open(poll_interval=3600) as watcher:
            eventually(lambda: watcher.state.last_success_at)
            shop.hears(make_raw())
            shop.has(1)
            shop.sends(answer())
            shop.hears(make_raw("Re: Broken vase", message_id="<2@shop.example>", References="<vase@shop.example>"))
            shop.has(3)
            logins = [line for line in dovecot.log.splitlines() if "Login:" in line and "TLS" in line]
            assert len(logins) == 1


def test_every_answer_is_recorded_once_whatever_happens_to_connection_and_folder(sqlite: Store, tmp_path: Path) -> None:
    with node(sqlite, tmp_path / "blobs", agents=()) as desk, Dovecot(folders={"Sent": r"\Sent"}) as dovecot:
        desk.clock.time = NOW + timedelta(hours=1)
        shop = Shop(desk, dovecot, "support")
        with shop.open():
            shop.hears(make_raw())
            shop.sends(answer())
            shop.has(2)
        with shop.open():
            dovecot.restart()
            shop.sends(answer(message_id="<second@acme.example>", words="And another one.\n"))
            shop.has(3)
        dovecot.stop()
        for path in (dovecot.mail_folder("support") / ".Sent").glob("dovecot*"):
            if not path.name.startswith("dovecot-uidvalidity"):
                path.unlink()
        dovecot.start()
        with shop.open():
            shop.sends(answer(message_id="<third@acme.example>", words="And a third one.\n"))
            assert len(shop.has(4)["messages"]) == 4
        assert dovecot.log.count("Login:") < 10
