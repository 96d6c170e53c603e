"""Composed mail is read back as it was meant, by a parser that is not ours."""

import email
import hashlib
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from mailticket.mail.clean import plain_line
from mailticket.mail.compose import OutgoingMail, Unsendable, ascii_address, compose, tagged_subject
from mailticket.mail.message import Address, Attachment

CARLA = Address(name="Carla Customer", addr_spec="carla@shop.example")
DESK = Address(name="Acme Support", addr_spec="support@acme.example")
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=300)
ANYTHING = st.text(st.characters(), max_size=200)
HEADERS = {
    "From", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted",
    "X-Auto-Response-Suppress", "X-Mailticket-Loop", "X-Mailticket-Notice", "Content-Language",
    "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
}  # fmt: skip


def make_mail(**over: Any) -> OutgoingMail:
    values: dict[str, Any] = {
        "from_": DESK,
        "to": (CARLA,),
        "subject": "[#2611-0042] Broken vase",
        "date": datetime(2026, 11, 22, 10, 30, tzinfo=UTC),
        "message_id": "<token@acme.example>",
        "text": "Hello Carla,\n\nwe have your message.\n",
        "notice": "confirmation",
        "loop": "desk-1",
        "language": "en",
    }
    return OutgoingMail(**values | over)


def make_file(**over: Any) -> Attachment:
    data = over.pop("data", b"\x89PNG\r\n\0bytes")
    values: dict[str, Any] = {
        "filename": "vase.png",
        "content_type": "image/png",
        "data": data,
        "sha256": hashlib.sha256(data).hexdigest(),
        "inline": False,
        "content_id": "",
    }
    return Attachment(**values | over)


def read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def part(raw: bytes, kind: str) -> str:
    body = read(raw).get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def assert_fit_for_the_wire(raw: bytes) -> None:
    """Seven-bit, CRLF only, no long line, and no header field that we did not mean."""
    assert raw.isascii()
    assert b"\0" not in raw
    assert raw.replace(b"\r\n", b"").count(b"\n") == raw.replace(b"\r\n", b"").count(b"\r") == 0
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    header = raw.partition(b"\r\n\r\n")[0].decode()
    assert {line.partition(":")[0] for line in header.split("\r\n") if line[0] not in " \t"} <= HEADERS


def test_confirmation_has_the_marks_that_the_contract_names() -> None:
    raw = compose(
        make_mail(
            html="<p>Hello</p>",
            in_reply_to="<m1@shop.example>",
            references=("<m0@shop.example>", "<m1@shop.example>"),
            auto_submitted="auto-replied",
            suppress_answers=True,
        )
    )

    assert dict(read(raw).items()) == {
        "From": "Acme Support <support@acme.example>",
        "To": "Carla Customer <carla@shop.example>",
        "Subject": "[#2611-0042] Broken vase",
        "Date": "Sun, 22 Nov 2026 10:30:00 +0000",
        "Message-ID": "<token@acme.example>",
        "In-Reply-To": "<m1@shop.example>",
        "References": "<m0@shop.example> <m1@shop.example>",
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "X-Mailticket-Loop": "desk-1",
        "X-Mailticket-Notice": "confirmation",
        "Content-Language": "en",
        "MIME-Version": "1.0",
        "Content-Type": read(raw)["Content-Type"],
    }
    assert read(raw).get_content_type() == "multipart/alternative"
    assert_fit_for_the_wire(raw)


def test_what_a_person_wrote_bears_no_mark_of_a_machine() -> None:
    message = read(compose(make_mail()))

    assert "Auto-Submitted" not in message
    assert "X-Auto-Response-Suppress" not in message


@given(WORDS)
@example("Grüße " * 60)
@example("日本語の長い件名" * 40)
@example("x" * 300)
@example("a =?utf-8?q?trap?= b")
@example("two  spaces")
def test_subject_is_read_back_with_white_space_folded(subject: str) -> None:
    raw = compose(make_mail(subject=subject))

    assert_fit_for_the_wire(raw)
    assert (read(raw)["Subject"] or "").split() == plain_line(subject).split()
    assert max(len(line) for line in raw.partition(b"Date:")[0].split(b"\r\n")) <= 78


