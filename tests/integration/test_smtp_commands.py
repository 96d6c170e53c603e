"""Which commands and addresses does the SMTP intake take, and what does the ledger learn of them?"""

import pytest

from mailticket.desk.receipt import Refused
from mailticket.errors import TemporaryError
from mailticket.mail.message import Envelope, Transport
from tests.integration.smtp_desk import LOOPS, NOW, desk, on_loop

pytestmark = pytest.mark.parametrize("loop", LOOPS)


def test_offers_what_it_keeps_and_nothing_else(loop: str) -> None:
    async def story() -> None:
        async with desk(max_message_size=70000) as d:
            client = await d.connect()
            assert await client.reply() == "220 desk.example ESMTP"
            assert (await client.say("EHLO shop.example")).split("\n") == [
                "250-desk.example",
                "250-SIZE 70000",
                "250-8BITMIME",
                "250-SMTPUTF8",
                "250-PIPELINING",
                "250-ENHANCEDSTATUSCODES",
                "250 XFORWARD NAME ADDR PROTO HELO SOURCE",
            ]

    on_loop(loop, story)


def test_ledger_learns_the_envelope(loop: str) -> None:
    async def story() -> None:
        async with desk() as d:
            client = await d.client()
            recipients = ("Support@ACME.example", "support@acme.example", "returns+rma@acme.example")
            assert await client.mail(b"Hi\r\n.\r\n", *recipients) == "250 2.0.0 Ok: taken"
            assert d.ledger.mails == [b"Hi\r\n"]
            assert d.ledger.envelopes == [
                Envelope(
                    mail_from="carla@shop.example",
                    rcpt_tos=("support@acme.example", "returns+rma@acme.example"),
                    transport=Transport.SMTP,
                    peer="127.0.0.1",
                    received_at=NOW,
                    authserv_ids=("mx.acme.example",),
                    trusted=True,
                    filtered=True,
                )
            ]

    on_loop(loop, story)


def test_peer_that_is_not_trusted_brings_no_authserv_id_and_no_spam_filter(loop: str) -> None:
    async def story() -> None:
        async with desk(trusted_peers=("192.0.2.0/24", "::1")) as d:
            await (await d.client()).mail(b"Hi\r\n.\r\n")
            assert d.ledger.envelopes[0].authserv_ids == ()
            assert not d.ledger.envelopes[0].filtered and not d.ledger.envelopes[0].trusted

    on_loop(loop, story)


@pytest.mark.parametrize(
    "path",
    [
        "<support@acme.example>",
        "<SUPPORT@Acme.Example>",
        "<returns+b-0123456789abcdef0123456789abcdef@acme.example>",
        "<support+a+b@acme.example>",
        "<postmaster>",
        "<Postmaster@ACME.example>",
        '<"support"@acme.example>',
        "<@relay.example,@other.example:support@acme.example>",
        "support@acme.example",
        "<hallo@bücher.example>",
    ],
)
def test_takes_mail_for_the_desk(loop: str, path: str) -> None:
    async def story() -> None:
        async with desk() as d:
            client = await d.client()
            await client.say("MAIL FROM:<carla@shop.example> SMTPUTF8")
            assert await client.say(f"RCPT TO:{path}") == "250 2.1.5 Recipient ok"

    on_loop(loop, story)


