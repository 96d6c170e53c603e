"""Chromium as the judge of mails in HTML: one start looks at many; nothing that it asks for gets anywhere."""

import html
import json
import re
import socket
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

_SCRIPT = Path(__file__).with_name("looks.js")
_FOUND = re.compile(r'<pre id="looks">(.*?)</pre>', re.DOTALL)
_ASKED = re.compile(rb"(?:CONNECT|GET|POST|HEAD) (\S+)")
#: Blink's names for what prefers-color-scheme says.
SCHEMES = {"dark": 0, "light": 1}
_QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--no-default-browser-check", "--disable-extensions",
    "--disable-features=OptimizationHints,MediaRouter,Translate",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is wrong with one mail at one width."""

    name: str
    width: int
    faults: tuple[str, ...]


class DeadEnd:
    """A proxy that answers nobody, and remembers what was asked for."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.asked: list[str] = []

    def __enter__(self) -> "DeadEnd":
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._socket.close()

    def _listen(self) -> None:
        while True:
            try:
                caller, _ = self._socket.accept()
            except OSError:
                return
            with caller:
                caller.settimeout(5)
                if request := _ASKED.match(caller.recv(4096)):
                    self.asked.append(request[1].decode("ascii", "replace"))


def looks(mails: Mapping[str, str], widths: Sequence[int], scheme: str, folder: Path) -> tuple[list[Look], list[str]]:
    """Every mail (HTML by its name) at every width, and all that Chromium wanted from elsewhere meanwhile."""
    page = folder / f"{scheme}.html"
    shown = json.dumps([{"name": name, "html": text} for name, text in mails.items()]).replace("</", "<\\/")
    page.write_text(
        f'<!DOCTYPE html><meta charset="utf-8"><body><pre id="looks"></pre>'
        f"<script>const MAILS = {shown}, WIDTHS = {json.dumps(list(widths))}\n{_SCRIPT.read_text()}</script>",
        encoding="utf-8",
    )
    with DeadEnd() as proxy:
        dom = _chromium(page, folder, scheme, proxy.port, "--dump-dom", "--virtual-time-budget=600000")
    found = _FOUND.search(dom)
    assert found and found[1], f"Chromium did not come to an end: {dom[-500:]}"
    seen = json.loads(html.unescape(found[1]))
    asked = [one for one in proxy.asked if not re.search(r"\b(?:google|googleapis|gvt1|gstatic)\.com\b", one)]
    return [Look(name=one["name"], width=one["width"], faults=tuple(one["faults"])) for one in seen], asked


def picture(page: str, file: Path, width: int, height: int, scheme: str) -> None:
    """What a person would see, as a PNG; to look at by hand."""
    source = file.with_suffix(".html")
    source.write_text(page, encoding="utf-8")
    with DeadEnd() as proxy:
        _chromium(source, file.parent, scheme, proxy.port, f"--screenshot={file}", f"--window-size={width},{height}")


def _chromium(page: Path, folder: Path, scheme: str, proxy: int, *options: str) -> str:
    command = [
        "chromium", *_QUIET, *options, f"--user-data-dir={folder / 'profile'}", f"--proxy-server=http://127.0.0.1:{proxy}",
        "--proxy-bypass-list=<-loopback>", f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}", page.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout
