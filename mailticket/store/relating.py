"""How do messages and people get from one ticket to another? Verbs of merging and splitting; nothing here decides."""

from sqlalchemy import Connection, func, or_, select, update

from mailticket.desk.ticket import Ticket
from mailticket.mail.message import Address
from mailticket.store import together
from mailticket.store.tables import messages, outbox, participants, references, tickets
from mailticket.store.tickets import add_participants

#: A ticket that is a part of a part … of more than so many is nobody's doing.
_DEEPEST = 100


def move_all(connection: Connection, source: Ticket, target: Ticket) -> int:
    """All messages of `source`, and all Message-IDs that led there, belong to `target`. Returns how many messages."""
    together.write_now(connection)
    moved = connection.execute(
        update(messages).where(messages.c.ticket_id == source.id).values(ticket_id=target.id)
    ).rowcount
    connection.execute(update(references).where(references.c.ticket_id == source.id).values(ticket_id=target.id))
    return moved


def move_message(connection: Connection, message: int, target: int) -> None:
    """One message belongs to `target`, and so does what answers it, or a notification of it."""
    together.write_now(connection)
    changed = update(messages).where(messages.c.id == message).values(ticket_id=target)
    message_id = connection.execute(changed.returning(messages.c.message_id)).scalar_one()
    shown = select(outbox.c.message_id).where(outbox.c.stored_message_id == message)
    answered = or_(references.c.message_id == message_id, references.c.message_id.in_(shown))
    connection.execute(update(references).where(answered).values(ticket_id=target))


def move_people(connection: Connection, source: Ticket, target: Ticket) -> None:
    """Everybody on `source` is on `target` as well, and gets answers there as before."""
    there = target.contact.addr_spec if target.contact else ""
    confirmed = [one for one in (source.contact, *source.copied) if one is not None and one.addr_spec != there]
    known = {there, *(one.addr_spec for one in confirmed)}
    others = [Address(addr_spec=one) for one in sorted(source.participants - known)]
    add_participants(connection, target.id, confirmed, confirmed=True)
    add_participants(connection, target.id, others, confirmed=False)


def move_children(connection: Connection, source: int, target: int) -> None:
    """What was a part of `source` is one of `target`; a part that becomes the whole is a part of nothing."""
    connection.execute(
        update(tickets).where(tickets.c.id == target, tickets.c.parent_id == source).values(parent_id=None)
    )
    connection.execute(update(tickets).where(tickets.c.parent_id == source).values(parent_id=target))


def remove_participant(connection: Connection, ticket: int, addr_spec: str) -> bool:
    """Somebody has no part in the ticket any more; False where they had none."""
    gone = participants.delete().where(participants.c.ticket_id == ticket, participants.c.address == addr_spec)
    return bool(connection.execute(gone).rowcount)


def stop_copies(connection: Connection, ticket: int, addr_spec: str) -> None:
    """Somebody gets no copies of answers any more, and may write as before."""
    theirs = (participants.c.ticket_id == ticket) & (participants.c.address == addr_spec)
    connection.execute(update(participants).where(theirs).values(confirmed=False))


def lineage(connection: Connection, ticket: int) -> list[int]:
    """Ids of the tickets that this one is a part of, the nearest first."""
    found: list[int] = []
    above: int | None = ticket
    while len(found) < _DEEPEST:
        above = connection.execute(select(tickets.c.parent_id).where(tickets.c.id == above)).scalar()
        if above is None or above in found:
            break
        found.append(above)
    return found


def messages_on(connection: Connection, ticket: int) -> int:
    """How many messages a ticket has."""
    counted = select(func.count()).select_from(messages).where(messages.c.ticket_id == ticket)
    return int(connection.execute(counted).scalar_one())
