"""Story: somebody between us and our servers takes TLS away, or slips words in before it begins.

No password and no mail leaves, towards the relay as towards the mailbox, and `check` says what is the matter.
"""

import ssl
from collections.abc import Mapping
from typing import Any

import pytest

from tests.acceptance.attacks.man_in_between import IMAP, SMTP, ManInBetween
from tests.acceptance.world import Done, World, until
from tests.servers.authority import Authority

PASSWORD = "canary-4711"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def server_tls(authority: Authority) -> ssl.SSLContext:
    """A certificate that we trust: whoever forwards to the real server can show it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue())
    return context


def settings(authority: Authority, relay: int, mailbox: int | None = None) -> Mapping[str, Any]:
    login = {"host": "127.0.0.1", "tls": "starttls", "ca_file": str(authority.ca_file), "user": "desk",
             "password": PASSWORD, "timeout": 10}  # fmt: skip
    mailboxes = [{**login, "name": "support", "port": mailbox}] if mailbox else []
    return {"outbound": {"transport": "smtp", "port": relay, **login}, "intake": {"imap": mailboxes}}


def checked(authority: Authority, relay: ManInBetween, mailbox: ManInBetween) -> Done:
    """`mailticket check`, which goes the daemon's way up to the login."""
    with World(settings(authority, relay.port, mailbox.port), start=False) as world:
        return world.cli("check")


@pytest.mark.parametrize(
    ("does", "relay_says", "mailbox_says"),
    [
        ("strips", "does not offer STARTTLS, and nothing is sent in clear", "offers no STARTTLS"),
        ("refuses", "454 not now", "cannot be reached"),
        ("slips in", "before the encryption began", "before the encryption began"),
    ],
)
def test_no_password_leaves(
    authority: Authority, server_tls: ssl.SSLContext, does: str, relay_says: str, mailbox_says: str
) -> None:
    with ManInBetween(SMTP, does, server_tls) as relay, ManInBetween(IMAP, does, server_tls) as mailbox:
        done = checked(authority, relay, mailbox)

    assert done.code == 1
    words = " ".join(done.out.split())
    assert relay_says in words
    assert mailbox_says in words
    assert relay.heard and mailbox.heard
    assert relay.secrets == mailbox.secrets == []
    assert PASSWORD not in done.out + done.err


def test_mailbox_that_says_we_are_logged_in_already_hears_nothing(
    authority: Authority, server_tls: ssl.SSLContext
) -> None:
    with ManInBetween(SMTP, "strips", server_tls) as relay, ManInBetween(IMAP, "preauth", server_tls) as mailbox:
        done = checked(authority, relay, mailbox)

    assert "logged in before we said who we are" in " ".join(done.out.split())
    assert mailbox.secrets == []


def test_honest_servers_hear_the_password_in_tls_only(authority: Authority, server_tls: ssl.SSLContext) -> None:
    """What the stories above would look like if they failed."""
    with ManInBetween(SMTP, "honest", server_tls) as relay, ManInBetween(IMAP, "honest", server_tls) as mailbox:
        checked(authority, relay, mailbox)

    assert relay.handshakes == mailbox.handshakes == 1
    assert relay.secrets
    assert any(PASSWORD.encode() in line for line in mailbox.secrets)


def test_mail_waits_until_nobody_sits_in_between(authority: Authority, server_tls: ssl.SSLContext) -> None:
    with ManInBetween(SMTP, "strips", server_tls) as relay, World(settings(authority, relay.port)) as world:
        carla = world.somebody()
        carla.writes("Broken vase")
        [waiting] = until(lambda: [mail for mail in world.outbox if mail["last_error"]], "a reason in the outbox")

    assert (waiting["to"], waiting["attempts"]) == ([carla.address], 0)
    assert "does not offer STARTTLS" in waiting["last_error"]
    assert relay.secrets == []
