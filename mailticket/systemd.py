"""What does systemd hand us, and what do we tell it? sd_listen_fds(3), sd_notify(3), sd_watchdog_enabled(3)."""

import os
import socket
from collections.abc import Mapping, MutableMapping

import structlog

log = structlog.get_logger()

_FIRST_FD = 3


def listen_sockets(environment: MutableMapping[str, str] = os.environ) -> Mapping[str, list[socket.socket]]:
    """The sockets that were opened for this process, by FileDescriptorName; empty where there are none.

    Takes the variables out of `environment`, so that no child believes that they are meant for it.
    """
    pid = environment.pop("LISTEN_PID", "")
    count = environment.pop("LISTEN_FDS", "")
    names = environment.pop("LISTEN_FDNAMES", "").split(":")
    handed_over: dict[str, list[socket.socket]] = {}
    if pid != str(os.getpid()) or not count.isdigit():
        return handed_over
    for number in range(int(count)):
        name = names[number] if number < len(names) and names[number] else "unknown"
        sock = socket.socket(fileno=_FIRST_FD + number)
        sock.set_inheritable(False)
        handed_over.setdefault(name, []).append(sock)
    return handed_over


def notify(*states: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Tell systemd `NAME=value` states such as `READY=1`, in one datagram; False where nobody could be told."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    if address.startswith("@"):  # the abstract namespace
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
            sock.connect(address)
            sock.sendall("\n".join(states).encode())
    except OSError as error:
        log.warning("systemd_not_told", states=states, reason=str(error))
        return False
    return True


def watchdog_interval(environment: Mapping[str, str] = os.environ) -> float | None:
    """Seconds between two WATCHDOG=1, half of what systemd waits; None where it does not watch this process."""
    limit = environment.get("WATCHDOG_USEC", "")
    pid = environment.get("WATCHDOG_PID", str(os.getpid()))
    if not limit.isdigit() or int(limit) == 0 or pid != str(os.getpid()):
        return None
    return int(limit) / 2_000_000
