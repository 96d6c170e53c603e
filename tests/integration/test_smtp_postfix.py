"""Does a real Postfix get its mail to us, over SMTP with TLS and over LMTP, and learn who is unknown?"""

import asyncio
import re
import smtplib
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.integration.smtp_desk import Desk, desk, on_loop, until
from tests.servers.authority import Authority
from tests.servers.postfix import Postfix

_RECIPIENTS = ["support@acme.example", "nobody@acme.example", "returns+rma@acme.example"]


def _mail(number: int) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "carla@shop.example", "support@acme.example", f"Broken vase {number}"
    mail.set_content(".a line that begins with a dot\n.\n" + "and a long mail\n" * 30_000)
    return mail


def _relay(port: int, route: str, **settings: str) -> str:
    """Send three mails by a Postfix that hands `acme.example` on to us; returns its log once its queue is empty."""
    own = {"acme.example": f"{route}:{port}", "*": "discard:"}
    with Postfix(own, settings=settings) as postfix:
        with smtplib.SMTP("127.0.0.1", postfix.port) as client:
            for number in range(3):
                client.send_message(_mail(number), to_addrs=_RECIPIENTS)
        postfix.wait_until_empty()
        return postfix.log


@pytest.mark.parametrize("protocol", ["smtp", "lmtp"])
def test_postfix_delivers_to_those_who_exist_and_bounces_the_rest(protocol: str, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "tls")
    chain, key = authority.issue()
    settings: dict[str, Any] = {"protocol": protocol, "tls_cert": chain, "tls_key": key}

    async def story() -> None:
        async with desk(**settings) as d:
            log = await asyncio.to_thread(
                _relay,
                d.intake.ports[0],
                "smtp:[127.0.0.1]" if protocol == "smtp" else "lmtp:inet:127.0.0.1",
                **{f"{protocol}_tls_security_level": "encrypt"},
            )
            _expect(d, log)

    on_loop("uvloop", story)


def _expect(d: Desk, log: str) -> None:
    taken = [set(envelope.rcpt_tos) for envelope in d.ledger.envelopes]
    assert taken == [{"support@acme.example", "returns+rma@acme.example"}] * 3
    assert all(b"\r\n.a line that begins with a dot\r\n.\r\n" in raw for raw in d.ledger.mails)
    for recipient, status in zip(_RECIPIENTS, ["sent (250", "bounced", "sent (250"], strict=True):
        outcomes = [line for line in log.splitlines() if f"to=<{recipient}>" in line and "relay=127.0.0.1" in line]
        assert [f"status={status}" in line for line in outcomes] == [True] * 3


def test_postfix_keeps_what_we_cannot_take_now_and_brings_it_again() -> None:
    async def story() -> None:
        async with desk() as d:
            d.ledger.fault = RuntimeError("the disk is full")
            relay = asyncio.create_task(asyncio.to_thread(_relay, d.intake.ports[0], "smtp:[127.0.0.1]"))
            await until(d.ledger.begun.is_set)
            d.ledger.fault = None
            log = await relay
            assert "status=deferred" in log
            assert sorted(re.findall(rb"Broken vase (\d)", b"".join(d.ledger.mails))) == [b"0", b"1", b"2"]

    on_loop("uvloop", story)
