"""What is this mailbox like, and who writes senders' verdicts into it? RFC 8601.

Reads header fields of the last mails, marks nothing and keeps nothing.
"""

import email
import email.policy
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from imapclient.exceptions import IMAPClientError

from mailticket.bearer import Token
from mailticket.checks.mailbox import Mailbox, visited
from mailticket.intake.imap_login import CONNECTION_LOST, Client, MailboxFault, connect, log_in, place_of
from mailticket.mail.lookup import organization
from mailticket.settings.intake import ImapSettings

#: Mails whose header is read; how many of them, from how many domains, must agree before a name is believed.
_LAST, _ENOUGH, _DOMAINS = 20, 3, 2
_FIELDS = "HEADER.FIELDS (FROM AUTHENTICATION-RESULTS)"
_AUTHSERV_ID = re.compile(r' *"?([^\s;"()]+)"?')
_DOMAIN = re.compile(r"@([^\s<>@,;]+?)>?\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One mail as its header shows it."""

    #: Domain in From, in lower case.
    domain: str
    #: Authserv-ids of its Authentication-Results, topmost first.
    authserv_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was seen."""

    mailbox: Mailbox
    #: Of the last mails, oldest first.
    judged: tuple[Judged, ...]


def look(box: ImapSettings, secret: str | Token) -> Look:
    """Logs in as the service does, and looks around. Raises MailboxFault."""
    client = connect(box)
    try:
        log_in(client, box, secret)
        mailbox = visited(client, box)
        if mailbox.mails is None:
            raise MailboxFault("imap_folder_unusable", f"{place_of(box)}: {mailbox.problem}")
        return Look(mailbox=mailbox, judged=_last_mails(client, mailbox.mails))
    except CONNECTION_LOST as error:
        raise MailboxFault("imap_connection_failed", f"{place_of(box)} broke off: {error}") from error
    except IMAPClientError as error:
        raise MailboxFault("imap_folder_unusable", f"{place_of(box)}: {box.folder} cannot be read: {error}") from error
    finally:
        client.shutdown()


def authserv_id(judged: Sequence[Judged], own: Sequence[str]) -> tuple[str, bool]:
    """The name on top of every mail from outside, "" for none; and whether it may be believed without asking.

    `own` are the domains of the desk, of the mail server and of the MX. A name of another organization may stand on all
    mail only because all of it came by way of that one, and its senders could have written it.
    """
    outside = [one for one in judged if one.domain != own[0]]
    tops = {one.authserv_ids[0].lower() if one.authserv_ids else "" for one in outside}
    if len(outside) < _ENOUGH or len({one.domain for one in outside}) < _DOMAINS or len(tops) != 1:
        return "", False
    (name,) = tops
    return name, bool(name) and organization(name) in {organization(domain) for domain in own}


def _last_mails(client: Client, mails: int) -> tuple[Judged, ...]:
    if not mails:
        return ()
    client.use_uid = False
    numbers = range(max(1, mails - _LAST + 1), mails + 1)
    answer = client.fetch(numbers, [f"BODY.PEEK[{_FIELDS}]"])
    headers = (answer.get(number, {}).get(f"BODY[{_FIELDS}]".encode()) for number in numbers)
    return tuple(_judged(header) for header in headers if header)


def _judged(header: bytes) -> Judged:
    message: Any = email.message_from_bytes(header, policy=email.policy.compat32)
    names = [_AUTHSERV_ID.match(str(value)) for value in message.get_all("Authentication-Results", [])]
    sender = _DOMAIN.search(str(message.get("From", "")))
    return Judged(
        domain=sender[1].lower() if sender else "", authserv_ids=tuple(name[1] for name in names if name is not None)
    )
