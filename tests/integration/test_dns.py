"""Questions to a real name server, and to none."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from structlog.testing import capture_logs

from mailticket.dns import LEFT_ALONE, NOT_REPEATED, PER_PROBE, PER_QUESTION, Resolver, server_of
from mailticket.mail.lookup import Answer, Unanswered
from mailticket.settings.service import IdentitySettings
from tests.senders import Records
from tests.servers.nsd import NameServer

RECORDS: Records = {
    "shop.example": {
        "TXT": ["v=spf1 -all", "x" * 700, "y" * 4097],
        "A": ["192.0.2.1"],
        "MX": [(10, "mail.shop.example")],
    },
    "mail.shop.example": {"AAAA": ["2001:db8::1"]},
    "1.2.0.192.in-addr.arpa": {"PTR": ["mail.shop.example"]},
    "many.example": {"TXT": [f"{number} {'z' * 200}" for number in range(60)]},
}


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("192.0.2.53", "Do53:192.0.2.53@53"),
        ("192.0.2.53:5353", "Do53:192.0.2.53@5353"),
        ("2001:db8::53", "Do53:2001:db8::53@53"),
        ("[2001:db8::53]:5353", "Do53:2001:db8::53@5353"),
    ],
)
def test_server_is_an_address_and_a_port(text: str, server: str) -> None:
    assert IdentitySettings(dns=(text,)).dns == (text,)
    assert str(server_of(text)) == server


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def server() -> Iterator[NameServer]:
    with NameServer(RECORDS) as running:
        yield running


class Mute:
    """A resolver that passes questions on to `server`, but for those below `mute`; without a ser"
    "ver it says nothing."""

    def __init__(self, server: NameServer | None = None, mute: bytes = b"") -> None:
        self._server, self._mute = server, mute
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.questions = 0
        threading.Thread(target=self._work, daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._socket.getsockname()[1]}"

    def _work(self) -> None:
        while True:
            question, client = self._socket.recvfrom(4096)
            self.questions += 1
            if self._server is not None and self._mute not in question:
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as upstream:
                    host, _, port = self._server.address.partition(":")
                    upstream.sendto(question, (host, int(port)))
                    self._socket.sendto(upstream.recv(65535), client)


@pytest.mark.parametrize(
    ("name", "kind", "answer"),
    [
        ("mail.shop.example", "AAAA", Answer(values=("2001:db8::1",))),
        ("SHOP.example.", "A", Answer(values=("192.0.2.1",))),
        ("shop.example", "MX", Answer(values=((10, "mail.shop.example"),))),
        ("1.2.0.192.in-addr.arpa", "PTR", Answer(values=("mail.shop.example",))),
        ("shop.example", "AAAA", Answer()),
        ("example", "TXT", Answer()),
        ("gone.example", "TXT", Answer(exists=False)),
        ("a..b", "TXT", Answer(exists=False)),
        ("x" * 64 + ".example", "TXT", Answer(exists=False)),
        (".".join(["abcdefg"] * 40), "TXT", Answer(exists=False)),
    ],
)
def test_answer(server: NameServer, name: str, kind: str, answer: Answer) -> None:
    assert Resolver([server.address]).ask(name, kind) == answer


def test_long_text_is_joined_and_overlong_text_passed_over(server: NameServer) -> None:
    found = Resolver([server.address]).ask("shop.example", "TXT")

    assert sorted(found.values) == [b"v=spf1 -all", b"x" * 700]


def test_answer_that_is_too_long_for_udp_comes_whole(server: NameServer) -> None:
    assert len(Resolver([server.address]).ask("many.example", "TXT").values) == 60


def test_answers_are_kept_as_long_as_they_say(clock: Clock) -> None:
    with NameServer(RECORDS) as server:
        resolver = Resolver([server.address], clock=clock)
        before = [resolver.ask("shop.example", "A"), resolver.ask("gone.example", "A")]
        server.stop()
        clock.now += 50
        assert [resolver.ask("shop.example", "A"), resolver.ask("gone.example", "A")] == before

        clock.now += 50
        with pytest.raises(Unanswered):
            resolver.ask("shop.example", "A")


def test_dead_resolver_is_said_once_left_alone_and_tried_again(clock: Clock) -> None:
    with NameServer(RECORDS) as server:
        server.stop()
        resolver = Resolver([server.address], clock=clock)
        with capture_logs() as logs:
            for name in ("shop.example", "mail.shop.example", "many.example"):
                with pytest.raises(Unanswered):
                    resolver.ask(name, "A")
            assert [entry["event"] for entry in logs] == ["dns_unanswered"]

            server.start()
            with pytest.raises(Unanswered):
                resolver.ask("1.2.0.192.in-addr.arpa", "PTR")
            clock.now += LEFT_ALONE + PER_QUESTION + PER_PROBE
            assert resolver.ask("shop.example", "MX").values
            assert resolver.ask("1.2.0.192.in-addr.arpa", "PTR").values


def test_mute_resolver_is_asked_only_until_it_is_known(clock: Clock) -> None:
    mute = Mute()
    resolver = Resolver([mute.address], clock=clock)
    with pytest.raises(Unanswered):
        resolver.ask("shop.example", "A")
    asked = mute.questions
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(resolver.ask, f"{number}.example", "A") for number in range(50)]
    assert all(isinstance(answer.exception(), Unanswered) for answer in answers)

    assert mute.questions == asked


def test_domain_that_never_answers_does_not_make_the_resolver_dead(server: NameServer, clock: Clock) -> None:
    resolver = Resolver([Mute(server, mute=b"\x04evil").address], clock=clock)
    with capture_logs() as logs, pytest.raises(Unanswered):
        resolver.ask("slow.evil.example", "A")

    assert resolver.ask("shop.example", "A").values
    assert logs == []


def test_what_nobody_answered_is_not_asked_again_at_once(server: NameServer, clock: Clock) -> None:
    mute = Mute(server, mute=b"\x04evil")
    resolver = Resolver([mute.address], clock=clock)
    for _ in range(3):
        with pytest.raises(Unanswered):
            resolver.ask("slow.evil.example", "A")
    asked = mute.questions
    clock.now += NOT_REPEATED + 1
    with pytest.raises(Unanswered):
        resolver.ask("slow.evil.example", "A")

    assert mute.questions > asked


def test_time_for_one_mail_ends(server: NameServer, clock: Clock) -> None:
    lookup = Resolver([server.address], clock=clock).for_one_mail()
    assert lookup("shop.example", "A").values
    clock.now += 6

    assert lookup("shop.example", "A").values
    with pytest.raises(Unanswered):
        lookup("shop.example", "MX")
