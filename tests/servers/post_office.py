"""Where people of a few companies send and read their mail: one Postfix that knows its users and signs their mail,
one Dovecot with their mailboxes, and the DNS that proves the signatures."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from tests.senders import asks, key, signer
from tests.servers.dovecot import Dovecot
from tests.servers.nsd import NameServer
from tests.servers.opendkim import OpenDkim
from tests.servers.postfix import Postfix

PASSWORD = "secret"


class PostOffice:
    """Runs between `with` and its end.

    `people` are addresses: each has a mailbox and a login, both named by the local part, and may write in no other
    name. `routes` are further ways (see Postfix), such as the desk's address to its daemon; whoever has such an address
    has a login, too.
    """

    def __init__(self, people: Sequence[str], routes: Mapping[str, str], hostname: str) -> None:
        everybody = [*people, *(address for address in routes if "@" in address)]
        domains = sorted({address.partition("@")[2] for address in everybody})
        self.dovecot = Dovecot({address.partition("@")[0]: PASSWORD for address in everybody})
        records: dict[str, Mapping[str, Sequence[str]]] = {}
        for domain in domains:
            records |= {**signer(domain), **asks(domain, "p=reject")}
        self.dns = NameServer(records)
        self._opendkim = OpenDkim(dict.fromkeys(domains, key()))
        self._hostname = hostname
        self._logins = everybody
        self._routes = {
            **dict.fromkeys(domains, f"lmtp:inet:127.0.0.1:{self.dovecot.lmtp_port}"),
            **routes,
        }
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        try:
            for server in (self.dovecot, self.dns, self._opendkim):
                self._ends.enter_context(server)
            self.postfix = self._ends.enter_context(self._make_postfix())
        except BaseException:
            self._ends.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends.close()

    def _make_postfix(self) -> Postfix:
        owners = ", ".join(f"{{ {address} = {address.partition('@')[0]} }}" for address in self._logins)
        settings = {
            "recipient_delimiter": "+",
            "smtpd_sasl_auth_enable": "yes",
            "smtpd_sasl_type": "dovecot",
            "smtpd_sasl_path": f"inet:127.0.0.1:{self.dovecot.auth_port}",
            "smtpd_relay_restrictions": "permit_sasl_authenticated, reject",
            "smtpd_sender_login_maps": f"inline:{{ {owners} }}",
            "smtpd_sender_restrictions": "reject_sender_login_mismatch",
            "smtpd_milters": self._opendkim.milter,
            "milter_default_action": "tempfail",
            "lmtp_send_xforward_command": "yes",
            "smtp_send_xforward_command": "yes",
        }
        return Postfix(self._routes, hostname=self._hostname, settings=settings)

    def empty_mailboxes(self) -> None:
        """Nobody has any mail any more."""
        for address in self._logins:
            with self.dovecot.imap(address.partition("@")[0]) as client:
                client.select_folder("INBOX")
                client.delete_messages(client.search("ALL"))
                client.expunge()
