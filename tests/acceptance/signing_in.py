"""A desk whose mailbox and relay want OAuth2, and the person who lets it in: a terminal, and a browser beside it."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.acceptance.commands import PROJECT, environment
from tests.acceptance.waiting import PATIENCE
from tests.acceptance.world import World
from tests.servers.dovecot import Dovecot
from tests.servers.oauth2 import OAuth2
from tests.servers.postfix import Postfix
from tests.servers.sink import Sink


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """All that a provider of mailboxes has."""

    oauth2: OAuth2
    dovecot: Dovecot
    postfix: Postfix
    #: Where mail from the desk arrives.
    sink: Sink

    def logins(self, oauth2: Mapping[str, Any], **mailbox: Any) -> dict[str, Any]:
        """Settings of a desk that reads and sends here; `oauth2` is the same for both."""
        imap = {
            "name": "support", "host": "127.0.0.1", "port": self.dovecot.imaps_port, "user": "support",
            "ca_file": str(self.dovecot.ca_file), "start": "all", "oauth2": oauth2, **mailbox,
        }  # fmt: skip
        smtp = {
            "transport": "smtp", "host": "127.0.0.1", "port": self.postfix.port, "tls": "none", "user": "support",
            "oauth2": oauth2,
        }  # fmt: skip
        return {"intake": {"imap": [imap]}, "outbound": smtp}

    @property
    def by_device(self) -> dict[str, Any]:
        """[...oauth2] of a client without a secret, for the device flow."""
        found = {"issuer": self.oauth2.issuer, "client_id": "desk", "scopes": ["imap", "smtp"]}
        return {**found, "ca_file": str(self.oauth2.ca_file)}

    @property
    def by_browser(self) -> dict[str, Any]:
        """[...oauth2] of a client with endpoints of its own, as Google's."""
        return {
            "authorization_endpoint": f"{self.oauth2.issuer}/auth",
            "token_endpoint": f"{self.oauth2.issuer}/token",
            "client_id": "desktop",
            "client_secret": "desktop-secret",
            "scopes": ["imap", "smtp"],
            "ca_file": str(self.oauth2.ca_file),
        }

    @property
    def by_application(self) -> dict[str, Any]:
        """[...oauth2] of an app that has a right of its own."""
        secret = {"grant": "application", "client_id": "app", "client_secret": "app-secret"}
        return {**self.by_device, **secret}


@contextmanager
def provider() -> Iterator[Provider]:
    """One that asks its OAuth2 server about every login, by IMAP and by SMTP."""
    with Sink() as sink, OAuth2() as oauth2, Dovecot(oauth2=oauth2.introspection()) as dovecot:
        demands = {
            "smtpd_sasl_auth_enable": "yes",
            "smtpd_sasl_type": "dovecot",
            "smtpd_sasl_path": f"inet:127.0.0.1:{dovecot.auth_port}",
            "smtpd_relay_restrictions": "permit_sasl_authenticated, reject",
        }
        with Postfix({"*": f"smtp:[127.0.0.1]:{sink.port}"}, settings=demands) as postfix:
            yield Provider(oauth2=oauth2, dovecot=dovecot, postfix=postfix, sink=sink)


class Terminal:
    """`mailticket authorize` in a terminal of its own; `text` is all that it has said."""

    def __init__(self, world: World, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-u", "-m", "mailticket", "authorize", *arguments, "--config", str(world.config)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=environment(), cwd=PROJECT, text=True,
        )  # fmt: skip
        self.text = ""

    def waits_for(self, pattern: str) -> re.Match[str]:
        """Reads until `pattern` is there."""
        assert self._process.stdout is not None
        while not (found := re.search(pattern, self.text)):
            line = self._process.stdout.readline()
            assert line, f"it ended without {pattern}:\n{self.text}"
            self.text += line
        return found

    def types(self, line: str) -> None:
        """A line, and Enter."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def ends(self) -> int:
        """Its exit status."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self.text += self._process.stdout.read()
        return self._process.wait(2 * PATIENCE)


def authorize(world: World, here: Provider, *arguments: str, user: str = "support") -> Terminal:
    """A person who does by the device flow what the terminal says; returns when the command has ended."""
    terminal = Terminal(world, *arguments)
    address = terminal.waits_for(r"(https://\S+/device)\n")[1]
    code = terminal.waits_for(r"code: +(\S+)\n")[1]
    assert "Sign-in Success" in here.oauth2.type_code(address, code, user)
    assert terminal.ends() == 0, terminal.text
    return terminal
