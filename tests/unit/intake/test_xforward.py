"""What a relay says of the client behind it."""

import pytest

from mailticket.intake.xforward import Forwarded, forwarded, read_xforward


@pytest.mark.parametrize(
    ("commands", "client", "helo"),
    [
        (
            ["NAME=spike.shop.example ADDR=192.0.2.1 PROTO=ESMTP HELO=mail.shop.example SOURCE=REMOTE"],
            "192.0.2.1",
            "mail.shop.example",
        ),
        (
            [
                "NAME=spike.shop.example ADDR=192.0.2.1 PORT=4242",
                "PROTO=ESMTP HELO=mail.shop.example IDENT=4F2 SOURCE=REMOTE",
            ],
            "192.0.2.1",
            "mail.shop.example",
        ),
        (["addr=IPv6:2001:db8::1 helo=mail.shop.example"], "2001:db8::1", "mail.shop.example"),
        (["ADDR=192.0.2.1 HELO=[UNAVAILABLE]"], "192.0.2.1", ""),
        (["ADDR=192.0.2.1 HELO=a+2Bb"], "192.0.2.1", "a+b"),
        (["ADDR=[UNAVAILABLE] HELO=localhost"], None, ""),
        (["ADDR=[TEMPUNAVAIL]"], None, ""),
        (["HELO=mail.shop.example"], None, ""),
        (["ADDR=127.0.0.1 HELO=localhost SOURCE=LOCAL"], None, ""),
        (["ADDR=192.0.2.1", "ADDR=192.0.2.2"], "192.0.2.2", ""),
        ([], None, ""),
    ],
)
def test_client_is_whom_the_relay_names(commands: list[str], client: str | None, helo: str) -> None:
    attributes: dict[str, str] = {}
    for command in commands:
        read = read_xforward(command, attributes)
        assert read is not None
        attributes = read

    assert forwarded(attributes) == Forwarded(client=client, helo=helo)


@pytest.mark.parametrize(
    "argument",
    [
        None,
        "",
        "ADDR",
        "=192.0.2.1",
        "ADDR=not.an.address",
        "LOGIN=ann@acme.example",
        "ADDR=192.0.2.1 x",
        "ADDR=192.0.2.300",
        "HELO=" + "x" * 300,
        "HELO=m\u00fcnchen",
    ],
)
def test_what_cannot_be_read_is_refused(argument: str | None) -> None:
    assert read_xforward(argument, {}) is None
