"""An installation to look at, and one look at it."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mailticket import config
from mailticket.checks.finding import Finding
from mailticket.checks.running import Found, Look, findings
from mailticket.checks.site import Site
from mailticket.oauth.tokens import Tokens
from tests.servers import nsd


def site(folder: Path, now: datetime | None = None, **sections: Any) -> Site:
    """An installation in `folder`; it asks an empty DNS unless told otherwise."""
    desk = {"address": "support@acme.example", **sections.pop("desk", {})}
    identity = {"dns": [nsd.empty().address], **sections.pop("identity", {})}
    settings = config.build({"desk": desk, "identity": identity, **sections}, "test", folder)
    return Site.of(settings, None, now or datetime.now(UTC), _no_tokens)


def _no_tokens() -> Tokens:
    raise AssertionError("nobody here logs in by OAuth2")


def seen(look: Callable[[Site], Found], at: Site, name: str = "look", patience: float = 30) -> Sequence[Finding]:
    """What one look finds."""
    return list(findings([Look(name, look)], at, patience))
