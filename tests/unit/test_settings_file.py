"""config/mailticket.toml is the reference of all settings: it and the models say the same, both ways."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from mailticket import config
from mailticket.config import Settings

FILE = Path(__file__).parents[2] / "config" / "mailticket.toml"
LINES = FILE.read_text(encoding="utf-8").splitlines()
#: As if every example were in force.
WHOLE: Mapping[str, Any] = tomllib.loads("\n".join(re.sub(r"^#(?=[\[a-z])", "", line) for line in LINES))
#: Keys without a default, and those that make sense only by an example.
EXAMPLES = {
    "intake.imap.name", "intake.imap.host", "agent.name", "agent.address", "agent.teams", "team.name",
    "type.name", "sla.name", "sla.priorities", "sla.answer_hours",
}  # fmt: skip


def model_of(field: FieldInfo) -> type[BaseModel] | None:
    """The table behind a field, whether it stands once or many times."""
    candidates = (field.annotation, *get_args(field.annotation))
    return next((one for one in candidates if isinstance(one, type) and issubclass(one, BaseModel)), None)


def keys(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every key of the models by its dotted name."""
    for name, field in model.model_fields.items():
        inner = model_of(field)
        if inner is None:
            yield prefix + name, field
        else:
            yield from keys(inner, f"{prefix}{name}.")


def written(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every key of the file by its dotted name."""
    for name, value in table.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            value = value[0]
        if isinstance(value, Mapping):
            yield from written(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


KEYS = dict(keys(Settings))
WRITTEN = dict(written(WHOLE))


def test_file_and_models_have_the_same_keys_in_each_section() -> None:
    assert sorted(WRITTEN) == sorted(KEYS)


@pytest.mark.parametrize("key", sorted(KEYS.keys() - EXAMPLES))
def test_file_shows_the_default(key: str) -> None:
    default = KEYS[key].default
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    shown = WRITTEN[key]
    wanted = "" if default is None else list(default) if isinstance(default, tuple) else default

    assert shown == (str(wanted) if isinstance(wanted, Path) else wanted)


@pytest.mark.parametrize("line", [line for line in LINES if re.match(r"#?\w+ = ", line)])
def test_key_says_what_it_means(line: str) -> None:
    assert re.search(r"\S +# \S+ ?\S*", line), "a comment behind the value"


def test_file_runs_as_it_is() -> None:
    settings = config.load(FILE)

    assert settings.intake.smtp[0].listen == ("127.0.0.1:2525",)
    assert not (settings.intake.imap or settings.agent or settings.team)
    assert settings.desk.data_dir == FILE.parent / "data"


def test_examples_can_be_used_as_they_are(tmp_path: Path) -> None:
    settings = config.build(WHOLE, "example", tmp_path)

    assert settings.intake.imap[0].name == "support"
    assert settings.agent[0].teams == (settings.team[0].name,)
