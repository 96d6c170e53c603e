"""Which mail of ours leaves first where not all can? Four ranks, by who waits for it and what it tells."""

from collections.abc import Mapping
from enum import IntEnum

from mailticket.desk.notice import NoticeKind


class Rank(IntEnum):
    """Lower leaves first; the outbox keeps the number."""

    #: An agent's own words to a customer.
    ANSWER = 0
    #: Somebody waits for it just now: the customer for a number, an agent for work, for a question or for trouble.
    AWAITED = 1
    #: Good to know.
    UPDATE = 2
    #: What stands elsewhere, too.
    SUMMARY = 3


RANKS: Mapping[NoticeKind, Rank] = {
    NoticeKind.REPLY: Rank.ANSWER,
    NoticeKind.CONFIRMATION: Rank.AWAITED,
    NoticeKind.AGENT_NOTIFICATION: Rank.AWAITED,
    NoticeKind.HELD: Rank.AWAITED,
    NoticeKind.LIST: Rank.AWAITED,
    NoticeKind.STATS: Rank.AWAITED,
    NoticeKind.HELP: Rank.AWAITED,
    NoticeKind.BOUNCED: Rank.AWAITED,
    NoticeKind.RECEIPT: Rank.AWAITED,
    NoticeKind.ALERT: Rank.AWAITED,
    NoticeKind.TROUBLE: Rank.AWAITED,
    # it measures how long people wait
    NoticeKind.PROBE: Rank.AWAITED,
    NoticeKind.STATUS_CHANGED: Rank.UPDATE,
    NoticeKind.RESOLVED: Rank.UPDATE,
    NoticeKind.CLOSED: Rank.UPDATE,
    NoticeKind.REMINDER: Rank.UPDATE,
    NoticeKind.DIGEST: Rank.SUMMARY,
}

#: How much of a day's mails may be gone before a rank waits, in hundredths: the rest is for the ranks above it.
SHARES: Mapping[Rank, int] = {Rank.ANSWER: 100, Rank.AWAITED: 95, Rank.UPDATE: 80, Rank.SUMMARY: 80}