@pytest.mark.parametrize(
    ("path", "reply"),
    [
        ("<carla@shop.example>", "550 5.1.1"),
        ("<supporter@acme.example>", "550 5.1.1"),
        ("<nobody@acme.example>", "550 5.1.1"),
        ("<support@sub.acme.example>", "550 5.1.1"),
        ("<postmaster@shop.example>", "550 5.1.1"),
        ("<+x@acme.example>", "550 5.1.1"),
        ("<support>", "550 5.1.1"),
        ("<victim%shop.example@acme.example>", "550 5.1.1"),
        ("<shop.example!victim@acme.example>", "550 5.1.1"),
        ("<support@acme.example@shop.example>", "550 5.1.1"),
        ("<victim@shop.example@acme.example>", "550 5.1.1"),
        ("<@acme.example:victim@shop.example>", "550 5.1.1"),
        ('<"victim@shop.example"@acme.example>', "550 5.1.1"),
        ("<support@[127.0.0.1]>", "550 5.1.1"),
        ("<>", "501 5.1.3"),
        ("<support@acme.example", "501 5.1.3"),
        ("<support@acme.example>x", "501 5.1.3"),
        ("<support@acme.example\x00>", "501 5.1.3"),
        ("<support@acme.example> NOTIFY=NEVER", "555 5.5.4"),
        ("", "501 5.1.3"),
    ],
)
def test_is_no_relay(loop: str, path: str, reply: str) -> None:
    async def story() -> None:
        async with desk() as d:
            client = await d.client()
            assert (await client.say("MAIL FROM:<carla@shop.example>", f"RCPT TO:{path}"))[:9] == reply
            assert (await client.say("DATA"))[:9] == "503 5.5.1"

    on_loop(loop, story)


@pytest.mark.parametrize(
    ("argument", "mail_from"),
    [
        ("<>", ""),
        ("<Carla@Shop.example>", "Carla@Shop.example"),
        (" <carla@shop.example>", "carla@shop.example"),
        ("carla@shop.example", "carla@shop.example"),
        ('<"carla c."@shop.example> BODY=8BITMIME SIZE=100', '"carla c."@shop.example'),
        ("<jürgen@bücher.example> SMTPUTF8", "jürgen@bücher.example"),
        ("<@relay.example:carla@shop.example>", "carla@shop.example"),
    ],
)
def test_takes_these_reverse_paths(loop: str, argument: str, mail_from: str) -> None:
    async def story() -> None:
        async with desk() as d:
            client = await d.client()
            assert await client.say(f"MAIL FROM:{argument}", "RCPT TO:<support@acme.example>", "DATA") > "354"
            client.send(b"Hi\r\n.\r\n")
            assert (await client.reply())[:3] == "250"
            assert d.ledger.envelopes[0].mail_from == mail_from

    on_loop(loop, story)


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("MAIL FROM:<a@b.example> SIZE=70001", "552 5.3.4"),
        pytest.param("MAIL FROM:<a@b.example> SIZE=" + "9" * 400, "552 5.3.4", id="SIZE without end"),
        ("MAIL FROM:<a@b.example> SIZE=-1", "501 5.5.4"),
        ("MAIL FROM:<a@b.example> SIZE=²", "501 5.5.4"),
        ("MAIL FROM:<a@b.example> SIZE", "501 5.5.4"),
        ("MAIL FROM:<a@b.example> BODY=BINARYMIME", "501 5.5.4"),
        ("MAIL FROM:<a@b.example> SMTPUTF8=yes", "501 5.5.4"),
        ("MAIL FROM:<a@b.example> RET=HDRS", "555 5.5.4"),
        ("MAIL FROM:<a@b.example", "501 5.1.7"),
        ("MAIL TO:<a@b.example>", "501 5.1.7"),
        ("MAIL", "501 5.1.7"),
        ("RCPT TO:<support@acme.example>", "503 5.5.1"),
        ("DATA", "503 5.5.1"),
        ("DATA now", "501 5.5.4"),
        ("EHLO", "501 5.5.4"),
        ("AUTH PLAIN AGEAYg==", "502 5.5.1"),
        ("VRFY support", "252 2.1.5"),
        ("EXPN all", "502 5.5.1"),
        ("STARTTLS", "454 4.7.0"),
        ("BDAT 10 LAST", "500 5.5.2"),
        ("LHLO shop.example", "500 5.5.2"),
        ("HELP", "214 2.0.0"),
        ("NOOP", "250 2.0.0"),
        ("RSET", "250 2.0.0"),
        ("QUIT", "221 2.0.0"),
        pytest.param("NOOP " + "x" * 600, "500 5.5.2", id="long"),
        pytest.param("NOOP " + "x" * 200_000, "500 5.5.2", id="endless"),
        ("", "500 5.5.2"),
    ],
)
def test_answers_every_command_by_its_code(loop: str, command: str, reply: str) -> None:
    async def story() -> None:
        async with desk(max_message_size=70000) as d:
            client = await d.client()
            assert (await client.say(command))[:9] == reply
            if command != "QUIT":
                assert (await client.say("NOOP"))[:3] == "250"

    on_loop(loop, story)


