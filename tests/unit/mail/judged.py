"""One mail through our own checks, with a table for a DNS."""

from datetime import UTC, datetime
from typing import Any

from mailticket.mail.identity import Checks, Identity, identify
from mailticket.mail.lookup import Lookup
from mailticket.mail.message import Envelope, Transport
from mailticket.mail.parse import parse_mail
from tests.senders import Names, Records


def judged(raw: bytes, names: Lookup | Records, *, arc_sealers: tuple[str, ...] = (), **envelope: Any) -> Identity:
    """The verdict on a mail that came from a client nobody knows, unless `envelope` says more."""
    lookup = names if callable(names) else Names(records=names)
    how: dict[str, Any] = {
        "mail_from": "carla@shop.example", "transport": Transport.SMTP, "received_at": datetime.now(UTC),
    } | envelope  # fmt: skip
    checks = Checks(lookup=lambda: lookup, arc_sealers=frozenset(arc_sealers))
    return identify(parse_mail(raw), Envelope(**how), raw, checks)
