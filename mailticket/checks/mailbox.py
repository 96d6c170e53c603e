"""Can we work in this IMAP mailbox? RFC 9051; quota by RFC 9208, folders' uses by RFC 6154."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from imapclient.exceptions import IMAPClientError, IMAPClientReadOnlyError

from mailticket.checks import certificates, clock
from mailticket.checks.certificates import Certificate
from mailticket.checks.finding import Finding, fine, wrong
from mailticket.checks.site import Site
from mailticket.config import secret_of
from mailticket.intake.imap_login import Client, MailboxFault, connect, log_in
from mailticket.settings.intake import ImapSettings

_OFFERED = ("IDLE", "MOVE", "UIDPLUS")
#: Per cent of a quota.
_NEARLY_FULL = 80
#: From here on a quota is told in MB.
_MANY_KIB = 10 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """One limit of the mailbox: what is counted ("STORAGE" in KiB, "MESSAGE"), how much there is and may be."""

    resource: str
    used: int
    limit: int

    @property
    def per_cent(self) -> int:
        """How full it is."""
        return 100 * self.used // self.limit if self.limit else 100

    def __str__(self) -> str:
        if self.resource != "STORAGE":
            return f"{self.used} of {self.limit} {self.resource.lower()}s"
        unit, kib = ("MB", 1024) if self.limit >= _MANY_KIB else ("KB", 1)
        return f"{self.used // kib} of {self.limit // kib} {unit} used"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """What a visit to a mailbox shows."""

    offered: tuple[str, ...]
    #: Mails in `folder`; None where it cannot be opened, and `problem` says why.
    mails: int | None
    problem: str = ""
    writable: bool = True
    #: Flags of our own are kept.
    keywords: bool = True
    folders: frozenset[str] = frozenset()
    #: The folder that the server names for what was sent, or that has a usual name for it; "" where there is none.
    sent: str = ""
    quotas: tuple[Quota, ...] = field(default=())
    certificate: Certificate | None = None
    #: INTERNALDATE of the newest mail.
    newest: datetime | None = None


def mailbox(box: ImapSettings, site: Site) -> list[Finding]:
    """Logs in as the service does, and looks what the server offers."""
    try:
        client = connect(box)
        try:
            log_in(client, box, site.token(box.name) or secret_of(box))
            seen = visited(client, box)
        finally:
            client.shutdown()
    except MailboxFault as fault:
        mend = "see whether the server runs, and whether [[intake.imap]] is right; mail waits in the mailbox until then"
        return [wrong(str(fault), mend)]
    return judged(box, seen, site.now)


def judged(box: ImapSettings, seen: Mailbox, now: datetime) -> list[Finding]:
    """What is there to say about this mailbox: one line, and one more for each thing that somebody should look at."""
    place = f"{box.host}:{box.port}"
    if seen.mails is None:
        names = ", ".join(sorted(seen.folders)[:10])
        return [wrong(f"{place}: {seen.problem}", f'is folder = "{box.folder}" right? There are: {names}')]
    words = [place, *(seen.offered or ("polling only",)), *map(str, seen.quotas), f"{seen.mails} mails in {box.folder}"]
    if not seen.keywords:
        words.append("keeps no flags of ours (nothing is missed by that)")
    found = [fine(", ".join(words))]
    found += [
        wrong(
            f"{place}: {quota}, {quota.per_cent} % full",
            "make room there: a full mailbox sends mail back",
            _of("quota", box),
        )
        for quota in seen.quotas
        if quota.per_cent >= _NEARLY_FULL
    ]
    if not seen.writable:
        mend = f"give {box.user} the right to write: who has taken which mail cannot be seen there now"
        found.append(wrong(f"{box.folder} at {place} may only be read", mend, _of("rights", box)))
    found += _missing_folders(box, seen)
    if seen.certificate and (trouble := seen.certificate.trouble(now)):
        mend = "tell whoever runs that server; no mail is fetched once it has expired"
        found.append(wrong(f"{place}: {trouble}", mend, _of("certificate", box)))
    if seen.newest and (differs := clock.apart(place, seen.newest, now)):
        found.append(replace(differs, name=_of("clock", box)))
    return found


def _of(what: str, box: ImapSettings) -> str:
    return f"{what} {box.name}"


def _missing_folders(box: ImapSettings, seen: Mailbox) -> Iterator[Finding]:
    if box.done_folder and box.done_folder not in seen.folders:
        words = f'done_folder = "{box.done_folder}" is not there yet; the service makes it'
        yield fine(words, _of("done_folder", box))
    mend = f"set sent_folder to one of: {', '.join(sorted(seen.folders)[:20])}"
    if box.sent_folder == "auto" and not seen.sent:
        words = 'sent_folder = "auto", and the server does not say which folder that is'
        yield wrong(words, mend, _of("sent_folder", box))
    elif box.sent_folder not in ("", "auto", *seen.folders):
        meant = f'; the server says that it is "{seen.sent}"' if seen.sent else ""
        words = f'there is no sent_folder = "{box.sent_folder}"{meant}: answers from there are not recorded'
        yield wrong(words, mend, _of("sent_folder", box))


def visited(client: Client, box: ImapSettings) -> Mailbox:
    """Looks around; changes nothing in the mailbox."""
    folders = client.list_folders()
    names = frozenset(str(name) for _, _, name in folders)
    sent = str(client.find_special_folder(rb"\Sent") or "")
    offered = tuple(word for word in _OFFERED if client.has_capability(word))
    certificate = _certificate(client)
    writable = True
    try:
        try:
            answer = client.select_folder(box.folder)
        except IMAPClientReadOnlyError:
            writable = False
            answer = client.select_folder(box.folder, readonly=True)
    except IMAPClientError as error:
        return Mailbox(offered=offered, mails=None, problem=str(error), folders=names, certificate=certificate)
    return Mailbox(
        offered=offered,
        mails=answer[b"EXISTS"],
        writable=writable,
        keywords=rb"\*" in answer.get(b"PERMANENTFLAGS", answer.get(b"FLAGS", ())),
        folders=names,
        sent=sent,
        quotas=_quotas(client, box.folder),
        certificate=certificate,
        newest=_newest(client, answer[b"EXISTS"]),
    )


def _quotas(client: Client, folder: str) -> tuple[Quota, ...]:
    if not client.has_capability("QUOTA") or not folder.isascii():
        return ()
    quoted = '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
    _, found = client.get_quota_root(quoted)
    return tuple(Quota(resource=str(one.resource), used=one.usage, limit=one.limit) for one in found if one.limit)


def _certificate(client: Client) -> Certificate | None:
    socket = client.socket()
    shown = socket.getpeercert(binary_form=True) if isinstance(socket, ssl.SSLSocket) else None
    return certificates.read(shown) if shown else None


def _newest(client: Client, exists: int) -> datetime | None:
    """By its number: the last one is the newest that came."""
    if not exists:
        return None
    client.use_uid = False
    client.normalise_times = False
    date = client.fetch([exists], ["INTERNALDATE"])[exists].get(b"INTERNALDATE")
    return date.astimezone(UTC) if date else None
