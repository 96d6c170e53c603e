"""Which servers do SRV records, autoconfig files and guesses name? RFC 6186, RFC 8314, Mozilla's format."""

from collections.abc import Mapping

import pytest

from mailticket import autoconfig
from mailticket.autoconfig import Found, Server, find
from mailticket.mail.lookup import Answer, Lookup, nobody_answers
from mailticket.presets import PRESETS, by_mx

ADDRESS = "support@acme.example"
IMAP = Server(host="imap.acme.example", port=993, tls="implicit")
SMTP = Server(host="smtp.acme.example", port=465, tls="implicit")


def dns(records: Mapping[tuple[str, str], tuple[object, ...]]) -> Lookup:
    return lambda name, kind: Answer(values=records.get((name, kind), ()))


def nothing_there(url: str) -> bytes | None:
    return None


def nobody_home(service: str, server: Server) -> bool:
    return False


def document(incoming: str = "", outgoing: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?><clientConfig version="1.1"><emailProvider id="acme.example">{incoming}{outgoing}'
        "</emailProvider></clientConfig>"
    ).encode()


def server(tag: str, kind: str, **words: str) -> str:
    words = {"hostname": f"{kind}.acme.example", "port": "993", "socketType": "SSL", "username": ""} | words
    return f'<{tag} type="{kind}">' + "".join(f"<{key}>{value}</{key}>" for key, value in words.items()) + f"</{tag}>"


@pytest.mark.parametrize(
    ("exchange", "provider"),
    [
        ("aspmx.l.google.com", "google"),
        ("smtp.google.com.", "google"),
        ("acme-example.mail.protection.outlook.com", "microsoft365"),
        ("ACME-example.r-v1.mx.microsoft", "microsoft365"),
        ("in1-smtp.messagingengine.com", "fastmail"),
    ],
)
def test_a_known_mx_is_its_provider(exchange: str, provider: str) -> None:
    assert by_mx(exchange) is PRESETS[provider]


@pytest.mark.parametrize("exchange", ["mx.acme.example", "notgoogle.com", "google.com.evil.example", ""])
def test_another_mx_is_nobodys(exchange: str) -> None:
    assert by_mx(exchange) is None


def test_the_mx_wins_over_everything() -> None:
    lookup = dns(
        {
            ("acme.example", "MX"): ((20, "mx.acme.example"), (10, "aspmx.l.google.com")),
            ("_imaps._tcp.acme.example", "SRV"): ("0 1 993 imap.acme.example.",),
        }
    )

    found = find(ADDRESS, lookup, nothing_there, nobody_home)

    assert found.preset is PRESETS["google"]
    assert "MX of acme.example" in found.origin


@pytest.mark.parametrize(
    ("records", "imap"),
    [
        pytest.param({"_imaps": ("0 1 993 imap.acme.example.",)}, IMAP, id="implicit TLS"),
        pytest.param(
            {"_imap": ("0 1 143 imap.acme.example.",)},
            Server(host="imap.acme.example", port=143, tls="starttls"),
            id="STARTTLS",
        ),
        pytest.param({"_imap": ("0 1 143 i.example.",), "_imaps": ("9 1 993 imap.acme.example.",)}, IMAP, id="both"),
        pytest.param(
            {"_imaps": ("5 9 1 a.example.", "1 1 2 b.example.", "1 9 993 imap.acme.example.")}, IMAP, id="best"
        ),
        pytest.param({"_imaps": ("0 0 0 .",)}, None, id="not offered"),
        pytest.param({"_imaps": ("0 0 993 -x.example.",)}, None, id="no host"),
        pytest.param({}, None, id="none"),
    ],
)
def test_srv_names_the_server(records: Mapping[str, tuple[str, ...]], imap: Server | None) -> None:
    lookup = dns({(f"{name}._tcp.acme.example", "SRV"): values for name, values in records.items()})

    assert autoconfig.by_srv("acme.example", lookup).imap == imap


