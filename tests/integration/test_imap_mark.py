"""What does the mailbox show of mail that was taken? Flags, keyword, `done_folder`; never before the commit."""

from typing import Any

import pytest

from mailticket.desk.receipt import Ignored
from mailticket.errors import TemporaryError
from mailticket.mail.message import Envelope
from tests.integration.imap_desk import (
    Gate,
    StandInLedger,
    eventually,
    flags,
    mail,
    settings,
    subject_of,
    take_all,
    watching,
)
from tests.servers.dovecot import CAPABILITIES, Dovecot
from tests.servers.go_between import GoBetween

SEEN, KEYWORD, DELETED = rb"\Seen", b"$Mailticket", rb"\Deleted"


@pytest.mark.parametrize(
    ("over", "acl", "expected"),
    [
        pytest.param({}, "", {SEEN, KEYWORD}, id="both by default"),
        pytest.param({"mark_seen": False}, "", {KEYWORD}, id="mark_seen off"),
        pytest.param({}, "INBOX owner lrs", {SEEN}, id="no keyword where PERMANENTFLAGS has no place for it"),
        pytest.param({"mark_seen": False}, "INBOX owner lrs", set(), id="nothing to set"),
        pytest.param({}, "INBOX owner lr", set(), id="read-only mailbox"),
    ],
)
def test_taken_mail_is_flagged(over: dict[str, Any], acl: str, expected: set[bytes]) -> None:
    ledger = StandInLedger()
    with Dovecot(acl=acl) as dovecot:
        dovecot.deliver("support", mail("one"), mail("two"))
        take_all(ledger, settings(dovecot, **over))
        take_all(ledger, settings(dovecot, **over))

        assert ledger.subjects == ["one", "two"]
        assert flags(dovecot) == {"one": expected, "two": expected}


def test_mail_that_a_person_has_read_already_is_taken_all_the_same() -> None:
    ledger = StandInLedger()
    with Dovecot() as dovecot:
        dovecot.deliver("support", mail("opened by Ann"))
        with dovecot.imap("support") as client:
            client.select_folder("INBOX")
            client.add_flags([1], [SEEN])
        take_all(ledger, settings(dovecot))

    assert ledger.subjects == ["opened by Ann"]


def test_nothing_is_flagged_before_the_commit() -> None:
    gate = Gate()
    ledger = StandInLedger(gate)
    with Dovecot() as dovecot, watching(ledger, settings(dovecot)):
        dovecot.deliver("support", mail("question"))
        assert gate.reached.wait(30)
        assert flags(dovecot) == {"question": set()}

        gate.opened.set()
        eventually(lambda: flags(dovecot) == {"question": {SEEN, KEYWORD}})


def test_mail_stays_unflagged_while_the_store_is_away_and_is_taken_afterwards() -> None:
    def away(raw: bytes, envelope: Envelope) -> None:
        raise TemporaryError("the store does not answer")

    ledger = StandInLedger(away)
    with Dovecot() as dovecot, watching(ledger, settings(dovecot)) as watcher:
        dovecot.deliver("support", mail("question"))
        eventually(lambda: "the store does not answer" in watcher.state.error)
        assert flags(dovecot) == {"question": set()}
        assert ledger.states["support", "INBOX"].floor == 0

        ledger.before_commit = lambda raw, envelope: None
        eventually(lambda: ledger.subjects == ["question"])
        eventually(lambda: flags(dovecot) == {"question": {SEEN, KEYWORD}} and watcher.state.error == "")


@pytest.mark.parametrize(
    ("without", "left"),
    [
        pytest.param((), {}, id="MOVE"),
        pytest.param(("MOVE",), {}, id="COPY and UID EXPUNGE"),
        pytest.param(("MOVE", "UIDPLUS"), {"question": {SEEN, KEYWORD, DELETED}}, id="COPY and left as deleted"),
    ],
)
def test_taken_mail_goes_to_the_done_folder(without: tuple[str, ...], left: dict[str, set[bytes]]) -> None:
    ledger = StandInLedger()
    with Dovecot(capabilities=[c for c in CAPABILITIES if c not in without]) as dovecot:
        dovecot.deliver("support", mail("question"))
        take_all(ledger, settings(dovecot, done_folder="Done"))
        assert flags(dovecot) == left
        assert flags(dovecot, "Done") == {"question": {SEEN, KEYWORD}}

        # the folder is there now, and what was left behind is not taken twice
        take_all(ledger, settings(dovecot, done_folder="Done"))
        assert ledger.subjects == ["question"]
        assert flags(dovecot, "Done") == {"question": {SEEN, KEYWORD}}


