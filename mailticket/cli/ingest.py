"""`mailticket ingest`: mail that lies in files, through the same path as live mail."""

from collections import Counter, deque
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from mailticket import assembly
from mailticket.cli.app import ConfigFile, Json, app, settings_of
from mailticket.cli.output import print_json, say
from mailticket.desk.receipt import KINDS, Receipt
from mailticket.intake.files import envelope_of, places, read
from mailticket.ledger import Ledger

#: Mails and bytes under way at once; memory is bounded by them.
_MAILS_UNDER_WAY = 64
_BYTES_UNDER_WAY = 64 * 1024 * 1024


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help=".eml, mbox, Maildir, or folders of them.")],
    no_confirm: Annotated[
        bool, typer.Option("--no-confirm", help="Send no confirmation, however new a mail is.")
    ] = False,
    as_json: Json = False,
    config_file: ConfigFile = None,
) -> None:
    """Take mail from files; running it again makes no doubles."""
    settings, _ = settings_of(config_file)
    found = places(paths)
    store = assembly.open_store(settings)
    counts: Counter[str] = Counter(dict.fromkeys(KINDS, 0))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    screen = Console(stderr=True)
    with (
        assembly.working_ledger(settings, store) as ledger,
        Progress(*columns, console=screen, disable=not screen.is_terminal) as progress,
    ):
        task = progress.add_task("taking mail", total=len(found))
        under_way: deque[tuple[Future[Receipt], int]] = deque()

        def settle() -> None:
            counts[under_way.popleft()[0].result().kind] += 1
            progress.advance(task)

        for _, raw in read(found):
            while under_way and _full(under_way):
                settle()
            under_way.append((_submit(ledger, raw, confirm=not no_confirm), len(raw)))
        while under_way:
            settle()
    store.close()
    if as_json:
        print_json({kind: counts[kind] for kind in KINDS})
        return
    say(", ".join(f"{counts[kind]} {kind}" for kind in KINDS) + ".")
    if counts["quarantined"]:
        say("`mailticket quarantine list` says what is wrong with the quarantined ones.")
    if counts["held"]:
        say("`mailticket held list` shows the mail that waits for your word.")


def _submit(ledger: Ledger, raw: bytes, confirm: bool) -> Future[Receipt]:
    return ledger.submit(raw, envelope_of(raw, confirm, datetime.now(UTC)))


def _full(under_way: deque[tuple[Future[Receipt], int]]) -> bool:
    return len(under_way) >= _MAILS_UNDER_WAY or sum(size for _, size in under_way) >= _BYTES_UNDER_WAY
