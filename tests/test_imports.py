"""Does every room import only what design allows it? The table is the house's plan; a room missing in it fails here."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import mailticket

HOUSE = Path(mailticket.__file__).parent
EVERYTHING = {path.stem for path in HOUSE.iterdir()}
#: room -> the rooms it may import; its own and errors are always allowed
PLAN: dict[str, set[str]] = {
    "__init__": set(),
    "__main__": {"cli"},
    "cleartext": set(),
    "data_folder": set(),
    "unsaid": set(),
    "cli": EVERYTHING,
    "daemon": EVERYTHING,
    "config": {"mistakes", "settings"},
    "presets": set(),
    "autoconfig": {"mail", "presets"},
    "setup": {"autoconfig", "bearer", "checks", "config", "intake", "mail", "outbound", "presets", "settings"},
    "settings": {"desk", "presets"},
    "errors": set(),
    "dns": {"mail"},
    "checks": EVERYTHING,
    "log": set(),
    "macro_folder": {"desk"},
    "mistakes": set(),
    "metrics": {"desk", "store", "tally"},
    "rehearsal": EVERYTHING,
    "outages": {"actions", "desk", "intake", "ledger", "settings", "store"},
    "tally": set(),
    "systemd": set(),
    "turns": set(),
    "acceptors": {"config", "intake", "interpreter", "log", "reception", "tally"},
    "antivirus": set(),
    "assembly": EVERYTHING,
    "interpreter": set(),
    "reception": EVERYTHING,
    "web": {"actions", "desk", "ledger", "store"},
    "jobs": {"actions", "ledger", "store", "desk", "mail", "outbound"},
    "intake": {"bearer", "cleartext", "ledger", "mail", "settings", "unsaid"},
    "mail_log": {"pipeline"},
    "batch": {"pipeline", "store"},
    "ledger": {"batch", "mail_log", "pipeline", "actions", "store", "desk", "mail", "tally", "turns"},
    "outbox_queue": {"actions", "ledger", "outbound", "store"},
    "bearer": set(),
    "canary": EVERYTHING,
    "credentials": EVERYTHING,
    "oauth": {"bearer", "desk", "settings", "store"},
    "pipeline": {"actions", "mail", "desk", "store"},
    "actions": {"mail", "desk", "store"},
    "outbound": {"bearer", "cleartext", "store", "desk", "mail", "settings", "unsaid"},
    "store": {"desk", "mail"},
    "desk": {"mail"},
    "mail": set(),
}


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "mailticket":
            yield from (f"mailticket.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "a relative import"


def test_the_plan_names_every_room() -> None:
    rooms = {path.stem for path in HOUSE.iterdir() if path.suffix == ".py" or any(path.glob("**/*.py"))}
    assert rooms <= PLAN.keys()


@pytest.mark.parametrize("file", sorted((HOUSE / "mail").rglob("*.py")), ids=lambda file: file.name)
def test_reading_mail_has_no_log(file: Path) -> None:
    # pure, and every child of the sandbox would load it
    assert "structlog" not in set(imported(ast.parse(file.read_bytes())))


@pytest.mark.parametrize("file", sorted(HOUSE.rglob("*.py")), ids=lambda file: str(file.relative_to(HOUSE)))
def test_imports_follow_the_plan(file: Path) -> None:
    room = file.relative_to(HOUSE).parts[0].removesuffix(".py")
    seen = {name.split(".")[1] for name in imported(ast.parse(file.read_bytes())) if name.startswith("mailticket.")}

    assert seen - {room, "errors"} <= PLAN[room]
