"""What does InboundMail promise, whatever the bytes were? Said once, for hypothesis and for the fuzzer."""

import dataclasses
import json
import pickle
import re
from collections.abc import Iterator

from mailticket.intake.sandbox_child import read_answer
from mailticket.mail.message import InboundMail

#: The only texts that have lines.
_WITH_LINES = frozenset({"text", "reply", "ending", "html", "markup", "summary"})
_UNCLEAN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def texts(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Every string in a value, however deep, with the name of its field."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, tuple | list | set | frozenset):
        for item in value:
            yield from texts(item, name)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from texts(getattr(value, field.name, None), field.name)


def assert_clean(value: object) -> None:
    """Every text can be stored, sent and shown; only bodies have lines."""
    for name, text in texts(value):
        assert not _UNCLEAN.search(text), (name, text)
        assert name in _WITH_LINES or ("\t" not in text and len(text.splitlines()) <= 1), (name, text)


def assert_sound(mail: InboundMail, raw: bytes) -> None:
    """The mail is a whole value, and passes from a child to its parent."""
    assert mail.readable, mail.errors
    assert_clean(mail)
    json.dumps([text for _, text in texts(mail)])
    assert bool(mail.reply) == bool(mail.text)
    assert mail.size == len(raw)
    assert re.fullmatch("[0-9a-f]{64}", mail.digest)
    assert mail.from_defect or mail.from_
    assert mail.date is None or mail.date.utcoffset() is not None
    assert mail.in_reply_to == (mail.parents[0] if mail.parents else "")
    for message_id in filter(None, (mail.message_id, *mail.parents, *mail.references)):
        assert re.fullmatch(r"<[^<>\s]+>", message_id), message_id
    assert read_answer(pickle.dumps(mail)) == mail
