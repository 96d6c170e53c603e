"""Which listing names an address? The most exact one that is in force."""

from datetime import timedelta

import pytest

from mailticket.desk.senders import ListedSender, Listing, foremost, patterns_of
from tests.factories import NOW


def listed(pattern: str, listing: Listing = Listing.BLOCK, days: int | None = None) -> ListedSender:
    until = NOW + timedelta(days=days) if days is not None else None
    return ListedSender(pattern=pattern, listing=listing, reason="r", until=until, actor="cli", at=NOW)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], None),
        ([listed("carla@shop.example")], "carla@shop.example"),
        ([listed("shop.example")], "shop.example"),
        ([listed("example")], "example"),
        ([listed("hop.example"), listed("paul@shop.example")], None),
        ([listed("shop.example"), listed("carla@shop.example", Listing.ALLOW)], "carla@shop.example"),
        ([listed("shop.example", days=0)], None),
        ([listed("shop.example", days=1)], "shop.example"),
        ([listed("carla@shop.example", days=-1), listed("shop.example")], "shop.example"),
    ],
    ids=[
        "nobody",
        "address",
        "domain",
        "above",
        "others",
        "the more exact",
        "over now",
        "not over",
        "over, and another",
    ],
)
def test_most_exact_listing_counts(rows: list[ListedSender], expected: str | None) -> None:
    found = foremost("carla@shop.example", rows, NOW)

    assert (found.pattern if found else None) == expected


def test_patterns_go_from_the_address_up() -> None:
    assert patterns_of("a@b.c.example") == ("a@b.c.example", "b.c.example", "c.example", "example")
    assert len(patterns_of("a@" + "x." * 100 + "example")) == 9
