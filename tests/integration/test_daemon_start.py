"""A start that fails: the reason is the last that is said, whatever had begun by then."""

import subprocess
import sys
from pathlib import Path

import pytest

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