def test_done_folder_that_somebody_removes_is_made_again() -> None:
    ledger = StandInLedger()
    with Dovecot() as dovecot, watching(ledger, settings(dovecot, done_folder="Done")) as watcher:
        eventually(lambda: watcher.state.connected)
        with dovecot.imap("support") as client:
            client.delete_folder("Done")
        dovecot.deliver("support", mail("question"))
        eventually(lambda: ledger.subjects == ["question"])
        eventually(lambda: not flags(dovecot))

        assert flags(dovecot, "Done") == {"question": {SEEN, KEYWORD}}
        assert watcher.state.error == ""


def test_only_taken_mail_is_expunged() -> None:
    def fail_for_one(raw: bytes, envelope: Envelope) -> None:
        if subject_of(raw) == "broken":
            raise RuntimeError("a commit that fails")

    ledger = StandInLedger(fail_for_one)
    with Dovecot(capabilities=[c for c in CAPABILITIES if c != "MOVE"]) as dovecot:
        dovecot.deliver("support", mail("broken"), mail("question"))
        with dovecot.imap("support") as client:
            client.select_folder("INBOX")
            client.add_flags([1], [DELETED])
        take_all(ledger, settings(dovecot, done_folder="Done"))

        assert flags(dovecot) == {"broken": {DELETED}}
        assert flags(dovecot, "Done").keys() == {"question"}


def test_what_a_crash_left_unmarked_is_marked_at_the_next_start() -> None:
    first, second = StandInLedger(), StandInLedger()
    with Dovecot() as dovecot:
        dovecot.deliver("support", mail("question"))
        take_all(first, settings(dovecot))
        # the same ledger as if the process had died between commit and flag
        with dovecot.imap("support") as client:
            client.select_folder("INBOX")
            client.remove_flags([1], [SEEN, KEYWORD])
        [(raw, envelope)] = first.mails
        second.submit(raw, envelope).result()
        take_all(second, settings(dovecot))

        assert len(second.mails) == 1
        assert flags(dovecot) == {"question": {SEEN, KEYWORD}}


def test_mail_is_taken_although_it_cannot_be_moved_and_is_moved_once_it_can() -> None:
    ledger = StandInLedger()
    full = {"UID MOVE": ["TAG NO [OVERQUOTA] Quota exceeded"] * 100}
    with Dovecot() as dovecot, GoBetween(dovecot.imap_port, full) as between:
        box = settings(dovecot, tls="none", port=between.port, done_folder="Done", poll_interval=1)
        with watching(ledger, box) as watcher:
            dovecot.deliver("support", mail("question"))
            eventually(lambda: "cannot be marked or moved" in watcher.state.error)
            assert ledger.subjects == ["question"]

            between.answers.clear()
            eventually(lambda: flags(dovecot, "Done").keys() == {"question"})
            eventually(lambda: watcher.state.error == "")

    assert ledger.subjects == ["question"]


class ProbeLedger(StandInLedger):
    """Knows a mail of ours that has done its work."""

    def _commit(self, raw: bytes, envelope: Envelope) -> Any:
        receipt = super()._commit(raw, envelope)
        return Ignored(reason="probe", spent=True) if subject_of(raw) == "probe" else receipt


@pytest.mark.parametrize(
    ("without", "over", "left"),
    [
        pytest.param("", {}, {"one": {SEEN, KEYWORD}, "two": {DELETED, SEEN, KEYWORD}}, id="it alone is removed"),
        pytest.param("", {"done_folder": "Done"}, {}, id="it is moved like all"),
        pytest.param(
            "UIDPLUS", {},
            {"one": {SEEN, KEYWORD}, "probe": {SEEN, KEYWORD}, "two": {DELETED, SEEN, KEYWORD}},
            id="it stays where others would go with it",
        ),
    ],
)  # fmt: skip
def test_probe_does_not_clutter_the_mailbox(without: str, over: dict[str, Any], left: dict[str, set[bytes]]) -> None:
    ledger = ProbeLedger()
    offered = [word for word in CAPABILITIES if word != without]
    with Dovecot(capabilities=offered, folders={"Done": ""}) as dovecot:
        dovecot.deliver("support", mail("one"), mail("probe"), mail("two"))
        with dovecot.imap("support") as client:
            client.select_folder("INBOX")
            client.add_flags([3], [DELETED])  # a person may think better of it
        take_all(ledger, settings(dovecot, **over))

        assert ledger.subjects == ["one", "probe", "two"]
        assert flags(dovecot) == left
