"""Which macros lie in the folder of the settings? Each is tried as a ticket would use it; what fails is named."""

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import structlog

from mailticket.desk.macros import read_macro
from mailticket.desk.policy import Policy
from mailticket.desk.prepared import MacroFault, PreparedAnswer
from mailticket.desk.validation import checked_changes
from mailticket.errors import NotValid

log = structlog.get_logger()

#: Any moment does: what a macro sets is tried, not carried out.
_SOME_DAY = datetime(2026, 1, 5, 12, tzinfo=UTC)


class Problem(NamedTuple):
    """A file that is no macro."""

    file: str
    message: str


def read_folder(folder: Path, policy: Policy) -> tuple[tuple[PreparedAnswer, ...], tuple[Problem, ...]]:
    """The macros by name, and what is wrong with the others; neither where there is no such folder.

    `policy` says what they may set.
    """
    macros, problems = [], []
    for path in sorted(folder.glob("*.md")):
        if path.name.casefold() == "readme.md":
            continue
        try:
            macro = read_macro(path.stem, path.read_text("utf-8"))
            checked_changes(macro.fields, policy, _SOME_DAY)
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Problem(path.name, f"cannot be read as UTF-8 text: {error}"))
        except (MacroFault, NotValid) as fault:
            problems.append(Problem(path.name, str(fault)))
        else:
            macros.append(macro)
    return tuple(macros), tuple(problems)


def macros_in(folder: Path, policy: Policy) -> tuple[PreparedAnswer, ...]:
    """Those that can be used; of the others the log tells."""
    macros, problems = read_folder(folder, policy)
    for problem in problems:
        log.error("macro_failed", file=problem.file, error=problem.message)
    return macros
