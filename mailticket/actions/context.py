"""What does every action need besides its transaction? The rules in force, our tokens' key, the place of the bytes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from mailticket.desk.policy import Policy
from mailticket.mail.identity import Checks
from mailticket.mail.tokens import TokenKey
from mailticket.store.blobs import BlobFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Shared by all actions of a process; a reload makes a new one."""

    policy: Policy
    key: TokenKey
    blobs: BlobFolder
    #: For looking who wrote a mail; by default without any DNS.
    checks: Checks = field(default_factory=Checks)
    #: Why a file has to be withheld, "" where it is clean; None where nobody looks. Raises TemporaryError.
    scan: Callable[[bytes], str] | None = None

    def day(self, now: datetime) -> date:
        """Today at the desk: ticket numbers follow its calendar."""
        return now.astimezone(ZoneInfo(self.policy.timezone)).date()
