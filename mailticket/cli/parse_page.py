"""How does a mail that was read look to a person? The page that `mailticket parse` shows on a terminal."""

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.filesize import decimal
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from mailticket.cli.output import console
from mailticket.mail.message import Address, Attachment, InboundMail

#: Lines of history that are shown; it is there for comparison, not for reading.
_MOST_CUT = 60


def print_page(mail: InboundMail) -> None:
    """Who wrote when, the new words, what was cut from them, the files, and all else that was found out."""
    out = console()
    out.print(Text(mail.subject or "(no subject)", style="bold"))
    _print_rows(out, _heads(mail))
    out.print(Rule("new words", align="left"))
    out.print(mail.reply.strip("\n") or "(no text)")
    if cut := cut_lines(mail.text, mail.reply):
        out.print(Rule("cut: history and signature", align="left", style="dim"))
        out.print(Text("\n".join(cut[:_MOST_CUT]), style="dim"))
        if len(cut) > _MOST_CUT:
            out.print(Text(f"(and {len(cut) - _MOST_CUT} lines more)", style="dim"))
    if mail.attachments:
        out.print(Rule("files", align="left"))
        _print_files(out, mail.attachments)
    found = list(_findings(mail))
    if found:
        out.print(Rule("what it is", align="left"))
        _print_rows(out, found)
    if mail.errors:
        out.print(Rule("what was wrong with it", align="left"))
        for error in mail.errors:
            out.print(error)


def cut_lines(text: str, reply: str) -> list[str]:
    """The lines of `text` that are not in `reply`, without empty ones around them."""
    kept = {line.strip() for line in reply.splitlines() if line.strip()}
    cut: list[str] = []
    for line in text.splitlines():
        if line.strip() not in kept and (line.strip() or (cut and cut[-1])):
            cut.append(line.rstrip())
    while cut and not cut[-1]:
        cut.pop()
    return cut


def _heads(mail: InboundMail) -> Iterator[tuple[str, str]]:
    yield "From", _shown(mail.from_) if mail.from_ else "(nobody that can be read)"
    yield "To", _all(mail.to)
    yield "Cc", _all(mail.cc)
    yield "Reply-To", _all(mail.reply_to)
    yield "Date", mail.date.strftime("%Y-%m-%d %H:%M:%S UTC") if mail.date else ""
    yield "Message-ID", mail.message_id
    yield "Answers", ", ".join(mail.parents or filter(None, (mail.in_reply_to,)))
    relays = f", by {mail.hops} relay{'s' if mail.hops > 1 else ''}" if mail.hops else ""
    yield "Size", f"{decimal(mail.size)}{relays}" if mail.size else ""


def _findings(mail: InboundMail) -> Iterator[tuple[str, str]]:
    if mail.bounce:
        what = "not reached yet" if mail.bounce.delayed else "not reached"
        whom = ", ".join(mail.bounce.recipients) or "somebody"
        kind = "" if mail.bounce.delayed else ", for good" if mail.bounce.permanent else ", for now"
        yield "Delivery", f"{whom} was {what} ({mail.bounce.status or 'no status'}{kind})"
        yield "Of our mail", mail.bounce.original_message_id
    if mail.complaint:
        yield "Complaint", f"{mail.complaint.recipient or 'somebody'} does not want our mail ({mail.complaint.kind})"
        yield "Of our mail", mail.complaint.original_message_id
    if mail.auto_submitted:
        yield "Automatic", "a machine sent it, and no machine may answer"
    if mail.is_list:
        yield "List", "it came through a mailing list"
    yield "Forwarded", f"written by {_shown(mail.forwarded_from)}" if mail.forwarded_from else ""
    yield "Language", mail.language
    yield "Orders", ", ".join(mail.order_numbers)
    yield "Shown as", "text and HTML" if mail.html is not None else "text"


def _print_rows(out: Console, rows: Iterable[tuple[str, str]]) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for name, value in rows:
        if value:
            table.add_row(name, Text(value))
    out.print(table)


def _print_files(out: Console, files: Iterable[Attachment]) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("name", overflow="fold")
    table.add_column("type", overflow="fold")
    table.add_column("size", justify="right", no_wrap=True)
    table.add_column("")
    for file in files:
        name = Text(file.filename or "(unnamed)")
        if file.summary:
            name.append(f"\n{file.summary}", style="italic")
        table.add_row(name, Text(file.content_type), decimal(file.size), "inline" if file.inline else "")
    out.print(table)


def _shown(address: Address) -> str:
    return f"{address.name} <{address.addr_spec}>" if address.name else address.addr_spec


def _all(addresses: Iterable[Address]) -> str:
    return ", ".join(map(_shown, addresses))
