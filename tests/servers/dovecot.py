"""A real Dovecot for tests: IMAP, IMAPS and LMTP on free ports of the loopback, in a temporary folder.

Its certificate is issued by a throw-away CA (`ca_file`) for localhost and 127.0.0.1, unless told otherwise.
"""

import contextlib
import os
import shutil
import signal
import smtplib
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from imapclient import IMAPClient

from tests.servers.server import Server, answers, free_ports

#: What Dovecot offers after login by itself, as far as it matters here; `capabilities` of a test are made from it.
CAPABILITIES = ("IMAP4rev1", "LITERAL+", "IDLE", "MOVE", "UIDPLUS", "UNSELECT")

_CONFIG = """
protocols = imap lmtp
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
auth_verbose = yes
auth_failure_delay = 0
ssl = {ssl}
ssl_cert = <{folder}/server.crt
ssl_key = <{folder}/server.key
mail_location = maildir:{folder}/mail/%n
auth_username_format = %Ln
first_valid_uid = 1
first_valid_gid = 0
mail_plugins = {plugins}
plugin {{
  acl = vfile:{folder}/acl
}}
passdb {{
  driver = passwd-file
  args = {folder}/passwd
}}
userdb {{
  driver = static
  args = uid={mail_user} gid={mail_group} home={folder}/mail/%n
}}
service imap-login {{
  {chroot}
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
{capabilities}
{rootless}
"""

#: Without root every part of Dovecot runs as the one user there is, and nothing can be locked into a folder.
_ROOTLESS = """
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
service anvil {{
  chroot =
}}
"""


class Dovecot(Server):
    """A running server between `with` and its end; nothing of it stays.

    `users` maps names to passwords, `capabilities` replaces what is offered after login, `acl` is the global rights
    file (`INBOX owner lrs`), `tls_only` forbids login in clear, `certificate_for` names the host in the certificate.
    Raises RuntimeError where Dovecot is not installed.
    """

    _LOG = "dovecot.log"

    def __init__(
        self,
        users: Mapping[str, str] | None = None,
        *,
        capabilities: Sequence[str] = (),
        acl: str = "",
        tls_only: bool = False,
        certificate_for: str = "DNS:localhost,IP:127.0.0.1",
    ) -> None:
        self._binary = _installed()
        super().__init__()
        self._users = dict(users or {"support": "secret"})
        self._capabilities, self._acl, self._tls_only = capabilities, acl, tls_only
        self._certificate_for = certificate_for
        self._process: subprocess.Popen[bytes] | None = None
        self.imap_port, self.imaps_port, self.lmtp_port = free_ports(3)

    @property
    def ca_file(self) -> Path:
        """The CA that vouches for the server's certificate."""
        return self._folder / "ca.crt"

    def start(self) -> None:
        """Starts the server and waits until all its ports answer."""
        with (self._folder / "stderr").open("wb") as stderr:
            # a process group of its own: what the master leaves behind can be ended with it
            self._process = subprocess.Popen(
                [self._binary, "-F", "-c", self._folder / "dovecot.conf"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                start_new_session=True,
            )
        deadline = time.monotonic() + 30
        for port in (self.imap_port, self.imaps_port, self.lmtp_port):
            while not answers(port):
                if self._process.poll() is not None or time.monotonic() > deadline:
                    said = (self._folder / "stderr").read_text(errors="replace")
                    raise RuntimeError(f"Dovecot does not start:\n{said}\n{self.log}")
                time.sleep(0.02)

    def stop(self) -> None:
        """Stops the server with all its sessions and waits until it is gone."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _end_group(process.pid)

    def restart(self) -> None:
        """Stops and starts, on the same ports and with the same mail."""
        self.stop()
        self.start()

    def mail_folder(self, user: str) -> Path:
        """The user's Maildir."""
        return self._folder / "mail" / user

    def set_password(self, user: str, password: str) -> None:
        """Gives a user a new password, or makes a new user."""
        self._users[user] = password
        self._write_passwords()

    def deliver(self, user: str, *mails: bytes) -> None:
        """Delivers mails into the user's INBOX by LMTP, and returns when they lie there."""
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as lmtp:
            for raw in mails:
                lmtp.sendmail("customer@shop.example", [f"{user}@desk.example"], raw)

    def imap(self, user: str, **options: Any) -> IMAPClient:
        """A second client, logged in as the user, to look at a mailbox with."""
        client = IMAPClient("127.0.0.1", self.imap_port, ssl=False, timeout=30, **options)
        client.login(user, self._users[user])
        return client

    def renew_uidvalidity(self, user: str) -> None:
        """Makes the server forget all UIDs of the INBOX, as after a restored backup; only while it is stopped."""
        for path in self.mail_folder(user).glob("dovecot*"):
            # dovecot-uidvalidity stays: it keeps the next UIDVALIDITY above the last one
            if path.is_file() and not path.name.startswith("dovecot-uidvalidity"):
                path.unlink()

    def _prepare(self) -> None:
        self._folder.chmod(0o755)
        own_user, own_group = str(os.getuid()), str(os.getgid())
        root = os.geteuid() == 0
        mail_user, mail_group = ("nobody", "nogroup") if root else (own_user, own_group)
        (self._folder / "mail").mkdir()
        if root:
            shutil.chown(self._folder / "mail", mail_user, mail_group)
        if self._acl:
            (self._folder / "acl").write_text(self._acl + "\n")
        self._write_passwords()
        _make_certificate(self._folder, self._certificate_for)
        offered = f"protocol imap {{\n  imap_capability = {' '.join(self._capabilities)}\n}}"
        config = _CONFIG.format(
            folder=self._folder,
            ssl="required" if self._tls_only else "yes",
            plugins="acl" if self._acl else "",
            mail_user=mail_user,
            mail_group=mail_group,
            imap_port=self.imap_port,
            imaps_port=self.imaps_port,
            lmtp_port=self.lmtp_port,
            chroot="" if root else "chroot =",
            capabilities=offered if self._capabilities else "",
            rootless="" if root else _ROOTLESS.format(user=_name("-un"), group=_name("-gn")),
        )
        (self._folder / "dovecot.conf").write_text(config)

    def _write_passwords(self) -> None:
        lines = (f"{user}:{{PLAIN}}{password}::::::\n" for user, password in self._users.items())
        new = self._folder / "passwd.new"
        new.write_text("".join(lines))
        new.replace(self._folder / "passwd")

    def _end(self) -> None:
        # Dovecot takes a second to say good-bye, and here nobody is left to listen
        if self._process is not None:
            _end_group(self._process.pid)
            self._process.wait()


def _installed() -> str:
    # /usr/sbin is not in everybody's PATH
    binary = shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if binary is None:
        raise RuntimeError("Dovecot is not installed: apt-get install dovecot-imapd dovecot-lmtpd")
    return binary


def _end_group(process: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)


def _name(option: str) -> str:
    return subprocess.run(["id", option], check=True, capture_output=True, text=True).stdout.strip()


def _make_certificate(folder: Path, names: str) -> None:
    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *new_key, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=Throw-away CA", "-days", "2")
    openssl("req", *new_key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=Throw-away server")
    (folder / "names").write_text(f"subjectAltName={names}\n")
    openssl(
        "x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
        "-extfile", "names", "-days", "2", "-out", "server.crt",
    )  # fmt: skip
