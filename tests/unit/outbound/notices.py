"""A mail of ours to Carla as the tests of its words want it, and our own templates to render it with."""

from dataclasses import replace
from typing import Any

from mailticket.desk.notice import Notice, NoticeKind
from mailticket.outbound.render import Templates
from mailticket.outbound.samples import sample_notice

BUILT_IN = Templates(None)


def make_notice(**over: Any) -> Notice:
    """A confirmation, but for what the test wants different."""
    return replace(sample_notice(NoticeKind.CONFIRMATION, "en"), **over)


DESK = make_notice().from_
