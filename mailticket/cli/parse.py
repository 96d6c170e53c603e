"""`mailticket parse`: how we read one mail."""

import sys
from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from mailticket import log
from mailticket.cli.app import ConfigFile, Json, app
from mailticket.cli.output import print_json
from mailticket.cli.parse_page import print_page
from mailticket.errors import MailticketError
from mailticket.intake.board import Board
from mailticket.intake.sandbox import SafeParser, Unparseable
from mailticket.mail.message import Address, InboundMail
from mailticket.mail.parse import parse_ordinary
from mailticket.mail.raw import glimpse


@app.command("parse")
def parse_command(
    file: Annotated[str, typer.Argument(metavar="FILE", help="One mail; - or nothing: standard input.")] = "-",
    batch: Annotated[bool, typer.Option("--batch", help="One path a line in, one line of JSON for each out.")] = False,
    json_wanted: Json = False,
    config_file: ConfigFile = None,
) -> None:
    """Show how a mail is read. JSON, or a page for people where standard output is a terminal."""
    log.configure("console", "error")
    with TemporaryDirectory(prefix="mailticket-") as folder:
        board = Board(Path(folder) / "board")
        # nobody asks here what the files are
        parser = SafeParser(board, processes=1, ordinary=parse_ordinary, costly="mailticket.mail.parse:parse_mail")
        try:
            if batch:
                parser.start_ahead()
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
                "summary": attachment.summary or None,
            }
            for attachment in mail.attachments
        ],
        "language": mail.language or None,
        "order_numbers": list(mail.order_numbers),
        "forwarded_from": _person(mail.forwarded_from) if mail.forwarded_from else None,
        "auto_submitted": mail.auto_submitted,
        "bounce": {
            "recipient": mail.bounce.recipient,
            "recipients": list(mail.bounce.recipients),
            "status": mail.bounce.status,
            "permanent": mail.bounce.permanent,
            "delayed": mail.bounce.delayed,
        }
        if mail.bounce
        else None,
        "complaint": {
            "kind": mail.complaint.kind,
            "recipient": mail.complaint.recipient,
            "message_id": mail.complaint.original_message_id,
        }
        if mail.complaint
        else None,
        "list": mail.is_list,
        "errors": list(mail.errors),
    }


def _person(address: Address) -> dict[str, str]:
    return {"name": address.name, "address": address.addr_spec}


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
