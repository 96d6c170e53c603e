"""A desk with its daemon, the people who write to it, and what they see of it: by SMTP, outgoing mail and commands.

The daemon is a child process with a folder of its own; nothing here looks into its memory or its store.
"""

import json
import signal
import smtplib
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.acceptance import seen
from tests.acceptance.commands import PROJECT, Done, command, environment
from tests.acceptance.draft import File, draft
from tests.acceptance.people import AUTHSERV, DESK, Customer, Mailbox, new_id
from tests.acceptance.seen import Received, Ticket
from tests.acceptance.waiting import PATIENCE, until
from tests.servers import nsd
from tests.servers.server import free_ports

__all__ = ["DESK", "Customer", "Done", "File", "Mailbox", "Received", "Ticket", "World", "free_port", "until"]

SETTINGS: Mapping[str, Any] = {
    "desk": {
        "name": "Acme Support",
        "address": DESK,
        "aliases": ["returns@acme.example"],
        "data_dir": "data",
        # most stories are about customers; those about agents let all of them hear of a new ticket
        "notify": "assignee",
        # nobody in a story takes the time that people need
        "quick_answer_seconds": 0,
    },
    "outbound": {"transport": "maildir", "maildir": "outgoing"},
    "identity": {"trusted_authserv": [AUTHSERV]},
    "service": {"log": "json"},
    # stories share desks and the names of their people, who write more often than real ones do
    "confirmations": {"per_address_per_hour": 1000},
    "team": [{"name": "returns"}],
    "agent": [
        {"name": "Ann Ahlberg", "address": "ann@acme.example", "aliases": ["ann@home.example"], "teams": ["returns"]},
        {"name": "Ben Bauer", "address": "ben@acme.example"},
    ],
}


def free_port() -> int:
    """A TCP port of the loopback that nobody listens on just now."""
    return free_ports(1)[0]


