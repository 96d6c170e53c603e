"""Who has written a mail, by what their domain says in a real DNS: signatures, permitted clients, policies, seals."""

import itertools
import json
import smtplib
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from tests.acceptance.post import mailbox
from tests.acceptance.waiting import PATIENCE, until
from tests.acceptance.world import DESK, World, free_port
from tests.senders import asks, changed, key, letter, sealed, signed, signer
from tests.servers.dovecot import Dovecot
from tests.servers.nsd import NameServer

pytestmark = pytest.mark.xdist_group("identity")

#: The client of every story is this machine, or whom a relay names.
_OWN = {"TXT": ["v=spf1 ip4:127.0.0.1 ip4:192.0.2.1 -all"]}
_ELSEWHERE = {"TXT": ["v=spf1 ip4:198.51.100.1 -all"], "A": ["198.51.100.1"]}
RECORDS: dict[str, dict[str, Any]] = {
    # signs, and wants its forgeries refused
    **signer("strict.example"),
    **asks("strict.example", "p=reject; sp=quarantine; np=reject"),
    "strict.example": _ELSEWHERE,
    "mail.strict.example": {"A": ["198.51.100.2"]},
    "small._domainkey.strict.example": {"TXT": [key(768).record]},
    # signs, and lets its forgeries through for now; what does not exist below it is nobody's
    **signer("mild.example"),
    **asks("mild.example", "p=none; np=reject; adkim=s"),
    "mild.example": _ELSEWHERE,
    "sub.mild.example": {"A": ["198.51.100.2"]},
    **signer("sub.mild.example"),
    # quarantine, tried out on a domain below
    **asks("medium.example", "p=quarantine"),
    **asks("trial.medium.example", "p=quarantine; t=y"),
    "medium.example": _ELSEWHERE,
    # permits clients, signs nothing
    "clients.example": _OWN,
    **asks("clients.example", "p=reject; aspf=r"),
    "bounce.clients.example": _OWN,
    # knows nothing of DMARC
    **signer("plain.example"),
    "plain.example": _OWN,
    "silent.example": {"A": ["198.51.100.3"]},
    # a mailing list, and somebody with a domain
    **signer("lists.example"),
    **signer("evil.example"),
    "evil.example": _OWN,
}

_count = itertools.count(1)


def mail(sender: str, **fields: str) -> bytes:
    return letter(sender, Message_ID=f"<{next(_count)}@identity.example>", **fields)


def listed(raw: bytes, sealer: str, found: str) -> bytes:
    """As a mailing list sends it on, with a line of its own below."""
    return sealed(raw + b"-- \r\nleave@lists.example\r\n", sealer, found)


STRICT = "carla@strict.example"
GENUINE = "dkim=pass header.d=strict.example; dmarc=pass header.from=strict.example"
SIGNED = {
    "signed": (signed(mail(STRICT), "strict.example"), "pass"),
    "signed for a domain below": (signed(mail("carla@mail.strict.example"), "strict.example"), "pass"),
    "signed without a policy": (signed(mail("carla@plain.example"), "plain.example"), "pass"),
    "signed by a domain below, strict": (signed(mail("carla@mild.example"), "sub.mild.example"), "none"),
    "not signed, reject": (mail(STRICT), "fail"),
    "not signed, quarantine": (mail("carla@medium.example"), "fail"),
    "not signed, quarantine on trial": (mail("carla@trial.medium.example"), "none"),
    "not signed, none": (mail("carla@mild.example"), "none"),
    "not signed, no policy": (mail("carla@silent.example"), "none"),
    "not signed, below by sp": (mail("carla@mail.strict.example"), "fail"),
    "not signed, below and not existing": (mail("carla@gone.mild.example"), "fail"),
    "not signed, below and existing": (mail("carla@sub.mild.example"), "none"),
    "no such domain": (mail("carla@gone.example"), "none"),
    "body changed": (changed(signed(mail(STRICT), "strict.example"), "vase is", "house is"), "fail"),
    "body changed, no policy": (changed(signed(mail("carla@plain.example"), "plain.example"), "vase", "van"), "none"),
    "part of the body signed": (signed(mail(STRICT), "strict.example", length=True) + b"Buy!\r\n", "fail"),
    "small key": (signed(mail(STRICT), "strict.example", by=key(768), selector="small"), "fail"),
    "key that is not there": (signed(mail(STRICT), "strict.example", selector="gone"), "fail"),
    "signed by somebody": (signed(mail(STRICT), "evil.example"), "fail"),
    "forged results": (
        b"Authentication-Results: mx.evil.example; dmarc=pass header.from=strict.example\r\n" + mail(STRICT),
        "fail",
    ),
    "forged verdict of ours": (b"X-Mailticket-Verdict: pass\r\n" + mail(STRICT), "fail"),
    "list, trusted": (listed(signed(mail(STRICT), "strict.example"), "lists.example", GENUINE), "none"),
    "list, not trusted": (listed(signed(mail(STRICT), "strict.example"), "evil.example", GENUINE), "fail"),
    "list, forged before": (
        listed(mail(STRICT), "lists.example", "dkim=none; dmarc=fail header.from=strict.example"),
        "fail",
    ),
    "two From fields": (b"From: mallory@evil.example\r\n" + signed(mail(STRICT), "strict.example"), "none"),
}


