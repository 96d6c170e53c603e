"""Which mail waits for something? Held mail for a person's word, quarantined mail for a mend; both raw and complete."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, func, insert, select, update

from mailticket.mail.message import Address, Envelope, Position, Provider, Transport
from mailticket.store import together
from mailticket.store.tables import tickets, waiting

QUARANTINE = "quarantine"
HELD = "held"

#: How the reason begins where only the header block of a mail was kept: it cannot be run again.
TOO_LARGE = "too_large: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One mail that waits."""

    id: int
    state: str
    digest: str
    received_at: datetime
    from_address: str
    subject: str
    reason: str
    ticket: str
    tries: int
    envelope: Envelope
    raw_sha256: str
    #: What a person said about it, "" while nobody has.
    word: str = ""
    #: The newest message of its ticket that the question about it has shown.
    shown_until: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """What is left to be said of a mail that waits no longer."""

    id: int
    digest: str
    from_address: str
    reason: str
    ticket_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How much waits."""

    count: int
    #: The highest id among them; ids say nothing of the order in which they were received.
    last_id: int
    #: How many wait for one of the reasons that were asked about.
    of_reasons: int


def keep(
    connection: Connection,
    state: str,
    *,
    digest: str,
    from_address: str,
    subject: str,
    reason: str,
    ticket: int | None,
    envelope: Envelope,
    raw_sha256: str,
    decide_at: datetime | None = None,
    shown_until: int = 0,
) -> int:
    """Keeps a mail, or counts one more try for one that waits already. Returns its id.

    What waits is the copy that came last: its bytes are those that were judged. `decide_at`: when it becomes a ticket
    of its own if nobody has said a word by then. `shown_until`: the newest message that the question about it shows.
    """
    together.write_now(connection)  # its bytes: the row refers to them
    values: dict[str, Any] = {
        "state": state,
        "digest": digest,
        "received_at": envelope.received_at,
        "from_address": from_address,
        "subject": subject,
        "reason": reason,
        "ticket_id": ticket,
        "word": "",
        "decide_at": decide_at,
        "shown_until": shown_until,
        "envelope": _as_json(envelope),
        "raw_sha256": raw_sha256,
    }
    row = connection.execute(select(waiting.c.id).where(waiting.c.digest == digest)).one_or_none()
    if row is not None:
        again = update(waiting).where(waiting.c.id == row.id).values(**values, tries=waiting.c.tries + 1)
        connection.execute(again)
        return int(row.id)
    return int(connection.execute(insert(waiting).returning(waiting.c.id), {**values, "tries": 1}).scalar_one())


_ROWS = select(waiting, tickets.c.number).select_from(waiting.outerjoin(tickets, waiting.c.ticket_id == tickets.c.id))


def listing(connection: Connection, state: str) -> list[Waiting]:
    """Everything that waits in `state`, oldest first."""
    rows = connection.execute(_ROWS.where(waiting.c.state == state).order_by(waiting.c.received_at, waiting.c.id))
    return [_waiting(row) for row in rows]


def newest(connection: Connection, state: str, limit: int) -> list[Waiting]:
    """What was received last, newest first."""
    rows = _ROWS.where(waiting.c.state == state).order_by(waiting.c.received_at.desc(), waiting.c.id.desc())
    return [_waiting(row) for row in connection.execute(rows.limit(limit))]


def is_any(connection: Connection, state: str) -> bool:
    """Whether anything waits in `state`; cheap, however much does."""
    return bool(connection.execute(select(exists().where(waiting.c.state == state))).scalar_one())


def tally(connection: Connection, state: str, reasons: Collection[str]) -> Tally:
    """How much waits in `state`, and how much of it for one of `reasons`. For seldom questions: it looks at all."""
    of_reasons = func.count().filter(waiting.c.reason.in_(reasons))
    counted = select(func.count(), func.coalesce(func.max(waiting.c.id), 0), of_reasons).where(waiting.c.state == state)
    count, last_id, doubted = connection.execute(counted).one()
    return Tally(count=count, last_id=last_id, of_reasons=doubted)


def undecided(connection: Connection, from_address: str, but: str, now: datetime) -> int:
    """How many mails of this address become tickets later on if nobody says a word; `but`: a digest that is left out.

    Asked by time, which few rows have, however much waits.
    """
    those = (waiting.c.decide_at > now, waiting.c.from_address == from_address, waiting.c.digest != but)
    return int(connection.execute(select(func.count()).where(*those)).scalar_one())


def find(connection: Connection, state: str, id_: int, *, ours: bool = False) -> Waiting | None:
    """One of them. `ours`: nobody else settles it before this transaction ends."""
    wanted = _ROWS.where(waiting.c.state == state, waiting.c.id == id_)
    row = connection.execute(wanted.with_for_update(of=waiting) if ours else wanted).one_or_none()
    return _waiting(row) if row else None


def of_agent(
    connection: Connection, ticket: int, addresses: Collection[str], reasons: Collection[str], but: str
) -> list[Waiting]:
    """Held mail about a ticket from these addresses, for one of `reasons`; `but`: a digest that is left out."""
    those = (
        waiting.c.ticket_id == ticket,
        waiting.c.state == HELD,
        waiting.c.from_address.in_(addresses),
        waiting.c.reason.in_(reasons),
        waiting.c.digest != but,
    )
    return [_waiting(row) for row in connection.execute(_ROWS.where(*those).order_by(waiting.c.id))]


def say(connection: Connection, id_: int, word: str, now: datetime) -> None:
    """A person's word on held mail: it is carried out as soon as somebody looks, see `due`."""
    connection.execute(update(waiting).where(waiting.c.id == id_).values(word=word, decide_at=now))


