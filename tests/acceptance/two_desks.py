"""Two mailtickets that write to each other by a real Postfix."""

import re
from contextlib import ExitStack
from pathlib import Path

from tests.acceptance.people import DESK
from tests.acceptance.world import World, free_port
from tests.servers.postfix import Postfix

HELP = "help@other.example"


class TwoDesks:
    """Daemons of two companies, `ours` and `theirs`, until `ends` does.

    `checks` are header_checks of the Postfix between them, by which it can take off their marks.
    """

    def __init__(self, ends: ExitStack, folder: Path, checks: str = "", their_tag: str = "[B{number}]") -> None:
        here, there = free_port(), free_port()
        routes = {"acme.example": f"smtp:[127.0.0.1]:{here}", "other.example": f"smtp:[127.0.0.1]:{there}"}
        (folder / "checks").write_text(f"{checks}\n")
        for path in (folder, folder / "checks"):
            path.chmod(0o755)  # Postfix reads it as its own user
        postfix = Postfix(routes, settings={"header_checks": f"regexp:{folder / 'checks'}"} if checks else {})
        self.postfix = ends.enter_context(postfix)
        self.ours = ends.enter_context(self._desk(here, {"address": DESK}))
        self.theirs = ends.enter_context(self._desk(there, {"address": HELP, "subject_tag": their_tag}))

    def _desk(self, port: int, desk: dict[str, str]) -> World:
        outbound = {
            "transport": "smtp", "host": "127.0.0.1", "port": self.postfix.port, "tls": "none", "envelope": "address",
        }  # fmt: skip
        settings = {"desk": {"aliases": [], "quick_answer_seconds": 15, **desk}, "outbound": outbound, "agent": []}
        world = World({**settings, "intake": {"smtp": [{"listen": [f"127.0.0.1:{port}"]}]}})
        world.port = port
        return world

    def rest(self) -> None:
        """Waits until no mail is on its way."""
        for _ in range(3):
            self.ours.settle()
            self.postfix.wait_until_empty()
            self.theirs.settle()
            self.postfix.wait_until_empty()

    def passed(self, sender: str) -> int:
        """Mails of `sender` that Postfix has carried."""
        return len(re.findall(rf"qmgr\[\d+\]: \w+: from=<{re.escape(sender)}>, size", self.postfix.log))
