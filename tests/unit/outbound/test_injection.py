"""No value of a notice, of the settings or of the store becomes a header field, a recipient or an SMTP command."""

import dataclasses
import re
import string
from datetime import UTC, datetime
from typing import Any

import dkim
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailticket.desk.notice import Notice, NoticeKind
from mailticket.mail.compose import Unsendable
from mailticket.mail.message import Address, Attachment
from mailticket.outbound.letter import recipients, write
from mailticket.outbound.render import Templates
from mailticket.outbound.samples import SAMPLES
from mailticket.store.outbox import OutboxRow
from tests.unit.outbound.memory import POLICY
from tests.unit.outbound.signers import signer

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
TEMPLATES = Templates(None)
#: Every kind of line end and of text that somebody could mean harm by.
EVIL = st.text(
    st.sampled_from('\r\n\0\x0b\x0c\x1c\x85\u2028\u2029 \t.:<>@"\\,;=?üñ\u202e') | st.sampled_from(string.printable),
    max_size=60,
) | st.sampled_from(["x\r\nBcc: v@evil.example", "\r\n.\r\nMAIL FROM:<v@evil.example>", "\n.\n", "a\r\n\r\nb", "."])
ADDRESSES = st.builds(
    Address,
    name=EVIL,
    addr_spec=st.sampled_from(
        ["carla@shop.example", "jürgen@x.example", "c@bücher.example", '"a, b <c>"@shop.example']
    ),
)
FIELDS = {
    b"from", b"to", b"cc", b"subject", b"date", b"message-id", b"in-reply-to", b"references", b"auto-submitted",
    b"x-auto-response-suppress", b"x-mailticket-loop", b"x-mailticket-notice", b"content-language", b"mime-version",
    b"content-type", b"content-transfer-encoding", b"dkim-signature",
}  # fmt: skip
SIGNER = signer(("genpkey", "-algorithm", "ed25519"))


def details(kind: NoticeKind, words: Any) -> st.SearchStrategy[dict[str, Any]]:
    """What templates of this kind may name, each text of it evil."""

    def like(sample: Any) -> st.SearchStrategy[Any]:
        match sample:
            case str():
                return words  # type: ignore[no-any-return]
            case list():
                return st.lists(like(sample[0]), max_size=2) if sample else st.just([])
            case dict():
                return st.fixed_dictionaries({name: like(value) for name, value in sample.items()})
            case _:
                return st.just(sample)

    # a time that we have written ourselves
    ours = {name: st.just(value) for name, value in SAMPLES[kind].items() if name == "answer_by"}
    return st.fixed_dictionaries({name: like(value) for name, value in SAMPLES[kind].items()} | ours)


@st.composite
def rows(draw: st.DrawFn) -> OutboxRow:
    kind = draw(st.sampled_from(list(NoticeKind)))
    notice = Notice(
        kind=kind,
        to=tuple(draw(st.lists(ADDRESSES, min_size=1, max_size=3))),
        cc=tuple(draw(st.lists(ADDRESSES, max_size=2))),
        from_=Address(name=draw(EVIL), addr_spec="support@acme.example"),
        title=draw(EVIL),
        number=draw(EVIL),
        language=draw(EVIL | st.just("de")),
        in_reply_to=draw(EVIL),
        references=tuple(draw(st.lists(EVIL, max_size=3))),
        details=draw(details(kind, EVIL)),
    )
    return OutboxRow(
        id=1, notice=notice, message_id="<t@acme.example>", ticket=1, attempts=0, created_at=NOW, rendered=None,
        mail_from="",
    )  # fmt: skip


def row_of(**over: Any) -> OutboxRow:
    notice = Notice(
        kind=NoticeKind.CONFIRMATION, to=(Address(addr_spec="carla@shop.example"),), title="x", number="1",
        from_=Address(addr_spec="support@acme.example"), language="en",
    )  # fmt: skip
    return OutboxRow(
        id=1, notice=dataclasses.replace(notice, **over), message_id="<t@acme.example>", ticket=1, attempts=0,
        created_at=NOW, rendered=None, mail_from="",
    )  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(rows(), EVIL, EVIL)
@example(row_of(number="1]\r\nBcc: v@evil.example"), "", "")
def test_every_value_stays_a_value(row: OutboxRow, text: str, filename: str) -> None:
    file = Attachment(
        filename=filename, content_type=text, data=text.encode("utf-8", "replace"), sha256="", inline=False,
        content_id=text,
    )  # fmt: skip
    facts = {"text": text, "attachments": [file]} if row.notice.kind is NoticeKind.REPLY else {}

    signed = SIGNER.sign(write(row, facts, TEMPLATES, POLICY, NOW))

    header = signed.partition(b"\r\n\r\n")[0].split(b"\r\n")
    names = [line.partition(b":")[0].lower() for line in header if line[:1] not in (b" ", b"\t")]
    assert set(names) <= FIELDS
    assert len(names) == len(set(names))
    assert re.search(rb"(?<!\r)\n|\r(?!\n)|\0", signed) is None
    assert max(map(len, signed.split(b"\r\n"))) <= 998
    assert dkim.verify(signed, dnsfunc=lambda name, timeout: SIGNER.record.encode())


@given(EVIL | st.tuples(EVIL, st.just("@shop.example")).map("".join) | st.tuples(st.just("a@"), EVIL).map("".join))
@example('"a\r\nb"@shop.example')
@example("a@b>\r\nRCPT TO:<v@evil.example")
@example("a@b,v@evil.example")
def test_address_is_one_address_or_none(addr_spec: str) -> None:
    row = row_of(to=(Address(addr_spec=addr_spec),))
    try:
        (rcpt,) = recipients(row.notice)
    except Unsendable:
        with pytest.raises(Unsendable):
            write(row, {}, TEMPLATES, POLICY, NOW)
        return

    assert rcpt.isprintable()
    assert re.fullmatch(r'(?:"[^\r\n]*"|[^\s<>,;:"]+)@[A-Za-z0-9._:\[\]-]+', rcpt)
    assert f"\r\nTo: {rcpt}\r\n".encode() in write(row, {}, TEMPLATES, POLICY, NOW)