@pytest.fixture(scope="module")
def names() -> Iterator[NameServer]:
    with NameServer(RECORDS) as server:
        yield server


@pytest.fixture(scope="module")
def world(names: NameServer) -> Iterator[World]:
    """A desk that its relay writes to; `world.direct` is the port for everybody else."""
    with World(start=False) as world:
        direct = free_port()
        listeners = [
            {"listen": [f"127.0.0.1:{world.port}"]},
            {"listen": [f"127.0.0.1:{direct}"], "trusted_peers": []},
        ]
        identity = {"dns": [names.address], "arc_sealers": ["lists.example"]}
        world.configure({"intake": {"smtp": listeners}, "identity": identity})
        world.start()
        yield world


def direct_port(world: World) -> int:
    listen: str = world.settings["intake"]["smtp"][1]["listen"][0]
    return int(listen.rpartition(":")[2])


def judged(world: World, raw: bytes, mail_from: str = STRICT, port: int = 0, xforward: str = "") -> dict[str, Any]:
    """What `explain` says of a mail, after it was taken."""
    with smtplib.SMTP("127.0.0.1", port or world.port, "mail.clients.example", timeout=PATIENCE) as smtp:
        smtp.ehlo()
        if xforward:
            assert smtp.docmd("XFORWARD", xforward)[0] == 250
        smtp.sendmail(mail_from, [DESK], raw)
    found: dict[str, Any] = world.explain(_id(raw))["why"]
    return found


def _id(raw: bytes) -> str:
    start = raw.index(b"Message-ID: ") + 12
    return raw[start : raw.index(b"\r\n", start)].decode()


@pytest.mark.parametrize(("raw", "verdict"), SIGNED.values(), ids=SIGNED)
def test_verdict_behind_a_relay_that_tells_nothing(world: World, raw: bytes, verdict: str) -> None:
    found = judged(world, raw)

    assert found["verdict"] == verdict, found["evidence"]
    assert found["evidence"]


@pytest.mark.parametrize(
    ("sender", "mail_from", "verdict"),
    [
        ("carla@clients.example", "carla@clients.example", "pass"),
        ("carla@clients.example", "b+1@bounce.clients.example", "pass"),
        ("carla@plain.example", "carla@plain.example", "pass"),
        ("carla@clients.example", "mallory@evil.example", "fail"),
        ("carla@strict.example", "carla@strict.example", "fail"),
        ("carla@mild.example", "carla@mild.example", "none"),
        ("carla@silent.example", "carla@silent.example", "none"),
    ],
)
def test_verdict_on_who_comes_directly(world: World, sender: str, mail_from: str, verdict: str) -> None:
    found = judged(world, mail(sender), mail_from, direct_port(world))

    assert found["verdict"] == verdict, found["evidence"]


@pytest.mark.parametrize(
    ("xforward", "verdict"),
    [
        ("ADDR=192.0.2.1 HELO=mail.clients.example SOURCE=REMOTE", "pass"),
        ("ADDR=198.51.100.9 HELO=mail.clients.example SOURCE=REMOTE", "fail"),
        ("ADDR=[UNAVAILABLE] HELO=[UNAVAILABLE]", "fail"),
    ],
    ids=["permitted", "not permitted", "not known"],
)
def test_verdict_on_whom_a_relay_names(world: World, xforward: str, verdict: str) -> None:
    found = judged(world, mail("carla@clients.example"), "carla@clients.example", xforward=xforward)

    assert found["verdict"] == verdict, found["evidence"]