def test_what_srv_does_not_name_comes_from_the_web_and_then_from_guesses() -> None:
    lookup = dns({("_imaps._tcp.acme.example", "SRV"): ("0 1 993 imap.acme.example.",)})
    guess = Server(host="mail.acme.example", port=587, tls="starttls")

    found = find(ADDRESS, lookup, nothing_there, lambda service, one: one == guess)

    assert (found.imap, found.smtp) == (IMAP, guess)
    assert found.origin == "the SRV records of acme.example name them; they answer under the usual names"


def test_guesses_prefer_tls_from_the_first_byte_and_try_the_mx_too() -> None:
    tried: list[tuple[str, str, int]] = []

    def answers(service: str, one: Server) -> bool:
        tried.append((service, one.host, one.port))
        return one.host == "mx.acme.example"

    found = find(ADDRESS, dns({("acme.example", "MX"): ((10, "mx.acme.example"),)}), nothing_there, answers)

    assert found.imap == Server(host="mx.acme.example", port=993, tls="implicit")
    assert found.smtp == Server(host="mx.acme.example", port=465, tls="implicit")
    assert ("imap", "imap.acme.example", 143) in tried


def test_a_dns_that_does_not_answer_knows_nothing() -> None:
    assert find(ADDRESS, nobody_answers, nothing_there, nobody_home) == Found()


def test_an_autoconfig_file_names_servers_and_logins() -> None:
    found = autoconfig.read(
        document(
            server("incomingServer", "pop3") + server("incomingServer", "imap", username="%EMAILADDRESS%"),
            server("outgoingServer", "smtp", hostname="smtp.%EMAILDOMAIN%", port="465", username="%EMAILLOCALPART%"),
        ),
        ADDRESS,
    )

    assert found.imap == Server(host="imap.acme.example", port=993, tls="implicit", user=ADDRESS)
    assert found.smtp == Server(host="smtp.acme.example", port=465, tls="implicit", user="support")


def test_the_first_server_with_tls_is_taken() -> None:
    content = document(
        server("incomingServer", "imap", socketType="plain", port="143")
        + server("incomingServer", "imap", socketType="STARTTLS", port="143")
        + server("incomingServer", "imap")
    )

    assert autoconfig.read(content, ADDRESS).imap == Server(host="imap.acme.example", port=143, tls="starttls")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<html><body>404", id="HTML"),
        pytest.param(b"\xff\xfe\x00", id="no text"),
        pytest.param(b'<?xml version="1.0" encoding="x-none"?><a/>', id="unknown encoding"),
        pytest.param(
            b'<!DOCTYPE a [<!ENTITY b "evil.example">]>' + document(server("incomingServer", "imap", hostname="&b;")),
            id="an entity",
        ),
        pytest.param(document(server("incomingServer", "imap", hostname="imap acme")), id="no host"),
        pytest.param(document(server("incomingServer", "imap", port="993000")), id="no port"),
        pytest.param(document(server("incomingServer", "imap", socketType="plain")), id="no TLS"),
        pytest.param(b"<a>" * 20_000, id="deep"),
    ],
)
def test_a_file_that_names_nothing_usable_is_nothing(content: bytes) -> None:
    assert autoconfig.read(content, ADDRESS) == Found()


def test_a_login_with_an_unknown_placeholder_is_left_to_the_person() -> None:
    content = document(server("incomingServer", "imap", username="%REALNAME%"))

    assert autoconfig.read(content, ADDRESS).imap == IMAP


def test_the_web_is_asked_for_the_address_first() -> None:
    asked: list[str] = []

    def fetch(url: str) -> bytes | None:
        asked.append(url)
        return document(server("incomingServer", "imap")) if ".well-known" in url else None

    found = autoconfig.by_web("a+b@acme.example", fetch)

    assert asked[0] == "https://autoconfig.acme.example/mail/config-v1.1.xml?emailaddress=a%2Bb%40acme.example"
    assert found.imap == IMAP
    assert found.origin == "acme.example publishes them (autoconfig)"
