"""Mails a second, SMTP in to 250 after the commit with the confirmation queued; beside aiosmtpd and django-helpdesk."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.bench import service
from tests.bench.figures import percentile, ratios, report, spread
from tests.bench.mails import Mails
from tests.bench.peer import Peer

#: At least so many times the mails a second of django-helpdesk, and of aiosmtpd with a handler that does nothing.
TO_PEER, TO_NOOP = 5.0, 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One party's turn."""

    mails_per_second: float
    #: Milliseconds from the end of a mail to its 250.
    p50: float
    p95: float
    #: Milliseconds of processor time of the server for a mail.
    cpu: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What every turn is given."""

    work: Path
    #: Data folder with the tickets that the mails name.
    seeded: Path
    mails: Mails
    sessions: int
    #: Processes of ours beside the first; the others have one each, whatever is set.
    acceptors: int


def bench(given: Round, *, runs: int, beside: Peer | None) -> None:
    """`runs` rounds, in each of which every party has its turn."""
    mails, sessions = given.mails, given.sessions
    ours: list[Run] = []
    noop: list[Run] = []
    theirs: list[float] = []
    for _ in range(runs):
        ours.append(_ours(given))
        noop.append(_noop(mails, sessions))
        if beside is not None:
            theirs.append(beside.mails_per_second())
    rates, noop_rates = [run.mails_per_second for run in ours], [run.mails_per_second for run in noop]
    beside_noop = ratios(rates, noop_rates)
    beside_peer = ratios(rates, theirs) if theirs else None
    report(
        "smtp",
        target=f"at least {TO_PEER:g} times django-helpdesk and {TO_NOOP:g} of aiosmtpd",
        met=beside_noop[0] >= TO_NOOP and (beside_peer is None or beside_peer[0] >= TO_PEER),
        mails=mails.count,
        megabytes=round(mails.bytes / 1e6, 1),
        sessions=sessions,
        acceptors=given.acceptors,
        mails_per_second=spread(rates),
        aiosmtpd_mails_per_second=spread(noop_rates),
        peer_mails_per_second=spread(theirs) if theirs else None,
        to_aiosmtpd=beside_noop,
        to_peer=beside_peer,
        latency_ms=_middle(ours),
        aiosmtpd_latency_ms=_middle(noop),
        cpu_ms_per_mail=spread(run.cpu for run in ours),
        aiosmtpd_cpu_ms_per_mail=spread(run.cpu for run in noop),
    )


def _middle(runs: list[Run]) -> dict[str, float]:
    return {"p50": spread(run.p50 for run in runs)[0], "p95": spread(run.p95 for run in runs)[0]}


def _ours(given: Round) -> Run:
    folder, mails = given.work / "smtp", given.mails
    before = service.receipts(given.seeded)
    with service.running(folder, given.seeded, service=f"acceptors = {given.acceptors}") as running:
        began = running.cpu
        sent = send(running.port, mails, given.sessions)
        run = _run(sent, mails, running.cpu - began)
    became = service.receipts(folder) - before
    expected = {"opened": mails.new, "added": mails.count - mails.new}
    if became != expected or service.confirmations(folder) != mails.new:
        raise RuntimeError(f"the mails became {became} and should be {expected}, with a confirmation for each new one")
    return run


def _noop(mails: Mails, sessions: int) -> Run:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.noop_server"], cwd=service.ROOT, stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        server = psutil.Process(process.pid)
        before = server.cpu_times()
        sent = send(port, mails, sessions)
        after = server.cpu_times()
        return _run(sent, mails, after.user + after.system - before.user - before.system)
    finally:
        process.terminate()
        process.communicate()


def send(port: int, mails: Mails, sessions: int) -> dict[str, Any]:
    """Sends the mails from a process of its own; returns its `seconds` and `latencies`."""
    command = [sys.executable, "-m", "tests.bench.smtp_client", str(port), str(mails.folder), str(sessions)]
    done = subprocess.run(command, cwd=service.ROOT, check=True, stdout=subprocess.PIPE)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _run(sent: dict[str, Any], mails: Mails, cpu: float) -> Run:
    latencies = [one * 1000 for one in sent["latencies"]]
    return Run(
        mails_per_second=mails.count / sent["seconds"],
        p50=percentile(latencies, 0.5),
        p95=percentile(latencies, 0.95),
        cpu=cpu / mails.count * 1000,
    )
