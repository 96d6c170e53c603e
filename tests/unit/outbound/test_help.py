"""Does the help that agents get by mail name every command and every question?"""

from pathlib import Path

import pytest

import mailticket
from mailticket.desk.command_words import EXAMPLES
from mailticket.desk.questions import PERIODS, Topic

TEMPLATES = Path(mailticket.__file__).parent / "templates"


@pytest.mark.parametrize("file", sorted(TEMPLATES.glob("*/help.*")), ids=lambda file: "/".join(file.parts[-2:]))
def test_help_leaves_nothing_out(file: Path) -> None:
    words = file.read_text("utf-8")

    assert [word for word in EXAMPLES if f"#{word}" not in words] == []
    assert [topic for topic in Topic if topic not in words] == []
    assert [period for period in PERIODS if period not in words] == []
