"""A start that fails: the reason is the last that is said, whatever had begun by then. A part that ends is missed."""

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from mailticket import config
from mailticket.daemon import Daemon
from mailticket.outbound.outcome import Outcome
from tests.unit.outbound.memory import MemoryOutbox, make_delivery

NO_SOCKET = """
[desk]
address = "support@acme.example"
data_dir = "data"

[[intake.smtp]]
listen = ["systemd:smtp"]

[[intake.imap]]
name = "support"
host = "127.0.0.1"
port = 1
tls = "none"
user = "support"
"""


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (NO_SOCKET, "intake.smtp: systemd handed over no socket named smtp."),
        (NO_SOCKET.replace("systemd:smtp", "192.0.2.1:2525"), "intake.smtp: cannot listen on 192.0.2.1:2525: "),
        (NO_SOCKET.replace("data_dir", "data_folder"), "desk.data_folder is not a setting."),
    ],
    ids=["socket that systemd did not open", "address of another machine", "unknown setting"],
)
def test_service_that_cannot_start_says_why_and_exits_with_2(tmp_path: Path, settings: str, says: str) -> None:
    file = tmp_path / "mailticket.toml"
    file.write_text(settings, encoding="utf-8")

    ended = subprocess.run(
        [sys.executable, "-m", "mailticket", "run", "--config", str(file)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    words = [line for line in ended.stderr.splitlines() if not line.startswith("{")]
    assert says in words[0]


class EndsItsWorker:
    """A relay over which nothing that delivery expects is raised."""

    def send(self, mail_from: str, rcpt_tos: Sequence[str], raw: bytes, *, settle: bool = False) -> Outcome:
        raise SystemExit

    def close(self) -> None:
        pass


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_watchdog_is_not_fed_where_nobody_sends_any_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "100000")
    file = tmp_path / "mailticket.toml"
    address = '[desk]\naddress = "support@acme.example"\n[[intake.smtp]]\nlisten = ["127.0.0.1:0"]\n'
    file.write_text(address + '[outbound]\ntransport = "maildir"\nmaildir = "outgoing"\n', encoding="utf-8")
    settings = config.load(file)
    daemon = Daemon(settings, file, lambda: settings)
    outbox = MemoryOutbox()
    daemon.delivery = make_delivery(outbox, EndsItsWorker)

    async def until_it_goes_hungry() -> None:
        outbox.add("carla@shop.example")
        daemon.delivery.wake()
        async with asyncio.timeout(30):
            while not any(line["event"] == "watchdog_not_fed" for line in logs):
                await asyncio.sleep(0.01)
        daemon.stop_soon()

    with capture_logs() as logs:
        asyncio.run(daemon.serve(until_it_goes_hungry))

    (hungry,) = {line["error"] for line in logs if line["event"] == "watchdog_not_fed"}
    assert hungry == "a worker of the outbox has ended; only a restart brings it back"
