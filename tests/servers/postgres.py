"""A real PostgreSQL for tests: a cluster of its own in a temporary folder, on a free port of the loopback.

Settings are the durable defaults, so that what a commit promises here is what it promises in service.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from tests.servers.server import Server, free_ports

_USER = "mailticket"


class Postgres(Server):
    """A running server between `with` and its end; nothing of it stays.

    As root it runs as user postgres, since PostgreSQL refuses root. Raises RuntimeError where it is not installed.
    """

    _LOG = "server.log"

    def __init__(self) -> None:
        self._bin = _binaries()
        super().__init__()
        self._data = self._folder / "data"
        (self.port,) = free_ports(1)

    @property
    def url(self) -> str:
        """The database that every cluster has; `create_database` gives a test its own."""
        return self._url("postgres")

    def create_database(self, name: str) -> str:
        """Makes an empty database and returns its URL."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self._url(name)

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder}"
        self._run(
            "pg_ctl", "start", "--wait", "--silent", f"--log={self._folder / 'server.log'}", f"--options={options}"
        )

    def stop(self, mode: str = "fast") -> None:
        """Stops the server and waits until it is gone: "fast" ends sessions, "immediate" is like a crash."""
        self._run("pg_ctl", "stop", "--wait", "--silent", f"--mode={mode}")

    def restart(self, mode: str = "fast") -> None:
        """Stops and starts, on the same port and with the same data."""
        self.stop(mode)
        self.start()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """It takes connections, keeps those it has, and answers nothing, like a machine whose disk hangs."""
        master = psutil.Process(int((self._data / "postmaster.pid").read_text().split()[0]))
        processes = [master, *master.children()]
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):  # somebody's session has just ended
                process.suspend()
        try:
            yield
        finally:
            for process in processes:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.resume()

    def _prepare(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres")
        self._run(
            "initdb", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", f"--username={_USER}", "--no-instructions"
        )

    def _end(self) -> None:
        if (self._data / "postmaster.pid").exists():
            self.stop("immediate")

    def _url(self, database: str) -> str:
        return f"postgresql://{_USER}@127.0.0.1:{self.port}/{quote(database)}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._bin / program), f"--pgdata={self._data}", *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        # a file and no pipe: the server inherits it, and a pipe would stay open as long as the server lives
        with tempfile.TemporaryFile("w+", encoding="utf-8") as words:
            done = subprocess.run(command, cwd="/", stdin=subprocess.DEVNULL, stdout=words, stderr=words, check=False)
            if done.returncode:
                words.seek(0)
                raise RuntimeError(f"{program} {arguments[0]} failed: {words.read().strip()}")


def _binaries() -> Path:
    """The folder with initdb and pg_ctl, of the newest version that is installed."""
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    if found:
        return max(found, key=lambda path: float(path.parent.name))
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    raise RuntimeError("PostgreSQL is not installed here. As root: apt-get install -y postgresql")
