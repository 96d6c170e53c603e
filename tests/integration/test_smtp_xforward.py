"""Do we learn whom a mail comes from: the peer itself, or whom a relay of ours names by XFORWARD?"""

import asyncio
import smtplib

import pytest

from tests.integration.smtp_desk import desk, on_loop, until
from tests.servers.postfix import Postfix

STRANGERS = ("192.0.2.0/24",)
FORWARD = "XFORWARD NAME=mail.shop.example ADDR=192.0.2.1 PROTO=ESMTP HELO=mail.shop.example SOURCE=REMOTE"


def test_stranger_is_the_client_and_is_not_offered_xforward() -> None:
    async def story() -> None:
        async with desk(trusted_peers=STRANGERS) as d:
            client = await d.client()
            assert "XFORWARD" not in await client.say("EHLO shop.example")
            assert await client.say(FORWARD) == "550 5.7.0 XFORWARD is for our own relays"
            await client.mail(b"Hi\r\n.\r\n")
            envelope = d.ledger.envelopes[0]
            assert (envelope.peer, envelope.client, envelope.helo) == ("127.0.0.1", "127.0.0.1", "shop.example")

    on_loop("uvloop", story)


def test_relay_names_the_client_of_one_mail() -> None:
    async def story() -> None:
        async with desk() as d:
            client = await d.client()
            assert "XFORWARD NAME ADDR PROTO HELO SOURCE" in await client.say("EHLO mx.acme.example")
            assert await client.say(FORWARD) == "250 2.0.0 Ok"
            await client.mail(b"One\r\n.\r\n")
            await client.mail(b"Two\r\n.\r\n")
            await client.say(FORWARD)
            await client.say("RSET")
            await client.mail(b"Three\r\n.\r\n")
            named = [(envelope.peer, envelope.client, envelope.helo) for envelope in d.ledger.envelopes]
            assert named == [
                ("127.0.0.1", "192.0.2.1", "mail.shop.example"),
                ("127.0.0.1", None, ""),
                ("127.0.0.1", None, ""),
            ]

    on_loop("uvloop", story)


@pytest.mark.parametrize(
    ("before", "command", "reply"),
    [
        ("", "XFORWARD", "501 5.5.4"),
        ("", "XFORWARD ADDR=nobody", "501 5.5.4"),
        ("", "XFORWARD LOGIN=ann@acme.example", "501 5.5.4"),
        ("MAIL FROM:<carla@shop.example>", FORWARD, "503 5.5.1"),
        ("", "XCLIENT ADDR=192.0.2.1", "500 5.5.2"),
    ],
)
def test_what_makes_no_sense_is_refused(before: str, command: str, reply: str) -> None:
    async def story() -> None:
        async with desk() as d:
            client = await d.client()
            if before:
                await client.say(before)
            assert (await client.say(command)).startswith(reply)

    on_loop("uvloop", story)


@pytest.mark.parametrize("protocol", ["smtp", "lmtp"])
def test_postfix_names_its_client(protocol: str) -> None:
    async def story() -> None:
        async with desk(protocol=protocol) as d:
            await asyncio.to_thread(_relay, d.intake.ports[0], protocol)
            await until(lambda: bool(d.ledger.envelopes))
            envelope = d.ledger.envelopes[0]
            # whoever writes on Postfix' own machine is "local" to it only where its settings say so
            assert (envelope.client, envelope.helo) == ("127.0.0.1", "laptop.shop.example")

    on_loop("uvloop", story)


def _relay(port: int, protocol: str) -> None:
    route = f"{'smtp:[127.0.0.1]' if protocol == 'smtp' else 'lmtp:inet:127.0.0.1'}:{port}"
    settings = {f"{protocol}_send_xforward_command": "yes", "local_header_rewrite_clients": ""}
    with Postfix({"acme.example": route}, settings=settings) as postfix:
        with smtplib.SMTP("127.0.0.1", postfix.port, local_hostname="laptop.shop.example") as client:
            client.sendmail("carla@shop.example", ["support@acme.example"], "Subject: Broken vase\r\n\r\nHi\r\n")
        postfix.wait_until_empty()
