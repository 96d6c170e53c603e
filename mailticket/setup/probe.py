"""Does mail to support+anything@ arrive? One mail is sent there, looked for in the mailbox, and taken away again."""

import time
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from imapclient.exceptions import IMAPClientError

from mailticket.bearer import Token
from mailticket.config import secret_of
from mailticket.intake.imap_login import CONNECTION_LOST, Client, MailboxFault, connect, log_in, place_of
from mailticket.mail.compose import ascii_address
from mailticket.outbound.outcome import Sent
from mailticket.outbound.relay import Relay
from mailticket.settings.intake import ImapSettings
from mailticket.settings.outbound import OutboundSettings
from mailticket.setup.relay import RelayFault

_PAUSE = 0.5


def plus_address_arrives(
    box: ImapSettings,
    outbound: OutboundSettings,
    desk: str,
    now: datetime,
    *,
    token: Token | None = None,
    seconds: float,
    sleep: Callable[[float], None] = time.sleep,
) -> bool:
    """Whether a mail to local+probe@ comes into the mailbox in so many seconds. Raises MailboxFault, RelayFault.

    `token` opens mailbox and relay where no password does.
    """
    own = ascii_address(desk)
    local, _, domain = own.rpartition("@")
    mail = _mail(own, f"{local}+probe@{domain}", now)
    relay = Relay(outbound, lambda: secret_of(outbound), token)
    try:
        outcome = relay.send(own, [mail["To"]], mail.as_bytes())
    finally:
        relay.close()
    if not isinstance(outcome, Sent):
        raise RelayFault(f"the probe to {mail['To']} was not taken: {getattr(outcome, 'reply', outcome)}")
    client = connect(box)
    try:
        log_in(client, box, token or secret_of(box))
        return _arrives(client, box.folder, mail["Message-ID"], time.monotonic() + seconds, sleep)
    except CONNECTION_LOST as error:
        raise MailboxFault("imap_connection_failed", f"{place_of(box)} broke off: {error}") from error
    except IMAPClientError as error:
        raise MailboxFault("imap_folder_unusable", f"{place_of(box)}: {box.folder} cannot be read: {error}") from error
    finally:
        client.shutdown()


def _mail(desk: str, to: str, now: datetime) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Date"] = desk, to, format_datetime(now)
    mail["Subject"] = "mailticket setup looks whether this address works"
    mail["Message-ID"] = make_msgid(domain=desk.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("`mailticket setup` sent this, and takes it away when it has arrived. You may delete it.\n")
    return mail


def _arrives(client: Client, folder: str, message_id: str, until: float, sleep: Callable[[float], None]) -> bool:
    client.select_folder(folder)
    while True:
        if found := client.search(["HEADER", "Message-ID", message_id]):
            client.delete_messages(found, silent=True)
            if client.has_capability("UIDPLUS"):  # a plain EXPUNGE would also remove what people have marked as deleted
                client.uid_expunge(found)
            return True
        if time.monotonic() > until:
            return False
        sleep(_PAUSE)
        client.noop()
