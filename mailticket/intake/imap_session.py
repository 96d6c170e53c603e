"""How do we read and mark one folder? Search, fetch in bounded portions, flags, move, IDLE.

RFC 9051 (IMAP), RFC 2177 (IDLE), RFC 4315 (UIDPLUS), RFC 6851 (MOVE). One thread speaks; only `break_off` may be
called from another one. What must outlive the connection is kept elsewhere.
"""

import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import structlog
from imapclient.exceptions import IMAPClientError, IMAPClientReadOnlyError

from mailticket.bearer import Token
from mailticket.intake.imap_login import CONNECTION_LOST, MailboxFault, connect, log_in, place_of
from mailticket.settings.intake import ImapSettings

log = structlog.get_logger()

#: Mail above this is fetched in parts of that size: progress shows, and no answer holds it whole.
WHOLE_BELOW = 4 * 1024 * 1024
PART = 1024 * 1024

#: So much of the header block says who wrote what; a header can be as large as a mail.
HEADER_AT_MOST = 65536

#: A mailbox with more mail than this is searched in windows: imaplib takes no answer line above 1 MB.
SEARCH_WINDOW = 50_000

KEYWORD = b"$Mailticket"

#: Folders that a message to people names.
_FOLDERS_NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One mail as the server keeps it."""

    raw: bytes
    #: INTERNALDATE with its zone; None where the server's date cannot be read.
    internaldate: datetime | None


class Session:
    """A connection to one folder of one mailbox: make it, `log_in`, `open_folder`, then the rest."""

    def __init__(self, settings: ImapSettings, *, touch: bool = True) -> None:
        """Connects; nothing secret is sent. `touch=False`: nothing in the mailbox is changed. Raises MailboxFault."""
        self._settings = settings
        self._touch = touch
        self._idling = False
        self._keyword = False
        self._writable = True
        self._exists = 0
        self.uidvalidity = 0
        self.uidnext = 0
        self._uidnext_was_told = False
        self._client = connect(settings)
        self._client.normalise_times = False

    def log_in(self, secret: str | Token) -> None:
        """Sends the credentials where that is safe. Raises MailboxFault."""
        log_in(self._client, self._settings, secret)

    def open_folder(self) -> None:
        """Opens the mailbox' folder and makes `done_folder` where it is missing. Raises MailboxFault."""
        self._writable = self._touch
        self._open(self._settings.folder)
        self._make_done_folder()

    def open_to_look(self, folder: str) -> None:
        """Opens another folder of the mailbox, in which nothing is changed (EXAMINE). Raises MailboxFault."""
        self._writable = False
        self._open(folder)

    def status_of(self, folder: str) -> tuple[int, int]:
        """UIDVALIDITY and UIDNEXT of another folder, without opening it."""
        answer = self._client.folder_status(folder, ["UIDVALIDITY", "UIDNEXT"])
        return answer.get(b"UIDVALIDITY", 0), answer.get(b"UIDNEXT", 0)

    def sent_folder(self) -> str:
        """The folder that the server marks as \\Sent (RFC 6154), or calls by a usual name. Raises MailboxFault."""
        found = self._client.find_special_folder(rb"\Sent")
        if not found:
            names = ", ".join(f'"{name}"' for _, _, name in self._client.list_folders()[:_FOLDERS_NAMED])
            raise MailboxFault(
                "imap_sent_folder_unusable",
                f"{place_of(self._settings)} says of no folder that sent mail lies there. "
                f"Set sent_folder to its name, one of: {names}.",
            )
        return str(found)

    def junk_folders(self) -> list[str]:
        """Folders that the server marks as \\Junk, or calls by a usual name of one; none where it says so of none."""
        found = self._client.find_special_folder(rb"\Junk")
        return [str(found)] if found else []

    def find(self, message_id: str, *words: str) -> list[int]:
        """UIDs of mails with this Message-ID or, where a relay has given it another one, a word in their subject."""
        self.refresh()
        criteria: list[str] = ["HEADER", "Message-ID", message_id]
        for word in words:
            criteria = ["OR", *criteria, "SUBJECT", word]
        return sorted(self._client.search(criteria))

    def _open(self, folder: str) -> None:
        place = place_of(self._settings)
        try:
            try:
                answer = self._client.select_folder(folder, readonly=not self._writable)
            except IMAPClientReadOnlyError:
                answer = self._client.select_folder(folder, readonly=True)
                self._writable = False
                log.warning("imap_folder_read_only", mailbox=self._settings.name, folder=folder)
        except CONNECTION_LOST:
            raise
        except IMAPClientError as error:
            raise MailboxFault("imap_folder_unusable", f"{place}: {folder} cannot be opened: {error}") from error
        if b"UIDVALIDITY" not in answer:
            raise MailboxFault("imap_folder_unusable", f"{place}: {folder} keeps no UIDs; mail would come twice.")
        self.uidvalidity = answer[b"UIDVALIDITY"]
        self._exists = answer[b"EXISTS"]
        self._uidnext_was_told = bool(answer.get(b"UIDNEXT"))
        self.uidnext = answer.get(b"UIDNEXT") or self._last_uid() + 1
        permanent = {flag.lower() for flag in answer.get(b"PERMANENTFLAGS", answer.get(b"FLAGS", ()))}
        self._keyword = bool(permanent & {KEYWORD.lower(), rb"\*"})

    def went_back_behind(self, uid: int) -> bool:
        """Whether `uid`, which was given to a mail before, will be given again: the folder is a restored backup."""
        # (some servers tell a UIDNEXT that lags behind their mail)
        return self._uidnext_was_told and self.uidnext <= uid and self._last_uid() < self.uidnext

    def refresh(self) -> None:
        """Lets the server say what is new; proves that the connection lives."""
        self._client.noop()
        self._client.announced()

    def uids_above(self, floor: int, since: date | None = None) -> list[int]:
        """All UIDs above `floor`, ascending; with `since` only mail whose INTERNALDATE is not before that day."""
        criteria = [] if since is None else ["SINCE", since]
        found: set[int] = set()
        first, last = floor + 1, self.uidnext
        if self._exists > SEARCH_WINDOW:
            width = max(SEARCH_WINDOW, (last - first) // 64)
            while first + width < last:
                found.update(self._client.search(["UID", f"{first}:{first + width - 1}", *criteria]))
                first += width
        found.update(self._client.search(["UID", f"{first}:*", *criteria]))
        # n:* means the last mail where n lies above it
        return sorted(uid for uid in found if uid > floor)

    def _last_uid(self) -> int:
        return max(self._client.search(["UID", "*"]), default=0)

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """RFC822.SIZE by UID, in the order of `uids`; what is gone meanwhile is missing."""
        answer = self._client.fetch(uids, ["RFC822.SIZE"])
        return {uid: answer[uid][b"RFC822.SIZE"] for uid in uids if b"RFC822.SIZE" in answer.get(uid, {})}

    def fetch(self, uids: Iterable[int]) -> dict[int, Fetched]:
        """The mails by UID, whole, without marking them as seen; what is gone, or given out as nothing, is missing."""
        answer = self._client.fetch(list(uids), ["INTERNALDATE", "BODY.PEEK[]"])
        return {uid: _fetched(data, data[b"BODY[]"]) for uid, data in answer.items() if data.get(b"BODY[]")}

    def fetch_in_parts(self, uid: int, progress: Callable[[], None]) -> Fetched | None:
        """One large mail, part by part, `progress` called after each; None where it is gone, or goes meanwhile."""
        parts: list[bytes] = []
        data: Mapping[bytes, Any] = {}
        while not parts or len(parts[-1]) == PART:
            offset = len(parts) * PART
            data = self._client.fetch([uid], ["INTERNALDATE", f"BODY.PEEK[]<{offset}.{PART}>"]).get(uid, {})
            part = data.get(b"BODY[]<%d>" % offset, b"")
            if not data or not (part or parts):
                return None
            parts.append(part or b"")
            progress()
        return _fetched(data, b"".join(parts))

    def fetch_header(self, uid: int) -> Fetched | None:
        """The beginning of the header block only; None where the mail is gone."""
        data = self._client.fetch([uid], ["INTERNALDATE", f"BODY.PEEK[HEADER]<0.{HEADER_AT_MOST}>"]).get(uid, {})
        return _fetched(data, data[b"BODY[HEADER]<0>"]) if data.get(b"BODY[HEADER]<0>") else None

    def mark(self, uids: Sequence[int]) -> None:
        """Shows in the mailbox that these mails are taken: flags, then the way to `done_folder` where there is one."""
        if not uids or not self._writable:
            return
        flags = [rb"\Seen"] if self._settings.mark_seen else []
        if self._keyword:
            try:
                self._client.add_flags(uids, [*flags, KEYWORD], silent=True)
            except CONNECTION_LOST:
                raise
            except IMAPClientError as error:
                # a full table of keywords, a server that promised too much: nothing to lose mail over
                log.warning("imap_keyword_refused", mailbox=self._settings.name, error=str(error))
                self._keyword = False
        if flags and not self._keyword:
            self._client.add_flags(uids, flags, silent=True)
        if self._settings.done_folder:
            self._move_to_done(uids)

    def remove(self, uids: Sequence[int]) -> None:
        """Takes mail of our own out of the folder; where only other mail could go with it, it is marked like all."""
        if self._settings.done_folder or not self._writable or not self._client.has_capability("UIDPLUS"):
            self.mark(uids)
        elif uids:
            self._client.delete_messages(uids, silent=True)
            self._client.uid_expunge(uids)

    def wait(self, seconds: float, stopping: Callable[[], bool]) -> bool:
        """Waits in IDLE until mail is announced or the time is over. False at once where the server has no IDLE.

        Whoever makes `stopping` true and then calls `break_off_idle` ends the wait.
        """
        if not self._client.has_capability("IDLE"):
            return False
        self._client.idle()
        self._idling = True
        try:
            if stopping():
                return True
            if not (self._client.announced() or self._client.idle_check(timeout=0)):
                self._client.idle_check(timeout=seconds)
            if stopping():
                return True
        finally:
            self._idling = False
        self._client.idle_done()
        return True

    def break_off_idle(self) -> None:
        """Ends a wait in IDLE, from any thread; a session that does something else is left to it."""
        if self._idling:
            self.break_off()

    def break_off(self) -> None:
        """Ends the connection under whatever waits for it, from any thread. `close` is still needed."""
        try:
            # not SSLSocket.shutdown: that takes TLS off first, and the other thread could send in clear
            socket.socket.shutdown(self._client.socket(), socket.SHUT_RDWR)
        except OSError:
            log.debug("imap_connection_was_closed", mailbox=self._settings.name)

    def close(self) -> None:
        """Gives the connection back, without a word to the server: all that it should know it knows."""
        try:
            self._client.shutdown()
        except CONNECTION_LOST:
            log.debug("imap_connection_was_closed", mailbox=self._settings.name)

    def _make_done_folder(self) -> None:
        done = self._settings.done_folder
        if not (done and self._writable) or self._client.folder_exists(done):
            return
        try:
            self._client.create_folder(done)
        except CONNECTION_LOST:
            raise
        except IMAPClientError as error:
            place = place_of(self._settings)
            raise MailboxFault(
                "imap_folder_unusable", f"{place}: done_folder {done} cannot be made: {error}"
            ) from error
        log.info("imap_folder_created", mailbox=self._settings.name, folder=done)

    def _move_to_done(self, uids: Sequence[int]) -> None:
        try:
            self._move(uids, self._settings.done_folder)
        except CONNECTION_LOST:
            raise
        except IMAPClientError as error:
            if "[TRYCREATE]" not in str(error):
                raise
            self._make_done_folder()  # somebody has removed it
            self._move(uids, self._settings.done_folder)

    def _move(self, uids: Sequence[int], folder: str) -> None:
        if self._client.has_capability("MOVE"):
            self._client.move(uids, folder)
            return
        self._client.copy(uids, folder)
        self._client.delete_messages(uids, silent=True)
        if self._client.has_capability("UIDPLUS"):
            self._client.uid_expunge(uids)
        else:
            # a plain EXPUNGE would also remove what people have marked as deleted
            log.info("imap_left_marked_deleted", mailbox=self._settings.name, count=len(uids))


def _fetched(data: Mapping[bytes, Any], raw: bytes) -> Fetched:
    return Fetched(raw=raw, internaldate=data.get(b"INTERNALDATE"))
