"""How does outgoing mail end in a Maildir instead? For the demo, for tests, and to look before anything leaves.

A file is written whole in tmp/, synced, and only then appears in new/ (cr.yp.to/proto/maildir.html).
"""

import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path

from mailticket.outbound.outcome import Outcome, Sent, Unreachable
from mailticket.store.durable import sync_folder

_MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)
_FOLDERS = ("tmp", "new", "cur")


class MaildirSender:
    """Puts mail into a Maildir with the envelope on top: Return-Path, and Delivered-To for each recipient."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, mail_from: str, rcpt_tos: Sequence[str], raw: bytes, *, settle: bool = False) -> Outcome:
        """After Sent the mail survives a power cut. The same mail again makes no second file."""
        name = _name(raw)
        try:
            self._furnish()
            if not self._has(name):
                self._write(name, _envelope(mail_from, rcpt_tos) + raw)
        except OSError as error:
            return Unreachable(reason=f"{self._folder} cannot be written: {error.strerror or error}")
        return Sent(reply=f"kept as {name}")

    def close(self) -> None:
        """There is nothing to close: every mail is complete on disk."""

    def _furnish(self) -> None:
        if not all((self._folder / sub).is_dir() for sub in _FOLDERS):
            for sub in _FOLDERS:
                (self._folder / sub).mkdir(parents=True, exist_ok=True)
            sync_folder(self._folder)
            sync_folder(self._folder.parent)

    def _has(self, name: str) -> bool:
        """In new/, or in cur/ where a mail program has put flags behind its name."""
        return (self._folder / "new" / name).exists() or any((self._folder / "cur").glob(f"{name}*"))

    def _write(self, name: str, data: bytes) -> None:
        draft = self._folder / "tmp" / name
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(self._folder / "new" / name)
        sync_folder(self._folder / "new")


def _name(raw: bytes) -> str:
    """From the Message-ID, which a mail keeps over all its attempts."""
    header = raw.partition(b"\r\n\r\n")[0]
    found = _MESSAGE_ID.search(header)
    return hashlib.sha256(found[1] if found else raw).hexdigest()[:32] + ".mailticket"


def _envelope(mail_from: str, rcpt_tos: Sequence[str]) -> bytes:
    lines = [f"Return-Path: <{mail_from}>", *(f"Delivered-To: {rcpt}" for rcpt in rcpt_tos)]
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8")
