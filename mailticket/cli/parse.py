"""`mailticket parse`: how we read one mail."""

import sys
from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from mailticket import log
from mailticket.cli.app import ConfigFile, Json, app
from mailticket.cli.output import console, print_json
from mailticket.errors import MailticketError
from mailticket.intake.board import Board
from mailticket.intake.sandbox import SafeParser, Unparseable
from mailticket.mail.message import Address, InboundMail
from mailticket.mail.raw import glimpse


@app.command("parse")
def parse_command(
    file: Annotated[str, typer.Argument(metavar="[FILE|-]", help="One mail; - or nothing: standard input.")] = "-",
    batch: Annotated[bool, typer.Option("--batch", help="One path a line in, one line of JSON for each out.")] = False,
    json_wanted: Json = False,
    config_file: ConfigFile = None,
) -> None:
    """Show how a mail is read: JSON, or a page for people where standard output is a terminal."""
    log.configure("console", "error")
    with TemporaryDirectory(prefix="mailticket-") as folder:
        parser = SafeParser(Board(Path(folder) / "board"), processes=1)
        try:
            if batch:
                for line in sys.stdin:
                    print_json(to_json(_of_path(parser, line.rstrip("\n"))))
                return
            try:
                raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
            except OSError as error:
                raise MailticketError(f"{file}: cannot be read: {error.strerror}.") from error
            mail = _read(parser, raw)
        finally:
            parser.close()
    if json_wanted or not sys.stdout.isatty():
        print_json(to_json(mail))
    else:
        print_page(mail)


def to_json(mail: InboundMail) -> dict[str, Any]:
    """A mail as the contract's "JSON of parse"."""
    return {
        "subject": mail.subject,
        "from": _person(mail.from_) if mail.from_ else {"name": "", "address": ""},
        "to": [_person(address) for address in mail.to],
        "cc": [_person(address) for address in mail.cc],
        "reply_to": [_person(address) for address in mail.reply_to],
        "message_id": mail.message_id,
        "in_reply_to": mail.in_reply_to,
        "references": list(mail.references),
        "date": mail.date.astimezone(UTC).isoformat().replace("+00:00", "Z") if mail.date else None,
        "text": mail.text,
        "reply": mail.reply,
        "html": mail.html,
        "attachments": [
            {
                "filename": attachment.filename,
                "content_type": attachment.content_type,
                "size": attachment.size,
                "sha256": attachment.sha256,
                "inline": attachment.inline,
                "content_id": attachment.content_id,
            }
            for attachment in mail.attachments
        ],
        "auto_submitted": mail.auto_submitted,
        "bounce": {
            "recipient": mail.bounce.recipient,
            "recipients": list(mail.bounce.recipients),
            "status": mail.bounce.status,
            "permanent": mail.bounce.permanent,
        }
        if mail.bounce
        else None,
        "list": mail.is_list,
        "errors": list(mail.errors),
    }


def print_page(mail: InboundMail) -> None:
    """A mail for a person to read on a terminal."""
    write = console().print
    rows = (
        ("From", _shown(mail.from_)),
        ("To", ", ".join(map(_shown, mail.to))),
        ("Cc", ", ".join(map(_shown, mail.cc))),
        ("Reply-To", ", ".join(map(_shown, mail.reply_to))),
        ("Date", mail.date.strftime("%Y-%m-%d %H:%M:%S UTC") if mail.date else ""),
        ("Subject", mail.subject),
        ("Message-ID", mail.message_id),
        ("Answers", mail.in_reply_to),
        ("What it is", ", ".join(_kinds(mail))),
    )
    for name, value in rows:
        if value:
            write(f"{name:<12}{value}")
    write(f"\n{mail.reply}\n")
    if mail.reply.strip() != mail.text.strip():
        write(f"(and {len(mail.text) - len(mail.reply)} characters of history or signature)")
    for attachment in mail.attachments:
        kind, name = "Inline" if attachment.inline else "File", attachment.filename or "(unnamed)"
        write(f"{kind:<12}{name}, {attachment.content_type}, {attachment.size} bytes")
    for error in mail.errors:
        write(f"{'Wrong':<12}{error}")


def _kinds(mail: InboundMail) -> list[str]:
    kinds = []
    if mail.bounce:
        whom = mail.bounce.recipient or "somebody"
        kinds.append(f"a delivery report: {whom} was not reached ({mail.bounce.status or 'no status'})")
    if mail.auto_submitted:
        kinds.append("automatic, not to be answered by a machine")
    if mail.is_list:
        kinds.append("from a mailing list")
    return kinds


def _person(address: Address) -> dict[str, str]:
    return {"name": address.name, "address": address.addr_spec}


def _shown(address: Address | None) -> str:
    if address is None:
        return "(unreadable)"
    return f"{address.name} <{address.addr_spec}>" if address.name else address.addr_spec


def _of_path(parser: SafeParser, path: str) -> InboundMail:
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        return InboundMail(errors=(f"{path}: cannot be read: {error.strerror}.",))
    return _read(parser, raw)


def _read(parser: SafeParser, raw: bytes) -> InboundMail:
    """As the service reads it; a mail that no parser may touch still has the little that can be seen of it."""
    try:
        return parser.parse(raw)
    except Unparseable as error:
        seen = glimpse(raw)
        sender = Address(addr_spec=seen.from_address) if seen.from_address else None
        return InboundMail(
            subject=seen.subject, from_=sender, message_id=seen.message_id, size=len(raw), errors=(str(error),)
        )
