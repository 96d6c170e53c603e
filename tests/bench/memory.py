"""How much memory does the service take, idle and for one very large mail?"""

import threading
from pathlib import Path
from types import ModuleType

import psutil

from tests.bench import service
from tests.bench.figures import report
from tests.bench.mails import Mails
from tests.bench.smtp import send

#: Of the mail's size, above idle; and idle itself.
PEAK_SIZES, IDLE_MB = 8.0, 150.0
_MB = 1e6


def bench(corpus: ModuleType, work: Path, seeded: Path, megabytes: float) -> None:
    """One mail of `megabytes`, one connection; what all processes of the service hold, shared pages counted once."""
    folder = work / "big"
    folder.mkdir()
    raw: bytes = corpus.big(int(megabytes * 2**20))
    (folder / "000000.eml").write_bytes(raw.replace(b"From: a@customer.example", b"From: <a@customer.example>", 1))
    mail = Mails(folder=folder, count=1, new=1, bytes=len(raw))
    before = service.receipts(seeded)
    with service.running(work / "memory", seeded) as running:
        idle = _held(running)
        with _Peak(running) as peak:
            send(running.port, mail, 1)
        after = _held(running)
    if service.receipts(work / "memory") - before != {"opened": 1}:
        raise RuntimeError("the large mail did not open its ticket")
    sizes = (peak.held - idle) / len(raw)
    report(
        "memory",
        target=f"at most {PEAK_SIZES:g} times the mail above idle; idle under {IDLE_MB:g} MB",
        met=sizes <= PEAK_SIZES and idle / _MB < IDLE_MB,
        mail_mb=round(len(raw) / _MB, 1),
        idle_mb=round(idle / _MB, 1),
        peak_mb=round(peak.held / _MB, 1),
        peak_above_idle_in_sizes=round(sizes, 2),
        after_mb=round(after / _MB, 1),
    )


def _held(running: service.Service) -> int:
    """Bytes, shared pages by their share."""
    total = 0
    for process in running.tree:
        try:
            total += process.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
    return total


class _Peak:
    """The most that was held between `with` and its end, looked at all the time."""

    def __init__(self, running: service.Service) -> None:
        self._running = running
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.held = 0

    def __enter__(self) -> "_Peak":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.003):
            self.held = max(self.held, _held(self._running))
