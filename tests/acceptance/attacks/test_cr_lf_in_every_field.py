"""Story: a line break in every field that a stranger can fill, to get fields or recipients of theirs into our mails.

Encoded words may decode to CR LF; so may RFC 2231 names. What leaves goes by SMTP, as the relay sees it.
"""

import re
from collections.abc import Iterator

import pytest

from tests.acceptance.draft import File
from tests.acceptance.wire import Client
from tests.acceptance.world import World, until
from tests.servers.sink import Received, Sink

#: CR LF and a field, in base64 of UTF-8.
EVIL = "=?utf-8?b?eA0KQmNjOiB2aWN0aW1AZXZpbC5leGFtcGxlDQpYLUV2aWw6IHllcw0KDQpib2R5?="
#: The same as bare characters of other kinds that some program takes for a line's end.
SEPARATORS = "=?utf-8?q?x=0D=0BBcc:_victim=40evil.example=0C=C2=85=E2=80=A8X-Evil:_yes=00?="
FIELD = re.compile(rb"^([^\s:]+):")
OURS = {
    b"From", b"To", b"Cc", b"Subject", b"Date", b"Message-ID", b"In-Reply-To", b"References", b"Auto-Submitted",
    b"X-Auto-Response-Suppress", b"X-Mailticket-Loop", b"X-Mailticket-Notice", b"Content-Language", b"MIME-Version",
    b"Content-Type", b"Content-Transfer-Encoding", b"Content-Disposition", b"X-Peer", b"X-MailFrom", b"X-RcptTo",
}  # fmt: skip


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


@pytest.fixture(scope="module")
def world(sink: Sink) -> Iterator[World]:
    relay = {"transport": "smtp", "host": "127.0.0.1", "port": sink.port, "tls": "none", "maildir": ""}
    with World({"outbound": relay}) as world:
        yield world


def is_ours(mail: Received) -> None:
    """Asserts that every field of it is one that we mean, and that no line of its header ends in an odd way."""
    header = mail.raw.partition(b"\r\n\r\n")[0]
    lines = header.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line or b"\0" in line for line in lines)
    named = [FIELD.match(line) for line in lines if line[:1] not in (b" ", b"\t")]
    assert {found[1] for found in named if found} <= OURS
    assert all(named)
    assert b"victim@evil.example" not in b"".join(lines).partition(b"Subject:")[0]


@pytest.mark.parametrize("evil", [EVIL, SEPARATORS], ids=["CR LF", "other line ends"])
def test_nothing_of_it_gets_into_our_mails(world: World, sink: Sink, evil: str) -> None:
    carla = world.somebody()
    before = len(sink.received)
    fields = {
        "From": f"{evil} <{carla.address}>",
        "Subject": evil,
        "To": f"{evil} <support@acme.example>, {evil} <paul@shop.example>",
        "Cc": f'"{evil}" <quinn@shop.example>',
        "Reply-To": f"{evil} <{carla.address}>",
        "In-Reply-To": f"<a@shop.example> {evil}",
        "References": f"<b{evil}@shop.example> <c@shop.example>",
        "Content-Language": evil,
    }

    assert carla.writes(evil, fields=fields, files=[File(f"{evil}.txt", b"words", "text/plain")]) == 250
    world.run("ticket", "reply", carla.ticket.number, "A new vase is on its way.", "--as", "ann@acme.example")

    # a From with characters that nobody can see names nobody for certain, and gets no confirmation
    count = 1 + ("confirmation_queued" in carla.ticket.happened)

    def all_of_them() -> list[Received] | None:
        mails = [mail for mail in sink.received[before:] if mail.rcpt_tos == (carla.address,)]
        return mails if len(mails) >= count else None

    for mail in until(all_of_them, lambda: f"{count} mails to Carla: {sink.received[before:]}"):
        is_ours(mail)
    assert count == 2 or evil is SEPARATORS
    assert not any("victim@evil.example" in mail.rcpt_tos for mail in sink.received)


@pytest.mark.parametrize("line_end", ["\r", "\n", "\0", "\x0b"], ids=repr)
def test_address_of_an_envelope_cannot_hold_one(world: World, line_end: str) -> None:
    client = Client(world)

    reply = client.say(f'MAIL FROM:<"a{line_end}RCPT TO:<victim@evil.example>"@shop.example>')
    client.hang_up()

    assert reply.startswith("5")


def test_words_of_the_command_line_get_in_no_other_way(world: World, sink: Sink) -> None:
    carla = world.somebody()
    carla.writes("Broken vase")
    number = carla.ticket.number
    before = len(sink.received)

    world.cli("ticket", "set", number, "status=resolved\r\nBcc: victim@evil.example")
    world.cli("ticket", "reply", number, "x\r\nBcc: victim@evil.example\r\n.\r\nRCPT TO:<victim@evil.example>")

    answer = until(lambda: [mail for mail in sink.received[before:] if b": reply" in mail.raw], "the answer")[0]
    is_ours(answer)
    assert answer.rcpt_tos == (carla.address,)
