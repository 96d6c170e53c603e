"""`mailticket template …`: which mails are there, and how will each be seen?"""

import email
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Annotated, Any

import typer

from mailticket import assembly
from mailticket.cli.app import ConfigFile, Json, app, settings_of
from mailticket.cli.output import console, print_json, print_table, say
from mailticket.config import Settings
from mailticket.desk.desks import desk_of
from mailticket.desk.likeness import nearest
from mailticket.desk.notice import TO_CUSTOMERS, Notice, NoticeKind
from mailticket.desk.policy import Desk, Policy
from mailticket.errors import MailticketError
from mailticket.mail.message import Address
from mailticket.outbound.letter import write
from mailticket.outbound.preview import as_it_stands, of_samples, of_ticket
from mailticket.outbound.render import Templates
from mailticket.store import tickets
from mailticket.store.blobs import BlobFolder
from mailticket.store.outbox import OutboxRow

template = typer.Typer(help="Mail templates.", no_args_is_help=True)
app.add_typer(template, name="template")

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="A kind of mail; FOLDER/KIND for that of a desk with a folder of its own.")
]
#: What a reader's mail program shows, and what its rules look at.
_SHOWN = ("From", "To", "Cc", "Subject", "Auto-Submitted", "List-Unsubscribe", "Content-Language")


@template.command("list")
def list_templates(as_json: Json = False, config_file: ConfigFile = None) -> None:
    """Every kind of mail, with the languages that it has."""
    settings, origin = settings_of(config_file)
    words = assembly.templates_of(settings, origin)
    kinds: list[dict[str, Any]] = [
        {
            "name": str(kind), "to": "customer" if kind in TO_CUSTOMERS else "agent",
            "languages": words.built_in(kind), "own": words.own(kind),
        }
        for kind in NoticeKind
    ]  # fmt: skip
    if as_json:
        print_json({"templates": kinds})
        return
    rows = [[one["name"], one["to"], " ".join(one["languages"]), " ".join(one["own"])] for one in kinds]
    print_table(["name", "goes to", "languages", "your own"], rows)


@template.command("preview")
def preview(
    name: Name,
    ticket: Annotated[
        str, typer.Option("--ticket", metavar="NUMBER", help="With this ticket's own values; it stays as it is.")
    ] = "",
    language: Annotated[str, typer.Option(metavar="L", help="Such as de; else the ticket's, or the desk's.")] = "",
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write the mail's HTML there, to open in a browser.")
    ] = None,
    as_json: Json = False,
    config_file: ConfigFile = None,
) -> None:
    """A mail as it will be seen. What its header says to people, and its text."""
    settings, origin = settings_of(config_file)
    folder, _, kind = name.rpartition("/")
    policy = assembly.policy_of(settings, "")
    desk = _desk(policy, folder)
    if ticket:
        row, facts = _of_ticket(settings, policy, _kind(kind), ticket)
        row = replace(row, notice=_spoken(row.notice, language, desk))
    else:
        desk = desk or policy.desks[0]
        wanted = language or desk.language or policy.default_language
        row, facts = of_samples(_kind(kind), wanted, desk), {}
    mail = _mail(row, facts, assembly.templates_of(settings, origin), policy)
    page = _part(mail, "html")
    if html is not None:
        html.write_text(page, encoding="utf-8")
    if as_json:
        header = {field: str(mail[field]) for field in _SHOWN if mail[field]}
        print_json({"name": kind, "headers": header, "text": _part(mail, "plain"), "html": page or None})
        return
    _print(mail, page, html)


def _kind(name: str) -> NoticeKind:
    if name not in set(NoticeKind):
        near = nearest(name, NoticeKind)
        hint = f'did you mean "{near}"?' if near else f"there are: {', '.join(NoticeKind)}"
        raise typer.BadParameter(f'there is no mail "{name}"; {hint}')
    return NoticeKind(name)


def _desk(policy: Policy, folder: str) -> Desk | None:
    """The desk whose folder of templates is named, None for "": the ticket's, or the main one."""
    if not folder:
        return None
    folders = [desk.templates for desk in policy.desks if desk.templates]
    found = next((desk for desk in policy.desks if desk.templates == folder), None)
    if found is None:
        raise typer.BadParameter(f'no desk has templates = "{folder}"; folders: {", ".join(folders) or "none"}')
    return found


def _of_ticket(
    settings: Settings, policy: Policy, kind: NoticeKind, number: str
) -> tuple[OutboxRow, Mapping[str, Any]]:
    """The newest mail of this kind that the ticket had; else what it would be."""
    store, blobs = assembly.open_store(settings), BlobFolder(assembly.blob_folder(settings))
    with store.reading() as connection:
        found = tickets.find_by_number(connection, number)
        if found is None:
            raise MailticketError(f"There is no ticket {number}. `mailticket ticket list` shows what there is.")
        shown = of_ticket(connection, blobs, kind, found.id) or (
            as_it_stands(connection, kind, number, found.language or policy.default_language, desk_of(found, policy)),
            {},
        )
    store.close()
    return shown


def _spoken(notice: Notice, language: str, desk: Desk | None) -> Notice:
    """The same in another language, or by another desk."""
    from_ = Address(name=desk.name, addr_spec=desk.address) if desk else notice.from_
    return replace(notice, language=language or notice.language, from_=from_)


def _mail(row: OutboxRow, facts: Mapping[str, Any], words: Templates, policy: Policy) -> EmailMessage:
    raw = write(row, facts, words, policy, datetime.now(UTC), strict=True)
    mail = email.message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def _part(mail: EmailMessage, subtype: str) -> str:
    part = mail.get_body((subtype,))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""


def _print(mail: EmailMessage, page: str, written: Path | None) -> None:
    out = console()
    for field in _SHOWN:
        if mail[field]:
            out.print(f"{field}: {mail[field]}", soft_wrap=True)
    out.print("\n" + _part(mail, "plain"), soft_wrap=True)
    if written:
        say(f"(HTML written to {written})")
    elif page:
        say("(It has an HTML part as well: --html FILE writes that, to open in a browser.)")
