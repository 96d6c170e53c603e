"""A real OAuth2 server for tests: oidc-provider under Node, with TLS, on a free port of the loopback.

`sign_in` and `type_code` are what a person does in a browser.
"""

import json
import re
import shutil
import subprocess
import time
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests

from tests.servers.authority import Authority
from tests.servers.dovecot import Introspection
from tests.servers.server import Server, answers, free_ports

_HERE = Path(__file__).parent


class OAuth2(Server):
    """A running server between `with` and its end. Raises RuntimeError where Node or its packages are missing."""

    _LOG = "oauth2.log"

    def __init__(self) -> None:
        if shutil.which("node") is None or not (_HERE / "node_modules").is_dir():
            raise RuntimeError("the OAuth2 server is not installed: make test does that (Node 18 and npm)")
        super().__init__()
        (self.port,) = free_ports(1)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def issuer(self) -> str:
        """What settings call it."""
        return f"https://localhost:{self.port}/acme"

    @property
    def ca_file(self) -> Path:
        """The CA that vouches for it."""
        return self._folder / "ca" / "ca.crt"

    def introspection(self, *mechanisms: str) -> Introspection:
        """What Dovecot has to know to ask it."""
        url = f"https://dovecot:dovecot-secret@localhost:{self.port}/acme/token/introspection"
        return Introspection(url=url, ca_file=self.ca_file, mechanisms=mechanisms or ("OAUTHBEARER", "XOAUTH2"))

    def start(self) -> None:
        """Starts it and waits until it answers; what it had granted before is forgotten."""
        with (self._folder / self._LOG).open("ab") as log:
            self._process = subprocess.Popen(
                ["node", _HERE / "server.mjs", str(self.port), *self._certificate],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        deadline = time.monotonic() + 30
        while not answers(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the OAuth2 server does not start:\n{self.log}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stops it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def control(self, **changes: Any) -> dict[str, int]:
        """Changes what it does (see server.mjs). Returns how often it was asked, has renewed, and saw a used token."""
        reply = requests.post(f"{self.issuer}/control", data=json.dumps(changes), verify=str(self.ca_file), timeout=30)
        counts: dict[str, int] = reply.json()
        return counts

    def sign_in(self, address: str, user: str) -> str:
        """Opens `address`, signs in as `user` and allows everything; where the browser is sent back to at last."""
        return Browser(self.ca_file).sign_in(address, user)

    def type_code(self, address: str, code: str, user: str) -> str:
        """Opens `address`, types `code`, and signs in as `user`; the page that is shown at last."""
        return Browser(self.ca_file).type_code(address, code, user)

    def _prepare(self) -> None:
        self._folder.chmod(0o755)
        self._certificate = Authority(self._folder / "ca").issue()
        self.ca_file.parent.chmod(0o755)


class Browser:
    """Follows redirects and fills in forms; knows no JavaScript."""

    def __init__(self, ca_file: Path) -> None:
        self._session = requests.Session()
        self._how: dict[str, Any] = {"verify": str(ca_file), "allow_redirects": False, "timeout": 30}

    def sign_in(self, address: str, user: str) -> str:
        """See OAuth2."""
        return self._through(self._get(address), user).url

    def type_code(self, address: str, code: str, user: str) -> str:
        """See OAuth2."""
        page = self._get(address)
        page = self._submit(page, user_code=code)
        page = self._submit(page)  # yes, this code
        return self._through(page, user).text

    def _through(self, page: requests.Response, user: str) -> requests.Response:
        while 'name="prompt"' in page.text:
            filled = {"login": user, "password": "whatever"} if 'value="login"' in page.text else {}
            page = self._submit(page, **filled)
        return page

    def _submit(self, page: requests.Response, **filled: str) -> requests.Response:
        action = re.search(r'<form[^>]* action="([^"]+)"', page.text)
        assert action is not None, page.text
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
        address = urljoin(page.url, unescape(action[1]))
        return self._follow(self._session.post(address, {**dict(hidden), **filled}, **self._how))

    def _get(self, address: str) -> requests.Response:
        return self._follow(self._session.get(address, **self._how))

    def _follow(self, page: requests.Response) -> requests.Response:
        while page.is_redirect:
            address = urljoin(page.url, page.headers["location"])
            if not address.startswith("https://localhost"):
                page.url = address  # the program that waits for it is not ours to speak to
                return page
            page = self._session.get(address, **self._how)
        return page
