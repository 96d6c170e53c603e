"""The lists of senders on both databases: found by every pattern, replaced, ended, and every change an event."""

from datetime import timedelta

from sqlalchemy import select

from mailticket.desk.senders import ListedSender, Listing
from mailticket.store import senders
from mailticket.store.engine import Store
from mailticket.store.tables import events
from tests.factories import NOW


def listed(pattern: str, listing: Listing = Listing.BLOCK, days: int | None = None) -> ListedSender:
    until = NOW + timedelta(days=days) if days else None
    return ListedSender(pattern=pattern, listing=listing, reason="r", until=until, actor="ann@acme.example", at=NOW)


def test_listing_is_found_replaced_and_ended(store: Store) -> None:
    address = "carla@shop.example"
    with store.writing() as connection:
        assert senders.listing_of(connection, address, NOW) is None
        senders.put(connection, listed("shop.example", days=2))
        assert senders.listing_of(connection, address, NOW) == listed("shop.example", days=2)
        assert senders.listing_of(connection, address, NOW + timedelta(days=2)) is None
        assert senders.listing_of(connection, "carla@other.example", NOW) is None
        senders.put(connection, listed("shop.example", Listing.ALLOW))
        assert senders.listing_of(connection, address, NOW) == listed("shop.example", Listing.ALLOW)
        assert not senders.remove(connection, "shop.example", Listing.BLOCK, "cli", NOW)
        assert senders.remove(connection, "shop.example", Listing.ALLOW, "cli", NOW)
        assert senders.listing_of(connection, address, NOW) is None

    with store.reading() as connection:
        kinds = connection.execute(select(events.c.kind, events.c.actor).order_by(events.c.id)).all()
        assert senders.all_listed(connection, Listing.BLOCK) == []
    assert [tuple(row) for row in kinds] == [
        ("sender_blocked", "ann@acme.example"),
        ("sender_allowed", "ann@acme.example"),
        ("sender_unlisted", "cli"),
    ]
