"""Which mail of a mailbox is done, which waits, which makes trouble?"""

import pytest

from mailticket.intake.imap_progress import RETRY_FIRST, RETRY_MOST, Progress
from mailticket.mail.message import MailboxState


def progress(
    floor: int = 0, done: tuple[int, ...] = (), too_old: tuple[int, ...] = (), rescan_below: int = 0
) -> Progress:
    return Progress(MailboxState(uidvalidity=7, floor=floor, rescan_below=rescan_below), done, too_old)


@pytest.mark.parametrize(
    ("finished", "found", "floor"),
    [
        pytest.param([], [], None, id="empty folder"),
        pytest.param([], [11], None, id="nothing finished"),
        pytest.param([11, 12], [11, 12], 12, id="all finished"),
        pytest.param([11, 13], [11, 12, 13], 11, id="the first open one holds the floor"),
        pytest.param([15], [15, 20], 19, id="UIDs that are gone are no obstacle"),
    ],
)
def test_floor_follows_finished_mail(finished: list[int], found: list[int], floor: int | None) -> None:
    box = progress(floor=10)
    box.settle(finished)
    box.finish(finished)

    saved = box.raise_floor(found)

    assert (saved and saved.floor) == floor


def test_mail_that_is_committed_and_unmarked_is_not_due_and_holds_the_floor() -> None:
    box = progress(done=(1,))

    assert box.due([1, 2], now=0) == [2]
    assert box.unmarked([1, 2]) == [1]
    assert box.raise_floor([1, 2]) is None


def test_too_old_mail_is_never_due_and_the_floor_is_kept_back_until_it_lies_below() -> None:
    box = progress(too_old=(1, 3))
    assert box.due([1, 2, 3, 4], now=0) == [2, 4]
    box.finish([4])
    assert box.raise_floor([1, 2, 3, 4]) is None

    box.finish([2])
    saved = box.raise_floor([2, 3, 4])

    assert saved is not None
    assert saved.floor == 4


def test_rescan_saves_its_floor_although_old_mail_lies_above() -> None:
    box = progress(too_old=(3,), rescan_below=9)
    box.finish([1])

    saved = box.raise_floor([1, 2, 3])

    assert saved is not None
    assert (saved.floor, saved.rescan_below) == (1, 9)


def test_bad_mail_is_tried_again_at_once_then_ever_more_seldom() -> None:
    box = progress()
    waits = [box.fail(1, "bad", now=0).retry_at for _ in range(40)]

    assert waits[:4] == [0, RETRY_FIRST, 2 * RETRY_FIRST, 4 * RETRY_FIRST]
    assert waits[-1] == RETRY_MOST
    assert box.due([1, 2], now=RETRY_MOST - 1) == [2]
    assert box.due([1, 2], now=RETRY_MOST) == [1, 2]


def test_settled_mail_is_no_trouble_any_longer() -> None:
    box = progress()
    box.suspects.add(1)
    box.fail(1, "bad", now=0)

    box.settle([1])

    assert (box.troubles, box.suspects) == ({}, set())


def test_mail_that_has_left_the_mailbox_is_forgotten() -> None:
    box = progress()
    box.suspects.update({1, 2})
    box.fail(1, "bad", now=0)
    box.fail(2, "bad", now=0)

    box.forget_gone([2, 3])

    assert (set(box.troubles), box.suspects) == ({2}, {2})


@pytest.mark.parametrize(("uidvalidity", "inherited"), [(7, {1}), (8, set())], ids=["same UIDs", "other UIDs"])
def test_next_connection_inherits_what_was_learned_about_these_uids(uidvalidity: int, inherited: set[int]) -> None:
    before = progress()
    before.fail(1, "bad", now=0)
    after = Progress(MailboxState(uidvalidity=uidvalidity, floor=0), ())

    after.inherit(before)

    assert set(after.troubles) == inherited
