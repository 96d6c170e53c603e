"""What can a monitoring system see? Counters that parts raise, gauges asked of parts and store when it looks.

One registry a service, served in the Prometheus text format; deploy/README.md has the table of all names.
"""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Counter, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from mailticket.desk.canary import Side, name_of
from mailticket.desk.receipt import KINDS, Opened
from mailticket.errors import ConfigError, MailticketError
from mailticket.store.engine import Store
from mailticket.store.figures import Figures, figures
from mailticket.tally import AGAIN, Tally

#: Whoever looks more often sees the same figures of the store again.
_KEPT = timedelta(seconds=5)


class Metrics:
    """All that one service shows. Every method from any thread."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self.registry = CollectorRegistry()
        self._received = Counter(
            "mailticket_mails_received", "Mails that came in, by what became of them and by which door.",
            ("receipt", "transport"), registry=self.registry,
        )  # fmt: skip
        self._opened = Counter("mailticket_tickets_opened", "Tickets opened by mail.", registry=self.registry)
        self._outgoing = Counter(
            "mailticket_outgoing_mails", "Attempts to send a mail, by outcome.", ("outcome",), registry=self.registry
        )
        for outcome in ("sent", "deferred", "failed"):
            self._outgoing.labels(outcome)
        self._server: tuple[WSGIServer, threading.Thread] | None = None
        self._looked = _Looked(store, now)
        self.registry.register(self._looked)

    def count_taken(self, tally: Tally) -> None:
        """Mails of one commit, in whichever process."""
        for (kind, transport), mails in tally.items():
            if kind == Opened.kind:
                self._opened.inc(mails)
            if transport != AGAIN and kind in KINDS:
                self._received.labels(kind, transport).inc(mails)

    def count_outgoing(self, outcome: str) -> None:
        """One attempt: sent, deferred or failed."""
        self._outgoing.labels(outcome).inc()

    def watch_mailboxes(self, last_success_at: Callable[[], Mapping[str, datetime | None]]) -> None:
        """When each mailbox, by its name, was last looked through to the end."""
        self._looked.mailboxes = last_success_at

    def watch_canary(self, addresses: Callable[[], Sequence[str]]) -> None:
        """To which addresses probes are sent."""
        self._looked.probed = addresses

    def credential_expires(self, credential: str, at: datetime) -> None:
        """The credential of this name is worth nothing after `at`; a later call replaces what was said."""
        self._looked.credentials = {**self._looked.credentials, credential: at}

    def serve(self, listen: str) -> None:
        """Answers at HOST:PORT, in a thread, until `stop`. Raises ConfigError."""
        host, _, port = listen.rpartition(":")
        try:
            self._server = start_http_server(int(port), host.strip("[]"), self.registry)
        except OSError as error:
            raise ConfigError(
                f'metrics.listen = "{listen}"\n  cannot be used: {error.strerror}. Choose another HOST:PORT.'
            ) from error

    def stop(self) -> None:
        """Answers nobody any more. Does nothing where `serve` was not reached."""
        if self._server is not None:
            server, thread = self._server
            server.shutdown()
            server.server_close()
            thread.join()


class _Looked(Collector):
    """Gauges that are asked for when somebody looks."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now
        self._began = now()
        self.mailboxes: Callable[[], Mapping[str, datetime | None]] = dict
        self.probed: Callable[[], Sequence[str]] = tuple
        self.credentials: Mapping[str, datetime] = {}
        self._lock = threading.Lock()
        self._figures: Figures | None = None
        self._asked_at = self._began - _KEPT

    def collect(self) -> Iterable[Metric]:
        """Whatever the store does, what does not need it is shown."""
        now = self._now()
        seconds = {name: at or self._began for name, at in self.mailboxes().items()}
        yield _gauge(
            "mailticket_mailbox_last_success_age_seconds", "Since the mailbox was last looked through, or the start.",
            "mailbox", {name: (now - at).total_seconds() for name, at in seconds.items()},
        )  # fmt: skip
        yield _gauge(
            "mailticket_credential_expiry_seconds", "Until the credential is worth nothing.",
            "credential", {name: (at - now).total_seconds() for name, at in self.credentials.items()},
        )  # fmt: skip
        found = self._of_store(now)
        yield GaugeMetricFamily("mailticket_store_up", "1 where the store answers.", value=float(found is not None))
        if found is not None:
            yield from _of_figures(found, now)
            yield from _of_canary(found, self.probed(), now)

    def _of_store(self, now: datetime) -> Figures | None:
        """At most some seconds old; None where the store does not answer."""
        with self._lock:
            if abs(now - self._asked_at) >= _KEPT:  # a clock that was set back freezes nothing
                self._asked_at = now
                try:
                    with self._store.reading() as connection:
                        self._figures = figures(connection, now, self.probed())
                except MailticketError:
                    self._figures = None
            return self._figures


def _of_figures(found: Figures, now: datetime) -> Iterable[Metric]:
    oldest = (now - found.oldest_due).total_seconds() if found.oldest_due else 0.0
    plain: tuple[tuple[str, str, Any], ...] = (
        ("mailticket_outbox_waiting_mails", "Mails that have not left.", found.outbox_waiting),
        ("mailticket_outbox_oldest_due_seconds", "Since the longest waiting mail was due; 0: nothing is.", oldest),
        ("mailticket_quarantined_mails", "Mails that could not be processed.", found.quarantined),
        ("mailticket_held_mails", "Mails that wait for a person's word.", found.held),
        ("mailticket_troubles", "What is broken and was told, such as a mailbox.", len(found.troubles)),
    )
    for name, words, value in plain:
        yield GaugeMetricFamily(name, words, value=value)


def _of_canary(found: Figures, addresses: Sequence[str], now: datetime) -> Iterable[Metric]:
    late = GaugeMetricFamily("mailticket_canary_late", "1 where that side is broken.", labels=("address", "side"))
    took = GaugeMetricFamily("mailticket_canary_seconds", "Way of the last probe.", labels=("address", "side"))
    for address in addresses:
        probe = found.probes.get(address)
        ways = {Side.OUT: probe.out_seconds, Side.IN: probe.in_seconds} if probe else dict.fromkeys(Side)
        for side, seconds in ways.items():
            late.add_metric((address, side), float(name_of(side, address) in found.troubles))
            if seconds is not None:
                took.add_metric((address, side), seconds)
    yield late
    yield took
    ages = {address: one.arrived_at for address, one in found.probes.items() if one.arrived_at}
    yield _gauge(
        "mailticket_canary_last_arrival_age_seconds", "Since a probe came back.",
        "address", {address: (now - at).total_seconds() for address, at in ages.items()},
    )  # fmt: skip


def _gauge(name: str, words: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=(label,))
    for labelled, value in values.items():
        family.add_metric((labelled,), value)
    return family
