"""Looks run at once, are told in order, and one that hangs or breaks keeps nobody else from being heard."""

import socket
import threading
import time
from pathlib import Path

from mailticket.checks.finding import Finding, fine, wrong
from mailticket.checks.running import Look, findings
from mailticket.checks.site import NoStore, Site
from mailticket.errors import ConfigError
from tests.integration.checks.sites import site


def test_looks_wait_together_and_are_told_in_order(tmp_path: Path) -> None:
    together = threading.Barrier(3, timeout=30)

    def meets(site: Site) -> Finding:
        together.wait()
        return fine("met")

    found = list(findings([Look(name, meets) for name in ("a", "b", "c")], site(tmp_path)))

    assert [(one.name, one.detail) for one in found] == [("a", "met"), ("b", "met"), ("c", "met")]


def test_a_look_that_hangs_is_left_behind(tmp_path: Path) -> None:
    never = threading.Event()

    def hangs(site: Site) -> Finding:
        never.wait()
        return fine("at last")

    try:
        found = list(findings([Look("slow", hangs), Look("quick", lambda _: fine("here"))], site(tmp_path), 0.1))
    finally:
        never.set()

    assert [(one.name, one.ok, one.detail) for one in found] == [
        ("slow", False, "did not answer within 0 s"),
        ("quick", True, "here"),
    ]


def test_our_own_work_is_waited_for_on_a_slow_machine_too(tmp_path: Path) -> None:
    def works(site: Site) -> Finding:
        time.sleep(0.3)
        return fine("done")

    found = list(findings([Look("own work", works, waits=False)], site(tmp_path), 0.05))

    assert [one.detail for one in found] == ["done"]


def test_a_look_that_breaks_is_a_finding(tmp_path: Path) -> None:
    def broken(error: Exception) -> Look:
        def look(site: Site) -> Finding:
            raise error

        return Look(type(error).__name__, look)

    errors = [
        ConfigError("it is wrong.\n  Do this instead."),
        PermissionError(13, "denied", "/secret"),
        FileNotFoundError(2, "none"),
        KeyError("b"),
        NoStore(),
    ]
    found = list(findings([broken(error) for error in errors], site(tmp_path)))

    assert [(one.name, one.ok, one.detail) for one in found] == [
        ("ConfigError", False, "it is wrong."),
        ("PermissionError", False, "this user may not look at /secret"),
        ("FileNotFoundError", False, "[Errno 2] none"),
        ("KeyError", False, "KeyError: 'b'"),
    ]
    assert found[0].mend == "Do this instead."


def test_a_look_may_find_several_things_or_none(tmp_path: Path) -> None:
    several = [fine("one"), wrong("two", "mend it", "its own name")]

    found = list(findings([Look("many", lambda _: several), Look("none", lambda _: ())], site(tmp_path)))

    assert [(one.name, one.detail) for one in found] == [("many", "one"), ("its own name", "two")]


def test_a_mailbox_that_says_nothing_does_not_keep_check_from_its_end(tmp_path: Path) -> None:
    from mailticket.checks import looks

    with socket.create_server(("127.0.0.1", 0)) as mute:
        box = {"name": "mute", "host": "127.0.0.1", "port": mute.getsockname()[1], "tls": "none"}
        here = site(tmp_path, intake={"imap": [box]}, outbound={"transport": "maildir", "maildir": "outgoing"})

        found = {one.name: one for one in looks.look(here.settings, None, patience=1.0)}

    assert found["mailbox mute"].detail == "did not answer within 1 s"
    assert found["templates"].ok
