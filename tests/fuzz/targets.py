"""What is fuzzed: all that reads what strangers write. A target takes any bytes, and raises where a promise breaks."""

import re
from collections.abc import Callable
from dataclasses import replace

from mailticket.desk.attachments import judge
from mailticket.desk.screening import screen
from mailticket.desk.threading import trail_of
from mailticket.mail import html
from mailticket.mail.attribution import bare_lines
from mailticket.mail.clean import clean_line, clean_text
from mailticket.mail.identity import Checks, identify
from mailticket.mail.invitation import summary
from mailticket.mail.lookup import Answer
from mailticket.mail.parse import parse_mail
from mailticket.mail.reading import read_mail
from mailticket.mail.reply import new_words
from mailticket.mail.subject import without_tags
from mailticket.mail.tnef import opened
from mailticket.mail.walk import Part
from tests.factories import KEY, make_envelope, make_mail, make_policy
from tests.sound import assert_clean, assert_sound

_SCRIPT = re.compile(
    r"<(?:script|style|iframe|object|form|svg|math)\b|<[^>]*\son[a-z]+\s*=|<[^>]*=\"\s*javascript:", re.IGNORECASE
)
_POLICY = make_policy()


def mail(data: bytes) -> None:
    """The whole reading."""
    assert_sound(parse_mail(data), data)


def desk(data: bytes) -> None:
    """What is asked of a mail before the store is: who wrote it, which ticket it names, what its files are."""
    read = read_mail(data)
    envelope = make_envelope(client="192.0.2.1", helo="mx.shop.example", mail_from=read.return_path)
    checks = Checks(lookup=lambda: _zone, now=lambda: envelope.received_at)
    assert_clean(identify(read, envelope, data, checks))
    assert_clean(trail_of(read, envelope, KEY, _POLICY.subject_tag))
    assert_clean(screen(read, envelope, _POLICY))
    for file in judge(read.attachments, _POLICY.attachments, 20):
        assert_clean(file)
        assert "/" not in file.filename


def reply(data: bytes) -> None:
    """New words of a text."""
    text = clean_text(data.decode("utf-8", "replace"))
    shown = "\n".join(bare_lines(text.split("\n")))
    for forwarded in (False, True):
        new = new_words(text, forwarded=forwarded)
        assert len(new) <= len(text)
        # (the beginning of a line may be new where an attribution follows on it)
        assert all(line in shown for line in bare_lines(new.split("\n")))


def markup(data: bytes) -> None:
    """HTML as text, and as HTML that can do nothing."""
    source = clean_text(data.decode("utf-8", "replace"))
    shown, quoted = html.to_texts(source)
    assert_clean((clean_line(shown), clean_line(quoted)))
    safe = html.sanitise(source)
    assert not _SCRIPT.search(re.sub(r'="[^"]*"', lambda value: value.group().replace(">", " "), safe)), safe


def subject(data: bytes) -> None:
    """Tags, numbers, tokens and buttons in a subject and in Message-IDs, one a line."""
    first, *ids = [clean_line(line) for line in data.decode("utf-8", "replace").split("\n", 20)]
    read = make_mail(subject=first, in_reply_to=ids[0] if ids else "", references=tuple(ids))
    trail = trail_of(read, make_envelope(), KEY, _POLICY.subject_tag)
    assert_clean(trail)
    bare = without_tags(first, _POLICY.subject_tag)
    assert without_tags(bare, _POLICY.subject_tag) == bare
    assert not trail_of(replace(read, subject=bare), make_envelope(), KEY, _POLICY.subject_tag).numbers


def winmail(data: bytes) -> None:
    """A winmail.dat: opened, or left as it is."""
    part = Part(
        content_type="application/ms-tnef", charset="", disposition="", filename="winmail.dat", content_id="",
        encoding="binary", body=memoryview(data), alternative=0,
    )  # fmt: skip
    errors: list[str] = []
    parts = opened([part], errors)
    assert parts
    assert (parts == [part]) <= bool(errors)
    for one in parts:
        assert_clean((one.filename, one.content_type, one.content_id, errors))


def calendar(data: bytes) -> None:
    """A calendar file in words."""
    words = summary(data)
    assert len(words.split("\n")) <= 2
    assert_clean(tuple(words.split("\n")))


def _zone(name: str, kind: str) -> Answer:
    """A DNS where every name has the same records."""
    records = {
        "TXT": (b"v=spf1 include:a.example ~all", b"v=DMARC1; p=reject", b"v=DKIM1; p=AAAA"),
        "A": ("192.0.2.1",),
    }
    return Answer(values=records.get(kind, ()))


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target for target in (mail, desk, reply, markup, subject, winmail, calendar)
}
