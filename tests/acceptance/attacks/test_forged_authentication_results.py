"""Story: a stranger brings the verdict along, in the name of our own relay or of another one.

Only what our relay writes counts (RFC 8601 §1.6 and §5): on its own path, under its name to the letter. A relay takes
off what bears its name; so whatever it does not take for its name must not be its name to us.
"""

import smtplib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.acceptance.people import AUTHSERV, Customer, Written
from tests.acceptance.post import relay
from tests.acceptance.waiting import PATIENCE
from tests.acceptance.world import DESK, World, free_port, until

ANN = "Ann Ahlberg <ann@acme.example>"
FOUND = b"dkim=pass header.d=acme.example; dmarc=pass header.from=acme.example"

#: Fields that stand on top of a forged mail; %s is what they claim.
FOREIGN = {
    "another name": b"Authentication-Results: mx.evil.example; %s",
    "ours below theirs": b"Authentication-Results: mx.acme.example.evil.example; %s",
    "ours behind theirs": b"Authentication-Results: evil.example mx.acme.example; %s",
    "ours in a comment": b"Authentication-Results: (mx.acme.example;) evil.example; %s",
    "ours as a result": b"Authentication-Results: evil.example; x=mx.acme.example; %s",
    "no name": b"Authentication-Results: %s",
    "Kelvin sign": "Authentication-Results: \u212aelvin.acme.example; %s".encode(),
    "wide letter": "Authentication-Results: ｍx.acme.example; %s".encode(),
    "of the ARC set": b"ARC-Authentication-Results: i=1; mx.acme.example; %s",
    "another field": b"X-Authentication-Results: mx.acme.example; %s",
    "old field": b"Received-SPF: pass (mx.acme.example: %s) client-ip=127.0.0.1",
    "our verdict": b"X-Mailticket-Verdict: pass\r\nX-Mailticket-Notice: reply; %s",
    "Exchange's": b"X-MS-Exchange-Organization-AuthAs: Internal\r\nX-Nothing: %s",
    # the relay would not take these for its name
    "NUL in the name": b"Authentication-Results: mx\0.acme.example; %s",
    "control in the name": b"Authentication-Results: mx.acme\x01.example; %s",
    "separator before the name": b"Authentication-Results:\x1cmx.acme.example; %s",
    "hard space before the name": b"Authentication-Results:\xc2\xa0mx.acme.example; %s",
    "line separator before the name": b"Authentication-Results:\xe2\x80\xa8mx.acme.example; %s",
    "zero-width space in the name": "Authentication-Results: mx.\u200bacme.example; %s".encode(),
    "encoded name": b"Authentication-Results: =?utf-8?q?mx=2Eacme=2Eexample?=; %s",
    "comment at the name": b"Authentication-Results: mx.acme.example(x); %s",
    "comments before the name": b"Authentication-Results: ((x)y) mx.acme.example; %s",
}
#: Ours to every program: the relay has to take these off.
OURS = {
    "plain": b"Authentication-Results: mx.acme.example; %s",
    "capitals": b"AUTHENTICATION-RESULTS: MX.Acme.Example; %s",
    "space before the colon": b"Authentication-Results : mx.acme.example; %s",
    "tab before the colon": b"Authentication-Results\t: mx.acme.example; %s",
    "no space behind it": b"Authentication-Results:mx.acme.example; %s",
    "folded": b"Authentication-Results:\r\n\tmx.acme.example;\r\n %s",
    "folded twice": b"Authentication-Results: \r\n \r\n mx.acme.example; %s",
    "version": b"Authentication-Results: mx.acme.example 1; %s",
    "quoted": b'Authentication-Results: "mx.acme.example"; %s',
    "vertical tab": b"Authentication-Results: \x0bmx.acme.example; %s",
    "twice": b"Authentication-Results: mx.acme.example; none\r\nAuthentication-Results: mx.acme.example; %s",
    "behind a bare CR": b"X-Nothing: 1\rAuthentication-Results: mx.acme.example; %s",
    "behind a bare LF": b"X-Nothing: 1\nAuthentication-Results: mx.acme.example; %s",
    "behind a field that is too long": b"X-Nothing: " + b"x" * 110_000 + b"\r\n"
    b"Authentication-Results: mx.acme.example; %s",
}


