"""Story: the desk signs its mail, the DNS holds the key, and whoever receives the mail can tell."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import dkim
import pytest

from mailticket.dns import Resolver
from mailticket.outbound.signing import Signer
from tests.acceptance.world import World
from tests.servers.nsd import NameServer

NAME = "desk2026._domainkey.acme.example"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("key") / "dkim.key"
    subprocess.run(["openssl", "genrsa", "-out", path, "2048"], check=True, capture_output=True)
    return path


@pytest.fixture(scope="module")
def server(key: Path) -> Iterator[NameServer]:
    record = Signer("acme.example", "desk2026", key.read_bytes()).record
    with NameServer({NAME: {"TXT": [record]}, NAME.replace("2026", "2025"): {"TXT": ["v=DKIM1; p=another"]}}) as server:
        yield server


def desk(key: Path, server: NameServer, selector: str = "desk2026", start: bool = False) -> World:
    signing = {"selector": selector, "key_file": str(key)}
    return World(
        {"outbound": {"transport": "maildir", "dkim": signing}, "identity": {"dns": [server.address]}}, start=start
    )


def test_every_mail_bears_a_signature_that_the_dns_proves(key: Path, server: NameServer) -> None:
    resolver = Resolver([server.address])
    with desk(key, server, start=True) as world:
        carla = world.somebody()
        carla.writes("Größe der Vase")
        world.run("ticket", "reply", carla.waits_for("confirmation").number, "Zwölf Zoll.", "--as", "ann@acme.example")
        mails = [*carla.mailbox.mails, carla.waits_for("reply")]

    def record(name: bytes, timeout: int) -> bytes:
        return bytes(resolver.ask(name.decode(), "TXT").values[0])

    for mail in mails:
        sent = mail.raw.partition(b"DKIM-Signature:")
        assert dkim.verify(sent[1] + sent[2], dnsfunc=record)


@pytest.mark.parametrize(
    ("selector", "code", "said"),
    [
        ("desk2026", 0, "the key in DNS is the right one"),
        ("desk2025", 1, "holds another key"),
        ("desk2024", 1, "is not there"),
    ],
)
def test_check_compares_the_key_with_the_dns(
    key: Path, server: NameServer, selector: str, code: int, said: str
) -> None:
    with desk(key, server, selector) as world:
        found = world.cli("check", "--json")
        [signature] = [one for one in json.loads(found.out)["checks"] if one["name"] == "signature"]

    assert said in signature["detail"]
    assert signature["ok"] is (code == 0)
    record = f"{selector}._domainkey.acme.example"
    assert code == 0 or f"{record}\nv=DKIM1;k=rsa;p=MII" in signature["mend"]


def test_check_says_what_to_put_into_a_dns_that_does_not_answer(key: Path, server: NameServer) -> None:
    with desk(key, server) as world:
        world.configure({"identity": {"dns": ["127.0.0.1:1"]}})
        out = world.cli("check").out

    assert f"\n{'':26}{NAME}\n{'':26}v=DKIM1;k=rsa;p=MII" in out


def test_check_says_when_a_signature_does_not_count(key: Path, server: NameServer) -> None:
    with desk(key, server) as world:
        world.configure({"outbound": {"dkim": {"selector": "s", "key_file": str(key), "domain": "other.example"}}})
        out = " ".join(world.cli("check").out.split())

    assert "mail from support@acme.example" in out
    assert "signed by other.example, which counts for nothing there" in out