def test_mail_needs_a_greeting(loop: str) -> None:
    async def story() -> None:
        async with desk() as d:
            client = await d.connect()
            await client.reply()
            assert (await client.say("MAIL FROM:<a@b.example>"))[:9] == "503 5.5.1"
            assert await client.say("HELO shop.example") == "250 desk.example"
            assert (await client.mail(b"Hi\r\n.\r\n"))[:3] == "250"

    on_loop(loop, story)


def test_one_mail_at_a_time_and_rset_forgets_it(loop: str) -> None:
    async def story() -> None:
        async with desk() as d:
            client = await d.client()
            assert (await client.say("MAIL FROM:<>", "MAIL FROM:<a@b.example>"))[:9] == "503 5.5.1"
            assert (await client.say("RCPT TO:<support@acme.example>", "RSET", "DATA"))[:9] == "503 5.5.1"
            assert (await client.mail(b"Hi\r\n.\r\n"))[:3] == "250"
            assert d.ledger.envelopes[0].rcpt_tos == ("support@acme.example",)

    on_loop(loop, story)


def test_refusal_of_the_ledger_is_passed_on(loop: str) -> None:
    async def story() -> None:
        async with desk() as d:
            d.ledger.receipt = Refused(reply="554 5.4.6 Too many hops", reason="51 Received fields")
            assert await (await d.client()).mail(b"Hi\r\n.\r\n") == "554 5.4.6 Too many hops"

    on_loop(loop, story)


@pytest.mark.parametrize(
    "fault", [TemporaryError("postgresql://desk:hunter2@db"), RuntimeError("hunter2"), MemoryError()], ids=repr
)
def test_fault_behind_us_is_temporary_and_tells_nothing(loop: str, fault: Exception) -> None:
    async def story() -> None:
        async with desk() as d:
            d.ledger.fault = fault
            client = await d.client()
            reply = await client.mail(b"Hi\r\n.\r\n")
            assert reply == "451 4.3.0 Temporary trouble on our side, please try again later"
            d.ledger.fault = None
            assert (await client.mail(b"Hi\r\n.\r\n"))[:3] == "250"

    on_loop(loop, story)


def test_fault_of_our_own_is_temporary_and_tells_nothing(loop: str) -> None:
    async def story() -> None:
        def broken() -> frozenset[str]:
            raise RuntimeError("hunter2")

        async with desk(addresses=broken) as d:
            client = await d.client()
            reply = await client.say("MAIL FROM:<>", "RCPT TO:<support@acme.example>")
            assert reply == "451 4.3.0 Temporary trouble on our side, please try again later"

    on_loop(loop, story)


def test_who_speaks_another_protocol_is_sent_away(loop: str) -> None:
    async def story() -> None:
        async with desk() as d:
            client = await d.connect()
            client.send(b"POST / HTTP/1.1\r\nHost: desk\r\nA: 1\r\nB: 2\r\nC: 3\r\nMAIL FROM:<a@b.example>\r\n")
            said = (await client.reader.read()).decode()
            assert said.count("not recognized") == 4
            assert said.endswith("502 5.5.1 Too many unrecognized commands, goodbye.\r\n")

    on_loop(loop, story)
