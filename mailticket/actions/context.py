"""What does every action need besides its transaction? The rules in force, our tokens' key, the place of the bytes."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from mailticket.desk.policy import Policy
from mailticket.mail.tokens import TokenKey
from mailticket.store.blobs import BlobFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Shared by all actions of a process; a reload makes a new one."""

    policy: Policy
    key: TokenKey
    blobs: BlobFolder

    def day(self, now: datetime) -> date:
        """Today at the desk: ticket numbers follow its calendar."""
        return now.astimezone(ZoneInfo(self.policy.timezone)).date()
