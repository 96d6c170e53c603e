"""Story: whatever goes wrong, no secret of ours is found in logs, mails, answers, commands' words or process arguments.

Every secret of this desk is a canary: a word that occurs nowhere else.
"""

import base64
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.acceptance.wire import Client
from tests.acceptance.world import World, until
from tests.integration.imap_desk import ScriptedServer
from tests.servers.sink import Sink

RELAY, MAILBOX, STORE = "canary-relay-71f3", "canary-mailbox-08d2", "canary-store-c55a"


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """A desk whose relay and mailbox refuse its passwords, and that signs."""
    answers = {"CAPABILITY": "* CAPABILITY IMAP4rev1\r\nTAG OK done\r\n", "LOGIN": "TAG NO wrong\r\n"}
    with Sink(login=("desk", "another one")) as sink, ScriptedServer("OK hello", answers) as server:
        relay = {"transport": "smtp", "host": "127.0.0.1", "port": sink.port, "tls": "none", "user": "desk"}
        mailbox = {"name": "support", "host": "127.0.0.1", "port": server.port, "tls": "none", "user": "support"}
        world = World(
            {
                "outbound": {**relay, "password": RELAY, "dkim": {"selector": "s1", "key_file": "dkim.key"}},
                "intake": {"imap": [{**mailbox, "password_file": "mailbox.password"}]},
                "service": {"log_level": "debug"},
            },
            start=False,
        )
        (world.folder / "mailbox.password").write_text(MAILBOX)
        key = subprocess.run(["openssl", "genrsa", "2048"], check=True, capture_output=True).stdout
        (world.folder / "dkim.key").write_bytes(key)
        with world:
            world.start()
            yield world


def secrets(world: World) -> set[bytes]:
    """In all the forms in which they travel."""
    token_key = (world.folder / "data" / "token.key").read_bytes()
    plain = {RELAY.encode(), MAILBOX.encode(), STORE.encode(), token_key}
    plain |= {b"\0desk\0" + RELAY.encode(), b"\0support\0" + MAILBOX.encode()}
    encoded = {form(one) for one in plain for form in (base64.b64encode, base64.urlsafe_b64encode)}
    hexed = {one.hex().encode() for one in plain}
    key_lines = (world.folder / "dkim.key").read_bytes().splitlines()[1:-1]
    return {one.rstrip(b"=") for one in plain | encoded | hexed} | set(key_lines)


def assert_silent(world: World, said: bytes) -> None:
    assert said
    assert [secret for secret in secrets(world) if secret in said] == []


def test_faults_tell_no_secret(world: World) -> None:
    carla, client = world.somebody(), Client(world)
    carla.writes("Broken vase")
    client.say(f"AUTH PLAIN {base64.b64encode(RELAY.encode()).decode()}")
    client.begins(b"From: nobody\r\n")
    client.hang_up()
    until(lambda: [mail for mail in world.outbox if "refused the login" in (mail["last_error"] or "")], "a refusal")
    until(lambda: any(event["event"] == "imap_login_refused" for event in world.log), "the mailbox to refuse")

    words = [
        done.out + done.err
        for done in (
            world.cli("check"), world.cli("check", "--json"), world.cli("outbox", "list"),
            world.cli("outbox", "show", world.outbox[0]["id"]), world.cli("explain", carla.written[-1].message_id),
            world.cli("ticket", "show", carla.ticket.number, "--json"),
        )
    ]  # fmt: skip

    assert_silent(world, (world.folder / "log").read_bytes())
    assert_silent(world, "".join(words).encode())


def test_processes_show_none_in_their_arguments(world: World) -> None:
    assert world.process is not None
    service = psutil.Process(world.process.pid)

    said = "\n".join(" ".join(one.cmdline()) for one in (service, *service.children(recursive=True)))

    assert_silent(world, said.encode())


@pytest.mark.parametrize(
    ("section", "value"),
    [
        ("outbound", {"password": [RELAY]}),
        ("outbound", {"password": RELAY, "password_file": "x"}),
        ("outbound", {"password": RELAY, "tls": "startls"}),
        ("store", {"url": f"postgres://desk:{STORE}@127.0.0.1/desk"}),
        ("store", {"url": f"postgresql://desk:{STORE}@127.0.0.1:9/desk"}),
        ("store", {"url": f"postgresql://desk:{STORE}@[::1/desk"}),
    ],
    ids=["a list", "two at once", "beside a mistake", "unknown database", "database away", "no URL"],
)
def test_settings_that_cannot_be_used_show_none(world: World, section: str, value: dict[str, object]) -> None:
    with World(start=False) as other:
        other.configure({section: value})
        done = other.cli("run")

    assert done.code in (1, 2)
    assert_silent(world, (done.out + done.err).encode())


def test_key_that_cannot_be_used_is_not_shown(world: World, tmp_path: Path) -> None:
    key = tmp_path / "dkim.key"
    key.write_bytes((world.folder / "dkim.key").read_bytes().replace(b"\nMII", b"\nXXX", 1))
    with World({"outbound": {"dkim": {"selector": "s1", "key_file": str(key)}}}, start=False) as other:
        done = other.cli("run")

    assert done.code == 2
    assert "cannot sign mail" in done.err
    assert_silent(world, (done.out + done.err).encode())
