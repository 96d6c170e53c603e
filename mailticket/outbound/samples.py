"""What may a template of each kind name? One example of all values; the type says what a missing one is."""

from collections.abc import Mapping
from typing import Any

from mailticket.desk.notice import Notice, NoticeKind
from mailticket.mail.message import Address
from mailticket.outbound.agent_samples import TO_AGENTS
from mailticket.outbound.customer_samples import TO_CUSTOMERS

#: The values beside `number`, `title`, `from_name` and `language`, which all kinds have.
SAMPLES: Mapping[NoticeKind, Mapping[str, Any]] = {
    **TO_CUSTOMERS,
    **TO_AGENTS,
    NoticeKind.PROBE: {
        #: How it is known when it comes back.
        "token": "abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnop",
    },
}


def sample_notice(kind: NoticeKind, language: str) -> Notice:
    """A mail of this kind that tells nothing beyond what all have."""
    person = Address(name="Carla Customer", addr_spec="carla@shop.example")
    desk = Address(name="Acme Support", addr_spec="support@acme.example")
    return Notice(kind=kind, to=(person,), from_=desk, title="Broken vase", number="2611-0042", language=language)
