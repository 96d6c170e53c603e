"""`mailticket demo`: the real daemon on embedded defaults, fed with sample mails through its real SMTP port."""

import asyncio
import smtplib
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Annotated, Any

import typer
import uvloop

from mailticket import config, log
from mailticket.cli.app import app
from mailticket.cli.output import complain, say
from mailticket.cli.samples import DESK, Sample, first_samples, follow_up
from mailticket.config import Settings
from mailticket.daemon import Daemon
from mailticket.errors import MailticketError
from mailticket.store import receipts, views

#: Seconds to wait for a confirmation.
_PATIENCE = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _World:
    """The daemon as the demo sees it from outside: its port, its store, and the folder where its mail arrives."""

    daemon: Daemon
    port: int
    outgoing: Path


@app.command()
def demo(
    once: Annotated[
        bool, typer.Option("--once", help="End by itself; exit 0 only if every sample became what it should.")
    ] = False,
    port: Annotated[int, typer.Option(metavar="PORT", help="SMTP port; 0 takes a free one.")] = 2525,
) -> None:
    """Show what mailticket does. Sample mails go in by SMTP, tickets and confirmations come out."""
    log.configure("console", "error")
    with tempfile.TemporaryDirectory(prefix="mailticket-demo-") as folder:
        wrong = _run(Path(folder), once=once, port=port)
    if wrong:
        for sentence in wrong:
            complain(sentence)
        raise typer.Exit(1)


def _run(folder: Path, *, once: bool, port: int) -> list[str]:
    settings = _settings(folder, port)
    wrong: list[str] = []

    async def serve() -> None:
        daemon = Daemon(settings, None, lambda: settings)

        async def ready() -> None:
            world = _World(daemon=daemon, port=daemon.reception.smtp[0].ports[0], outgoing=folder / "outgoing")
            wrong.extend(await asyncio.to_thread(_show, world))
            if once:
                daemon.stop_soon()
                return
            say(f"\nTry it: write to {DESK} by SMTP at 127.0.0.1:{world.port}.")
            say(f"  MAILTICKET_CONFIG={folder / 'mailticket.toml'} mailticket ticket list")
            say(f"Outgoing mail arrives in {world.outgoing}. Ctrl-C ends the demo and removes everything.")

        await daemon.serve(ready)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve())
    return wrong


def _settings(folder: Path, port: int) -> Settings:
    """Embedded defaults, written down so that other commands can look at the running demo."""
    file = folder / "mailticket.toml"
    file.write_text(
        f"""[desk]
name = "Acme Support"
address = "{DESK}"

[[intake.smtp]]
listen = ["127.0.0.1:{port}"]

[outbound]
transport = "maildir"
maildir = "outgoing"

[identity]
trusted_authserv = ["mx.acme.example"]
""",
        encoding="utf-8",
    )
    return config.load(file)


def _show(world: _World) -> list[str]:
    """Feeds the samples and tells of each; returns what did not become what it should."""
    say(f"mailticket is running: SMTP on 127.0.0.1:{world.port}, outgoing mail into a folder.\n")
    wrong: list[str] = []
    samples = list(first_samples())
    confirmations: dict[str, EmailMessage] = {}
    for sample in samples:
        confirmations |= _feed(world, sample, wrong)
    vase = confirmations.get(str(samples[0].mail["Message-ID"]))
    if vase is not None:
        number = _receipt(world, samples[0])["ticket"]
        _feed(world, follow_up(number, str(vase["Message-ID"])), wrong)
        say("What Carla got:\n")
        say(_quoted(vase))
    return wrong


def _feed(world: _World, sample: Sample, wrong: list[str]) -> dict[str, EmailMessage]:
    with smtplib.SMTP("127.0.0.1", world.port, timeout=30) as smtp:
        smtp.send_message(sample.mail, from_addr=sample.mail_from, to_addrs=[DESK])
    became = _receipt(world, sample)
    confirmation = _await(lambda: _confirmation(world, sample)) if sample.confirmed else _confirmation(world, sample)
    say(f"{sample.title}")
    ticket = f", ticket {became['ticket']}" if became["ticket"] else ""
    reason = f" ({became['reason']})" if became["reason"] else ""
    say(f"  {became['receipt']}{ticket}{reason}; {'confirmed' if confirmation else 'no confirmation'}")
    files = _files(world, became["ticket"]) if sample.kept or sample.withheld else {}
    for name, state in files.items():
        say(f"  {name}: {state}")
    say("")
    expected = {**dict.fromkeys(sample.kept, "kept"), **dict.fromkeys(sample.withheld, "withheld")}
    found = {name: state.partition(",")[0] for name, state in files.items()}
    if became["receipt"] != sample.receipt:
        wrong.append(f"{sample.title}: became {became['receipt']}, should be {sample.receipt}")
    if bool(confirmation) is not sample.confirmed:
        wrong.append(f"{sample.title}: {'' if confirmation else 'not '}confirmed, should be the other way")
    if found != expected:
        wrong.append(f"{sample.title}: files {found}, should be {expected}")
    return {str(sample.mail["Message-ID"]): confirmation} if confirmation else {}


def _receipt(world: _World, sample: Sample) -> dict[str, Any]:
    with world.daemon.reception.store.reading() as connection:
        found = receipts.find(connection, str(sample.mail["Message-ID"]))
    if found is None:
        raise MailticketError(f"{sample.title}: was taken, and there is no trace of it")
    return found


def _files(world: _World, number: str) -> dict[str, str]:
    with world.daemon.reception.store.reading() as connection:
        ticket = views.show(connection, number)
    assert ticket is not None
    files = ticket["messages"][0]["attachments"]
    return {file["filename"]: file["state"] + (f", {file['reason']}" if file["reason"] else "") for file in files}


def _confirmation(world: _World, sample: Sample) -> EmailMessage | None:
    for file in sorted((world.outgoing / "new").glob("*")):
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        if mail["In-Reply-To"] == sample.mail["Message-ID"]:
            assert isinstance(mail, EmailMessage)
            return mail
    return None


def _await(find: Callable[[], EmailMessage | None]) -> EmailMessage | None:
    end = time.monotonic() + _PATIENCE
    while (found := find()) is None and time.monotonic() < end:
        time.sleep(0.05)
    return found


def _quoted(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    head = "\n".join(f"{name}: {mail[name]}" for name in ("From", "To", "Subject"))
    return "\n".join(f"  {line}" for line in f"{head}\n\n{body.get_content()}".rstrip().split("\n"))
