"""Where does the browser come back to? An address of this machine (RFC 8252 §7.3), or what the person pastes.

On a server without a browser the person's own machine shows an error page then; its address holds the answer as well.
"""

import selectors
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from secrets import compare_digest
from time import monotonic
from typing import TextIO
from urllib.parse import parse_qs, urlsplit

_PAGE = """<!doctype html><meta charset="utf-8"><title>mailticket</title>
<p>mailticket has the answer. You can close this page; the terminal says how it goes on.</p>
"""


class Answer(HTTPServer):
    """Listens on loopback; `redirect_uri` is what the OAuth2 server is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Page)
        self.came_back = ""
        #: What the address has to name: anybody on this machine, and any page in the browser, can speak to us.
        self.state = ""

    @property
    def redirect_uri(self) -> str:
        """Where the browser is sent."""
        return f"http://127.0.0.1:{self.server_port}"

    def wait(self, state: str, pasted: TextIO | None, seconds: float, refused: Callable[[], None]) -> str:
        """The address with which the browser came, or that a person pasted; "" where neither did in time.

        It names `state`; others count for nothing. `refused` hears a line that is no such address.
        """
        self.state = state
        latest = monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self, selectors.EVENT_READ)
            if pasted is not None:
                selector.register(pasted, selectors.EVENT_READ)
            while not self.came_back and (left := latest - monotonic()) > 0:
                for key, _ in selector.select(left):
                    if key.fileobj is self:
                        self.handle_request()
                        continue
                    line = pasted.readline() if pasted else ""
                    if not line:  # nobody is there to paste anything
                        selector.unregister(key.fileobj)
                    elif self.is_meant(line.strip()):
                        self.came_back = line.strip()
                    elif line.strip():
                        refused()
        return self.came_back

    def is_meant(self, address: str) -> bool:
        """Whether this is the answer that is waited for."""
        found = parse_qs(urlsplit(address).query).get("state", [""])[0]
        return bool(self.state) and compare_digest(found.encode(), self.state.encode())


class _Page(BaseHTTPRequestHandler):
    server: Answer
    #: Seconds that a browser may be silent.
    timeout = 10

    def do_GET(self) -> None:
        """Takes the answer; whatever else a browser asks for (an icon) is not there."""
        if not self.server.is_meant(self.path):
            self.send_error(404)
            return
        self.server.came_back = self.path
        page = _PAGE.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        """Nothing: the address holds a secret."""
