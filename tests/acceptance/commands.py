"""Runs commands of mailticket, each in a process of its own, without loading Python's modules for each of them.

One process has loaded everything; it forks for each order, and the fork is the command.
"""

import atexit
import contextlib
import functools
import gc
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Where the package lies: commands find it whether it is installed or not.
PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its one JSON document."""
        return json.loads(self.out)


def environment() -> Mapping[str, str]:
    """That of a child which runs mailticket; no setting of the tester's own leaks into it."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("MAILTICKET")}
    # where byte code is not kept, every start of the service compiles all of it
    return {**kept, "PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": ""}


def command(*arguments: str, stdin: str = "") -> Done:
    """`mailticket ARGUMENTS...`, from any thread."""
    return _server().run(arguments, stdin)


@functools.cache
def _server() -> "_Server":
    """One for this test process, started by the first command."""
    return _Server()


class _Server:
    """The process that has loaded everything; it ends with its standard input."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="mailticket-commands-")
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(), text=True
        )
        atexit.register(self._process.communicate)

    def run(self, arguments: Sequence[str], stdin: str) -> Done:
        assert self._process.stdin is not None and self._process.stdout is not None
        folder = Path(self._folder.name)
        with self._lock:
            (folder / "in").write_text(stdin, encoding="utf-8")
            self._process.stdin.write(json.dumps([str(folder), *arguments]) + "\n")
            self._process.stdin.flush()
            code = int(self._process.stdout.readline())
            out, err = ((folder / name).read_text(encoding="utf-8") for name in ("out", "err"))
        return Done(code=code, out=out, err=err)


def _serve() -> None:
    import typer.main  # only the server loads all this

    from mailticket.cli import main

    # the forks share one tree of commands; making it is half of what most of them would do
    typer.main.get_command = functools.cache(typer.main.get_command)
    _warm_up(main)
    for line in sys.stdin:
        folder, *arguments = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become(Path(folder), arguments)
            _end(main)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  the pipe to `run`


def _warm_up(main: Callable[[], None]) -> None:
    """Does once what every command would do for the first time: what has been loaded is shared by the forks."""
    import psycopg  # noqa: F401  the stores' drivers are loaded late

    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        settings = Path(folder) / "mailticket.toml"
        settings.write_text("", encoding="utf-8")
        for words in (["ticket", "list"], ["outbox", "list"], ["ticket", "show", "0"]):
            sys.argv = ["mailticket", *words, "--json", "--config", str(settings)]
            with contextlib.suppress(SystemExit), contextlib.redirect_stderr(io.StringIO()):
                main()
    gc.collect()
    gc.freeze()


def _become(folder: Path, arguments: list[str]) -> None:
    """Makes the fork look like a process that was started by hand."""
    for number, (name, flags) in enumerate({"in": os.O_RDONLY, "out": os.O_WRONLY, "err": os.O_WRONLY}.items()):
        os.dup2(os.open(folder / name, flags | os.O_CREAT | os.O_TRUNC * (number > 0), 0o600), number)
    sys.stdin = os.fdopen(0, encoding="utf-8")
    sys.argv = ["mailticket", *arguments]


def _end(main: Callable[[], None]) -> None:
    """Ends as Python would, but for the parent's own clean-up."""
    code: Any = 1
    try:
        main()
        code = 0
    except SystemExit as end:
        code = end.code or 0
    except BaseException:  # noqa: BLE001  a traceback is what a person would see
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    _serve()
