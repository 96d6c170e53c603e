"""Delivery over the store against relays that want less, or are away for days: nothing is lost, nothing doubled."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import func, select
from structlog.testing import capture_logs

from mailticket.desk.notice import Notice, NoticeKind
from mailticket.mail.message import Address
from mailticket.outbound.delivery import Delivery
from mailticket.outbound.pace import Limits
from mailticket.outbound.relay import Relay, name_of
from mailticket.outbox_queue import OutboxQueue
from mailticket.settings.outbound import OutboundSettings
from mailticket.store import outbox, pace
from mailticket.store import tables as t
from tests.factories import DESK
from tests.integration.nodes import Node
from tests.servers.server import free_ports
from tests.servers.sink import Sink
from tests.servers.submission import submission
from tests.unit.outbound.memory import make_delivery, wait_until

HOUR = timedelta(hours=1)
KINDS = (NoticeKind.DIGEST, NoticeKind.RESOLVED, NoticeKind.CONFIRMATION)


def put(desk: Node, count: int) -> set[str]:
    """Mails of several kinds, the least urgent first; to whom."""
    people = [f"c{number}@shop{number % 7}.example" for number in range(count)]
    with desk.store.writing() as connection:
        for number, person in enumerate(people):
            notice = Notice(
                kind=KINDS[number * len(KINDS) // count],
                to=(Address(addr_spec=person),),
                from_=Address(addr_spec=DESK),
                title="Vase",
                number="2611-0042",
                language="en",
            )
            now = desk.clock.time
            outbox.queue(connection, notice, f"<{number}@acme.example>", DESK, None, now, now)
    return set(people)


@contextmanager
def delivering(desk: Node, settings: OutboundSettings, password: Callable[[], str]) -> Iterator[Delivery]:
    limits = Limits(connections=settings.connections)
    delivery = make_delivery(
        OutboxQueue(desk.ledger, "this node", name_of(settings), limits),
        lambda: Relay(settings, password),
        now=desk.clock,
        policy=lambda: desk.context.policy,
        connections=settings.connections,
    )
    delivery.start()
    try:
        yield delivery
    finally:
        assert delivery.stop(20)


def left(desk: Node) -> Counter[str]:
    """Rows by their state."""
    with desk.store.reading() as connection:
        return Counter(
            dict(connection.execute(select(t.outbox.c.state, func.count()).group_by(t.outbox.c.state)).all())
        )


def learned(desk: Node, settings: OutboundSettings) -> pace.RelayPace:
    with desk.store.reading() as connection:
        return pace.read(connection, name_of(settings))


def test_relay_that_limits_the_rate_gets_all_mails_once_and_none_is_bounced(desk: Node, tmp_path: Path) -> None:
    people = put(desk, 45)
    with ExitStack() as servers, capture_logs() as logs:
        sink = servers.enter_context(Sink())
        routes = {"*": f"smtp:[127.0.0.1]:{sink.port}"}
        postfix, login = servers.enter_context(submission(tmp_path, routes, messages=20, per="1s"))
        settings = OutboundSettings(**login, connections=4)
        with delivering(desk, settings, settings.password.get_secret_value) as delivery:

            def all_left() -> bool:
                desk.clock.time += timedelta(seconds=1)
                delivery.wake()
                return left(desk) == {"sent": 45}

            wait_until(all_left, 90)
        postfix.wait_until_empty()
        assert postfix.log.count("Message delivery request rate limit exceeded") >= 1

    assert sorted(mail.rcpt_tos[0] for mail in sink.received) == sorted(people)
    events = Counter(entry["event"] for entry in logs)
    assert events["relay_wants_less"] >= 1
    assert events["outgoing_deferred"] == events["outgoing_failed"] == events["relay_unreachable"] == 0
    with desk.store.reading() as connection:
        assert set(connection.execute(select(t.outbox.c.attempts)).scalars()) == {1}
        rows = connection.execute(select(t.outbox.c.kind).order_by(t.outbox.c.sent_at, t.outbox.c.priority))
        places: dict[str, list[int]] = {kind: [] for kind in KINDS}
        for place, kind in enumerate(rows.scalars()):
            places[kind].append(place)
    # one that was refused twice in a row has let another one pass
    middle = [median(places[kind]) for kind in reversed(KINDS)]
    assert middle == sorted(middle), "the most urgent ones first, whatever the pace"


def test_outage_of_three_days_with_a_refused_login_in_the_middle_ends_by_itself(desk: Node) -> None:
    people, (port,), passwords = put(desk, 30), free_ports(1), ["old"]
    settings = OutboundSettings(host="127.0.0.1", port=port, tls="none", user="support", timeout=10)
    sink = Sink(login=("support", "new"))
    sink.port = port
    with ExitStack() as servers, capture_logs() as logs:
        with delivering(desk, settings, lambda: passwords[-1]) as delivery:

            def a_day_of(reason: str) -> None:
                for _ in range(24):
                    desk.clock.time += HOUR
                    delivery.wake()
                wait_until(lambda: reason in learned(desk, settings).away_reason)

            wait_until(lambda: learned(desk, settings).away_since)
            since = learned(desk, settings).away_since
            a_day_of("Connection refused")
            servers.enter_context(sink)
            a_day_of("refused the login of support")
            a_day_of("refused the login of support")
            assert learned(desk, settings).away_since == since
            assert left(desk) == {"queued": 30}
            passwords.append("new")
            desk.clock.time += HOUR
            delivery.wake()
            wait_until(lambda: left(desk) == {"sent": 30})
            wait_until(lambda: learned(desk, settings) == pace.RelayPace())
        received = sorted(mail.rcpt_tos[0] for mail in sink.received)

    assert received == sorted(people)
    events = Counter(entry["event"] for entry in logs)
    assert (events["relay_unreachable"], events["relay_reachable"]) == (1, 1)
    assert [entry["after_s"] for entry in logs if entry["event"] == "relay_reachable"] == [73 * 3600]
    with desk.store.reading() as connection:
        rows = connection.execute(select(t.outbox.c.attempts, t.outbox.c.last_error)).all()
        assert set(map(tuple, rows)) == {(1, "")}, "one attempt each, and no word of the outage is left"
        assert len(rows) == 30, "no alert waited for the relay to come back"
