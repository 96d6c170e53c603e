"""Chromium with somebody before it, who opens pages and clicks; spoken to over a pipe by its DevTools protocol."""

import contextlib
import itertools
import json
import os
import subprocess
import tempfile
import time
from types import TracebackType
from typing import Any, Self

import psutil

PATIENCE = 30.0


class Browser:
    """One window, between `with` and its end."""

    def __enter__(self) -> Self:
        self._profile = tempfile.TemporaryDirectory(prefix="mailticket-browser-", ignore_cleanup_errors=True)
        # (Chromium reads its file descriptor 3 and writes to 4)
        inward, self._write = os.pipe()
        self._read, outward = os.pipe()
        command = (
            f"exec chromium --headless --no-sandbox --disable-gpu --no-first-run --remote-debugging-pipe "
            f"--user-data-dir={self._profile.name} about:blank 3<&{inward} 4>&{outward}"
        )
        self._process = subprocess.Popen(
            ["bash", "-c", command], pass_fds=(inward, outward), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(inward)
        os.close(outward)
        self._answers = os.fdopen(self._read, "rb", buffering=0)
        self._rest = b""
        self._ids = itertools.count(1)
        self._session = ""
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # its helpers, too: they write to the profile as long as they live
        first = psutil.Process(self._process.pid)
        everybody = [first, *first.children(recursive=True)]
        for process in everybody:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(everybody, PATIENCE)
        self._process.wait()
        os.close(self._write)
        self._answers.close()
        self._profile.cleanup()

    def opens(self, url: str) -> None:
        """Goes there."""
        self._ask("Page.navigate", url=url)

    def clicks(self, selector: str) -> None:
        """Clicks on the first element that this CSS selector finds, as soon as it is there."""
        clicked = f"(e => e ? (e.click(), true) : false)(document.querySelector({json.dumps(selector)}))"
        self._until(lambda: self._evaluate(clicked), f"{selector} to be there")

    def reads(self, words: str) -> str:
        """Waits until the page says `words`; returns all that it says."""
        self._until(lambda: words in self.text, f"{words!r} to be read")
        return self.text

    @property
    def text(self) -> str:
        """What can be read on the page."""
        return str(self._evaluate("document.body ? document.body.innerText : ''"))

    def style(self, selector: str, name: str) -> str:
        """A computed CSS property."""
        return str(self._evaluate(f"getComputedStyle(document.querySelector({json.dumps(selector)})).{name}"))

    def _until(self, condition: Any, what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"waited for {what}; the page says: {self.text}"
            time.sleep(0.05)

    def _evaluate(self, expression: str) -> Any:
        # (while a page gives way to another one nobody answers for it)
        found = self._ask("Runtime.evaluate", expression=expression, returnByValue=True)
        return found.get("result", {}).get("value")

    def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        id_ = next(self._ids)
        question = {"id": id_, "method": method, "params": params} | (
            {"sessionId": self._session} if self._session else {}
        )
        os.write(self._write, json.dumps(question).encode() + b"\0")
        while True:
            while b"\0" not in self._rest:
                more = self._answers.read(65536)
                assert more, "Chromium has ended"
                self._rest += more
            answer, _, self._rest = self._rest.partition(b"\0")
            said: dict[str, Any] = json.loads(answer)
            if said.get("id") == id_:
                result: dict[str, Any] = said.get("result", {})
                return result
