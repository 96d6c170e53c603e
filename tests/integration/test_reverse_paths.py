"""What a relay refuses is known after a restart, and to nobody else than that relay."""

from datetime import timedelta

from mailticket.outbound.pace import Limits
from mailticket.outbound.relay import Relay, name_of
from mailticket.outbox_queue import OutboxQueue
from mailticket.settings.outbound import OutboundSettings
from mailticket.store import relays
from tests.factories import DESK, NOW
from tests.integration.nodes import Node, numbered
from tests.servers.sink import Sink
from tests.unit.outbound.memory import make_delivery

REFUSES_NULL = {"<>": "550 5.7.1 not without a sender"}


def deliver(desk: Node, sink: Sink, mails: int) -> None:
    """A delivery that begins, sends all that waits, and ends."""
    settings = OutboundSettings(host="127.0.0.1", port=sink.port, tls="none")
    queue = OutboxQueue(desk.ledger, "this node", name_of(settings), Limits(connections=1))
    delivery = make_delivery(
        queue, lambda: Relay(settings, str), now=desk.clock, policy=lambda: desk.context.policy
    )  # fmt: skip
    desk.clock.time += timedelta(minutes=2)
    delivery.start()
    sink.wait_for(mails)
    assert delivery.stop(10)


def test_restart_asks_the_relay_no_more_and_another_relay_anew(desk: Node) -> None:
    with Sink(replies=REFUSES_NULL) as strict, Sink() as lenient:
        for count, sink, mails in ((1, strict, 1), (2, strict, 2), (3, lenient, 1)):
            desk.open(numbered(count))
            deliver(desk, sink, mails)

    assert [mail.mail_from for mail in strict.received] == [DESK, DESK]
    assert strict.senders.count("") == 1, "after the restart it was not tried again"
    assert [mail.mail_from for mail in lenient.received] == [""]


def test_only_the_last_refusal_is_kept(desk: Node) -> None:
    with desk.store.writing() as connection:
        for days, reply in ((0, "550 first"), (8, "550 second")):
            relays.form_refused(connection, "mx:25", "null", reply, NOW + timedelta(days=days))

    with desk.store.reading() as connection:
        (one,) = relays.refused_forms(connection, "mx:25")
        assert (one.form, one.reply, one.at) == ("null", "550 second", NOW + timedelta(days=8))
        assert relays.refused_forms(connection, "mx:587") == []
