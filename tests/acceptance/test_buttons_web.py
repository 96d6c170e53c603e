"""Stories: a button as a link. Its page shows what would happen; only a person's click there makes it happen."""

import http.client
import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest

from tests.acceptance.world import Customer, Received, World, free_port
from tests.servers.browser import Browser

PORT = free_port()
#: As a TLS proxy beside us hands requests on; each test is a client of its own.
CLIENTS = (f"192.0.2.{number}" for number in range(1, 255))


@pytest.fixture
def desk(world_with: Callable[..., World]) -> World:
    return world_with(
        desk={"notify": "all"},
        console={"listen": f"127.0.0.1:{PORT}", "public_url": f"http://127.0.0.1:{PORT}"},
        agent=[{"name": "Ann Ahlberg", "address": "ann@acme.example"}],
    )


@pytest.fixture
def ann(desk: World) -> Customer:
    return desk.agent()


@pytest.fixture
def carla(desk: World, ann: Customer) -> Customer:
    carla = desk.somebody()
    carla.writes("<b>Broken</b> vase", "My vase arrived broken.\n")
    carla.waits_for("confirmation")
    return carla


@pytest.fixture
def told(carla: Customer, ann: Customer) -> Received:
    return ann.waits_for("agent_notification")


@pytest.fixture
def ask() -> Callable[..., tuple[int, str, http.client.HTTPMessage]]:
    client = next(CLIENTS)

    def request(method: str, url: str) -> tuple[int, str, http.client.HTTPMessage]:
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=20)
        connection.request(method, urlsplit(url).path, headers={"X-Forwarded-For": f"10.9.9.9, {client}"})
        answer = connection.getresponse()
        words = answer.read().decode()
        connection.close()
        return answer.status, words, answer.headers

    return request


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as browser:
        yield browser


def page_of(mail: Received, label: str) -> str:
    """The link to this button's page."""
    found: list[str] = re.findall(rf"^{label}\nmailto:\S+\n(http\S+)", mail.text, re.MULTILINE)
    return found[0]


def test_person_sees_what_would_happen_and_clicks(carla: Customer, told: Received, browser: Browser) -> None:
    browser.opens(page_of(told, "Take it"))
    page = browser.reads("Nothing has happened yet")
    number = carla.ticket.number
    assert f"Ticket {number} · <b>Broken</b> vase" in page
    assert carla.address not in page and "My vase" not in page
    assert carla.ticket.status == "open"
    assert browser.style("button", "color") == "rgb(255, 255, 255)", "the page's own style is let in by its policy"

    browser.clicks("button")

    browser.reads("Done.")
    assert carla.ticket.assignee == "ann@acme.example"
    assert carla.ticket.status == "in_progress"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_scanners_that_follow_every_link_do_nothing(
    method: str, carla: Customer, told: Received, ask: Callable[..., tuple[int, str, http.client.HTTPMessage]]
) -> None:
    links = re.findall(r"^(http\S+)", told.text, re.MULTILINE)
    before = carla.ticket.happened

    assert len(links) == 5
    assert [ask(method, link)[0] for link in links] == [200] * 5
    assert carla.ticket.happened == before


def test_what_was_used_or_never_was_looks_the_same(
    carla: Customer, told: Received, ask: Callable[..., tuple[int, str, http.client.HTTPMessage]]
) -> None:
    link = page_of(told, "Resolve")
    token = link.rpartition("/")[2]
    forged = ("b" if token[0] == "a" else "a") + token[1:]
    assert ask("POST", link)[0] == 200
    assert carla.ticket.status == "resolved"

    gone = {ask(method, url)[:2] for method in ("GET", "POST") for url in (link, link.replace(token, forged))}
    gone |= {ask("GET", url)[:2] for url in (link[:-1], f"http://x/act/{'a' * 4000}", "http://x/", "http://x/docs")}
    gone |= {ask("PUT", link)[:2], ask("GET", f"{link}/")[:2]}

    assert len(gone) == 1
    assert gone.pop()[0] == 404
    assert carla.ticket.status == "resolved"


def test_link_and_mail_are_one_button(
    carla: Customer, ann: Customer, told: Received, ask: Callable[..., tuple[int, str, http.client.HTTPMessage]]
) -> None:
    ann.clicks(told, "Close")
    assert carla.ticket.status == "closed"

    assert ask("POST", page_of(told, "Close"))[0] == 404


def test_buttons_that_an_agent_has_shown_to_others_open_no_page(
    carla: Customer, ann: Customer, told: Received, ask: Callable[..., tuple[int, str, http.client.HTTPMessage]]
) -> None:
    ann.replies_to(told, "#note\nMy friend may know this one.\n", fields={"Cc": "friend@shop.example"})

    assert carla.ticket.messages[-1].visibility == "internal"
    assert ask("GET", page_of(told, "Close"))[0] == ask("POST", page_of(told, "Close"))[0] == 404
    assert carla.ticket.status == "open"
    # by mail it works from the agent's own address alone, whoever has seen it
    ann.clicks(told, "Close")
    assert carla.ticket.status == "closed"


def test_tokens_of_other_mail_open_no_page(
    told: Received, ask: Callable[..., tuple[int, str, http.client.HTTPMessage]]
) -> None:
    token = told.message_id.strip("<>").partition("@")[0]

    assert ask("GET", f"http://x/act/{token}")[0] == 404
    assert ask("POST", f"http://x/act/{token}")[0] == 404


def test_pages_are_kept_nowhere_and_framed_by_nobody(
    told: Received, ask: Callable[..., tuple[int, str, http.client.HTTPMessage]]
) -> None:
    for path in (page_of(told, "Take it"), "http://x/act/unknown"):
        headers = ask("GET", path)[2]

        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Server"] is None


def test_who_asks_too_often_waits_and_nobody_else_does(
    told: Received, ask: Callable[..., tuple[int, str, http.client.HTTPMessage]]
) -> None:
    link = page_of(told, "Take it")

    answers = [ask("GET", "http://x/act/unknown")[0] for _ in range(62)]

    assert (answers[0], answers[-1]) == (404, 429)
    assert ask("POST", link)[0] == 429
    other = http.client.HTTPConnection("127.0.0.1", PORT, timeout=20)
    other.request("GET", urlsplit(link).path, headers={"X-Forwarded-For": "192.0.2.255"})
    assert other.getresponse().status == 200
    other.close()


def test_desk_without_a_page_sends_no_links(world_with: Callable[..., World]) -> None:
    desk = world_with(desk={"notify": "all"})
    ann, carla = desk.agent(), desk.somebody()
    carla.writes("Broken vase")

    assert not re.search(r"https?:", ann.waits_for("agent_notification").all_words)
