"""A real clamd for tests, with one signature: a word of ours that no virus has."""

import shutil
import subprocess
import time
from pathlib import Path

from tests.servers.server import Server, free_ports

#: What clamd takes for a virus, and the name that it gives to it.
VIRUS = b"mailticket-test-signature-5f1c9b"
NAME = "Mailticket.Test.Signature.UNOFFICIAL"
#: Bytes; larger files are not looked at.
LARGEST = 1024 * 1024

_CONFIG = """
Foreground yes
LogFile {folder}/clamd.log
DatabaseDirectory {folder}/db
LocalSocket {folder}/clamd.ctl
TCPAddr 127.0.0.1
TCPSocket {port}
StreamMaxLength {largest}
MaxThreads 4
"""


class Clamd(Server):
    """Runs between `with` and its end. Raises RuntimeError where clamd is not installed or does not start."""

    _LOG = "clamd.log"

    def __init__(self) -> None:
        super().__init__()
        (self._port,) = free_ports(1)
        self._process: subprocess.Popen[bytes] | None = None

    def _prepare(self) -> None:
        database = self._folder / "db"
        database.mkdir()
        (database / "test.ndb").write_text(f"Mailticket.Test.Signature:0:*:{VIRUS.hex()}\n")
        config = _CONFIG.format(folder=self._folder, port=self._port, largest=LARGEST)
        (self._folder / "clamd.conf").write_text(config)

    @property
    def socket(self) -> str:
        """For `[attachments] antivirus`."""
        return str(self._folder / "clamd.ctl")

    @property
    def address(self) -> str:
        """The same by TCP."""
        return f"127.0.0.1:{self._port}"

    def start(self) -> None:
        """Returns when it listens."""
        binary = shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
        if binary is None:
            raise RuntimeError("clamd is not installed: apt-get install --no-install-recommends clamav-daemon")
        self._process = subprocess.Popen(
            [binary, "--config-file", str(self._folder / "clamd.conf")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + 30
        while not Path(self.socket).exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"clamd does not start:\n{self.log}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Whoever asks it finds nobody."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            self._process = None
        Path(self.socket).unlink(missing_ok=True)
