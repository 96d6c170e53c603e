"""Do we understand systemd, and it us? Its protocol by real sockets and a real child."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from mailticket.systemd import listen_sockets, notify, watchdog_interval

_CHILD = """
import os
from mailticket.systemd import listen_sockets
found = listen_sockets()
print({name: [sock.getsockname()[1] for sock in socks] for name, socks in found.items()},
      [name for name in os.environ if name.startswith("LISTEN_")],
      any(sock.get_inheritable() for socks in found.values() for sock in socks))
"""


#: Does what systemd does: moves the files to 3, 4, … and becomes the child.
_LAUNCHER = """
import os, sys
pid, names, child, *files = sys.argv[1:]
os.environ |= {"LISTEN_PID": pid or str(os.getpid()), "LISTEN_FDS": str(len(files)), "LISTEN_FDNAMES": names}
high = [os.dup2(int(fd), 100 + n) for n, fd in enumerate(files)]
for n, fd in enumerate(high):
    os.dup2(fd, 3 + n, inheritable=True)
os.execv(sys.executable, [sys.executable, "-c", child])
"""


def _child(*sockets: socket.socket, names: str, pid: str = "") -> str:
    """What a child sees of `sockets`; meant for it unless `pid` names another process."""
    files = [sock.fileno() for sock in sockets]
    command = [sys.executable, "-c", _LAUNCHER, pid, names, _CHILD, *map(str, files)]
    return subprocess.run(command, pass_fds=files, check=True, capture_output=True, text=True).stdout.strip()


def test_child_takes_the_sockets_by_their_names() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as a,
        socket.create_server(("127.0.0.1", 0)) as b,
        socket.create_server(("127.0.0.1", 0)) as c,
    ):
        port = {sock: sock.getsockname()[1] for sock in (a, b, c)}
        found = {"smtp": [port[a], port[c]], "lmtp": [port[b]]}
        assert _child(a, b, c, names="smtp:lmtp:smtp") == f"{found} [] False"


def test_socket_without_a_name_is_called_unknown() -> None:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        found = {"unknown": [sock.getsockname()[1]]}
        assert _child(sock, names="") == f"{found} [] False"


def test_child_leaves_what_is_meant_for_another_process() -> None:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        assert _child(sock, names="smtp", pid="1") == "{} [] False"


@pytest.mark.parametrize(
    "environment", [{}, {"LISTEN_PID": str(os.getpid())}, {"LISTEN_FDS": "1"}], ids=["nothing", "pid", "count"]
)
def test_no_sockets_without_systemd(environment: dict[str, str]) -> None:
    assert listen_sockets(dict(environment)) == {}


@pytest.mark.parametrize("abstract", [False, True], ids=["path", "abstract"])
def test_systemd_is_told_in_one_datagram(tmp_path: Path, abstract: bool) -> None:
    name = f"@mailticket-test-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("\0" + name[1:] if abstract else name)
        systemd.settimeout(5)

        assert notify("READY=1", "STATUS=4 mailboxes", environment={"NOTIFY_SOCKET": name})

        assert systemd.recv(1024) == b"READY=1\nSTATUS=4 mailboxes"


def test_nobody_to_tell_is_no_trouble(tmp_path: Path) -> None:
    assert not notify("READY=1", environment={})
    assert not notify("READY=1", environment={"NOTIFY_SOCKET": str(tmp_path / "nobody")})


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        pytest.param({"WATCHDOG_USEC": "30000000"}, 15.0, id="any process"),
        pytest.param({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 15.0, id="this process"),
        pytest.param({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None, id="another process"),
        pytest.param({"WATCHDOG_USEC": "0"}, None, id="switched off"),
        pytest.param({"WATCHDOG_USEC": "soon"}, None, id="no number"),
        pytest.param({}, None, id="no watchdog"),
    ],
)
def test_watchdog_is_fed_twice_as_often_as_it_bites(environment: dict[str, str], seconds: float | None) -> None:
    assert watchdog_interval(environment) == seconds
