"""Agents' own door: AUTH over TLS alone (RFC 4954), as themselves (RFC 6409), to the desk and nowhere else."""

import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from mailticket.intake.logins import Logins
from tests.integration.smtp_desk import LOOPS, Client, Desk, desk, on_loop, until
from tests.servers.authority import Authority
from tests.unit.intake.accounts import ANN, PASSWORD

pytestmark = pytest.mark.parametrize("loop", LOOPS)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def certificate(authority: Authority) -> dict[str, Any]:
    """The settings for a certificate of the authority."""
    chain, key = authority.issue()
    return {"tls_cert": chain, "tls_key": key}


async def no_wait(seconds: float) -> None:
    """Whoever guesses need not wait here."""


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def plain(user: str = ANN.address, password: str = PASSWORD, behalf: str = "") -> str:
    return "AUTH PLAIN " + b64("\0".join((behalf, user, password)))


@asynccontextmanager
async def submission(**settings: Any) -> AsyncIterator[Desk]:
    logins = Logins(lambda: dict.fromkeys(ANN.addresses, ANN), sleep=no_wait)
    async with desk(logins=logins, protocol="submission", **settings) as running:
        yield running


async def safe(d: Desk, authority: Authority) -> Client:
    """A client after STARTTLS."""
    client = await d.client()
    await client.say("STARTTLS")
    await client.start_tls(ssl.create_default_context(cafile=str(authority.ca_file)))
    await client.say("EHLO home.example")
    return client


@pytest.mark.parametrize(
    "dialogue",
    [
        (plain(),),
        (plain(behalf=ANN.address),),
        ("AUTH PLAIN", plain().removeprefix("AUTH PLAIN ")),
        ("auth login", b64(ANN.address), b64(PASSWORD)),
        (f"AUTH LOGIN {b64('ann@home.example')}", b64(PASSWORD)),
    ],
    ids=["PLAIN at once", "in an own name", "PLAIN when asked", "LOGIN", "LOGIN by an alias"],
)
def test_agent_logs_in_and_hands_in_mail(
    loop: str, certificate: dict[str, Any], authority: Authority, dialogue: tuple[str, ...]
) -> None:
    async def story() -> None:
        async with submission(**certificate) as d:
            client = await safe(d, authority)
            assert "AUTH PLAIN LOGIN" in await client.say("EHLO home.example")
            assert (await client.say(*dialogue))[:9] == "235 2.7.0"
            assert (await client.say(plain()))[:9] == "503 5.5.1"
            assert (await client.say("MAIL FROM:<Ann@home.example> AUTH=<>"))[:3] == "250"
            await client.say("RCPT TO:<support@acme.example>", "DATA")
            assert (await client.say("From: ann@home.example\r\n\r\nHi\r\n."))[:3] == "250"
            (envelope,) = d.ledger.envelopes
            assert (envelope.authenticated, envelope.authserv_ids, envelope.trusted) == (ANN.address, (), False)

    on_loop(loop, story)


@pytest.mark.parametrize(
    ("commands", "reply"),
    [
        (["MAIL FROM:<ann@acme.example>"], "530 5.7.0"),
        ([plain(password="wrong")], "535 5.7.8"),
        ([plain(user="eve@acme.example")], "535 5.7.8"),
        ([plain(password="wrong"), "MAIL FROM:<ann@acme.example>"], "530 5.7.0"),
        ([plain(behalf="ben@acme.example")], "501 5.5.2"),
        (["AUTH PLAIN ="], "501 5.5.2"),
        (["AUTH PLAIN §"], "501 5.5.2"),
        (["AUTH PLAIN /w=="], "501 5.5.2"),
        (["AUTH LOGIN", "*"], "501 5.7.0"),
        (["AUTH CRAM-MD5"], "504 5.5.4"),
        (["AUTH"], "504 5.5.4"),
        ([plain(), "MAIL FROM:<ben@acme.example>"], "553 5.7.1"),
        ([plain(), "MAIL FROM:<>"], "553 5.7.1"),
        ([plain(), "MAIL FROM:<ann@acme.example>", "RCPT TO:<carla@shop.example>"], "550 5.1.1"),
        ([plain(), "MAIL FROM:<ann@acme.example>", plain()], "503 5.5.1"),
        ([plain(), "XFORWARD ADDR=192.0.2.1"], "502 5.5.1"),
    ],
    ids=[
        "without a login", "wrong password", "unknown user", "after a wrong password", "for somebody else", "nothing",
        "no base64", "no UTF-8", "cancelled", "unknown mechanism", "no mechanism", "another agent's sender",
        "null reverse-path", "to somebody outside", "in a mail", "a relay's word",
    ],
)  # fmt: skip
def test_what_is_refused(
    loop: str, certificate: dict[str, Any], authority: Authority, commands: list[str], reply: str
) -> None:
    async def story() -> None:
        async with submission(**certificate) as d:
            client = await safe(d, authority)
            assert (await client.say(*commands)).startswith(reply)
            assert (await client.say("NOOP"))[:3] == "250"
            assert d.ledger.mails == []

    on_loop(loop, story)


def test_no_password_goes_over_an_open_line(loop: str, certificate: dict[str, Any]) -> None:
    async def story() -> None:
        async with submission(**certificate) as d:
            client = await d.client()
            assert "AUTH" not in await client.say("EHLO home.example")
            assert (await client.say(plain()))[:10] == "538 5.7.11"
            assert (await client.say("MAIL FROM:<ann@acme.example>"))[:9] == "530 5.7.0"

    on_loop(loop, story)


def test_who_guesses_on_is_hung_up_on(loop: str, certificate: dict[str, Any], authority: Authority) -> None:
    async def story() -> None:
        async with submission(**certificate) as d:
            client = await safe(d, authority)
            replies = [(await client.say(plain(password=f"guess {number}")))[:3] for number in range(11)]
            assert replies == ["535"] * 10 + ["421"]
            assert await client.reply() == ""

    on_loop(loop, story)


def test_tls_from_the_first_byte(loop: str, certificate: dict[str, Any], authority: Authority) -> None:
    async def story() -> None:
        async with submission(tls="implicit", **certificate) as d:
            client = await d.connect(tls=ssl.create_default_context(cafile=str(authority.ca_file)))
            assert (await client.reply())[:3] == "220"
            greeted = await client.say("EHLO home.example")
            assert "AUTH PLAIN LOGIN" in greeted and "STARTTLS" not in greeted
            assert (await client.say("STARTTLS"))[:9] == "503 5.5.1"
            assert (await client.say(plain(), "MAIL FROM:<ann@acme.example>"))[:3] == "250"
            await d.intake.stop(5)
            assert (await client.reply())[:3] == "421"

    on_loop(loop, story)


def test_who_does_not_agree_on_tls_is_nobody(loop: str, certificate: dict[str, Any]) -> None:
    async def story() -> None:
        async with submission(tls="implicit", max_connections=1, **certificate) as d:
            silent = await d.connect()
            await until(lambda: d.connections == 1)
            too_many = await d.connect()
            assert await too_many.reader.read() == b""
            silent.send(b"EHLO home.example\r\nMAIL FROM:<ann@acme.example>\r\n")
            assert b"250" not in await silent.reader.read()

    on_loop(loop, story)
