"""What have people written from the mailbox itself? Its Sent folder, looked into over the connection that INBOX has.

A second connection would count against what providers allow. STATUS tells whether there is anything new (RFC 9051
§6.3.11); only then the folder is opened, read-only, and INBOX has to be opened again.
"""

import structlog
from imapclient.exceptions import IMAPClientError

from mailticket.intake.imap_login import CONNECTION_LOST, MailboxFault, place_of
from mailticket.intake.imap_pulse import Pulse, answer_of
from mailticket.intake.imap_session import Session
from mailticket.intake.imap_take import Ledger, Taker
from mailticket.intake.imap_throttle import is_put_off
from mailticket.settings.intake import ImapSettings

log = structlog.get_logger()

#: Seconds after which a folder that could not be read is tried again.
_RETRY = 60.0


class SentFolder:
    """The Sent folder of one mailbox, connection after connection. What is wrong with it never keeps INBOX waiting."""

    def __init__(self, settings: ImapSettings, ledger: Ledger, pulse: Pulse) -> None:
        self._settings, self._ledger, self._pulse = settings, ledger, pulse
        self._folder = ""
        self._taker: Taker | None = None
        #: UIDVALIDITY and UIDNEXT when it was last looked through.
        self._seen: tuple[int, int] | None = None
        self._retry_at = 0.0
        #: Why it cannot be read, for people; "" where it can.
        self.error = ""

    def begin(self, session: Session) -> None:
        """To be called on every new connection, before INBOX is opened: at first sight it begins where INBOX does."""
        self._seen = None
        try:
            self._find(session)
        except CONNECTION_LOST:
            raise
        except (IMAPClientError, MailboxFault) as error:
            self._note(error)

    def visit(self, session: Session) -> bool:
        """Takes what was sent since the last visit. True where that led the session away from INBOX.

        Raises TemporaryError, and what a lost connection raises.
        """
        if self._pulse.monotonic() < self._retry_at:
            return False
        away = False
        try:
            taker = self._taker or self._find(session)
            status = session.status_of(self._folder)
            if status == self._seen and not taker.has_due:
                return False
            away = True
            session.open_to_look(self._folder)
            progress = taker.begin(session)
            while taker.look(session, progress) and not self._pulse.stopping.is_set():
                self._pulse.beat()
        except CONNECTION_LOST:
            raise
        except (IMAPClientError, MailboxFault) as error:
            if is_put_off(error):
                raise
            self._note(error)
        else:
            self._seen, self.error = status, ""
        return away

    def _find(self, session: Session) -> Taker:
        """Where it is, and how far it was read."""
        settings = self._settings
        folder = session.sent_folder() if settings.sent_folder == "auto" else settings.sent_folder
        if self._taker is None or folder != self._folder:
            # where INBOX was read before us, answers of long ago belong to tickets of long ago
            start = {"start": "now"} if self._is_known(settings.folder) else {}
            box = settings.model_copy(update={"folder": folder, "done_folder": "", **start})
            self._folder, self._taker = folder, Taker(box, self._ledger, self._pulse, sent=True)
        if not self._is_known(folder):
            session.open_to_look(folder)
            self._taker.begin(session)
        return self._taker

    def _is_known(self, folder: str) -> bool:
        return answer_of(self._ledger.mailbox(self._settings.name, folder), self._pulse) is not None

    def _note(self, error: Exception) -> None:
        """Says once what is wrong, and lets it rest for a while."""
        self._retry_at = self._pulse.monotonic() + _RETRY
        words = f"{place_of(self._settings)}: answers in sent_folder are not recorded: {error}"
        if words != self.error:
            log.warning("imap_sent_folder_unusable", mailbox=self._settings.name, error=words)
        self.error = words
