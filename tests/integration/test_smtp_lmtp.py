"""Does LMTP answer once for each recipient? RFC 2033 §4.2."""

import pytest

from mailticket.desk.receipt import Refused
from tests.integration.smtp_desk import LOOPS, desk, on_loop

pytestmark = pytest.mark.parametrize("loop", LOOPS)


def test_lmtp_is_greeted_by_lhlo_only(loop: str) -> None:
    async def story() -> None:
        async with desk(protocol="lmtp") as d:
            client = await d.connect()
            assert await client.reply() == "220 desk.example LMTP"
            assert (await client.say("EHLO shop.example"))[:3] == "500"
            assert (await client.say("HELO shop.example"))[:3] == "500"
            assert await client.say("MAIL FROM:<>") == "503 5.5.1 Say LHLO first"
            assert "250-PIPELINING" in (await client.say("LHLO shop.example")).split("\n")

    on_loop(loop, story)


@pytest.mark.parametrize("reply", ["250 2.0.0 Ok: taken", "554 5.4.6 Too many hops", "552 5.3.4 Message exceeds"])
def test_each_taken_recipient_has_its_reply(loop: str, reply: str) -> None:
    async def story() -> None:
        async with desk(protocol="lmtp", max_message_size=70_000) as d:
            if reply.startswith("554"):
                d.ledger.receipt = Refused(reply=reply, reason="51 Received fields")
            client = await d.client("LHLO shop.example")
            said = [
                await client.say(command)
                for command in (
                    "MAIL FROM:<carla@shop.example>",
                    "RCPT TO:<support@acme.example>",
                    "RCPT TO:<nobody@acme.example>",
                    "RCPT TO:<returns@acme.example>",
                    "DATA",
                )
            ]
            assert [line[:3] for line in said] == ["250", "250", "550", "250", "354"]
            client.send(b"x" * (80_000 if reply.startswith("552") else 10) + b"\r\n.\r\nNOOP\r\n")
            assert [(await client.reply())[: len(reply)] for _ in range(2)] == [reply, reply]
            assert await client.reply() == "250 2.0.0 OK"

    on_loop(loop, story)


def test_several_recipients_are_one_mail(loop: str) -> None:
    async def story() -> None:
        async with desk(protocol="lmtp") as d:
            client = await d.client("LHLO shop.example")
            recipients = ("support@acme.example", "returns@acme.example", "support@acme.example")
            assert await client.mail(b"Hi\r\n.\r\n", *recipients) == "250 2.0.0 Ok: taken"
            assert [await client.reply() for _ in range(2)] == ["250 2.0.0 Ok: taken"] * 2
            assert [envelope.rcpt_tos for envelope in d.ledger.envelopes] == [recipients[:2]]

    on_loop(loop, story)
