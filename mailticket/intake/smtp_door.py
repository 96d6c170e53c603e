"""What do all SMTP sessions of one listener share? Whom it lets in, what it believes, and how a mail is handed over."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Protocol

import structlog

from mailticket.errors import TemporaryError
from mailticket.intake.limits import Connections, InFlight, Share
from mailticket.intake.logins import Logins
from mailticket.intake.smtp_path import Recipients
from mailticket.ledger import Receipt, Refused
from mailticket.mail.message import Envelope
from mailticket.settings.intake import SmtpSettings

log = structlog.get_logger()

#: The mail is not lost and nothing internal is told: the client comes again.
TRY_AGAIN = "451 4.3.0 Temporary trouble on our side, please try again later"
TAKEN = "250 2.0.0 Ok: taken"


class Ledger(Protocol):
    """The side of the ledger that intake sees."""

    def receive(self, raw: bytes, envelope: Envelope) -> Awaitable[Receipt]:
        """Commit one mail. Raises TemporaryError where the store cannot be reached."""


@dataclass(slots=True, kw_only=True, eq=False)
class Door:
    """One listener: its settings, its counters, and everybody inside."""

    settings: SmtpSettings
    ledger: Ledger
    #: The desk's addresses now; asked for every recipient, so that a reload is seen at once.
    addresses: Callable[[], Recipients]
    now: Callable[[], datetime]
    trusted_authserv: tuple[str, ...]
    hostname: str
    tls: ssl.SSLContext | None
    in_flight: InFlight
    #: Whose passwords are known, for submission.
    logins: Logins
    #: Mails that the ledger has and whose receipts are not there yet.
    commits: set[asyncio.Task[str]] = field(default_factory=set)
    closing: bool = False
    connections: Connections = field(init=False)
    _trusted: tuple[IPv4Network | IPv6Network, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.connections = Connections(self.settings.max_connections, self.settings.max_connections_per_peer)
        self._trusted = tuple(ip_network(text, strict=False) for text in self.settings.trusted_peers)

    def authserv_ids(self, peer: str | None) -> tuple[str, ...]:
        """Whose Authentication-Results may be believed in mail from `peer`; a unix socket's other end is trusted."""
        return self.trusted_authserv if self.trusts(peer) else ()

    def trusts(self, peer: str | None) -> bool:
        """Whether `peer` is a relay of ours, whose word on others we take."""
        return peer is None or any(ip_address(peer) in network for network in self._trusted)

    async def hand_over(self, raw: bytes, envelope: Envelope) -> str:
        """The SMTP reply for this mail, after the ledger's commit.

        The commit goes on where the caller is cancelled (a client that hangs up): the mail is then there,
        and the client's next try is a duplicate.
        """
        share = self.in_flight.share()
        share.set(len(raw))
        commit = asyncio.get_running_loop().create_task(self._commit(raw, envelope, share))
        self.commits.add(commit)
        commit.add_done_callback(self.commits.discard)
        return await asyncio.shield(commit)

    async def _commit(self, raw: bytes, envelope: Envelope, share: Share) -> str:
        with share:
            try:
                receipt = await self.ledger.receive(raw, envelope)
            except TemporaryError as error:
                log.warning("smtp_deferred", peer=envelope.peer, bytes=len(raw), reason=str(error))
                return TRY_AGAIN
            except Exception:  # the edge of intake: whatever it was, the client keeps the mail and comes again
                log.exception("smtp_commit_failed", peer=envelope.peer, bytes=len(raw))
                return TRY_AGAIN
        return receipt.reply if isinstance(receipt, Refused) else TAKEN


def plain_peer(address: object) -> str | None:
    """The IP address in a transport's peername, None for a unix socket; IPv4 in IPv6's clothes is IPv4."""
    if not isinstance(address, tuple):
        return None
    host = str(address[0]).partition("%")[0]
    parsed = ip_address(host)
    return str(parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else host
