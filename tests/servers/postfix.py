"""A real Postfix for tests: an instance of its own on the loopback, as the relay before us or the smarthost behind.

It takes everything from this machine, delivers nothing locally, and asks no DNS.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.servers.server import Server, answers, free_ports

_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
meta_directory = /etc/postfix
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
myhostname = {hostname}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
transport_maps = texthash:{folder}/etc/transport
default_transport = error:5.1.2 no route to this domain
disable_dns_lookups = yes
smtp_host_lookup = native
lmtp_host_lookup = native
smtp_tls_security_level = none
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_sender_restrictions = check_sender_access regexp:{folder}/etc/senders
smtpd_recipient_restrictions = check_recipient_access texthash:{folder}/etc/recipients
smtpd_peername_lookup = no
smtpd_client_connection_rate_limit = 0
message_size_limit = 60000000
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
"""

_MASTER = """
{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


#: As `postfix check` makes them, with owner, group and mode.
_FOLDERS: Sequence[tuple[str, str, str, int]] = (
    ("etc", "root", "root", 0o755),
    ("data", "postfix", "root", 0o755),
    ("queue", "root", "root", 0o755),
    ("queue/pid", "root", "root", 0o755),
    ("queue/maildrop", "postfix", "postdrop", 0o730),
    ("queue/public", "postfix", "postdrop", 0o710),
    *(
        (f"queue/{name}", "postfix", "root", 0o700)
        for name in (
            "active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved",
            "trace",
        )
    ),
)  # fmt: skip


class Postfix(Server):
    """A running Postfix between `with` and its end; nothing of it stays.

    `routes` maps a recipient's domain to where its mail goes, such as `smtp:[127.0.0.1]:2525` or
    `lmtp:inet:127.0.0.1:2400`; "*" is for all other domains, which else are refused after the 250.
    `refuse_senders` and `refuse_recipients` map an address (`<>` is the null one) to the reply that refuses it.
    `certificate` (certificate, key) offers STARTTLS. `settings` are further lines of main.cf.
    Raises RuntimeError where Postfix is not installed, or cannot be run by this user.
    """

    _LOG = "mail.log"

    def __init__(
        self,
        routes: Mapping[str, str],
        *,
        refuse_senders: Mapping[str, str] | None = None,
        refuse_recipients: Mapping[str, str] | None = None,
        certificate: tuple[Path, Path] | None = None,
        hostname: str = "mx.acme.example",
        settings: Mapping[str, str] | None = None,
    ) -> None:
        _look()
        super().__init__()
        self._routes = routes
        self._refuse_senders = refuse_senders or {}
        self._refuse_recipients = refuse_recipients or {}
        self._certificate = certificate
        self._hostname = hostname
        self._settings = settings or {}
        (self.port,) = free_ports(1)

    def start(self) -> None:
        """Starts it, with whatever is in its queue, and waits until the port answers."""
        # no look for damage first (postfix-script): that takes a second
        (self._folder / "queue" / "quick-start").touch()
        done = self._postfix("start")
        if done.returncode:
            raise RuntimeError(f"Postfix does not start:\n{done.stdout}\n{self.log}")
        _wait(lambda: answers(self.port), f"Postfix does not answer on port {self.port}:\n{self.log}")

    def stop(self) -> None:
        """Stops it; the queue stays. Like a machine that goes down, it waits for nobody."""
        self._postfix("abort")
        _wait(lambda: not answers(self.port), f"Postfix does not stop:\n{self.log}")

    def refuse(self, *, senders: Mapping[str, str] | None = None, recipients: Mapping[str, str] | None = None) -> None:
        """Replaces what is refused, for the connections that come."""
        self._refuse_senders, self._refuse_recipients = senders or {}, recipients or {}
        self._prepare()
        self._postfix("reload")

    def queue_size(self) -> int:
        """Mails that it holds: arriving, on their way, or waiting for another try."""
        queues = ("maildrop", "incoming", "active", "deferred", "hold")
        return sum(path.is_file() for name in queues for path in (self._folder / "queue" / name).rglob("*"))

    def wait_until_empty(self, seconds: float = 30) -> None:
        """Returns when the queue is empty; fails with the log when it is not by then."""
        _wait(lambda: self.queue_size() == 0, f"Postfix still holds mail:\n{self.log}", seconds)

    def _prepare(self) -> None:
        # its processes run as user postfix and walk through this folder
        self._folder.chmod(0o755)
        for name, owner, group, mode in _FOLDERS:
            path = self._folder / name
            path.mkdir(exist_ok=True)
            shutil.chown(path, owner, group)
            path.chmod(mode)
        settings = dict(self._settings)
        if self._certificate:
            chain, key = self._certificate
            settings |= {
                "smtpd_tls_security_level": "may",
                "smtpd_tls_cert_file": str(chain),
                "smtpd_tls_key_file": str(key),
            }
        extra = "".join(f"{name} = {value}\n" for name, value in settings.items())
        self._write("main.cf", _MAIN.format(folder=self._folder, hostname=self._hostname) + extra)
        self._write("master.cf", _MASTER.format(port=f"127.0.0.1:{self.port}"))
        self._write("transport", _table(self._routes))
        self._write("recipients", _table(self._refuse_recipients))
        self._write("senders", "".join(f"/^{_escaped(who)}$/ {reply}\n" for who, reply in self._refuse_senders.items()))

    def _write(self, name: str, text: str) -> None:
        (self._folder / "etc" / name).write_text(text)

    def _postfix(self, verb: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [_binary(), "-c", str(self._folder / "etc"), verb],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip


def _look() -> None:
    if not Path(_binary()).exists():
        raise RuntimeError("Postfix is not installed: apt-get install --no-install-recommends postfix")
    if os.geteuid() != 0:
        raise RuntimeError("Postfix can be started by root only: run the tests as root")


def _binary() -> str:
    return shutil.which("postfix", path="/usr/sbin:/sbin:/usr/local/sbin") or "/usr/sbin/postfix"


def _table(entries: Mapping[str, str]) -> str:
    return "".join(f"{key} {value}\n" for key, value in entries.items())


def _escaped(address: str) -> str:
    return "".join(c if c.isalnum() or c in "@<>-_" else f"\\{c}" for c in address)


def _wait(condition: Callable[[], bool], complaint: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(complaint)
        time.sleep(0.02)
