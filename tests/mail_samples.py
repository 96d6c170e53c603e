"""Mails of every kind with everything in them, in all their variants; for tests of how mails read and look."""

from collections.abc import Iterator, Mapping
from typing import Any

from mailticket.desk.notice import NoticeKind
from mailticket.outbound.samples import SAMPLES

#: What else a mail of the kind may be about.
_VARIANTS: Mapping[NoticeKind, Mapping[str, tuple[Any, ...]]] = {
    NoticeKind.REPLY: {"html": ("",), "resolved": (False,)},
    NoticeKind.STATUS_CHANGED: {"status": ("pending_customer", "open"), "before": ("open",)},
    NoticeKind.AGENT_NOTIFICATION: {"verified": (False,), "verdict": ("fail",), "text": ("",)},
    NoticeKind.HELD: {"yours": (True,), "elsewhere": (True, False), "decides_at": ("",)},
    NoticeKind.TROUBLE: {"over_at": ("2026-11-22T12:00:00Z",)},
    NoticeKind.BOUNCED: {"about": ("agent", "complaint"), "notice": ("resolved", "reminder", "")},
    NoticeKind.RECEIPT: {
        "about": ("waits", "taken_back", "too_late", "done", "pressed", "pressed_before", "not_pressed", "gone"),
        "problems": ([],),
        "refused": ([],),
    },
    NoticeKind.LIST: {"topic": ("queue", "mine", "show"), "total": (0, 1)},
    NoticeKind.STATS: {"words": ("day", "month", "year")},
}


def samples(kind: NoticeKind) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each variant with its name; the first has all values, the last none."""
    full = dict(SAMPLES[kind])
    yield "sample", full
    for name, values in _VARIANTS.get(kind, {}).items():
        assert name in full, f"a {kind} has no {name}"
        for value in values:
            yield f"{name} {value or 'none'}", {**full, name: value}
    yield "bare", {}
