"""Is everything there that the service will need? Each look says fine, or what is wrong and the mend."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile

from mailticket import assembly
from mailticket.antivirus import Clamd, NoScanner
from mailticket.config import Settings, secret_of
from mailticket.dns import Resolver
from mailticket.errors import MailticketError
from mailticket.intake.imap_login import MailboxFault, connect, log_in
from mailticket.mail.compose import ascii_address
from mailticket.mail.lookup import Unanswered
from mailticket.mail.sniff import sniff
from mailticket.outbound.relay import Relay, name_of
from mailticket.outbound.reverse_path import ASKED_AGAIN_AFTER
from mailticket.outbound.signing import covers
from mailticket.settings.intake import ImapSettings
from mailticket.store import contacts, relays, schema, sent, waiting

#: Less free space than this is worth a word: a day of busy mail.
_LITTLE_SPACE = 2 * 1024**3
#: A notification that came back longer ago is history.
_UNREACHED_FOR = timedelta(days=7)


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
    if settings.attachments.antivirus:
        yield from _guarded("antivirus", lambda: _antivirus(settings))
    yield from _guarded("senders", lambda: _dns(settings))
    yield from _guarded("doors", lambda: _doors(settings))
    if any(listener.protocol == "submission" for listener in settings.intake.smtp):
        yield from _guarded("submission", lambda: _submission(settings))
    if settings.service.acceptors:
        yield from _guarded("acceptors", lambda: _acceptors(settings))
    for mailbox in settings.intake.imap:
        yield from _guarded(f"mailbox {mailbox.name}", partial(_mailbox, mailbox))
    yield from _guarded("outgoing mail", lambda: _outgoing(settings))
    if settings.outbound.transport == "smtp":
        yield from _guarded("reverse-path", lambda: _reverse_path(settings))
    if settings.outbound.dkim.selector:
        yield from _guarded("signature", lambda: _signature(settings))
    yield from _guarded("waiting mail", lambda: _waiting(settings))
    yield from _guarded("undelivered mail", lambda: _undelivered(settings))
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


def _antivirus(settings: Settings) -> tuple[bool, str, str]:
    place = settings.attachments.antivirus
    try:
        return True, f"{Clamd(place).version()} at {place}", ""
    except NoScanner as error:
        return False, f"{error} Mail with files is not taken until it does", "start clamd, or correct antivirus"


def _dns(settings: Settings) -> tuple[bool, str, str]:
    servers = ", ".join(settings.identity.dns) or "the system's resolver"
    try:
        Resolver(settings.identity.dns).ask(ascii_address(settings.desk.address).rpartition("@")[2], "MX")
    except Unanswered:
        detail = f"{servers} answers nothing: no sender can be proven by DKIM and SPF"
        return False, detail, "name resolvers that this machine reaches: [identity] dns"
    return True, f"{servers} answers; DKIM, SPF and DMARC are looked up", ""


def _doors(settings: Settings) -> tuple[bool, str, str]:
    smtp = [place for listener in settings.intake.smtp for place in listener.listen]
    if not smtp and not settings.intake.imap:
        return False, "no mail can come in", "add [[intake.smtp]] or [[intake.imap]] to the settings"
    doors = [f"{listener.protocol} on {', '.join(listener.listen)}" for listener in settings.intake.smtp]
    doors += [f"mailbox {mailbox.name}" for mailbox in settings.intake.imap]
    return True, "; ".join(doors), ""


def _submission(settings: Settings) -> tuple[bool, str, str]:
    bare = [door for door in settings.intake.smtp if door.protocol == "submission" and door.tls_cert is None]
    if bare:
        detail = f"{', '.join(bare[0].listen)} has no certificate, so nobody can log in there"
        return False, detail, "set tls_cert and tls_key of that [[intake.smtp]]"
    agents = {account.address for account in assembly.accounts_of(settings).values()}
    if not agents:
        mend = "`mailticket password` makes the line password_hash for an agent's [[agent]]"
        return False, "no agent has a password, so nobody can log in", mend
    return True, f"{len(agents)} of {len(settings.agent)} agents can log in", ""


def _acceptors(settings: Settings) -> tuple[bool, str, str]:
    asked, cores = settings.service.acceptors, len(os.sched_getaffinity(0))
    if not settings.intake.smtp:
        return False, f"{asked} of them, for SMTP alone, and there is no [[intake.smtp]]", "set acceptors = 0"
    detail = f"{asked} beside the daemon, on {cores} cores"
    if asked >= cores:
        return False, detail, f"set acceptors = {cores - 1}: more of them only share the same cores"
    return True, detail, ""


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


def _reverse_path(settings: Settings) -> tuple[bool, str, str]:
    store = assembly.open_store(settings)
    try:
        with store.reading() as connection:
            known = relays.refused_forms(connection, name_of(settings.outbound))
    finally:
        store.close()
    asked_again = [
        (one, one.at + ASKED_AGAIN_AFTER) for one in known if one.form in _WANTED[settings.outbound.envelope]
    ]
    refused = [(one, due) for one, due in asked_again if due > datetime.now(UTC)]
    if not refused:
        return True, f'envelope = "{settings.outbound.envelope}"; the relay has refused none of it', ""
    detail = "; ".join(
        f"the relay refuses {_FORMS[one.form]}, so the desk's address stands there ({one.reply}); "
        f"it is asked again after {due:%Y-%m-%d}"
        for one, due in refused
    )
    return False, detail, f'let the relay accept {_FORMS[refused[0][0].form]}, or set [outbound] envelope to "address"'


#: Forms of reverse-path that a setting of `[outbound] envelope` asks for, and what they are to people.
_WANTED = {"auto": ("null", "token"), "null": ("null", "token"), "token": ("token",), "address": ()}
_FORMS = {"null": "the null reverse-path <>", "token": "reverse-paths of the form local+b-TOKEN@"}


def _signature(settings: Settings) -> tuple[bool, str, str]:
    signer = assembly.signer_of(settings)
    assert signer is not None
    addresses = (settings.desk.address, *settings.desk.aliases)
    if strange := [address for address in addresses if not covers(signer.domain, ascii_address(address))]:
        detail = f"mail from {', '.join(strange)} is signed by {signer.domain}, which counts for nothing there"
        return False, detail, "set [outbound.dkim] domain to the domain that all the desk's addresses are in"
    key_file = settings.outbound.dkim.key_file
    if key_file and key_file.stat().st_mode & 0o007:
        return False, f"{key_file} can be read by everybody on this machine", f"chmod o= {key_file}"
    detail = f"mail is signed as {signer.selector} of {signer.domain}"
    record = f"{signer.record_name}\n{signer.record}\nor, in a zone file:\n{signer.zone_line()}"
    try:
        found = Resolver(settings.identity.dns).ask(signer.record_name, "TXT").values
    except Unanswered:
        return True, f"{detail}; DNS does not answer, so see yourself that this TXT record is in it:\n{record}", ""
    if not any(signer.is_published_by(value.decode("utf-8", "replace")) for value in found):
        state = "holds another key" if found else "is not there"
        return False, f"{detail}, and the TXT record that proves it {state}", f"put this record into DNS:\n{record}"
    return True, f"{detail}; the key in DNS is the right one", ""


def _waiting(settings: Settings) -> tuple[bool, str, str]:
    store = assembly.open_store(settings)
    try:
        with store.reading() as connection:
            stuck = waiting.tally(connection, waiting.QUARANTINE, ()).count
            held = waiting.tally(connection, waiting.HELD, ()).count
    finally:
        store.close()
    detail = f"in quarantine: {stuck}, held for a person's word: {held}"
    mend = "`mailticket quarantine list` says why, `quarantine show ID` what to do; then `quarantine retry all`"
    return not stuck, detail, mend if stuck else ""


def _undelivered(settings: Settings) -> tuple[bool, str, str]:
    registered = {agent.address for agent in settings.agent}
    store = assembly.open_store(settings)
    try:
        with store.reading() as connection:
            bounced, complained = contacts.silent(connection)
            unreached = sent.unreached_agents(connection, datetime.now(UTC) - _UNREACHED_FOR)
    finally:
        store.close()
    detail = f"addresses that get agents' answers only: {bounced} where mail came back, {complained} that complained"
    lost = [f"{agent} ({at:%Y-%m-%d})" for agent, at in unreached.items() if agent in registered]
    if not lost:
        return True, detail, ""
    detail = f"mail to these agents came back: {', '.join(lost)}; {detail}"
    return False, detail, "correct their addresses in [[agent]], or have their mailboxes mended"


def _templates(settings: Settings, origin: Path | None) -> tuple[bool, str, str]:
    problems = assembly.templates_of(settings, origin).check()
    if problems:
        detail = "; ".join(f"{problem.template}: {problem.message}" for problem in problems)
        return False, detail, "mend the template; until then the built-in one is used"
    return True, "the built-in ones, and the overrides that there are", ""
