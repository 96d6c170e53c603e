"""How is the service run for a benchmark? As a child process, durable settings, on a data folder that has tickets.

Its resolver is a real name server that knows no domain: every sender is looked up, and nobody is proved.
"""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.servers import nsd

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 60.0

#: Caps so high that none is reached, nobody taken for a machine, real numbers from 1, a relay that is not there.
_SETTINGS = """
[desk]
address = "support@support.example"
data_dir = "data"
subject_tag = "[#{{number}}]"
quick_answer_seconds = 0

[desk.numbering]
date = ""
padding = 1
reset = "never"

[outbound]
host = "127.0.0.1"
port = {closed_port}
tls = "none"

[identity]
dns = ["{resolver}"]

[confirmations]
unverified = "{unverified}"
per_address_per_hour = 1000000
per_domain_per_hour = 1000000
per_hour = 1000000

[service]
log = "json"
{service}
{intake}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A running service."""

    folder: Path
    port: int
    process: psutil.Process

    @property
    def tree(self) -> list[psutil.Process]:
        """Every process of the service."""
        return [self.process, *self.process.children(recursive=True)]

    @property
    def cpu(self) -> float:
        """Seconds of processor time of all of them so far."""
        times = [process.cpu_times() for process in self.tree]
        return float(sum(one.user + one.system for one in times))

    def events(self, name: str) -> Iterator[dict[str, Any]]:
        """Lines of the log so far with this event."""
        for line in (self.folder / "log").read_text().splitlines():
            if f'"{name}"' in line and (event := json.loads(line))["event"] == name:
                yield event


def settings(folder: Path, intake: str, service: str = "", unverified: str = "capped") -> Path:
    """Writes the settings file of a benchmark and returns its path."""
    file = folder / "mailticket.toml"
    resolver = nsd.empty().address
    file.write_text(
        _SETTINGS.format(
            closed_port=free_port(), resolver=resolver, unverified=unverified, intake=intake, service=service
        )
    )
    return file


def smtp_intake(port: int) -> str:
    """The settings of an SMTP door."""
    return f'[[intake.smtp]]\nlisten = ["127.0.0.1:{port}"]\nhostname = "desk.example"\n'


def seed(folder: Path, openings: Path) -> None:
    """Makes `folder` a data folder with one ticket for each mail in `openings`, in order."""
    folder.mkdir(parents=True)
    port = free_port()
    with _started(folder, port, settings(folder, smtp_intake(port), unverified="never")):
        # one connection, one mail after the other: tickets are numbered in the order of the files
        command = [sys.executable, "-m", "tests.bench.smtp_client", str(port), str(openings), "1"]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    opened, files = receipts(folder)["opened"], sum(1 for _ in openings.iterdir())
    if opened != files:
        raise RuntimeError(f"{opened} tickets were opened by {files} mails")


@contextmanager
def running(folder: Path, seeded: Path, intake: str = "", service: str = "") -> Iterator[Service]:
    """The service on a copy of the data folder `seeded`, from its READY to its orderly end; `service` are settings."""
    port = free_port()
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(seeded, folder)
    with _started(folder, port, settings(folder, smtp_intake(port) + intake, service)) as started:
        yield started


@contextmanager
def _started(folder: Path, port: int, file: Path) -> Iterator[Service]:
    subprocess.run(["sync"], check=True)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "mailticket", "run", "--config", str(file)], cwd=ROOT, stderr=log
        )
    try:
        started = Service(folder=folder, port=port, process=psutil.Process(process.pid))
        wait_for(lambda: process.poll() is not None or any(started.events("service_started")))
        if process.poll() is not None:
            raise RuntimeError(f"the service did not start: {(folder / 'log').read_text()[-2000:]}")
        yield started
    finally:
        process.send_signal(signal.SIGTERM)
        status = process.wait(_PATIENCE)
    if status:
        raise RuntimeError(f"the service ended with {status}: {(folder / 'log').read_text()[-2000:]}")


def receipts(folder: Path) -> Counter[str]:
    """What has become of all mails so far."""
    with closing(sqlite3.connect(f"file:{folder}/data/mailticket.db?mode=ro", uri=True)) as database:
        return Counter(dict(database.execute("SELECT kind, count(*) FROM receipts GROUP BY kind")))


def confirmations(folder: Path) -> int:
    """How many confirmations wait in the outbox."""
    with closing(sqlite3.connect(f"file:{folder}/data/mailticket.db?mode=ro", uri=True)) as database:
        query = "SELECT count(*) FROM outbox WHERE kind = 'confirmation' AND state = 'queued'"
        return int(database.execute(query).fetchone()[0])


def give(file: Path, user: int, group: int) -> None:
    """Makes `file` belong to the user whose mail it is; without root it does already."""
    if os.geteuid() == 0:
        os.chown(file, user, group)


def wait_for(claim: Any, every: float = 0.02, patience: float = _PATIENCE) -> None:
    """Asks until `claim()` holds. Raises TimeoutError."""
    end = time.monotonic() + patience
    while not claim():
        if time.monotonic() > end:
            raise TimeoutError("it did not come about in time")
        time.sleep(every)


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
