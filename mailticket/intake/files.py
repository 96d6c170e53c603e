"""Which mails lie in these files? .eml files, mbox files, Maildirs and folders of them, each mail with its envelope."""

import mailbox
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from mailticket.errors import MailticketError
from mailticket.mail.message import Envelope, Transport
from mailticket.mail.raw import glimpse


class NoMail(MailticketError):
    """There is no mail at this place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one mail lies."""

    path: Path
    #: Key within an mbox file, None for a file that is one mail.
    key: str | None = None


def places(paths: list[Path]) -> list[Place]:
    """Every mail below `paths`, in a stable order. Raises NoMail for a path that does not exist or holds none."""
    found: list[Place] = []
    for path in paths:
        here = list(_places(path))
        if not here:
            raise NoMail(
                f"{path}: there is no mail here. Give .eml files, mbox files, Maildirs or folders of .eml files."
            )
        found += here
    return found


def read(places: list[Place]) -> Iterator[tuple[Place, bytes]]:
    """The raw mails, one after the other; line ends as they lie in the file."""
    box: mailbox.mbox | None = None
    opened: Path | None = None
    for place in places:
        if place.key is None:
            yield place, place.path.read_bytes()
            continue
        if opened != place.path or box is None:
            if box is not None:
                box.close()
            box, opened = mailbox.mbox(place.path, create=False), place.path
        # the separator line is not part of the mail, and its quoting in the text is undone
        yield place, box.get_bytes(place.key).replace(b"\n>From ", b"\nFrom ")
    if box is not None:
        box.close()


def envelope_of(raw: bytes, confirm: bool, now: datetime) -> Envelope:
    """The envelope of an imported mail: it arrived when its Date says, but never after `now`."""
    header = glimpse(raw)
    try:
        written = parsedate_to_datetime(header.date)
        written = written.replace(tzinfo=UTC) if written.tzinfo is None else written.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        written = now
    return Envelope(mail_from=None, transport=Transport.IMPORT, received_at=min(written, now), confirm=confirm)


def _places(path: Path) -> Iterator[Place]:
    if path.is_dir():
        if (path / "cur").is_dir() or (path / "new").is_dir():
            for folder in ("cur", "new"):
                yield from (Place(path=file) for file in sorted((path / folder).glob("*")) if file.is_file())
            return
        for file in sorted(path.rglob("*")):
            if file.is_file() and file.suffix.lower() in (".eml", ".mbox"):
                yield from _places(file)
    elif path.is_file():
        with path.open("rb") as opened:
            is_mbox = opened.read(5) == b"From "
        if is_mbox and path.suffix.lower() != ".eml":
            box = mailbox.mbox(path, create=False)
            yield from (Place(path=path, key=key) for key in box.iterkeys())
            box.close()
        else:
            yield Place(path=path)
