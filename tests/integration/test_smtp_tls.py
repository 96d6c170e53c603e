"""Is STARTTLS what it says? RFC 3207: nothing said before it counts after it."""

import ssl
from pathlib import Path
from typing import Any

import pytest

from mailticket.errors import ConfigError
from tests.integration.smtp_desk import LOOPS, desk, on_loop
from tests.servers.authority import Authority

pytestmark = pytest.mark.parametrize("loop", LOOPS)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def certificate(authority: Authority) -> dict[str, Any]:
    """The settings for a certificate of the authority."""
    chain, key = authority.issue()
    return {"tls_cert": chain, "tls_key": key}


def _trusting(authority: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority.ca_file))


def test_mail_comes_in_over_tls(loop: str, certificate: dict[str, Any], authority: Authority) -> None:
    async def story() -> None:
        async with desk(**certificate) as d:
            client = await d.client()
            assert "250-STARTTLS" in (await client.say("EHLO shop.example")).split("\n")
            assert (await client.say("STARTTLS"))[:3] == "220"
            await client.start_tls(_trusting(authority))
            assert await client.say("MAIL FROM:<>") == "503 5.5.1 Say EHLO first"
            assert "STARTTLS" not in await client.say("EHLO shop.example")
            assert (await client.say("STARTTLS"))[:9] == "503 5.5.1"
            assert (await client.say("AUTH PLAIN AGEAYg=="))[:9] == "502 5.5.1"
            assert (await client.mail(b"x" * 1_000_000 + b"\r\n.\r\n"))[:3] == "250"
            assert d.ledger.mails == [b"x" * 1_000_000 + b"\r\n"]
            assert d.ledger.envelopes[0].peer == "127.0.0.1"
            assert await client.say("QUIT") == "221 2.0.0 Bye"

    on_loop(loop, story)


def test_envelope_from_before_tls_is_forgotten(loop: str, certificate: dict[str, Any], authority: Authority) -> None:
    async def story() -> None:
        async with desk(**certificate) as d:
            client = await d.client()
            await client.say("MAIL FROM:<a@b.example>", "RCPT TO:<support@acme.example>", "STARTTLS")
            await client.start_tls(_trusting(authority))
            assert (await client.say("EHLO shop.example", "DATA"))[:9] == "503 5.5.1"

    on_loop(loop, story)


def test_injected_plaintext_is_dropped(loop: str, certificate: dict[str, Any], authority: Authority) -> None:
    async def story() -> None:
        async with desk(**certificate) as d:
            client = await d.client()
            assert (await client.mail(b"one\r\n.\r\n"))[:3] == "250"
            client.send(b"STARTTLS\r\nEHLO evil.example\r\nMAIL FROM:<evil@evil.example>\r\n")
            assert (await client.reply())[:3] == "220"
            await client.start_tls(_trusting(authority))
            # were the injected commands alive, the first reply would be EHLO's, and MAIL would be nested
            assert await client.say("NOOP") == "250 2.0.0 OK"
            assert (await client.say("EHLO shop.example", "MAIL FROM:<carla@shop.example>"))[:3] == "250"

    on_loop(loop, story)


def test_failed_handshake_ends_the_connection_and_nothing_else(loop: str, certificate: dict[str, Any]) -> None:
    async def story() -> None:
        async with desk(max_connections=1, **certificate) as d:
            client = await d.client()
            await client.say("STARTTLS")
            client.send(b"this is no TLS at all, and it is long enough to be seen as such\r\n")
            await client.reader.read()
            client.writer.close()
            while (await (again := await d.connect()).reply())[:3] != "220":  # the one place is free again
                again.writer.close()

    on_loop(loop, story)


def test_stop_is_told_over_tls_too(loop: str, certificate: dict[str, Any], authority: Authority) -> None:
    async def story() -> None:
        async with desk(**certificate) as d:
            client = await d.client()
            await client.say("STARTTLS")
            await client.start_tls(_trusting(authority))
            await client.say("EHLO shop.example")
            await d.intake.stop(10)
            assert (await client.reply(), await client.reply()) == (
                "421 4.3.2 Service shutting down, please try again later",
                "",
            )

    on_loop(loop, story)


def test_old_protocol_is_refused(loop: str, certificate: dict[str, Any], authority: Authority) -> None:
    async def story() -> None:
        async with desk(**certificate) as d:
            client = await d.client()
            await client.say("STARTTLS")
            context = _trusting(authority)
            context.set_ciphers("ALL:@SECLEVEL=0")
            with pytest.warns(DeprecationWarning, match="TLSv1_1"):
                context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
            with pytest.raises((ssl.SSLError, ConnectionError)):
                await client.start_tls(context)

    on_loop(loop, story)


def test_unusable_certificate_is_a_mistake_in_the_settings(loop: str, tmp_path: Path) -> None:
    async def story() -> None:
        (tmp_path / "cert.pem").write_text("no certificate")
        with pytest.raises(ConfigError, match=r"cert\.pem.*cannot be used"):
            async with desk(tls_cert=tmp_path / "cert.pem", tls_key=tmp_path / "cert.pem"):
                pass

    on_loop(loop, story)
