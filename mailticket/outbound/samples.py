"""What may a template of each kind name? One example of all values; the type says what a missing one is."""

from collections.abc import Mapping
from typing import Any

from mailticket.desk.notice import NoticeKind

_STATUS: Mapping[str, Any] = {
    "greeting_name": "Carla Customer",
    "title": "Broken vase",
    "status": "in_progress",
    "before": "resolved",
    #: Days until a resolved ticket closes by itself, 0 where it does not.
    "days": 14,
}

#: The values beside `number`, `title`, `from_name` and `language`, which all kinds have.
SAMPLES: Mapping[NoticeKind, Mapping[str, Any]] = {
    NoticeKind.CONFIRMATION: {
        "greeting_name": "Carla Customer",
        "title": "Broken vase",
        "kept": ["vase-1.jpg", "vase-2.jpg"],
        "withheld": [{"filename": "label.heic", "reason": "type not allowed"}],
        "withheld_count": 1,
        "allowed": ["jpg", "pdf", "png"],
        "follows": "2611-0007",
    },
    NoticeKind.REPLY: {
        "agent_name": "Ann Ahlberg",
        "text": "Hello Carla,\n\na new vase is on its way.",
        "signature": "Ann Ahlberg\nAcme Support",
    },
    NoticeKind.STATUS_CHANGED: _STATUS,
    NoticeKind.RESOLVED: _STATUS,
    NoticeKind.CLOSED: _STATUS,
    NoticeKind.HELD: {
        "agent_name": "Ann Ahlberg",
        "subject": "Re: Broken vase",
        "reason": "the mail bears no proof that it is from this address",
        "held_id": "7",
        "can_be_released": True,
        "received_at": "2026-11-22 10:00 UTC",
    },
}
