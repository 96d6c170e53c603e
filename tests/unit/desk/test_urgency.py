"""Which mail of ours leaves first?"""

import pytest

from mailticket.desk.notice import NoticeKind
from mailticket.desk.urgency import RANKS, SHARES, Rank


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_of_mail_has_its_rank(kind: NoticeKind) -> None:
    assert RANKS[kind] in Rank


def test_who_ranks_higher_may_use_more_of_a_day() -> None:
    shares = [SHARES[rank] for rank in Rank]

    assert shares == sorted(shares, reverse=True)
    assert SHARES[Rank.ANSWER] == 100