def test_failure_is_held_and_nothing_is_sent(world: World) -> None:
    sender = "victim@strict.example"
    judged(world, mail(sender), sender)

    assert [held["from"] for held in world.json("held", "list")["held"]].count(sender) == 1
    world.silence_for(sender)


def test_dry_run_asks_the_same_dns(world: World) -> None:
    file = world.folder / "mail.eml"
    file.write_bytes(signed(mail(STRICT), "strict.example"))
    said = world.run("explain", "--file", str(file))

    assert "verdict   pass" in said
    assert "own check: dkim=pass header.d=strict.example" in said


_OUTSIDE = (
    b"Authentication-Results: spf=fail (sender IP is 192.0.2.9) smtp.mailfrom=acme.example; dkim=none (message not"
)
_OUTSIDE += b" signed) header.d=none;dmarc=%s header.from=acme.example;compauth=fail reason=001\r\n"
_INSIDE = b"Authentication-Results: dkim=none (message not signed) header.d=none;dmarc=none action=none\r\n"
_AUTH_AS = b"X-MS-Exchange-Organization-AuthAs: %s\r\n"
_CROSSED = b"X-MS-Exchange-CrossTenant-AuthAs: Internal\r\n"
ANN = "ann@acme.example"
IN_MAILBOX = {
    "colleague in the tenant": ("microsoft365", _INSIDE + _AUTH_AS % b"Internal" + _CROSSED + mail(ANN), "pass"),
    "forger in another tenant": ("microsoft365", _INSIDE + _AUTH_AS % b"Anonymous" + _CROSSED + mail(ANN), "none"),
    "forger outside": ("microsoft365", _OUTSIDE % b"fail action=oreject" + _AUTH_AS % b"Anonymous" + mail(ANN), "fail"),
    "signed, Microsoft": ("microsoft365", signed(mail(STRICT), "strict.example"), "pass"),
    "forger at Google": ("google", _AUTH_AS % b"Internal" + mail(ANN), "none"),
    "signed, hosted": ("", signed(mail(STRICT), "strict.example"), "pass"),
    "forger, hosted": ("", _INSIDE + _AUTH_AS % b"Internal" + mail(ANN), "none"),
    "forger of a strict domain, hosted": ("", mail(STRICT), "fail"),
}


def test_verdicts_in_mailboxes(names: NameServer) -> None:
    providers = ["microsoft365", "google", ""]
    users = {provider: provider or "hosted" for provider in providers}
    with Dovecot(dict.fromkeys(users.values(), "secret")) as dovecot:
        boxes = [
            mailbox(dovecot, user, user=f"{user}@acme.example", provider=provider, authserv_id="")
            for provider, user in users.items()
        ]
        with World({"intake": {"imap": boxes}, "identity": {"dns": [names.address]}}) as world:
            for provider, raw, _ in IN_MAILBOX.values():
                dovecot.deliver(users[provider], raw)
            found = {
                title: until(partial(_verdict, world, raw), f"a verdict on {title}")
                for title, (_, raw, _) in IN_MAILBOX.items()
            }

    assert found == {title: verdict for title, (_, _, verdict) in IN_MAILBOX.items()}


def _verdict(world: World, raw: bytes) -> str:
    done = world.cli("explain", _id(raw), "--json")
    return str(json.loads(done.out)["why"]["verdict"]) if done.code == 0 else ""


def test_mail_flows_without_a_dns(world: World, names: NameServer) -> None:
    """The last story: the daemon remembers for half a minute that nobody answers."""
    names.stop()
    for sender in ("carla@unheard.example", "paul@unheard.example"):
        found = judged(world, signed(mail(sender), "unheard.example"), sender)
        assert found["verdict"] == "none"
        assert "temperror" in " ".join(found["evidence"])
        assert world.tickets_of(sender)

    assert [event["event"] for event in world.troubles].count("dns_unanswered") == 1
