"""Which mails are sent? Those of the shared corpus, with senders who may write to the tickets that they name.

The corpus lets anybody answer any ticket; here each reply comes from the requester of its ticket, who has opened it
by a short mail before the clock starts: first such mail, ticket 1, and so on.
"""

import importlib.util
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

_FROM = re.compile(rb"(?m)^From: .*<([^<>\n]+)>$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mails:
    """A folder of mails, one file each, in order."""

    folder: Path
    count: int
    #: How many open a ticket; the others add to one.
    new: int
    bytes: int


def load_corpus(shared: Path) -> ModuleType:
    """The module bench/corpus.py of the shared folder."""
    path = shared / "bench" / "corpus.py"
    spec = importlib.util.spec_from_file_location("shared_corpus", path)
    if spec is None or spec.loader is None or not path.is_file():
        sys.exit(f"{path}: there is no such file; --shared names the folder with bench/corpus.py in it")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write_mails(corpus: ModuleType, folder: Path, count: int, seed: int) -> Mails:
    """The first `count` mails of the corpus."""
    folder.mkdir(parents=True)
    requesters: list[bytes] = []
    size = 0
    for index, (raw, about) in enumerate(corpus.corpus(count, seed)):
        if about["new"]:
            requesters.append(_sender(raw))
        else:
            raw = _FROM.sub(b"From: <" + requesters[about["ticket"] - 1] + b">", raw, count=1)
        (folder / f"{index:06d}.eml").write_bytes(raw)
        size += len(raw)
    return Mails(folder=folder, count=count, new=len(requesters), bytes=size)


def write_openings(corpus: ModuleType, folder: Path, count: int, seed: int) -> int:
    """A short mail from each requester of the first `count` corpus mails, in order; returns how many."""
    folder.mkdir(parents=True)
    senders = [_sender(raw) for raw, about in corpus.corpus(count, seed) if about["new"]]
    for number, sender in enumerate(senders, start=1):
        (folder / f"{number:06d}.eml").write_bytes(
            b"From: <%s>\nTo: support@support.example\nSubject: Opening %d\nDate: Tue, 14 Nov 2023 22:00:00 +0000\n"
            b"Message-ID: <opening-%d@bench.example>\n\nHello\n" % (sender, number, number)
        )
    return len(senders)


def _sender(raw: bytes) -> bytes:
    match = _FROM.search(raw)
    assert match is not None
    return match[1]