class World:
    """A desk, between `with` and its end; `settings` are laid over SETTINGS, section by section.

    Attributes for stories about the service itself: `process`, `port`, `folder`, `config`, `outgoing`, `log`.
    """

    def __init__(self, settings: Mapping[str, Any] | None = None, *, store_url: str = "", start: bool = True) -> None:
        """Nothing runs before `with`; `start=False`: not even then."""
        self._temporary = tempfile.TemporaryDirectory(prefix="mailticket-world-")
        self.folder = Path(self._temporary.name)
        self.port = free_port()
        self.config = self.folder / "mailticket.toml"
        self.outgoing = self.folder / "outgoing"
        self.process: subprocess.Popen[bytes] | None = None
        self._starts = start
        self._mails: dict[str, Received] = {}
        identity = {**SETTINGS["identity"], "dns": [nsd.empty().address]}
        defaults = {**SETTINGS, "identity": identity, "intake": {"smtp": [{"listen": [f"127.0.0.1:{self.port}"]}]}}
        self.settings = _merged(defaults, {"store": {"url": store_url}} if store_url else {})
        self.configure(settings or {})

    def __enter__(self) -> Self:
        try:
            if self.settings.get("store", {}).get("url", "").startswith("postgresql"):
                self.run("db", "upgrade")
            if self._starts:
                self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self._temporary.cleanup()

    # -- the service

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Lays more settings over those that there are, and writes the file; who runs takes them up at SIGHUP."""
        self.settings = _merged(self.settings, settings)
        self.config.write_text(_toml(self.settings), encoding="utf-8")

    def start(self) -> None:
        """Starts the daemon and waits until it takes mail."""
        with (self.folder / "log").open("ab") as log:
            begun = log.tell()
            self.process = subprocess.Popen(
                [sys.executable, "-m", "mailticket", "run", "--config", str(self.config)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=environment(),
                cwd=PROJECT,
            )
        until(lambda: self._is_up(begun), "the daemon to start")

    def _is_up(self, begun: int) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"the daemon has ended:\n{(self.folder / 'log').read_text()}"
        with (self.folder / "log").open("rb") as log:
            log.seek(begun)
            return b"service_started" in log.read()

    def stop(self) -> int:
        """SIGTERM; returns the exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(PATIENCE)
        self.process = None
        return status

    def kill(self) -> None:
        """SIGKILL, where it runs."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    @property
    def log(self) -> list[dict[str, Any]]:
        """Events that the daemons of this world have logged; a line that is no JSON is `{"event": LINE}`."""
        file = self.folder / "log"
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines() if file.exists() else []
        return [json.loads(line) if line.startswith("{") and line.endswith("}") else {"event": line} for line in lines]

    @property
    def troubles(self) -> list[dict[str, Any]]:
        """What the daemons logged as warnings and errors."""
        return [event for event in self.log if event.get("level") not in ("info", "debug")]

    # -- commands

    def cli(self, *arguments: str, stdin: str = "") -> Done:
        """`mailticket ARGUMENTS...` with this world's settings: exit status, standard output, standard error."""
        return command(*arguments, "--config", str(self.config), stdin=stdin)

    def run(self, *arguments: str, stdin: str = "") -> str:
        """The same for a command that must work: its standard output."""
        done = self.cli(*arguments, stdin=stdin)
        assert done.code == 0, f"mailticket {' '.join(arguments)} ended with {done.code}: {done.err or done.out}"
        return done.out

    def json(self, *arguments: str, stdin: str = "") -> Any:
        """The same, its JSON."""
        return json.loads(self.run(*arguments, "--json", stdin=stdin))

    def ticket(self, number: str) -> Ticket:
        """`ticket show`"""
        return seen.ticket(self.json("ticket", "show", number))

    def tickets_of(self, address: str) -> list[Ticket]:
        """Tickets whose contact this is, newest first, without messages and events."""
        found = self.json("ticket", "list", "--query", address)["tickets"]
        return [seen.ticket(one) for one in found if one["contact"]["address"] == address]

    def explain(self, message: str) -> dict[str, Any]:
        """`explain`"""
        found: dict[str, Any] = self.json("explain", message)
        return found

    @property
    def outbox(self) -> list[dict[str, Any]]:
        """`outbox list`"""
        found: list[dict[str, Any]] = self.json("outbox", "list")["outbox"]
        return found

    # -- mail

    def customer(self, name: str, verdict: str = "pass") -> Customer:
        """Somebody with a mail program; `verdict` is what our relay finds out about this sender: pass, none, fail."""
        return Customer(self, name, verdict)

    def somebody(self, verdict: str = "pass") -> Customer:
        """A customer whom this desk has never heard of."""
        number = new_id("a").strip("<>").split(".")[0]
        return Customer(self, f"Carla Customer <carla@shop{number}.example>", verdict)

    def agent(self, name: str = "Ann Ahlberg <ann@acme.example>", verdict: str = "pass") -> Customer:
        """An agent has a mail program too, and nothing else."""
        return Customer(self, name, verdict)

    def send(self, raw: bytes, mail_from: str, rcpt_tos: Sequence[str] = (DESK,)) -> tuple[int, str]:
        """One mail by SMTP: the code and the words of the reply to it, or to the command that was refused."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=PATIENCE) as smtp:
            smtp.ehlo()
            replies = [smtp.mail(mail_from), *(smtp.rcpt(rcpt_to) for rcpt_to in rcpt_tos)]
            code, words = next((reply for reply in replies if reply[0] >= 400), None) or smtp.data(raw)
            return code, words.decode()

    def mails_to(self, address: str) -> list[Received]:
        """What has left for this address, oldest first."""
        for path in sorted((self.outgoing / "new").glob("*"), key=lambda path: path.stat().st_mtime_ns):
            if path.name not in self._mails:
                self._mails[path.name] = Received(path, self.ticket)
        return [mail for mail in self._mails.values() if address in mail.to]

    def silence_for(self, address: str, after: Iterable[Received] = ()) -> None:
        """Asserts that nothing leaves for this address beyond `after`, now or later.

        A reply to DATA comes after the commit that queues whatever is to leave: once nothing of the outbox is due,
        everything is in its reader's mailbox or waits for its time.
        """
        self.settle(address)
        known = {mail.message_id for mail in after}
        waiting = [mail for mail in self.outbox if address in mail["to"]]
        left = [mail for mail in self.mails_to(address) if mail.message_id not in known]
        assert not waiting and not left, f"there is mail for {address}: {waiting} {left}"

    def hurry(self) -> None:
        """Makes the daemon look into its outbox, which it does by itself every half minute and after every mail."""
        desk = self.settings["desk"]["address"]
        vacation = draft({"From": "out@away.example", "To": desk, "Auto-Submitted": "auto-replied"}, new_id(desk))
        assert self.send(vacation, "", [desk])[0] == 250

    def settle(self, address: str = "") -> None:
        """Waits until nothing that is due is left in the outbox, for this address or for anybody."""

        def nothing_is_due() -> bool:
            return not any(_is_due(mail) and (not address or address in mail["to"]) for mail in self.outbox)

        until(nothing_is_due, lambda: f"the outbox to be empty: {self.outbox}; {self.troubles[-5:]}")


def _is_due(mail: Mapping[str, Any]) -> bool:
    due = mail["next_attempt_at"]
    return due is not None and datetime.fromisoformat(due) <= datetime.now(UTC)


def _merged(settings: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Section by section; what is no section is replaced."""
    merged = dict(settings)
    for name, value in over.items():
        merged[name] = {**merged[name], **value} if isinstance(merged.get(name), dict) else value
    return merged


def _toml(settings: Mapping[str, Any]) -> str:
    """One line a setting; strings and numbers are written in TOML as in JSON."""
    lines = []
    sections = {name: value for name, value in settings.items() if isinstance(value, dict)}
    for name, value in settings.items():
        if name not in sections:
            lines.append(f"{name} = {_value(value)}")
    for name, section in sections.items():
        lines += [f"[{name}]", *(f"{key} = {_value(value)}" for key, value in section.items())]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    match value:
        case dict():
            return "{" + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(_value, value)) + "]"
        case Path():
            return json.dumps(str(value))
        case _:
            return json.dumps(value)