@given(WORDS)
@example("Ünsal, Jürgen (Einkauf) <chef@corp.example>")
@example('He said "no" \\ yes')
@example("Very " * 30 + "long name")
@example("=?utf-8?q?trap?=")
@example("@")
def test_display_name_is_read_back_and_leaves_the_address_alone(name: str) -> None:
    raw = compose(make_mail(to=(Address(name=name, addr_spec="carla@shop.example"), DESK)))

    assert_fit_for_the_wire(raw)
    # the newer parser of 3.11 leaves white space between two encoded words, which RFC 2047 §6.2 forbids
    (seen, address), (_, other) = getaddresses([email.message_from_bytes(raw)["To"].replace("\r\n", "")])
    assert (address, other) == ("carla@shop.example", "support@acme.example")
    assert str(make_header(decode_header(seen))).split() == plain_line(name).split()


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=500))
@example("line\n" * 5 + "Ärger\n" + "x" * 3000)
@example("From here\n.\n..\n-- \nend   ")
def test_text_is_read_back(text: str) -> None:
    raw = compose(make_mail(text=text, html=f"<p>{text}</p>"))

    assert_fit_for_the_wire(raw)
    assert part(raw, "plain") == text.rstrip("\n") + "\n"
    assert part(raw, "html") == f"<p>{text}</p>\n"


@given(ANYTHING, ANYTHING)
@example("x\r\nBcc: all@corp.example", "y\nX: z")
@example("x\r\n\r\nbody", "\r")
@example("\ud800\0\x85\u2028Bcc: x", "\x0b\x0c\x1c")
def test_nothing_gets_into_the_header_by_a_value(evil: str, other: str) -> None:
    raw = compose(
        make_mail(
            subject=evil,
            from_=Address(name=other, addr_spec="support@acme.example"),
            to=(Address(name=evil, addr_spec="carla@shop.example"),),
            in_reply_to=evil,
            references=(other, evil, f"<{evil}>"),
            text=evil,
            html=other,
            language=evil,
            notice=other,
            loop=evil,
            auto_submitted=other,
            attachments=(make_file(filename=evil, content_type=other),),
        )
    )

    assert_fit_for_the_wire(raw)
    message = read(raw)
    assert message["Bcc"] is None
    assert len(message.get_all("From", [])) == len(message.get_all("Message-ID", [])) == 1
    assert [a.get_content_disposition() for a in message.iter_attachments()] == ["attachment"]


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=120),
    st.binary(max_size=3000),
)
@example("Rechnung für Müller; \"Kopie\" 'x'.pdf", b"\r\n.\r\n")
@example("%41%.pdf", b"")
@example("日本語" * 40 + ".pdf", b"\n")
def test_file_is_read_back_with_its_name(name: str, data: bytes) -> None:
    assume(not (name.startswith("<") and name.endswith(">")))  # the standard library takes these off when it reads
    raw = compose(make_mail(html="<p>x</p>", attachments=(make_file(filename=name, data=data), make_file())))

    assert_fit_for_the_wire(raw)
    first, second = read(raw).iter_attachments()
    assert first.get_payload(decode=True) == data
    assert (first.get_filename() or "").split() == (name.split() or ["attachment"])
    assert second.get_filename() == "vase.png"
    assert part(raw, "plain").startswith("Hello Carla")


@pytest.mark.parametrize(
    ("declared", "sent"),
    [
        ("application/pdf", "application/pdf"),
        ("text/plain", "text/plain"),
        ("message/rfc822", "application/octet-stream"),
        ("multipart/mixed", "application/octet-stream"),
        ("nonsense", "application/octet-stream"),
        ("image/png; name=x\r\nBcc: y", "application/octet-stream"),
    ],
)
def test_file_keeps_a_media_type_that_can_travel_in_base64(declared: str, sent: str) -> None:
    [file] = read(compose(make_mail(attachments=(make_file(content_type=declared),)))).iter_attachments()

    assert file.get_content_type() == sent
    assert file.get_payload(decode=True) == make_file().data


def test_long_message_ids_stay_as_they_are() -> None:
    """Folded into encoded words, they would be no Message-IDs to any mail program."""
    ids = tuple(f"<{'A1b2' * 30}.{n}@prod.outlook.example>" for n in range(3))

    raw = compose(make_mail(message_id=f"<{'q' * 48}@{'sub.' * 20}acme.example>", references=ids, in_reply_to=ids[-1]))

    assert all(raw.count(one.encode()) == (2 if one == ids[-1] else 1) for one in ids)
    assert b"=?" not in raw
    assert read(raw)["References"].split() == list(ids)


