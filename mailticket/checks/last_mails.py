"""Do we learn who writes to us? By the verdicts of the last mails, and by who has written what we did not believe."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime

from mailticket import assembly
from mailticket.checks import clock
from mailticket.checks.finding import Finding, fine, wrong
from mailticket.checks.site import Site
from mailticket.config import Settings
from mailticket.errors import MailticketError
from mailticket.mail.fields import Fields
from mailticket.store import receipts
from mailticket.store.blobs import BlobFolder
from mailticket.store.receipts import Seen

_LAST = 50
_SIGNER = re.compile(r"(?:^|;)\s*d\s*=\s*([A-Za-z0-9._-]+)")
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")
_READ = '(config/README.md, "Verdicts: who may act by plain mail")'
#: Fewer prove nothing.
_ENOUGH = 5
_DOORS = {"smtp": "by SMTP", "imap": "from mailboxes"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LastMail:
    """One of the last mails."""

    transport: str
    verdict: str
    received_at: datetime
    #: Who wrote the topmost Authentication-Results, "" where there is none.
    authserv_id: str = ""
    #: When the server before us had it, None where it does not say.
    stamped_at: datetime | None = None


def verdicts(site: Site) -> list[Finding]:
    """Whether mail comes with anything that proves its sender, door by door."""
    mails = list(_last_mails(site))
    return [*judged(mails, site.settings), *stamps(mails)]


def judged(mails: Sequence[LastMail], settings: Settings) -> list[Finding]:
    """One finding a door; nothing where too few mails came by it to tell."""
    found = []
    for transport, door in _DOORS.items():
        here = [mail for mail in mails if mail.transport == transport and mail.verdict]
        if len(here) < _ENOUGH:
            continue
        tally = Counter(mail.verdict for mail in here)
        if tally["pass"] or tally["fail"]:
            words = ", ".join(f"{tally[verdict]} {verdict}" for verdict in ("pass", "none", "fail") if tally[verdict])
            found.append(fine(f"of the last {len(here)} mails {door}: {words}"))
            continue
        detail = (
            f"none of the last {len(here)} mails {door} had a verdict: agents can act by answering notifications only, "
            "confirmations are capped"
        )
        found.append(wrong(detail, _mend(transport, _writers(here, settings), settings)))
    return found or [fine("too few mails have come to tell")]


def _writers(mails: Iterable[LastMail], settings: Settings) -> list[str]:
    """Authserv-ids that stand on top of most of these mails and are not believed, the commonest first."""
    believed = {one.lower() for one in settings.identity.trusted_authserv}
    believed |= {box.authserv_id.lower() for box in settings.intake.imap}
    seen = Counter(mail.authserv_id for mail in mails if mail.authserv_id and mail.authserv_id.lower() not in believed)
    half = sum(seen.values()) / 2
    return [name for name, count in seen.most_common(3) if count >= half]


def _mend(transport: str, writers: Sequence[str], settings: Settings) -> str:
    written = (
        f"they bear the word of {' and '.join(writers)}: where that is your own mail server, set " if writers else ""
    )
    if transport == "imap":
        if any(box.provider for box in settings.intake.imap):
            return f"`mailticket explain MESSAGE-ID` shows what was in one of them {_READ}"
        if writers:
            return f'{written}authserv_id = "{writers[0]}" in [[intake.imap]] {_READ}'
        return f"let your mail server add Authentication-Results, and name it in authserv_id {_READ}"
    if writers:
        return f'{written}[identity] trusted_authserv = ["{writers[0]}"], and see that it is in trusted_peers {_READ}'
    return (
        "let your relay say whom a mail comes from (Postfix: lmtp_send_xforward_command = yes, or smtp_…), and see "
        'that it is in trusted_peers (README.md, "Behind Postfix")'
    )


def stamps(mails: Sequence[LastMail]) -> list[Finding]:
    """What the server before us believes about the time, from the mail that it stamped last."""
    for mail in mails:
        if mail.transport == "smtp" and mail.stamped_at is not None:
            differs = clock.apart("the server that brings us mail", mail.stamped_at, mail.received_at)
            return [replace(differs, name="clock of the relay")] if differs else []
    return []


def signers_of(domain: str, site: Site) -> frozenset[str] | None:
    """Who has signed the mails from `domain` among the last ones, None where there were none: ours that came back."""
    blocks = [block for _, block in _headers(site) if f"@{domain}" in _from_of(block).lower()]
    if not blocks:
        return None
    return frozenset(tag.lower() for block in blocks for tag in _SIGNER.findall(" ".join(block.all("dkim-signature"))))


def _from_of(block: Fields) -> str:
    return " ".join(block.all("from"))


def _last_mails(site: Site) -> Iterator[LastMail]:
    for one, block in _headers(site):
        authserv_id, stamped_at = head(block)
        yield LastMail(
            transport=one.transport, verdict=one.verdict, received_at=one.received_at,
            authserv_id=authserv_id, stamped_at=stamped_at,
        )  # fmt: skip


def _headers(site: Site) -> Iterator[tuple[Seen, Fields]]:
    """The last mails, newest first, with the fields of their header; none where the raw mail is not to be had."""
    blobs = BlobFolder(assembly.blob_folder(site.settings), make=False)
    with site.reading() as connection:
        for one in receipts.last(connection, _LAST):
            try:
                raw = blobs.read(connection, one.raw_sha256) if one.raw_sha256 else b""
            except (MailticketError, OSError):
                raw = b""  # its file is gone or closed to this user
            yield one, Fields(_END_OF_HEADER.split(raw, maxsplit=1)[0])


def head(fields: Fields) -> tuple[str, datetime | None]:
    """Who wrote the topmost Authentication-Results of a mail, and when its topmost Received was written."""
    results = fields.all("authentication-results")
    words = results[0].replace(";", " ; ").split() if results else []
    authserv_id = words[0] if words and words[0] != ";" else ""
    stamps = fields.all("received")
    try:
        at = parsedate_to_datetime(stamps[0].rpartition(";")[2].strip()) if stamps else None
    except ValueError:
        at = None
    return authserv_id, at if at and at.tzinfo else None
