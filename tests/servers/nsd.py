"""A real name server for tests: NSD on a free port of the loopback, in charge of the root and so of every name."""

import atexit
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import dns.exception
import dns.message
import dns.query

from tests.senders import Records
from tests.servers.server import free_ports

_CONFIG = """
server:
  ip-address: 127.0.0.1@{port}
  server-count: 1
  username: ""
  chroot: ""
  zonesdir: "{folder}"
  database: ""
  pidfile: "{folder}/nsd.pid"
  logfile: "{folder}/nsd.log"
  xfrdfile: "{folder}/xfrd.state"
  zonelistfile: "{folder}/zone.list"
  xfrdir: "{folder}"
  rrl-ratelimit: 0
remote-control:
  control-enable: no
zone:
  name: "."
  zonefile: "root.zone"
"""
_HEAD = """
. 60 IN SOA ns. admin. 1 60 60 60 60
. 60 IN NS ns.
ns. 60 IN A 127.0.0.1
"""


_TRIES = 5


class _PortTaken(RuntimeError):
    """Somebody was quicker."""


class NameServer:
    """A running server between `with` and its end; `records` are all that it knows."""

    def __init__(self, records: Records | None = None) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="mailticket-nsd-"))
        self._records = records or {}
        self._process: subprocess.Popen[bytes] | None = None
        self._port = free_ports(1)[0]

    @property
    def address(self) -> str:
        """For `[identity] dns`."""
        return f"127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        try:
            for _ in range(_TRIES):
                try:
                    self.start()
                except _PortTaken:
                    self._port = free_ports(1)[0]
                else:
                    return self
            raise RuntimeError(f"NSD found no port in {_TRIES} tries")
        except BaseException:
            self.__exit__(None, None, None)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Raises RuntimeError where NSD is not installed or does not answer."""
        binary = shutil.which("nsd") or shutil.which("nsd", path="/usr/sbin")
        if binary is None:
            raise RuntimeError("NSD is not installed: apt-get install nsd")
        (self._folder / "nsd.conf").write_text(_CONFIG.format(port=self._port, folder=self._folder))
        (self._folder / "root.zone").write_text(_HEAD + "\n".join(_lines(self._records)) + "\n", encoding="utf-8")
        self._process = subprocess.Popen(
            [binary, "-d", "-c", str(self._folder / "nsd.conf")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 20
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                said = (self._folder / "nsd.log").read_text()
                raise (_PortTaken if "Address already in use" in said else RuntimeError)(f"NSD does not answer: {said}")

    def stop(self) -> None:
        """Where it runs; `start` begins again with the same records and port."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(20)
            self._process = None

    def _answers(self) -> bool:
        try:
            dns.query.udp(dns.message.make_query(".", "NS"), "127.0.0.1", port=self._port, timeout=0.2)
        except (dns.exception.Timeout, OSError):
            return False
        return True


@cache
def empty() -> NameServer:
    """The name server of who needs none: it answers at once that there is nothing. Runs to the end of the tests."""
    server = NameServer()
    server.__enter__()
    atexit.register(server.__exit__, None, None, None)
    return server


def _lines(records: Records) -> Iterator[str]:
    for name, by_type in records.items():
        for kind, values in by_type.items():
            for value in values:
                yield f"{name}. 60 IN {kind} {_value(kind, value)}"


def _value(kind: str, value: Any) -> str:
    match kind:
        case "TXT":
            pieces = [value[start : start + 255] for start in range(0, len(value), 255)]
            return " ".join('"' + piece.replace("\\", "\\\\").replace('"', '\\"') + '"' for piece in pieces)
        case "MX":
            return f"{value[0]} {value[1]}."
        case "PTR":
            return f"{value}."
        case _:
            return str(value)
