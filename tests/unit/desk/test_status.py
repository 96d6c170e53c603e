"""The contract's table of states."""

import pytest

from mailticket.desk.notice import NoticeKind
from mailticket.desk.status import after_agent_answer, after_customer_mail, after_taking, notice_of_change
from mailticket.desk.ticket import Status

S = Status


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (S.OPEN, S.OPEN),
        (S.IN_PROGRESS, S.PENDING_AGENT),
        (S.PENDING_CUSTOMER, S.PENDING_AGENT),
        (S.PENDING_AGENT, S.PENDING_AGENT),
        (S.RESOLVED, S.PENDING_AGENT),
        (S.CLOSED, S.CLOSED),
    ],
)
def test_customer_writes(before: Status, after: Status) -> None:
    assert after_customer_mail(before) is after


def test_agent_answers() -> None:
    assert after_agent_answer() is S.PENDING_CUSTOMER


@pytest.mark.parametrize("before", Status)
def test_agent_takes_a_ticket(before: Status) -> None:
    assert after_taking(before) is (S.IN_PROGRESS if before is S.OPEN else before)


#: old -> what the customer hears when an agent moves it to each of STATES
STATES = (S.OPEN, S.IN_PROGRESS, S.PENDING_CUSTOMER, S.PENDING_AGENT, S.RESOLVED, S.CLOSED)
RESOLVED, CLOSED, AGAIN = NoticeKind.RESOLVED, NoticeKind.CLOSED, NoticeKind.STATUS_CHANGED
HEARD: dict[Status, tuple[NoticeKind | None, ...]] = {
    S.OPEN: (None, None, None, None, RESOLVED, CLOSED),
    S.IN_PROGRESS: (None, None, None, None, RESOLVED, CLOSED),
    S.PENDING_CUSTOMER: (None, None, None, None, RESOLVED, CLOSED),
    S.PENDING_AGENT: (None, None, None, None, RESOLVED, CLOSED),
    S.RESOLVED: (AGAIN, AGAIN, AGAIN, AGAIN, None, CLOSED),
    S.CLOSED: (AGAIN, AGAIN, AGAIN, AGAIN, RESOLVED, None),
}


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        pytest.param(old, new, kind, id=f"{old} to {new}")
        for old, row in HEARD.items()
        for new, kind in zip(STATES, row, strict=True)
    ],
)
def test_customer_hears_of_what_changes_for_them(old: Status, new: Status, kind: NoticeKind | None) -> None:
    assert notice_of_change(old, new) is kind


@pytest.mark.parametrize("old", Status)
@pytest.mark.parametrize("new", Status)
def test_that_somebody_takes_it_is_news_where_the_desk_wants_it(old: Status, new: Status) -> None:
    taken = (old, new) == (S.OPEN, S.IN_PROGRESS)
    assert notice_of_change(old, new, tell_when_taken=True) is (AGAIN if taken else notice_of_change(old, new))
