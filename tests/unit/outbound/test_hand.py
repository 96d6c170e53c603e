"""Which of the claimed mails is begun next?"""

from datetime import timedelta

from mailticket.outbound.hand import Hand
from mailticket.store.outbox import OutboxRow
from tests.unit.outbound.memory import START, MemoryOutbox

LATER = START + timedelta(minutes=25)


def rows(*people: str) -> list[OutboxRow]:
    outbox = MemoryOutbox()
    return [outbox.add(person).row for person in people]


def taken(hand: Hand) -> list[int]:
    """Ids of all that may be begun at once."""
    found = []
    while row := hand.take():
        found.append(row.id)
    return found


def test_mails_are_begun_in_order_but_for_those_whose_domain_has_no_room() -> None:
    hand, mails = Hand(per_domain=2), rows("a@slow.example", "b@slow.example", "c@slow.example", "d@quick.example")
    hand.put(mails, LATER)

    assert taken(hand) == [1, 2, 4]
    assert hand.busy() == {"slow.example"}

    hand.done(mails[0])
    assert hand.busy() == frozenset()
    assert taken(hand) == [3]


def test_what_nobody_has_begun_is_given_back_when_its_time_is_over() -> None:
    hand, (first, second, third) = Hand(per_domain=1), rows("a@slow.example", "b@slow.example", "c@slow.example")
    hand.put([first, second], START)
    hand.put([third], LATER)
    assert hand.take() is first

    assert hand.give_back(START) == [second.id]
    assert hand.give_back() == [third.id]
    hand.put([second], LATER)
    hand.done(first)
    assert taken(hand) == [second.id]


def test_mail_that_is_on_its_way_is_not_begun_again() -> None:
    hand, (mail,) = Hand(per_domain=2), rows("a@shop.example")
    hand.put([mail], START)
    assert hand.take() is mail

    hand.put([mail], LATER)
    assert hand.take() is None

    hand.done(mail)
    hand.put([mail], LATER)
    assert hand.take() is mail
