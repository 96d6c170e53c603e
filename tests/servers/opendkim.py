"""A real OpenDKIM for tests: the milter by which a provider's Postfix signs what its people send (RFC 6376)."""

import shutil
import subprocess
import time
from collections.abc import Mapping

from tests.senders import Key
from tests.servers.server import Server, answers, free_ports

_CONFIG = """
Background no
Syslog no
UserID root
RequireSafeKeys no
Mode s
Socket inet:{port}@127.0.0.1
KeyTable file:{folder}/keys
SigningTable refile:{folder}/signers
InternalHosts {folder}/hosts
Canonicalization relaxed/simple
OversignHeaders From
"""


class OpenDkim(Server):
    """Runs between `with` and its end. Raises RuntimeError where it is not installed or does not start.

    `keys` maps a domain to the key with which mail from its addresses is signed; its selector is `s1`.
    """

    _LOG = "stderr"

    def __init__(self, keys: Mapping[str, Key]) -> None:
        super().__init__()
        self._keys = keys
        (self._port,) = free_ports(1)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def milter(self) -> str:
        """For Postfix's `smtpd_milters`."""
        return f"inet:127.0.0.1:{self._port}"

    def start(self) -> None:
        """Returns when it listens."""
        binary = shutil.which("opendkim", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
        if binary is None:
            raise RuntimeError("OpenDKIM is not installed: apt-get install --no-install-recommends opendkim")
        with (self._folder / self._LOG).open("wb") as stderr:
            self._process = subprocess.Popen(
                [binary, "-f", "-x", str(self._folder / "opendkim.conf")],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr,
            )  # fmt: skip
        deadline = time.monotonic() + 30
        while not answers(self._port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"OpenDKIM does not start:\n{self.log}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Nobody's mail is signed any more."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(30)
            self._process = None

    def _prepare(self) -> None:
        for domain, key in self._keys.items():
            (self._folder / f"{domain}.key").write_bytes(key.private)
        self._table("keys", {domain: f"{domain}:s1:{self._folder}/{domain}.key" for domain in self._keys})
        self._table("signers", {f"*@{domain}": domain for domain in self._keys})
        (self._folder / "hosts").write_text("127.0.0.0/8\n")
        (self._folder / "opendkim.conf").write_text(_CONFIG.format(port=self._port, folder=self._folder))

    def _table(self, name: str, entries: Mapping[str, str]) -> None:
        (self._folder / name).write_text("".join(f"{key} {value}\n" for key, value in entries.items()))
