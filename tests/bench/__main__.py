"""`python -m tests.bench --shared DIR`: every benchmark, or those that are named; one JSON line each."""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench import bombs, imap, memory, peer, reading, service, smtp
from tests.bench.mails import load_corpus, write_mails, write_openings

_NAMES = ("reading", "smtp", "imap", "idle", "memory", "bombs")


def main() -> None:
    """Parses the command line and runs."""
    options = _options()
    subprocess.run(["sync"], check=True)
    with tempfile.TemporaryDirectory(prefix="mailticket-bench-", dir=options.work) as folder:
        _run(options, Path(folder))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(_NAMES)}; default: all")
    parser.add_argument("--shared", type=Path, required=True, help="folder with bench/corpus.py and the peers' scripts")
    parser.add_argument("--work", type=Path, help="where data folders lie; default: the system's temporary folder")
    parser.add_argument("--peer-venv", type=Path, help="virtual environment with django-helpdesk; made where missing")
    parser.add_argument("--no-peer", action="store_true", help="leave django-helpdesk out")
    parser.add_argument("--quick", action="store_true", help="small numbers, to see that everything runs")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--mails", type=int, default=700)
    parser.add_argument("--sessions", type=int, default=16)
    parser.add_argument("--acceptors", type=int, default=1, help="[service] acceptors for smtp; best: cores - 1")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if unknown := set(options.names) - set(_NAMES):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    if options.quick:
        options.runs, options.mails = 1, 60
    return options


def _run(options: argparse.Namespace, work: Path) -> None:
    names = options.names or _NAMES
    if "reading" in names:
        reading.bench(options.shared, options.runs)
    if set(names) == {"reading"}:
        return
    backlog = 100 if options.quick else 2000
    corpus = load_corpus(options.shared)
    openings = write_openings(corpus, work / "openings", max(options.mails, backlog), options.seed)
    print(f"Opening {openings} tickets.", file=sys.stderr)
    seeded = work / "seeded"
    service.seed(seeded, work / "openings")
    if "smtp" in names:
        mails = write_mails(corpus, work / "mails", options.mails, options.seed)
        smtp.bench(
            smtp.Round(work=work, seeded=seeded, mails=mails, sessions=options.sessions, acceptors=options.acceptors),
            runs=options.runs,
            beside=None if options.no_peer else _peer(options, work),
        )
    if "imap" in names:
        mails = write_mails(corpus, work / "backlog", backlog, options.seed)
        imap.bench_backlog(work, seeded, mails, options.runs)
    if "idle" in names:
        imap.bench_idle(work, seeded, 5 if options.quick else 40)
    if "memory" in names:
        memory.bench(corpus, work, seeded, 4 if options.quick else 25)
    if "bombs" in names:
        bombs.bench(work, seeded, bombs.everything(quick=options.quick))


def _peer(options: argparse.Namespace, work: Path) -> peer.Peer:
    kept = Path(tempfile.gettempdir()) / "mailticket-bench-django-helpdesk"
    return peer.Peer(
        script=options.shared / "bench" / "peer_django_helpdesk.sh",
        environment=options.peer_venv or peer.environment(kept),
        work=work / "peer",
        mails=options.mails,
        seed=options.seed,
    )


if __name__ == "__main__":
    main()
