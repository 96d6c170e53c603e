"""What does hostile mail cost? Each bomb is sent to the service; meanwhile somebody else asks for signs of life."""

import smtplib
import threading
import time
from pathlib import Path

from tests.bench import service
from tests.bench.figures import percentile, report
from tests.bombs import BOMBS

#: Seconds of processor time for one mail, and between a question of somebody else and its answer.
MOST_CPU, MOST_STALL = 2.0, 0.1
#: Seconds between two questions.
_PAUSE = 0.005


def bench(work: Path, seeded: Path, names: list[str]) -> None:
    """The bombs in `names`, one after the other. The larger ones take time to be sent: that is no stall."""
    costs: dict[str, float] = {}
    stalls: dict[str, float] = {}
    with service.running(work / "bombs", seeded) as running:
        quiet = _Neighbour(running.port)
        with quiet:
            time.sleep(2)
        for name in names:
            body = BOMBS[name]()
            began = _cpu(running)
            with _Neighbour(running.port) as neighbour:
                _send(running.port, body)
            costs[name], stalls[name] = _cpu(running) - began, max(neighbour.waits)
    costly, stalling = max(costs, key=costs.__getitem__), max(stalls, key=stalls.__getitem__)
    report(
        "bombs",
        target=f"at most {MOST_CPU:g} s of processor time for a mail; others wait less than {MOST_STALL * 1000:g} ms",
        met=costs[costly] <= MOST_CPU and stalls[stalling] < MOST_STALL,
        bombs=len(names),
        worst_cpu_s=round(costs[costly], 2),
        worst_cpu_of=costly,
        longest_stall_ms=round(stalls[stalling] * 1000, 1),
        longest_stall_of=stalling,
        p95_stall_ms=round(percentile(list(stalls.values()), 0.95) * 1000, 1),
        longest_stall_ms_without=round(max(quiet.waits) * 1000, 1),
    )


def everything(*, quick: bool) -> list[str]:
    """The names of all bombs; `quick`: of some."""
    return list(BOMBS)[:: 6 if quick else 1]


def _cpu(running: service.Service) -> float:
    """Children that were killed count too."""
    times = running.process.cpu_times()
    return running.cpu + float(times.children_user + times.children_system)


def _send(port: int, body: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as smtp:
        smtp.ehlo()
        smtp.mail("mallory@shop.example")
        smtp.rcpt("support@support.example")
        smtp.putcmd("DATA")
        smtp.getreply()
        smtp.send(f"From: mallory@shop.example\r\nMessage-ID: <{time.time_ns()}@shop.example>\r\n".encode())
        smtp.send(body)
        smtp.send(b".\r\n")
        smtp.getreply()


class _Neighbour:
    """Notes how long it waits for each answer."""

    def __init__(self, port: int) -> None:
        self._smtp = smtplib.SMTP("127.0.0.1", port, timeout=60)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self.waits: list[float] = []

    def __enter__(self) -> "_Neighbour":
        self._smtp.noop()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._smtp.close()

    def _ask(self) -> None:
        while True:
            began = time.perf_counter()
            self._smtp.noop()
            self.waits.append(time.perf_counter() - began)
            if self._over.wait(_PAUSE):
                return
