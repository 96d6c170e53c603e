"""Whether the pages of agents' buttons are for the agents alone to see."""

from pathlib import Path

import pytest

from mailticket import config
from mailticket.checks import doors
from mailticket.errors import ConfigError
from tests.integration.checks.sites import seen, site

URL = "https://desk.acme.example"


@pytest.mark.parametrize(
    ("listen", "public_url", "ok", "says"),
    [
        ("127.0.0.1:8025", URL, True, f"127.0.0.1:8025, in mail as {URL}"),
        ("[::1]:8025", URL, True, "in mail as"),
        ("localhost:8025", URL, True, "in mail as"),
        ("0.0.0.0:8025", URL, False, "speaks plain HTTP to the network"),
        ("desk.acme.example:8025", URL, False, "speaks plain HTTP to the network"),
        ("127.0.0.1:8025", "", False, "no mail has a link to it"),
    ],
    ids=["behind a proxy", "IPv6", "by name", "to everybody", "another name", "no links"],
)
def test_where_it_listens(listen: str, public_url: str, ok: bool, says: str, tmp_path: Path) -> None:
    (found,) = seen(doors.web, site(tmp_path, console={"listen": listen, "public_url": public_url}))

    assert (found.ok, says in found.detail) == (ok, True), found


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        (URL, URL),
        (f"{URL}/", URL),
        (f"{URL}/help/desk/", f"{URL}/help/desk"),
        ("http://127.0.0.1:8025", "http://127.0.0.1:8025"),
    ],
)
def test_address_of_the_page(url: str, kept: str, tmp_path: Path) -> None:
    values = {"console": {"listen": "127.0.0.1:8025", "public_url": url}}

    assert config.build(values, "test", tmp_path).console.public_url == kept


@pytest.mark.parametrize(
    "url",
    [
        "http://desk.acme.example",
        "desk.acme.example",
        "https://",
        f"{URL}/?a=b",
        f"{URL}/ x",
        "https://ann:pw@acme.example",
    ],
)
def test_links_with_a_right_in_them_go_over_no_open_wire(url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"console\.public_url"):
        config.build({"console": {"listen": "127.0.0.1:8025", "public_url": url}}, "test", tmp_path)


def test_links_need_a_listener(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="lead nowhere"):
        config.build({"console": {"public_url": URL}}, "test", tmp_path)
