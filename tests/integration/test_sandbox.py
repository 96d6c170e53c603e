"""The sandbox: whatever a mail does to its parser, the next one is read."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import psutil
import pytest

from mailticket.errors import TemporaryError
from mailticket.intake.board import Board
from mailticket.intake.sandbox import SafeParser, Unparseable
from mailticket.intake.sandbox_child import Limits, environment
from mailticket.mail.message import InboundMail
from tests.factories import PDF, make_raw

#: Tight, so that the tests are short; what is limited is the same.
PARSERS = "tests.integration.sandbox_parsers:obey"
LIMITS = Limits(cpu_seconds=0.5, memory_bytes=1 << 30, wall_seconds=4, idle_seconds=30)


def declines(raw: bytes) -> InboundMail | None:
    return None


def must_not_run(raw: bytes) -> InboundMail | None:
    raise AssertionError("read in the process that it has killed before")


def children() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "sandbox_child" in " ".join(child.cmdline())]


@pytest.fixture
def parser(tmp_path: Path) -> Iterator[SafeParser]:
    parser = SafeParser(Board(tmp_path / "board"), 2, limits=LIMITS, ordinary=declines, costly=PARSERS)
    yield parser
    parser.close()


@pytest.mark.parametrize(
    ("bomb", "reason"),
    [
        (b"burn", "more than 0.5 seconds of processor time"),
        (b"sleep", "more than 4 seconds to read"),
        (b"swell", "more than 1024 MB of memory"),
        (b"abort", "SIGABRT"),
        (b"leave", "exit status 3"),
    ],
    ids=["burns the processor", "sleeps for ever", "swells", "aborts", "exits"],
)
def test_bomb_hurts_only_itself(parser: SafeParser, bomb: bytes, reason: str) -> None:
    with pytest.raises(Unparseable, match=reason):
        parser.parse(bomb)

    assert parser.parse(b"the next one").subject == "the next one"


def test_processor_time_is_counted_by_the_mail(parser: SafeParser) -> None:
    pid = parser.parse(b"pid").subject
    for _ in range(300):
        parser.parse(b"x" * 1_000_000)

    assert parser.parse(b"pid").subject == pid
    with pytest.raises(Unparseable, match="processor time"):
        parser.parse(b"burn")


def test_child_serves_many_mails(parser: SafeParser) -> None:
    assert len({parser.parse(b"pid").subject for _ in range(5)}) == 1


def test_nothing_is_started_before_it_is_needed(tmp_path: Path) -> None:
    parser = SafeParser(Board(tmp_path / "board"), 2)

    assert parser.parse(b"Subject: plain\r\n\r\nHello").subject == "plain"
    assert children() == []


def test_child_that_was_started_ahead_reads_the_first_costly_mail(parser: SafeParser) -> None:
    parser.start_ahead()
    (started,) = children()

    assert parser.parse(b"pid").subject == str(started.pid)
    assert children() == [started]


def test_costly_mail_goes_to_a_child(tmp_path: Path) -> None:
    parser = SafeParser(Board(tmp_path / "board"), 1)
    many = b"To: " + b"a@shop.example, " * 500 + b"b@shop.example\r\n\r\nHello"

    assert len(parser.parse(many).to) == 501
    assert len(children()) == 1
    parser.close()
    assert children() == []


@pytest.mark.parametrize("recipients", [1, 500], ids=["in this process", "in a child"])
def test_files_are_looked_into_where_the_mail_is_read(tmp_path: Path, recipients: int) -> None:
    parser = SafeParser(Board(tmp_path / "board"), 1)
    raw = make_raw(files=(("vase.png", PDF),), Cc=", ".join(["bob@shop.example"] * recipients))

    (file,) = parser.parse(raw).attachments

    assert (file.content_type, file.media_type) == ("application/octet-stream", "application/pdf")
    assert len(children()) == (recipients > 1)
    parser.close()


def test_large_mail_passes_the_pipe_whole(parser: SafeParser) -> None:
    assert parser.parse(b"y" * 30_000_000).text == "30000000"


def test_what_libraries_print_disturbs_nobody(parser: SafeParser) -> None:
    assert parser.parse(b"print").subject == "print"
    assert parser.parse(b"ask").subject == "read ''"


def test_answer_cannot_run_code_in_the_parent(parser: SafeParser) -> None:
    with pytest.raises(Unparseable):
        parser.parse(b"bad answer")


def test_children_are_out_of_reach_of_the_terminal(parser: SafeParser) -> None:
    assert parser.parse(b"session").subject != str(os.getsid(0))


def test_threads_share_the_children(parser: SafeParser) -> None:
    mails = [b"pid", b"burn", b"abort", b"a", b"b", b"swell", b"c"] * 2

    def outcome(raw: bytes) -> str:
        try:
            return parser.parse(raw).subject
        except Unparseable as error:
            return str(error)

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(outcome, mails))

    assert [outcomes[index] for index in (3, 4, 6, 10, 11, 13)] == ["a", "b", "c"] * 2
    assert all("processor time" in outcomes[index] for index in (1, 8))
    assert len(children()) <= 2


def test_child_that_had_nothing_to_do_ends_and_is_replaced(tmp_path: Path) -> None:
    limits = Limits(idle_seconds=0.05)
    parser = SafeParser(Board(tmp_path / "board"), 1, limits=limits, ordinary=declines, costly=PARSERS)
    first = parser.parse(b"pid").subject
    psutil.Process(int(first)).wait(timeout=20)

    assert parser.parse(b"pid").subject != first
    parser.close()


def test_mail_that_killed_the_service_is_read_by_a_child(tmp_path: Path) -> None:
    digest = sha256(b"pid").digest()
    (tmp_path / "board").write_bytes(digest + b"\x01")
    parser = SafeParser(Board(tmp_path / "board"), 1, ordinary=must_not_run, costly=PARSERS)

    assert parser.parse(b"pid").subject != str(os.getpid())
    parser.close()
    assert Board(tmp_path / "board").suspects == {}


def test_mail_that_killed_the_service_three_times_is_not_read_again(tmp_path: Path) -> None:
    (tmp_path / "board").write_bytes(sha256(b"pid").digest() + b"\x03")
    parser = SafeParser(Board(tmp_path / "board"), 1, ordinary=must_not_run, costly=PARSERS)

    with pytest.raises(Unparseable, match="died 3 times"):
        parser.parse(b"pid")
    assert children() == []


def test_stop_of_the_service_is_nothing_against_the_mail(parser: SafeParser) -> None:
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(parser.parse, b"sleep")
        while not children():
            pass
        parser.close()
        with pytest.raises(TemporaryError):
            under_way.result()
    with pytest.raises(TemporaryError):
        parser.parse(b"pid")


PARENT = """
import os, sys, tempfile
from pathlib import Path
from mailticket.intake.board import Board
from mailticket.intake.sandbox import SafeParser
print("main ran", flush=True)
board, parsers = Board(Path(sys.argv[1])), sys.argv[2]
parser = SafeParser(board, 1, ordinary=lambda raw: None, costly=parsers)
print(parser.parse(b"pid").subject, flush=True)
os._exit(1)
"""


@pytest.mark.parametrize("start", ["script", "module"])
def test_child_ends_with_its_parent_and_does_not_run_its_main_again(tmp_path: Path, start: str) -> None:
    (tmp_path / "parent_of_parsers.py").write_text(PARENT)
    program = [str(tmp_path / "parent_of_parsers.py")] if start == "script" else ["-m", "parent_of_parsers"]
    done = subprocess.run(
        [sys.executable, *program, str(tmp_path / "board"), PARSERS],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = done.stdout.splitlines()

    assert lines[0] == "main ran"
    assert len(lines) == 2, done.stderr
    if psutil.pid_exists(int(lines[1])):
        psutil.wait_procs([psutil.Process(int(lines[1]))], timeout=20)
    assert not psutil.pid_exists(int(lines[1]))