def test_references_keep_the_root_and_the_newest_twenty() -> None:
    ids = [f"<{n}@shop.example>" for n in range(100)]

    message = read(compose(make_mail(references=tuple(ids), in_reply_to=ids[-1])))

    assert message["References"].split() == [ids[0], *ids[-20:]]


@pytest.mark.parametrize(
    ("references", "in_reply_to", "written"),
    [
        ((), "<a@x.example>", "<a@x.example>"),
        (("<a@x.example>",), "", "<a@x.example>"),
        (("<a@x.example>", "<b@x.example>"), "<a@x.example>", "<b@x.example> <a@x.example>"),
        (("<a@x.example>", "<a@x.example>"), "<a@x.example>", "<a@x.example>"),
        (("no id", "<a b@x.example>", "<é@x.example>", "<>"), "nor this", None),
    ],
    ids=["answered mail only", "references only", "answered mail comes last", "each once", "what is none is left out"],
)
def test_references_end_with_the_mail_that_is_answered(
    references: tuple[str, ...], in_reply_to: str, written: str | None
) -> None:
    message = read(compose(make_mail(references=references, in_reply_to=in_reply_to)))

    assert message["References"] == written
    assert message["In-Reply-To"] == (in_reply_to if in_reply_to.startswith("<") else None)


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("carla@shop.example", "carla@shop.example"),
        ("carla@bücher.example", "carla@xn--bcher-kva.example"),
        ("carla.o'neill+x=y@shop.example", "carla.o'neill+x=y@shop.example"),
        ('"carla customer"@shop.example', '"carla customer"@shop.example'),
        ("carla@[192.0.2.1]", "carla@[192.0.2.1]"),
        ("root@localhost", "root@localhost"),
        ("carla..x.@docomo.example", "carla..x.@docomo.example"),
    ],
)
def test_address_is_written_so_that_every_relay_takes_it(address: str, sent: str) -> None:
    assert ascii_address(address) == sent
    assert f"<{sent}>".encode() in compose(make_mail(to=(Address(name="C", addr_spec=address),)))


@pytest.mark.parametrize(
    "address",
    [
        *("jür gen@shop.example", "jü\u2028gen@shop.example", "ü" * 33 + "@x.example", "carla", "@shop.example"),
        *("carla@", "a b@shop.example", "a@b\r\nBcc: x", "a@b>,<c@d", "a@-\u2603-.example", "", "\ud800@x.example"),
        "x" * 65 + "@x.example",
    ],
)  # fmt: skip
def test_address_that_no_relay_takes_is_named(address: str) -> None:
    with pytest.raises(Unsendable):
        compose(make_mail(to=(Address(addr_spec=address),)))


def test_local_part_beyond_ascii_stays_as_it_is_and_is_all_that_is_not_ascii() -> None:
    raw = compose(make_mail(subject="Grüße", to=(Address(name="Jürgen", addr_spec="jürgen.ñ@bücher.example"),)))

    assert "<jürgen.ñ@xn--bcher-kva.example>".encode() in raw
    assert raw.replace("jürgen.ñ".encode(), b"").isascii()


def test_desk_itself_writes_from_an_address_that_all_can_answer() -> None:
    with pytest.raises(Unsendable, match="SMTPUTF8"):
        compose(make_mail(from_=Address(addr_spec="bücher@acme.example")))


def test_mail_without_a_message_id_of_its_own_is_not_sent() -> None:
    with pytest.raises(Unsendable, match="Message-ID"):
        compose(make_mail(message_id="<two words@acme.example>"))


@pytest.mark.parametrize(
    ("title", "tag", "subject"),
    [
        ("Broken vase", "[#2611-0042]", "[#2611-0042] Broken vase"),
        ("Re: [#2611-0042] Broken vase", "[#2611-0042]", "[#2611-0042] Re: Broken vase"),
        ("[#2611-0042] x [#2611-0042]", "[#2611-0042]", "[#2611-0042] x"),
        ("", "[#2611-0042]", "[#2611-0042]"),
        ("Held", "", "Held"),
    ],
)
def test_subject_bears_the_tag_once(title: str, tag: str, subject: str) -> None:
    assert tagged_subject(title, tag) == subject
