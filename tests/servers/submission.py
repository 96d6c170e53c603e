"""A provider's submission service for tests: Postfix that wants TLS and a login, has habits, and lets Dovecot judge."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.servers.authority import Authority
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix

USER, PASSWORD = "support", "secret"


@contextmanager
def submission(
    folder: Path,
    routes: Mapping[str, str],
    *,
    rewrites_to: str = "",
    messages: int = 0,
    per: str = "60s",
) -> Iterator[tuple[Postfix, dict[str, object]]]:
    """A running one, and the settings of [outbound] that reach it. The null reverse-path is refused.

    `rewrites_to` replaces every reverse-path; `messages` are taken from one client in the time `per`.
    """
    authority = Authority(folder)
    with Dovecot({USER: PASSWORD}) as dovecot:
        habits = {
            "smtpd_sasl_auth_enable": "yes",
            "smtpd_sasl_type": "dovecot",
            "smtpd_sasl_path": f"inet:127.0.0.1:{dovecot.auth_port}",
            "smtpd_tls_auth_only": "yes",
            "smtpd_relay_restrictions": "permit_sasl_authenticated, reject",
            "smtpd_client_message_rate_limit": str(messages),
            "anvil_rate_time_unit": per,
            # this machine is no exception
            "smtpd_client_event_limit_exceptions": "",
        }
        if rewrites_to:
            habits |= {"sender_canonical_maps": f"static:{rewrites_to}", "sender_canonical_classes": "envelope_sender"}
        null = {"<>": "550 5.7.1 mail without a sender is not for you"}
        with Postfix(routes, certificate=authority.issue(), refuse_senders=null, settings=habits) as postfix:
            login = {"user": USER, "password": PASSWORD, "ca_file": str(authority.ca_file)}
            yield postfix, {"host": "127.0.0.1", "port": postfix.port, "tls": "starttls", **login}
