"""Is everything there that the service will need? Each look says fine, or what is wrong and the mend."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile

from mailticket import assembly
from mailticket.config import Settings, secret_of
from mailticket.errors import MailticketError
from mailticket.intake.imap_login import MailboxFault, connect, log_in
from mailticket.mail.sniff import sniff
from mailticket.outbound.relay import Relay
from mailticket.settings import ImapSettings
from mailticket.store import schema, waiting

#: Less free space than this is worth a word: a day of busy mail.
_LITTLE_SPACE = 2 * 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one look found."""

    name: str
    ok: bool
    detail: str
    #: What to do about it; "" where all is fine.
    mend: str = ""


def look(settings: Settings, origin: Path | None) -> Iterator[Finding]:
    """Every finding, in the order in which a mail would meet its trouble."""
    yield Finding(name="settings", ok=True, detail=str(origin or "built-in defaults"))
    yield from _guarded("data folder", lambda: _data_dir(settings))
    yield from _guarded("database", lambda: _database(settings))
    yield from _guarded("token key", lambda: _token_key(settings))
    yield from _guarded("file types", _libmagic)
    yield from _guarded("doors", lambda: _doors(settings))
    for mailbox in settings.intake.imap:
        yield from _guarded(f"mailbox {mailbox.name}", partial(_mailbox, mailbox))
    yield from _guarded("outgoing mail", lambda: _outgoing(settings))
    yield from _guarded("waiting mail", lambda: _waiting(settings))
    yield from _guarded("templates", lambda: _templates(settings, origin))


Look = Callable[[], tuple[bool, str, str]]


def _guarded(name: str, look_at: Look) -> Iterator[Finding]:
    """A look that breaks is a finding too."""
    try:
        ok, detail, mend = look_at()
    except MailticketError as error:
        first, _, rest = str(error).partition("\n")
        yield Finding(name=name, ok=False, detail=first, mend=" ".join(rest.split()) or "see the message")
    except OSError as error:
        yield Finding(name=name, ok=False, detail=str(error), mend="see the message")
    else:
        yield Finding(name=name, ok=ok, detail=detail, mend=mend)


def _data_dir(settings: Settings) -> tuple[bool, str, str]:
    folder = settings.desk.data_dir
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder):
        pass
    free = shutil.disk_usage(folder).free
    detail = f"{folder}, {free / 1024**3:.0f} GB free"
    if free < _LITTLE_SPACE:
        return False, detail, "make room: mail is refused for now (452, 451) when the disk is full"
    if folder.stat().st_mode & 0o007:
        return False, f"{folder} can be read by everybody on this machine", f"chmod 700 {folder}"
    return True, detail, ""


def _database(settings: Settings) -> tuple[bool, str, str]:
    store = assembly.open_store(settings)
    try:
        kind = "SQLite, WAL, synchronous FULL" if store.is_sqlite else "PostgreSQL"
        return True, f"{kind}, schema {schema.current(store)}", ""
    finally:
        store.close()


def _token_key(settings: Settings) -> tuple[bool, str, str]:
    assembly.token_key(settings)
    path = settings.identity.token_key_file or settings.desk.data_dir / "token.key"
    if path.stat().st_mode & 0o077:
        return False, f"{path} can be read by others", f"chmod 600 {path}"
    return True, str(path), ""


def _libmagic() -> tuple[bool, str, str]:
    found = sniff(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n")
    if found != "application/pdf":
        return False, f"libmagic takes a PDF for {found}", "apt install libmagic1"
    return True, "libmagic recognises files by content", ""


def _doors(settings: Settings) -> tuple[bool, str, str]:
    smtp = [place for listener in settings.intake.smtp for place in listener.listen]
    if not smtp and not settings.intake.imap:
        return False, "no mail can come in", "add [[intake.smtp]] or [[intake.imap]] to the settings"
    doors = [f"{listener.protocol} on {', '.join(listener.listen)}" for listener in settings.intake.smtp]
    doors += [f"mailbox {mailbox.name}" for mailbox in settings.intake.imap]
    return True, "; ".join(doors), ""


def _mailbox(mailbox: ImapSettings) -> tuple[bool, str, str]:
    try:
        client = connect(mailbox)
        log_in(client, mailbox, secret_of(mailbox))
    except MailboxFault as fault:
        return False, str(fault), "correct [[intake.imap]] and run check again"
    try:
        offered = [word for word in ("IDLE", "MOVE", "UIDPLUS") if client.has_capability(word)]
        status = client.folder_status(mailbox.folder, ["MESSAGES"])
    except Exception as error:  # noqa: BLE001  whatever a strange server does is what check is there to say
        return False, f"{mailbox.host}:{mailbox.port}: {error}", f'is folder = "{mailbox.folder}" right?'
    finally:
        client.shutdown()
    place = f"{mailbox.host}:{mailbox.port}"
    return True, f"{place}, {', '.join(offered) or 'polling only'}, {status[b'MESSAGES']} mails in {mailbox.folder}", ""


def _outgoing(settings: Settings) -> tuple[bool, str, str]:
    outbound = settings.outbound
    if outbound.transport == "maildir":
        return True, f"into the Maildir {outbound.maildir}; nothing leaves this machine", ""
    if problem := Relay(outbound, lambda: secret_of(outbound)).probe():
        return False, problem, "correct [outbound] and run check again; mail waits in the outbox until then"
    login = f", as {outbound.user}" if outbound.user else ""
    return True, f"{outbound.host}:{outbound.port}, tls {outbound.tls}{login}", ""


def _waiting(settings: Settings) -> tuple[bool, str, str]:
    store = assembly.open_store(settings)
    try:
        with store.reading() as connection:
            stuck = len(waiting.listing(connection, waiting.QUARANTINE))
            held = len(waiting.listing(connection, waiting.HELD))
    finally:
        store.close()
    detail = f"{stuck} mails in quarantine, {held} held for a person's word"
    return (
        not stuck,
        detail,
        "mailticket quarantine list says why; after the mend: mailticket quarantine retry all" if stuck else "",
    )


def _templates(settings: Settings, origin: Path | None) -> tuple[bool, str, str]:
    problems = assembly.templates_of(settings, origin).check()
    if problems:
        detail = "; ".join(f"{problem.template}: {problem.message}" for problem in problems)
        return False, detail, "mend the template; until then the built-in one is used"
    return True, "the built-in ones, and the overrides that there are", ""
