"""What does the net say about a name? https within bounds of size and time, and whether a mail server shows itself.

No password is near: this runs before anybody has typed one.
"""

import contextlib
import socket
import ssl
import threading
from collections.abc import Sequence
from http.client import HTTPException, HTTPSConnection
from urllib.parse import urljoin, urlsplit

from mailticket.autoconfig import Server
from mailticket.mail.lookup import Lookup, Unanswered

#: Bytes of an answer that are read, redirects that are followed.
LARGEST, _REDIRECTS = 65_536, 3
#: Seconds for a guessed server to show itself.
_GUESS_PATIENCE = 4.0
#: How a server greets; of STARTTLS we look no further, the login will insist on it.
_GREETINGS = {"imap": b"* OK", "smtp": b"220"}


class _Connection(HTTPSConnection):
    """To an address that we have looked up, with the certificate of the name."""

    def __init__(self, host: str, address: str, port: int, context: ssl.SSLContext, seconds: float) -> None:
        super().__init__(host, port, timeout=seconds, context=context)
        self._address, self._tls = address, context
        #: What http.client lets go of as soon as it knows that the server will close.
        self._stream: socket.socket | None = None
        self.is_cut_off = False

    def connect(self) -> None:
        """Raises OSError."""
        bare = socket.create_connection((self._address, self.port), self.timeout)
        try:
            self.sock = self._stream = self._tls.wrap_socket(bare, server_hostname=self.host)
        except BaseException:
            bare.close()
            raise

    def hang_up(self) -> None:
        """Ends whatever it waits for; for another thread."""
        self.is_cut_off = True
        if self._stream is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._stream, socket.SHUT_RDWR)  # SSLSocket's own would pull TLS from under it


class Network:
    """Asks by names that `lookup` knows; `port` is that of https, `patience` the seconds of one answer."""

    def __init__(
        self, lookup: Lookup, *, context: ssl.SSLContext | None = None, port: int = 443, patience: float = 8.0
    ) -> None:
        self._lookup, self._port, self._patience = lookup, port, patience
        self._context = context or ssl.create_default_context()

    def fetch(self, url: str) -> bytes | None:
        """What lies at an https URL; None where nothing does, or too much, too slowly, or by no good certificate."""
        for _ in range(_REDIRECTS + 1):
            parts = urlsplit(url)
            if parts.scheme != "https" or not parts.hostname or parts.username or parts.port not in (None, 443):
                return None
            path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
            status, content, location = self._get(parts.hostname, path)
            if status == 200:
                return content
            if status not in (301, 302, 303, 307, 308) or not location:
                return None
            url = urljoin(url, location)
        return None

    def answers(self, service: str, server: Server) -> bool:
        """Whether "imap" or "smtp" is there, under a certificate in its name where TLS comes first."""
        for address in self._addresses(server.host)[:1]:
            try:
                with socket.create_connection((address, server.port), _GUESS_PATIENCE) as bare:
                    if server.tls == "starttls":
                        return bare.recv(64).startswith(_GREETINGS[service])
                    with self._context.wrap_socket(bare, server_hostname=server.host) as secured:
                        return secured.recv(64).startswith(_GREETINGS[service])
            except OSError:
                return False
        return False

    def _get(self, host: str, path: str) -> tuple[int, bytes, str]:
        """Status, content, Location; (0, b"", "") where there is no answer that we read."""
        for address in self._addresses(host)[:1]:
            connection = _Connection(host, address, self._port, self._context, self._patience)
            # a server that sends one byte now and then never runs into the socket's timeout
            watchdog = threading.Timer(self._patience, connection.hang_up)
            try:
                watchdog.start()
                connection.request("GET", path, headers={"Accept": "application/xml, text/xml"})
                response = connection.getresponse()
                content = response.read(LARGEST + 1)
                if len(content) <= LARGEST and not connection.is_cut_off:
                    return response.status, content, response.headers.get("Location", "")
            except (OSError, HTTPException, ValueError):  # ValueError: what is no URL after a redirect
                return 0, b"", ""
            finally:
                watchdog.cancel()
                connection.close()
        return 0, b"", ""

    def _addresses(self, host: str) -> Sequence[str]:
        for kind in ("A", "AAAA"):
            try:
                if values := self._lookup(host, kind).values:
                    return [str(value) for value in values]
            except Unanswered:
                continue
        return []