def name_writer(connection: Connection, one: Waiting, writer: Address) -> None:
    """Somebody says who wrote what this mail forwards."""
    envelope = _as_json(replace(one.envelope, written_by=writer))
    connection.execute(update(waiting).where(waiting.c.id == one.id).values(envelope=envelope))


def due(connection: Connection, now: datetime, limit: int) -> list[Waiting]:
    """Held mail on which a word was said, or on which nobody said one in time; oldest first."""
    ripe = _ROWS.where(waiting.c.decide_at <= now, waiting.c.state == HELD)
    return [_waiting(row) for row in connection.execute(ripe.order_by(waiting.c.decide_at, waiting.c.id).limit(limit))]


def later(connection: Connection, one: Waiting, at: datetime) -> None:
    """It could not be carried out just now: `due` tells of it again at `at`."""
    connection.execute(update(waiting).where(*_as_it_was(one)).values(decide_at=at))


def set_aside(connection: Connection, one: Waiting, reason: str) -> bool:
    """Moves held mail into quarantine; False where somebody else has settled it meanwhile."""
    values = {"state": QUARANTINE, "reason": reason, "word": "", "decide_at": None, "tries": waiting.c.tries + 1}
    return connection.execute(update(waiting).where(*_as_it_was(one)).values(**values)).rowcount > 0


def _as_it_was(one: Waiting) -> tuple[Any, ...]:
    return waiting.c.id == one.id, waiting.c.state == one.state, waiting.c.tries == one.tries


def is_there(connection: Connection, digest: str, tries: int) -> bool:
    """Whether it still waits after so many tries as when it was read: nobody else has run it since.

    It is the caller's until the transaction ends.
    """
    this = select(waiting.c.tries).where(waiting.c.digest == digest).with_for_update()
    return connection.execute(this).scalar_one_or_none() == tries


def remove(connection: Connection, digest: str) -> None:
    """It waits no longer."""
    connection.execute(delete(waiting).where(waiting.c.digest == digest))


def drop(connection: Connection, state: str, up_to: int, reasons: Collection[str]) -> list[Dropped]:
    """All with ids up to `up_to` that wait for one of `reasons` wait no longer; returns them by id."""
    these = (waiting.c.state == state, waiting.c.id <= up_to, waiting.c.reason.in_(reasons))
    told = (waiting.c.id, waiting.c.digest, waiting.c.from_address, waiting.c.reason, waiting.c.ticket_id)
    rows = connection.execute(delete(waiting).where(*these).returning(*told))
    return sorted((Dropped(**row) for row in rows.mappings()), key=lambda one: one.id)


def _waiting(row: Any) -> Waiting:
    return Waiting(
        id=row.id, state=row.state, digest=row.digest, received_at=row.received_at, from_address=row.from_address,
        subject=row.subject, reason=row.reason, ticket=row.number or "", tries=row.tries,
        envelope=_from_json(row.envelope), raw_sha256=row.raw_sha256, word=row.word,
        shown_until=row.shown_until,
    )  # fmt: skip


def _as_json(envelope: Envelope) -> dict[str, Any]:
    position = envelope.position
    return {
        "mail_from": envelope.mail_from,
        "rcpt_tos": list(envelope.rcpt_tos),
        "transport": envelope.transport,
        "peer": envelope.peer,
        "client": envelope.client,
        "helo": envelope.helo,
        "received_at": envelope.received_at.isoformat(),
        "authserv_ids": list(envelope.authserv_ids),
        "provider": envelope.provider,
        "tenant": envelope.tenant,
        "position": position and [position.account, position.folder, position.uidvalidity, position.uid],
        "team": envelope.team,
        "authenticated": envelope.authenticated,
        "trusted": envelope.trusted,
        "filtered": envelope.filtered,
        "sent": envelope.sent,
        "written_by": envelope.written_by and [envelope.written_by.name, envelope.written_by.addr_spec],
        "confirm": envelope.confirm,
    }


def _from_json(plain: Mapping[str, Any]) -> Envelope:
    position = None
    if plain["position"]:
        account, folder, uidvalidity, uid = plain["position"]
        position = Position(account=account, folder=folder, uidvalidity=uidvalidity, uid=uid)
    return Envelope(
        mail_from=plain["mail_from"],
        rcpt_tos=tuple(plain["rcpt_tos"]),
        transport=Transport(plain["transport"]),
        peer=plain["peer"],
        client=plain["client"],
        helo=plain["helo"],
        received_at=datetime.fromisoformat(plain["received_at"]),
        authserv_ids=tuple(plain["authserv_ids"]),
        provider=Provider(plain["provider"]) if plain["provider"] else None,
        tenant=plain["tenant"],
        position=position,
        team=plain.get("team", ""),  # what was kept before teams had mailboxes
        authenticated=plain["authenticated"],
        trusted=plain["trusted"],
        filtered=plain["filtered"],
        # (mail that waited before there was such a word came by other doors)
        sent=plain.get("sent", False),
        written_by=Address(name=writer[0], addr_spec=writer[1]) if (writer := plain.get("written_by")) else None,
        confirm=plain["confirm"],
    )