@pytest.fixture
def trusting(world_with: Callable[..., World]) -> World:
    """A desk behind a relay of two names; what comes on this path is what the relay has let through."""
    return world_with(identity={"trusted_authserv": [AUTHSERV, "kelvin.acme.example"]})


def drafted(forger: Customer, field: bytes) -> bytes:
    """A mail of theirs with this on top."""
    return field.replace(b"%s", FOUND) + b"\r\n" + forger.drafts("Broken vase")


@pytest.mark.parametrize("field", FOREIGN.values(), ids=FOREIGN)
def test_another_name_is_worth_nothing_on_the_trusted_path(trusting: World, field: bytes) -> None:
    forger = trusting.agent(ANN, verdict="none")

    assert forger.sends(drafted(forger, field)) == 250

    assert (forger.became["reason"], forger.became["why"]["verdict"]) == ("agent_not_verified", "none")


def test_our_name_is_worth_nothing_from_anywhere_else() -> None:
    with World(start=False) as world:
        world.configure({"intake": {"smtp": [{"listen": [f"127.0.0.1:{world.port}"], "trusted_peers": []}]}})
        world.start()
        forger = world.agent(ANN, verdict="none")
        for field in OURS.values():
            assert forger.sends(drafted(forger, field)) == 250
            assert forger.became["why"]["verdict"] == "none"


def test_relay_as_we_recommend_it_takes_our_name_off_whatever_it_looks_like(tmp_path: Path) -> None:
    port = free_port()
    fields = {**OURS, **FOREIGN}
    with (
        relay(tmp_path, {"acme.example": f"smtp:[127.0.0.1]:{port}"}) as postfix,
        World({"intake": {"smtp": [{"listen": [f"127.0.0.1:{port}"]}]}}) as world,
    ):
        forger = world.agent(ANN, verdict="none")
        raws = {title: drafted(forger, field) for title, field in fields.items()}
        with smtplib.SMTP("127.0.0.1", postfix.port, timeout=PATIENCE) as smtp:
            for raw in raws.values():
                smtp.sendmail(ANN, [DESK], raw)
        found = {title: until(partial(judged, world, raw), f"a verdict on {title}") for title, raw in raws.items()}

    assert found == dict.fromkeys(fields, "none")


def judged(world: World, raw: bytes) -> str:
    """The verdict on this mail, "" before there is one."""
    done = world.cli("explain", Written(raw=raw, mail_from=ANN).message_id, "--json")
    return str(done.json["why"]["verdict"]) if done.code == 0 else ""


@pytest.mark.parametrize(
    "said",
    [
        ["mx.acme.example; dkim=none; dmarc=fail (p=reject) header.from=acme.example", "mx.acme.example; {}"],
        ["mx.acme.example; dkim=fail header.d=acme.example", "mx.acme.example; dkim=pass header.d=acme.example"],
        ["mx.acme.example; dkim=(unclosed", "mx.acme.example; {}"],
        [
            "mx.evil.example; {}",
            "mx.acme.example; dkim=none; dmarc=none header.from=acme.example",
            "mx.acme.example; {}",
        ],
    ],
    ids=["failed", "same method", "made unreadable", "foreign on top"],
)
def test_what_stands_below_our_relays_word_does_not_overrule_it(trusting: World, said: list[str]) -> None:
    forger = trusting.agent(ANN, verdict="none")

    forger.writes("Broken vase", fields={"Authentication-Results": [one.format(FOUND.decode()) for one in said]})

    assert (forger.became["receipt"], forger.became["why"]["verdict"]) != ("opened", "pass")
    assert forger.became["receipt"] == "held"
