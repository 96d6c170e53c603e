"""The board against crash loops: what was being read when the process died is known afterwards."""

import hashlib
import subprocess
import sys
from pathlib import Path
from threading import Barrier, Thread

import pytest

from mailticket.intake.board import Board
from mailticket.intake.sandbox_child import environment

MAIL = hashlib.sha256(b"a mail").digest()
OTHER = hashlib.sha256(b"another").digest()

#: Enters a mail, leaves another, and dies in the way that its second argument names.
DIES = """
import os, signal, sys
from pathlib import Path
from mailticket.intake.board import Board
board = Board(Path(sys.argv[1]))
with board.entered(bytes.fromhex(sys.argv[4])):
    pass
with board.entered(bytes.fromhex(sys.argv[3])):
    os.kill(os.getpid(), getattr(signal, sys.argv[2]))
"""


def die_over(path: Path, how: str, digest: bytes = MAIL) -> None:
    arguments = [sys.executable, "-c", DIES, str(path), how, digest.hex(), OTHER.hex()]
    assert subprocess.run(arguments, env=environment(), check=False, capture_output=True).returncode < 0


@pytest.mark.parametrize("how", ["SIGABRT", "SIGKILL", "SIGSEGV"])
def test_mail_that_killed_the_process_is_a_suspect_afterwards(tmp_path: Path, how: str) -> None:
    die_over(tmp_path / "board", how)

    assert Board(tmp_path / "board").suspects == {MAIL: 1}


def test_every_death_counts(tmp_path: Path) -> None:
    for _ in range(3):
        die_over(tmp_path / "board", "SIGKILL")

    assert Board(tmp_path / "board").deaths(MAIL) == 3


def test_suspect_that_was_read_after_all_is_cleared(tmp_path: Path) -> None:
    die_over(tmp_path / "board", "SIGKILL")
    board = Board(tmp_path / "board")

    assert board.deaths(MAIL) == 1

    with board.entered(MAIL):
        assert board.deaths(MAIL) == 1

    assert board.suspects == {}
    assert Board(tmp_path / "board").suspects == {}


def test_mail_that_only_failed_is_no_suspect(tmp_path: Path) -> None:
    board = Board(tmp_path / "board")
    with pytest.raises(ValueError, match="unreadable"), board.entered(MAIL):
        raise ValueError("unreadable")

    assert Board(tmp_path / "board").suspects == {}


def test_same_mail_in_two_threads_has_killed_nobody(tmp_path: Path) -> None:
    board = Board(tmp_path / "board")
    with board.entered(MAIL), board.entered(MAIL):
        assert board.deaths(MAIL) == 0
        assert Board(tmp_path / "board").suspects == {MAIL: 1}
    assert Board(tmp_path / "board").suspects == {}


def test_more_threads_than_slots_still_get_in(tmp_path: Path) -> None:
    board = Board(tmp_path / "board")
    together = Barrier(100)
    seen: list[int] = []

    def read(number: int) -> None:
        with board.entered(hashlib.sha256(bytes([number])).digest()):
            together.wait()
            seen.append(number)

    threads = [Thread(target=read, args=(number,)) for number in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(seen) == list(range(100))
    assert Board(tmp_path / "board").suspects == {}


def test_oldest_suspects_make_room(tmp_path: Path) -> None:
    path = tmp_path / "board"
    path.write_bytes(b"".join(hashlib.sha256(bytes([number])).digest() + b"\x01\0" for number in range(64)))
    board = Board(path)
    assert len(board.suspects) == 64

    with board.entered(MAIL):
        assert Board(path).suspects.keys() >= {MAIL}


@pytest.mark.parametrize("content", [b"", b"short", b"\0" * 10_000], ids=["empty", "short", "too long"])
def test_file_of_another_size_is_no_obstacle(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "board"
    path.write_bytes(content)

    with Board(path).entered(MAIL):
        assert MAIL in Board(path).suspects


def test_full_disk_takes_no_room_from_a_board(tmp_path: Path) -> None:
    Board(tmp_path / "board").close()

    # a hole in the file would be SIGBUS as soon as the first mail is written on it
    assert (tmp_path / "board").stat().st_blocks


# -- several processes, each with its own


def family(folder: Path, number: int, size: int = 3) -> Board:
    """The board of one of the processes of a service."""
    paths = [folder / f"board.{one}" for one in range(size)]
    own = paths.pop(number)
    return Board(own, paths)


def test_mail_that_a_sibling_reads_is_elsewhere_and_has_killed_nobody(tmp_path: Path) -> None:
    one, two = family(tmp_path, 0), family(tmp_path, 1)

    with one.entered(MAIL):
        assert two.is_elsewhere(MAIL)
        assert not two.is_elsewhere(OTHER)
        assert two.deaths(MAIL) == 0
    assert not two.is_elsewhere(MAIL)


def test_mail_that_killed_a_sibling_is_elsewhere_and_its_death_counts_once_it_is_back(tmp_path: Path) -> None:
    watching = family(tmp_path, 0)
    die_over(tmp_path / "board.1", "SIGKILL")
    assert watching.is_elsewhere(MAIL)

    family(tmp_path, 1)
    assert watching.deaths(MAIL) == 1


def test_deaths_of_all_processes_add_up(tmp_path: Path) -> None:
    for number in range(3):
        die_over(tmp_path / f"board.{number}", "SIGKILL")

    boards = [family(tmp_path, number) for number in range(3)]
    assert [board.deaths(MAIL) for board in boards] == [3, 3, 3]


def test_what_one_process_has_read_or_given_up_is_cleared_everywhere(tmp_path: Path) -> None:
    die_over(tmp_path / "board.1", "SIGKILL")
    died, reads = family(tmp_path, 1), family(tmp_path, 0)

    reads.forget(MAIL)

    assert (died.deaths(MAIL), died.suspects, reads.deaths(MAIL)) == (0, {}, 0)
    with died.entered(MAIL):
        assert reads.is_elsewhere(MAIL)


def test_what_a_sibling_reads_just_now_stays_on_its_board(tmp_path: Path) -> None:
    one, two = family(tmp_path, 0), family(tmp_path, 1)

    with one.entered(MAIL), two.entered(MAIL):
        one.forget(MAIL)
        assert two.is_elsewhere(MAIL)
        two.forget(MAIL)
        assert one.is_elsewhere(MAIL)


def test_board_that_nobody_uses_any_more_is_taken_over(tmp_path: Path) -> None:
    for path in (tmp_path / "board", tmp_path / "old"):
        die_over(path, "SIGKILL")
    die_over(tmp_path / "old", "SIGKILL", OTHER)
    board = Board(tmp_path / "board")

    board.take_over(tmp_path / "old")

    assert board.suspects == {MAIL: 2, OTHER: 1}
    assert not (tmp_path / "old").exists()
    assert Board(tmp_path / "board").suspects == {MAIL: 2, OTHER: 1}


def test_board_that_somebody_has_claimed_is_not_taken_over(tmp_path: Path) -> None:
    die_over(tmp_path / "old", "SIGKILL")
    owner, board = Board(tmp_path / "old", claim=True), Board(tmp_path / "board")

    board.take_over(tmp_path / "old")
    assert board.suspects == {}

    owner.close()
    board.take_over(tmp_path / "old")
    assert board.suspects == {MAIL: 1}
