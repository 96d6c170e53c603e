"""Stories of mailboxes that are opened by OAuth2: signing in, staying in, being put out, and coming back."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.acceptance.commands import PROJECT, environment
from tests.acceptance.signing_in import Provider, Terminal, authorize, provider
from tests.acceptance.waiting import until
from tests.acceptance.world import World


@pytest.fixture(scope="module")
def here() -> Iterator[Provider]:
    with provider() as here:
        yield here


@pytest.fixture(autouse=True)
def as_usual(here: Provider) -> None:
    here.oauth2.control(accessTokenSeconds=3600, refreshTokenExpiresIn=0, delayMs=0)


def writes(world: World, here: Provider, subject: str) -> str:
    """A customer writes to the mailbox and gets a confirmation from the relay: its Message-ID."""
    carla = world.somebody("none")
    here.dovecot.deliver("support", carla.drafts(subject))
    found = until(
        lambda: [mail for mail in here.sink.received if mail.rcpt_tos == (carla.address,)],
        lambda: f"a confirmation of {subject}: {world.troubles} {here.dovecot.log[-2000:]} {here.postfix.log[-1000:]}",
    )
    assert len(found) == 1
    return found[0].raw.decode()


def said_by_check(world: World) -> str:
    """What `mailticket check` says, wherever its lines end."""
    return " ".join(world.cli("check").out.split())


def test_person_signs_in_once_and_mail_goes_both_ways_over_restarts_and_rotations(here: Provider) -> None:
    here.oauth2.control(accessTokenSeconds=2)
    with World(here.logins(here.by_device), start=False) as world:
        terminal = authorize(world, here)
        assert "Signed in as support@acme.example" in terminal.text
        assert terminal.text.count("the login works") == 2
        world.start()
        first = here.oauth2.control()
        writes(world, here, "Broken vase")
        world.stop()
        world.start()
        writes(world, here, "Broken cup")

        assert here.oauth2.control()["refreshed"] > first["refreshed"]
        assert here.oauth2.control()["reused"] == 0
        assert world.troubles == []


def test_revoked_right_is_told_once_and_mended_by_signing_in_again_without_a_restart(here: Provider) -> None:
    own = {"host": "127.0.0.1", "port": here.sink.port, "tls": "none", "transport": "smtp"}
    settings = {**here.logins(here.by_device), "outbound": own}
    with World(settings, start=False) as world:
        authorize(world, here)
        world.start()
        writes(world, here, "Broken vase")
        here.oauth2.control(revoke=True)
        here.dovecot.kick("support")

        def told() -> list[str]:
            mails = [mail.raw.decode() for mail in here.sink.received if b"X-Mailticket-Notice: trouble" in mail.raw]
            return [mail for mail in mails if "To: Ann" in mail]

        alert = until(told, lambda: f"an alert: {world.troubles}")[0]
        assert "mailticket authorize support" in alert
        assert "refused since" in said_by_check(world) and world.cli("check").code == 1
        carla = world.somebody("none")
        here.dovecot.deliver("support", carla.drafts("While it was out"))
        authorize(world, here)
        until(lambda: len(world.tickets_of(carla.address)) == 1, "the mail that had waited", 60)

        until(lambda: len(told()) == 2, "the mail that it is over")
        assert "is over now" in told()[1]
        assert [event["event"] for event in world.log].count("oauth_grant_refused") == 1
        assert "refused since" not in said_by_check(world)


def test_token_that_ends_while_we_wait_for_mail_is_renewed_quietly_and_nothing_is_lost(here: Provider) -> None:
    here.oauth2.control(accessTokenSeconds=1)
    with World(here.logins(here.by_application)) as world:
        writes(world, here, "Before")
        # what a token has opened is over when the token is, as at Gmail and Exchange
        here.dovecot.kick("support")
        writes(world, here, "After")

        (ended,) = [event for event in world.log if event["event"] == "imap_session_ended"]
        assert ended["level"] == "info"
        assert world.troubles == []


def test_service_and_commands_renew_at_the_same_time(here: Provider) -> None:
    here.oauth2.control(accessTokenSeconds=1, delayMs=100)
    with World(here.logins(here.by_device), start=False) as world:
        authorize(world, here)
        world.start()
        before = here.oauth2.control()
        with ThreadPoolExecutor(3) as threads:
            checks = list(threads.map(lambda _: Check(world), range(3)))
        writes(world, here, "Meanwhile")

        assert [one for one in checks if one.mailbox != "fine"] == []
        after = here.oauth2.control()
        assert after["refreshed"] >= before["refreshed"] + 3
        assert after["reused"] == before["reused"]


class Check:
    """What `check` says of the mailbox, in a process of its own."""

    def __init__(self, world: World) -> None:
        words = [sys.executable, "-m", "mailticket", "check", "--json", "--config", str(world.config)]
        done = subprocess.run(words, env=environment(), cwd=PROJECT, capture_output=True, text=True, check=False)
        found = {one["name"]: one for one in json.loads(done.stdout)["checks"]}
        self.mailbox = "fine" if found["mailbox support"]["ok"] else found["mailbox support"]["detail"]


def test_application_reads_and_sends_without_anybody_signing_in(here: Provider) -> None:
    with World(here.logins(here.by_application)) as world:
        tried = world.json("authorize", "support")
        writes(world, here, "Broken vase")

        assert [(one["name"], one["ok"]) for one in tried["logins"]] == [("support", True), ("outbound", True)]
        assert (tried["ok"], tried["signed_in_as"]) == (True, "")
        assert "by the app's own right" in said_by_check(world)


@pytest.mark.parametrize("where", ["on this machine", "on another machine"])
def test_person_signs_in_by_a_browser(here: Provider, where: str) -> None:
    with World(here.logins(here.by_browser), start=False) as world:
        terminal = Terminal(world, "outbound", "--json")
        address = terminal.waits_for(r"\n(https://\S+/auth\?\S+)\n")[1]
        came_back = here.oauth2.sign_in(address, "support")
        if where == "on this machine":
            assert requests.get(came_back.partition("?")[0] + "?code=1&state=guessed", timeout=30).status_code == 404
            assert "mailticket has the answer" in requests.get(came_back, timeout=30).text
        else:
            terminal.types("http://127.0.0.1/")
            terminal.types(came_back)

        assert terminal.ends() == 0, terminal.text
        assert '"signed_in_as": "support@acme.example"' in terminal.text
        assert ("This is not that address" in terminal.text) == (where == "on another machine")


def test_sign_in_that_the_person_declines_changes_nothing(here: Provider) -> None:
    with World(here.logins(here.by_browser), start=False) as world:
        terminal = Terminal(world)
        address = terminal.waits_for(r"\n(https://\S+/auth\?\S+)\n")[1]
        state = re.search(r"state=([^&]+)", address)
        assert state is not None
        terminal.types(f"http://127.0.0.1/?error=access_denied&state={state[1]}")

        assert terminal.ends() == 1
        assert "access_denied" in terminal.text
        assert "nobody has signed in for support yet" in said_by_check(world)


def test_wrong_use_is_named(here: Provider) -> None:
    with World(here.logins(here.by_device), start=False) as world, World(start=False) as other:
        assert world.cli("authorize", "sales").code == 2
        assert "Say one of these: support" in world.cli("authorize", "sales").err
        assert "no login in the settings has OAuth2" in other.cli("authorize").err
