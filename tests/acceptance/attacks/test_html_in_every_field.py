"""Story: HTML in every field that a stranger can fill. In our mails it is words, and no element, link or script."""

from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from tests.acceptance.draft import File
from tests.acceptance.world import Customer, Received, World

EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(1)><a href='https://evil.example'>x</a>{{ 7*7 }}<!--"
#: What our templates are made of.
ELEMENTS = {
    "html", "head", "meta", "style", "body", "div", "p", "strong", "br", "span", "a", "blockquote", "code", "ul", "li",
}  # fmt: skip
ATTRIBUTES = {"lang", "charset", "name", "content", "style", "href", "type"}


class Page(HTMLParser):
    """What an HTML part consists of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.words = ""
        self.comments = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_comment(self, data: str) -> None:
        self.comments += 1


def assert_harmless(mail: Received) -> None:
    page = Page(mail.html)
    assert page.elements <= ELEMENTS and page.attributes <= ATTRIBUTES and page.comments == 0
    assert [link for link in page.links if not link.startswith("mailto:support@acme.example?")] == []
    assert "<script>alert(1)</script>" in page.words
    assert "49" not in page.words.replace(mail.number if "#" in mail.subject else "", "")


@pytest.fixture
def desk(world_with: Callable[..., World]) -> World:
    """A desk whose agents hear of new tickets."""
    return world_with(desk={"notify": "team"})


@pytest.fixture
def ann(desk: World) -> Customer:
    return desk.agent()


def test_nothing_of_it_works_in_our_mails(desk: World, ann: Customer) -> None:
    carla = desk.somebody()
    name = EVIL.replace('"', '\\"')
    files = [File(f"{EVIL}.txt".replace("/", ""), b"words", "text/plain"), File(f"{EVIL}.exe", b"words")]

    carla.writes(EVIL, f"{EVIL}\n", html=f"<p>{EVIL}</p>", files=files, fields={"From": f'"{name}" <{carla.address}>'})

    assert_harmless(carla.waits_for("confirmation"))
    notification = ann.waits_for("agent_notification")
    assert_harmless(notification)

    ann.replies_to(notification, f"{EVIL}\n")
    assert_harmless(carla.waits_for("reply"))

    desk.customer(carla.name, verdict="fail").writes(f"[#{carla.ticket.number}] {EVIL}", f"{EVIL}\n")
    assert_harmless(ann.waits_for("held"))
