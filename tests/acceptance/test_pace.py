"""A provider's submission service: a login by TLS, no null reverse-path, envelopes rewritten, and a limit a minute."""

from collections.abc import Iterator

import pytest

from tests.acceptance.world import World, until
from tests.servers.postfix import Postfix
from tests.servers.sink import Sink
from tests.servers.submission import submission

#: An address of the desk's, but not the one that its mail leaves from.
REWRITTEN = "returns@acme.example"
MAILS = 40


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


@pytest.fixture(scope="module")
def provider(sink: Sink, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Postfix]]:
    """A desk that sends by the provider, 10 mails a second over one connection."""
    with World(start=False) as world:
        routes = {
            REWRITTEN: f"smtp:[127.0.0.1]:{world.port}",
            "*": f"smtp:[127.0.0.1]:{sink.port}",
        }
        with submission(tmp_path_factory.mktemp("provider"), routes, rewrites_to=REWRITTEN, messages=1000) as (
            postfix,
            login,
        ):
            world.configure({"outbound": {"transport": "smtp", **login, "connections": 1, "rate_per_minute": 600}})
            world.start()
            yield world, postfix


def test_what_piled_up_leaves_once_at_the_pace_answers_first_and_the_outbox_tells_how(
    provider: tuple[World, Postfix], sink: Sink
) -> None:
    world, postfix = provider
    postfix.stop()
    people = [world.customer(f"c{number}@shop{number}.example") for number in range(MAILS)]
    for person in people:
        assert person.writes("Broken vase") == 250
    last = max(world.outbox, key=lambda mail: int(mail["id"]))
    world.run("ticket", "reply", last["ticket"], "A new vase is on its way.", "--as", "ann@acme.example")

    away = until(lambda: [one for one in world.outbox if "the relay is away since" in one["why"]], "the state")
    assert {one["leaves_at"] for one in away} == {None}
    assert (away[0]["notice"], away[0]["place"]) == ("reply", 1)

    postfix.start()
    foreseen = until(lambda: [one for one in world.outbox if one["why"] == "paced: 600 a minute"], "the pace")
    until(lambda: not world.outbox, "all to leave")

    left = [event for event in world.log if event["event"] == "outgoing_sent"]
    assert [event["notice"] for event in left] == ["reply"] + ["confirmation"] * MAILS
    order = [str(event["outbox"]) for event in left]
    assert [one["id"] for one in foreseen] == order[-len(foreseen) :]
    moments = [one["leaves_at"] for one in foreseen]
    assert moments == sorted(set(moments))
    postfix.wait_until_empty()
    received = [address for mail in sink.received for address in mail.rcpt_tos]
    assert sorted(received) == sorted([*(person.address for person in people), last["to"][0]])
    assert {mail.mail_from for mail in sink.received} == {REWRITTEN}
    assert postfix.log.count("mail without a sender is not for you") == 1


def test_bounce_to_a_rewritten_envelope_finds_its_ticket(provider: tuple[World, Postfix], sink: Sink) -> None:
    world, _ = provider
    sink.replies["nobody@gone.example"] = "550 5.1.1 nobody is at home"
    nobody = world.customer("Nobody <nobody@gone.example>")

    assert nobody.writes("Broken vase") == 250

    until(lambda: "bounced" in nobody.ticket.happened, "the report")
    assert nobody.ticket.detail("bounced")["notice"] == "confirmation"
    assert len(world.tickets_of("nobody@gone.example")) == 1
