"""Who answers our questions to the DNS? The configured resolvers, within a time limit, from a cache where they can.

Answers live as long as their TTL says, within bounds; missing names too (RFC 2308). What nobody answered is not asked
again for a while. A resolver that answers nothing at all is left alone for half a minute, and said once.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import dns.exception
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.resolver
import structlog

from mailticket.mail.lookup import Answer, Lookup, Unanswered

log = structlog.get_logger()

#: Seconds for one question, for all questions about one mail, and for asking whether a resolver is there at all.
PER_QUESTION, PER_MAIL, PER_PROBE = 2.0, 5.0, 1.0
#: Seconds that a resolver which answers nothing is left alone, and that one unanswered question is not repeated.
LEFT_ALONE, NOT_REPEATED = 30.0, 20.0
#: Seconds an answer is kept at least and at most; a missing name at most.
_SHORTEST, _LONGEST, _LONGEST_MISSING = 5.0, 3600.0, 300.0
_KEPT = 20_000
#: Bytes of one TXT record, and records of one answer, that are read: no honest one comes near.
_TXT_BYTES, _RECORDS = 4096, 100
#: The text is no name that the DNS could hold.
_NO_NAME = (
    dns.name.LabelTooLong,
    dns.name.NameTooLong,
    dns.name.EmptyLabel,
    dns.name.BadEscape,
    dns.name.IDNAException,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """An answer and how long it holds; None: nobody answered."""

    answer: Answer | None
    until: float


class Resolver:
    """Answers from `servers` ("IP" or "IP:PORT"), or from those of the system. Thread-safe."""

    def __init__(self, servers: Sequence[str] = (), *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()
        #: 0: it answers.
        self._down_until = 0.0
        self._resolver = _resolver(servers)

    def for_one_mail(self) -> Lookup:
        """A lookup that gives up PER_MAIL seconds from now, whatever it is asked."""
        until = self._clock() + PER_MAIL
        return lambda name, kind: self.ask(name, kind, within=until - self._clock())

    def ask(self, name: str, kind: str, within: float = PER_QUESTION) -> Answer:
        """What the DNS says. Raises Unanswered after at most PER_QUESTION and PER_PROBE seconds, or `within`."""
        question = (name.rstrip(".").lower(), kind)
        now = self._clock()
        with self._lock:
            kept = self._kept.get(question)
            if kept is not None and kept.until > now:
                self._kept.move_to_end(question)
            else:
                kept = None
            down = self._down_until > now
            if kept is None and self._down_until and not down:
                # one question tries it again, the others do not wait for that
                self._down_until = now + PER_QUESTION + PER_PROBE
        if kept is None:
            if down or within <= 0 or self._resolver is None:
                raise Unanswered
            kept = self._asked(question, min(within, PER_QUESTION))
            if kept.answer is not None:
                self._down_until = 0.0
            self._keep(question, kept)
        if kept.answer is None:
            raise Unanswered(f"Nobody answered for {question[0]}.")
        return kept.answer

    def _asked(self, question: tuple[str, str], seconds: float) -> _Kept:
        name, kind = question
        assert self._resolver is not None
        try:
            found = self._resolver.resolve(name, kind, lifetime=seconds, raise_on_no_answer=False, search=False)
        except dns.resolver.NXDOMAIN as missing:
            return self._missing(missing, name)
        except _NO_NAME:
            return _Kept(answer=Answer(exists=False), until=self._clock() + _LONGEST_MISSING)
        except (dns.resolver.LifetimeTimeout, OSError):
            self._look_whether_it_is_there()
            return _Kept(answer=None, until=self._clock() + NOT_REPEATED)
        except dns.exception.DNSException:  # refused, broken on the domain's side, or a chain of aliases without end
            return _Kept(answer=None, until=self._clock() + NOT_REPEATED)
        values = tuple(_value(one) for one in list(found.rrset or ())[:_RECORDS] if _is_read(one))
        longest = _LONGEST if values else _LONGEST_MISSING
        lifetime = max(_SHORTEST, min(found.expiration - time.time(), longest))
        return _Kept(answer=Answer(values=values), until=self._clock() + lifetime)

    def _missing(self, missing: dns.resolver.NXDOMAIN, name: str) -> _Kept:
        lifetime = _SHORTEST
        for response in missing.kwargs["responses"].values():
            for rrset in response.authority:
                if rrset.rdtype == dns.rdatatype.SOA:
                    lifetime = max(_SHORTEST, min(rrset.ttl, rrset[0].minimum, _LONGEST_MISSING))
        return _Kept(answer=Answer(exists=False), until=self._clock() + lifetime)

    def _look_whether_it_is_there(self) -> None:
        """Anybody can own a domain whose servers never answer: only a resolver that is mute to all is down."""
        assert self._resolver is not None
        try:
            self._resolver.resolve(".", "NS", lifetime=PER_PROBE, raise_on_no_answer=False, search=False)
        except (dns.resolver.LifetimeTimeout, OSError):
            with self._lock:
                known, self._down_until = self._down_until > 0, self._clock() + LEFT_ALONE
            if not known:
                log.warning(
                    "dns_unanswered",
                    servers=[str(server) for server in self._resolver.nameservers],
                    meaning="senders without a trusted server's verdict stay unproven until it answers",
                )
        except dns.exception.DNSException:
            return

    def _keep(self, question: tuple[str, str], kept: _Kept) -> None:
        with self._lock:
            self._kept[question] = kept
            self._kept.move_to_end(question)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)


def _resolver(servers: Sequence[str]) -> dns.resolver.Resolver | None:
    """None where the system has no resolver and none is configured."""
    try:
        resolver = dns.resolver.Resolver(configure=not servers)
    except dns.resolver.NoResolverConfiguration:
        log.warning("dns_unanswered", servers=[], meaning="this machine names no resolver; set [identity] dns")
        return None
    if servers:
        resolver.nameservers = [server_of(text) for text in servers]
    resolver.cache = None
    resolver.timeout = PER_QUESTION / 2  # one lost packet is asked for again
    return resolver


def server_of(text: str) -> dns.nameserver.Do53Nameserver:
    """ "IP", "IP:PORT" or "[IPv6]:PORT" as dnspython wants it."""
    host, port = text, 53
    if text.count(":") == 1 or text.startswith("["):
        host, _, digits = text.rpartition(":")
        port = int(digits)
    return dns.nameserver.Do53Nameserver(host.strip("[]"), port)


def _is_read(record: Any) -> bool:
    return record.rdtype != dns.rdatatype.TXT or sum(map(len, record.strings)) <= _TXT_BYTES


def _value(record: Any) -> Any:
    match record.rdtype:
        case dns.rdatatype.TXT:
            return b"".join(record.strings)
        case dns.rdatatype.MX:
            return record.preference, record.exchange.to_text(omit_final_dot=True)
        case dns.rdatatype.PTR:
            return record.target.to_text(omit_final_dot=True)
        case _:
            return record.to_text()
