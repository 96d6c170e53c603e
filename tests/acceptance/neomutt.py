"""What does somebody see who reads and writes with neomutt? The real program, in a terminal that tmux keeps."""

import contextlib
import itertools
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.acceptance.waiting import until

#: Columns, and so many lines that every mail is on one screen.
_SIZE = (400, 300)

_TMUX = """
set -g status off
set -g remain-on-exit on
set -g history-limit 0
"""

_RC = """
set realname="{name}" from="{address}" hostname="{domain}" use_from=yes use_envelope_from=yes
set send_charset="us-ascii:utf-8"
set folder="imap://{user}@127.0.0.1:{imap_port}/" spoolfile="+INBOX" imap_pass="{password}"
set smtp_url="smtp://{user}@127.0.0.1:{smtp_port}/" smtp_pass="{password}"
set record="+INBOX" confirmappend=no
set ssl_starttls=no ssl_force_tls=no header_cache="" message_cachedir="" timeout=1
set editor="{folder}/editor" edit_headers=no fast_reply=yes include=yes quit=yes
set abort_unmodified=no abort_nosubject=no abort_noattach=no
set sort=threads strict_threads=yes
set markers=no help=no wait_key=no sleep_time=0 net_inc=0 read_inc=0
set index_format="%i %?M?+%M&+0? %s"
set status_format="(index, 0)" pager_format="(mail)" compose_format="(ready to send)"
ignore *
unignore from to cc subject
hdr_order from to cc subject
alternative_order text/plain
bind index R sync-mailbox
bind index i refresh
bind pager i exit
bind index C collapse-all
"""

_INDEX = r"^\(index, \d+\)$"

#: The words lie beside it; what stands in the file already is the quote, or what a link has written.
_EDITOR = """#!/bin/sh
cat '{folder}/above' "$1" '{folder}/below' >'{folder}/draft' && cat '{folder}/draft' >"$1"
"""


class NeoMutt:
    """Open on somebody's INBOX between `with` and its end. Raises RuntimeError where a program is missing.

    Mails are named by their Message-IDs.
    """

    def __init__(
        self, folder: Path, name: str, address: str, imap_port: int, smtp_port: int, password: str, link: str = "",
        lines: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """`folder` is new, and the program's own. With `link` (mailto:) it opens as a click on that link does, and
        `lines` are written below what stands in that mail already.
        """
        for program in ("neomutt", "tmux"):
            if shutil.which(program) is None:
                raise RuntimeError(f"{program} is not installed: apt-get install --no-install-recommends {program}")
        folder.mkdir(parents=True)
        self._folder, self._link = folder, link
        self._count = itertools.count(1)
        user, _, domain = address.partition("@")
        values = {
            "name": name, "address": address, "user": user, "domain": domain, "password": password,
            "imap_port": imap_port, "smtp_port": smtp_port, "folder": folder,
        }  # fmt: skip
        self._words("above", ())
        self._words("below", lines)
        self._file("tmux.conf", _TMUX)
        self._file("muttrc", _RC.format_map(values))
        self._file("editor", _EDITOR.format(folder=folder))
        (folder / "editor").chmod(0o755)

    def __enter__(self) -> Self:
        columns, lines = map(str, _SIZE)
        link = ["--", self._link] if self._link else []
        program = ["neomutt", "-n", "-F", str(self._folder / "muttrc"), *link]
        self._tmux("-f", str(self._folder / "tmux.conf"), "new-session", "-d", "-x", columns, "-y", lines, *program)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(subprocess.CalledProcessError):  # it may not have begun
            self._tmux("kill-server")

    # -- what a person does

    def reads(self, mail: str) -> str:
        """Opens this mail; returns what stands on the screen then: some header fields, and its text."""
        self._find(mail)
        self._presses("Enter")
        self._sees(r"^\(mail\)$")
        return self._screen.rpartition("(mail)")[0].rstrip() + "\n"

    def answers(self, mail: str, *lines: str) -> None:
        """Presses "reply", writes these lines above the quote, and sends."""
        self.begins_answer(mail, *lines)
        self.sends()

    def begins_answer(self, mail: str, *lines: str) -> None:
        """The same without sending: the person has been called away."""
        self._find(mail)
        self._words("above", lines)
        self._presses("r")
        self._sees(r"^\(ready to send\)$")

    def writes(self, to: str, subject: str, *lines: str) -> None:
        """A new mail."""
        self._goes_to_index()
        self._words("above", lines)
        self._presses("m")
        for prompt, value in (("To", to), ("Subject", subject)):
            self._sees(rf"^{prompt}: *$")
            self._types(value)
        self._sees(r"^\(ready to send\)$")
        self.sends()

    def sends_linked(self) -> None:
        """Sends what the link has written, and is done."""
        self._sees(r"^\(ready to send\)$")
        self._presses("y")
        # (tmux does not always learn with which status)
        until(lambda: self._tmux("display-message", "-p", "#{pane_dead}").strip() == "1", lambda: self._screen)

    def sends(self) -> None:
        """What is ready to be sent."""
        self._presses("y")
        self._sees(_INDEX)

    def threads(self) -> list[int]:
        """How many mails each thread has, as the collapsed index shows them, the smallest first."""
        self._goes_to_index()
        self._presses("C")
        self._is_done()
        # (a mail by itself cannot be collapsed)
        counts = re.findall(r"^<[^>]+> \+(\d+)", self._screen, re.MULTILINE)
        self._presses("C")
        return sorted(max(int(count), 1) for count in counts)

    # -- keys and screen

    def _find(self, mail: str) -> None:
        self._goes_to_index()

        def is_there() -> bool:
            self._presses("R")
            self._is_done()
            return mail in self._screen

        until(is_there, lambda: f"{mail} on\n{self._screen}")
        self._presses("/")
        self._types(f"~i {re.escape(mail.strip('<>'))}")
        self._is_done()

    def _goes_to_index(self) -> None:
        self._presses("i")
        self._sees(_INDEX)

    def _is_done(self) -> None:
        """Waits until all keys have had their effect: they are taken one after the other, and this is the last."""
        mark = next(self._count)
        self._types(f":set status_format='(index, {mark})'")
        self._sees(rf"^\(index, {mark}\)$")

    @property
    def _screen(self) -> str:
        return self._tmux("capture-pane", "-p")

    def _sees(self, pattern: str) -> None:
        until(lambda: re.search(pattern, self._screen, re.MULTILINE), lambda: f"{pattern} on\n{self._screen}")

    def _presses(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def _types(self, line: str) -> None:
        self._tmux("send-keys", "-l", line)
        self._presses("Enter")

    def _words(self, where: str, lines: Sequence[str]) -> None:
        self._file(where, "".join(f"{line}\n" for line in lines))

    def _file(self, name: str, text: str) -> None:
        (self._folder / name).write_text(text, encoding="utf-8")

    def _tmux(self, *words: str) -> str:
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(self._folder), "LC_ALL": "C.UTF-8", "TERM": "screen",
        }  # fmt: skip
        done = subprocess.run(
            ["tmux", "-u", "-S", str(self._folder / "tmux"), *words],
            env=environment, check=True, capture_output=True, encoding="utf-8",
        )  # fmt: skip
        return done.stdout
