"""How far does the search for a domain's servers go? Over a real name server, https and IMAP on the loopback."""

import ssl
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from mailticket.autoconfig import Server, find
from mailticket.dns import Resolver
from mailticket.setup.network import LARGEST, Network
from tests.servers.authority import Authority
from tests.servers.dovecot import Dovecot
from tests.servers.https import HttpsServer, page, redirect
from tests.servers.nsd import NameServer

FILE = b"""<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1"><emailProvider id="acme.example">
<incomingServer type="imap"><hostname>imap.hoster.example</hostname><port>993</port><socketType>SSL</socketType>
<username>%EMAILADDRESS%</username></incomingServer>
<outgoingServer type="smtp"><hostname>smtp.hoster.example</hostname><port>587</port><socketType>STARTTLS</socketType>
<username>%EMAILADDRESS%</username></outgoingServer>
</emailProvider></clientConfig>"""
PATH = "/mail/config-v1.1.xml?emailaddress=support%40{}"
#: Domains of which autoconfig.DOMAIN is on this machine.
DOMAINS = ("acme", "moved", "away", "circle", "big", "slow", "stranger")


def drip(request: BaseHTTPRequestHandler) -> None:
    """A page that never ends, and is never silent."""
    request.send_response(200)
    request.end_headers()
    try:
        while True:
            request.wfile.write(b" ")
            request.wfile.flush()
            request.connection.settimeout(0.02)
            try:
                if not request.connection.recv(1):
                    return
            except TimeoutError:
                continue
    except OSError:
        return


@pytest.fixture(scope="module")
def names() -> Iterator[NameServer]:
    records: dict[str, dict[str, Sequence[Any]]] = {
        f"autoconfig.{name}.example": {"A": ["127.0.0.1"]} for name in DOMAINS
    }
    records |= {
        "srv.example": {"MX": [(10, "mx.srv.example")]},
        "_imaps._tcp.srv.example": {"SRV": ["0 1 993 imap.srv.example."]},
        "_submission._tcp.srv.example": {"SRV": ["0 1 587 smtp.srv.example."]},
        "business.example": {"MX": [(1, "aspmx.l.google.com")]},
        "localhost": {"A": ["127.0.0.1"]},
    }
    with NameServer(records) as server:
        yield server


@pytest.fixture(scope="module")
def network(names: NameServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    authority = Authority(tmp_path_factory.mktemp("authority"))
    good = authority.issue(",".join(f"DNS:autoconfig.{name}.example" for name in DOMAINS if name != "stranger"))
    pages = {
        f"autoconfig.acme.example{PATH.format('acme.example')}": page(FILE),
        f"autoconfig.moved.example{PATH.format('moved.example')}": redirect(
            f"https://autoconfig.acme.example{PATH.format('acme.example')}"
        ),
        f"autoconfig.away.example{PATH.format('away.example')}": redirect("http://autoconfig.acme.example/"),
        f"autoconfig.circle.example{PATH.format('circle.example')}": redirect(PATH.format("circle.example")),
        f"autoconfig.big.example{PATH.format('big.example')}": page(FILE + b" " * LARGEST),
        f"autoconfig.slow.example{PATH.format('slow.example')}": drip,
        f"autoconfig.stranger.example{PATH.format('stranger.example')}": page(FILE),
    }
    context = ssl.create_default_context(cafile=authority.ca_file)
    with HttpsServer(good, pages) as server:
        yield Network(Resolver([names.address]).ask, context=context, port=server.port, patience=1.0)


def test_a_domain_that_publishes_its_servers(names: NameServer, network: Network) -> None:
    found = find("support@acme.example", Resolver([names.address]).ask, network.fetch, network.answers)

    assert found.imap == Server(host="imap.hoster.example", port=993, tls="implicit", user="support@acme.example")
    assert found.smtp == Server(host="smtp.hoster.example", port=587, tls="starttls", user="support@acme.example")
    assert found.origin == "autoconfig.acme.example publishes them (autoconfig)"


def test_srv_records_of_a_real_name_server(names: NameServer, network: Network) -> None:
    found = find("support@srv.example", Resolver([names.address]).ask, network.fetch, network.answers)

    assert found.imap == Server(host="imap.srv.example", port=993, tls="implicit")
    assert found.smtp == Server(host="smtp.srv.example", port=587, tls="starttls")


def test_a_domain_at_google(names: NameServer, network: Network) -> None:
    found = find("support@business.example", Resolver([names.address]).ask, network.fetch, network.answers)

    assert found.preset is not None
    assert found.preset.name == "google"


@pytest.mark.parametrize(
    ("domain", "is_read"),
    [
        pytest.param("acme", True, id="there"),
        pytest.param("moved", True, id="moved within https"),
        pytest.param("away", False, id="moved to http"),
        pytest.param("circle", False, id="moved in a circle"),
        pytest.param("big", False, id="too big"),
        pytest.param("slow", False, id="too slow, and never silent"),
        pytest.param("stranger", False, id="a certificate in another name"),
        pytest.param("nowhere", False, id="no such host"),
    ],
)
def test_what_is_downloaded(network: Network, domain: str, is_read: bool) -> None:
    content = network.fetch(f"https://autoconfig.{domain}.example{PATH.format(f'{domain}.example')}")

    assert content == (FILE if is_read else None)


@pytest.mark.parametrize(
    "url",
    ["http://autoconfig.acme.example/", "https://user@autoconfig.acme.example/", "file:///etc/passwd", "https:///"],
)
def test_other_urls_are_not_asked(network: Network, url: str) -> None:
    assert network.fetch(url) is None


def test_a_guess_counts_where_the_server_shows_itself_with_a_good_certificate(names: NameServer) -> None:
    with Dovecot() as dovecot:
        trusting = Network(Resolver([names.address]).ask, context=ssl.create_default_context(cafile=dovecot.ca_file))
        strict = Network(Resolver([names.address]).ask)
        implicit = Server(host="localhost", port=dovecot.imaps_port, tls="implicit")
        starttls = Server(host="localhost", port=dovecot.imap_port, tls="starttls")
        elsewhere = Server(host="imap.acme.example", port=dovecot.imaps_port, tls="implicit")

        assert trusting.answers("imap", implicit)
        assert trusting.answers("imap", starttls)
        assert not trusting.answers("smtp", implicit)
        assert not trusting.answers("imap", elsewhere)
        assert not strict.answers("imap", implicit)
