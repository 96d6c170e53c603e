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
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from imapclient import IMAPClient

from tests.servers.authority import Authority
from tests.servers.dovecot_config import CONFIG, OAUTH2, OAUTH2_PASSDB, ROOTLESS, folder_block
from tests.servers.server import Server, answers, free_ports

#: What Dovecot offers after login by itself, as far as it matters here; `capabilities` of a test are made from it.
CAPABILITIES = ("IMAP4rev1", "LITERAL+", "IDLE", "MOVE", "UIDPLUS", "UNSELECT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Introspection:
    """Where Dovecot asks whether an access token is good (RFC 7662)."""

    #: With the name and secret under which Dovecot is known there.
    url: str
    ca_file: Path
    mechanisms: Sequence[str] = ("OAUTHBEARER", "XOAUTH2")


class Dovecot(Server):
    """A running server between `with` and its end; nothing of it stays.

    `users` maps names to passwords, `capabilities` replaces what is offered after login, `acl` is the global rights
    file (`INBOX owner lrs`), `quota` what a mailbox may hold (`storage=10M`), `tls_only` forbids login in clear,
    `certificate_for` names the host in the certificate, and `certificate_days` says how long that holds.
    `folders` are there from the beginning, with their special use (`{"Sent": r"\\Sent"}`; "" for none) and below
    `prefix`; `connections` are allowed to one user from one address; with `oauth2` it takes
    access tokens as well. Raises RuntimeError where Dovecot is not installed.
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
        certificate_days: int = 30,
        quota: str = "",
        folders: Mapping[str, str] | None = None,
        prefix: str = "",
        separator: str = ".",
        connections: int = 10,
        oauth2: "Introspection | None" = None,
    ) -> None:
        self._binary = _installed()
        super().__init__()
        self._users = dict(users or {"support": "secret"})
        self._capabilities, self._acl, self._tls_only = capabilities, acl, tls_only
        self._certificate_for, self._certificate_days = certificate_for, certificate_days
        self._quota = quota
        self._folders, self._prefix, self._separator = dict(folders or {}), prefix, separator
        self._connections = connections
        self._oauth2 = oauth2
        self._process: subprocess.Popen[bytes] | None = None
        self.imap_port, self.imaps_port, self.lmtp_port, self.auth_port = free_ports(4)

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

    def kick(self, user: str) -> None:
        """Ends the user's sessions, as servers do whose access tokens are over."""
        words = ["doveadm", "-c", str(self._folder / "dovecot.conf"), "kick", user]
        subprocess.run(words, check=True, capture_output=True)

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

    def append(self, user: str, folder: str, *mails: bytes, at: datetime | None = None) -> None:
        """Puts mails into a folder as the user's own mail program does, seen; `at` is their INTERNALDATE."""
        with self.imap(user) as client:
            for raw in mails:
                client.append(folder, raw, flags=[rb"\Seen"], msg_time=at)

    def imap(self, user: str, **options: Any) -> IMAPClient:
        """A second client, logged in as the user, to look at a mailbox with."""
        client = IMAPClient("127.0.0.1", self.imap_port, ssl=False, timeout=30, **options)
        client.login(user, self._users[user])
        return client

    def renew_uidvalidity(self, user: str) -> None:
        """Makes the server forget all UIDs of the INBOX, as after a move to another one; only while it is stopped."""
        for path in self.mail_folder(user).glob("dovecot*"):
            # dovecot-uidvalidity stays: it keeps the next UIDVALIDITY above the last one
            if path.is_file() and not path.name.startswith("dovecot-uidvalidity"):
                path.unlink()

    def keep_backup(self, user: str) -> Path:
        """A copy of the user's Maildir as it lies there now."""
        backup = self._folder / "backup"
        subprocess.run(["cp", "-a", self.mail_folder(user), backup], check=True)
        return backup

    def put_back(self, user: str, backup: Path) -> None:
        """Puts the copy in the place of the Maildir, UIDs and all; only while the server is stopped."""
        shutil.rmtree(self.mail_folder(user))
        backup.rename(self.mail_folder(user))

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
        certificate, key = Authority(self._folder).issue(self._certificate_for, self._certificate_days)
        imap_plugins = "$mail_plugins imap_quota" if self._quota else "$mail_plugins"
        offered = f"  imap_capability = {' '.join(self._capabilities)}\n" if self._capabilities else ""
        limit = f"  mail_max_userip_connections = {self._connections}\n"
        config = CONFIG.format(
            folder=self._folder,
            oauth2=self._write_oauth2(self._oauth2) if self._oauth2 else "",
            ssl="required" if self._tls_only else "yes",
            certificate=certificate,
            key=key,
            plugins=" ".join(["acl"] * bool(self._acl) + ["quota"] * bool(self._quota)),
            quota=f"quota = maildir:User quota\n  quota_rule = *:{self._quota}" if self._quota else "",
            mail_user=mail_user,
            mail_group=mail_group,
            imap_port=self.imap_port,
            imaps_port=self.imaps_port,
            lmtp_port=self.lmtp_port,
            auth_port=self.auth_port,
            chroot="" if root else "chroot =",
            capabilities=f"protocol imap {{\n  mail_plugins = {imap_plugins}\n{limit}{offered}}}",
            separator=self._separator,
            prefix=self._prefix,
            folders="\n".join(folder_block(name, use) for name, use in self._folders.items()),
            rootless="" if root else ROOTLESS.format(user=_name("-un"), group=_name("-gn")),
        )
        (self._folder / "dovecot.conf").write_text(config)

    def _write_oauth2(self, oauth2: "Introspection") -> str:
        (self._folder / "oauth2.conf").write_text(OAUTH2_PASSDB.format(url=oauth2.url, ca_file=oauth2.ca_file))
        mechanisms = " ".join(oauth2.mechanisms).lower()
        return OAUTH2.format(folder=self._folder, mechanisms=mechanisms)

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
