"""Where do settings come from? A TOML file, then `MAILTICKET__SECTION__KEY`; an error names file, key, value and what is allowed."""

import difflib
import json
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from mailticket.errors import ConfigError
from mailticket.settings import (
    AgentSettings,
    AttachmentSettings,
    ConfirmationSettings,
    DeskSettings,
    IdentitySettings,
    IntakeSettings,
    LifecycleSettings,
    Login,
    OutboundSettings,
    RetentionSettings,
    ServiceSettings,
    StoreSettings,
    TeamSettings,
)

#: Where settings are looked for, in this order, when neither --config nor $MAILTICKET_CONFIG names a file.
PLACES = (Path("config/mailticket.toml"), Path("/etc/mailticket/mailticket.toml"))

_PREFIX = "MAILTICKET__"

AnyModel = TypeVar("AnyModel", bound=BaseModel)


class Settings(BaseSettings):
    """All settings, frozen. Paths are absolute: relative ones are taken from the folder of the settings file."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, env_prefix=_PREFIX, env_nested_delimiter="__", case_sensitive=False
    )

    desk: DeskSettings = DeskSettings()
    store: StoreSettings = StoreSettings()
    intake: IntakeSettings = IntakeSettings()
    outbound: OutboundSettings = OutboundSettings()
    identity: IdentitySettings = IdentitySettings()
    attachments: AttachmentSettings = AttachmentSettings()
    confirmations: ConfirmationSettings = ConfirmationSettings()
    lifecycle: LifecycleSettings = LifecycleSettings()
    retention: RetentionSettings = RetentionSettings()
    service: ServiceSettings = ServiceSettings()
    agent: tuple[AgentSettings, ...] = ()
    team: tuple[TeamSettings, ...] = ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file; nothing else is read."""
        return EnvSettingsSource(settings_cls), init_settings

    @model_validator(mode="after")
    def _agents_teams_and_addresses_agree(self) -> "Settings":
        owner: dict[str, str] = dict.fromkeys((self.desk.address, *self.desk.aliases), "the desk")
        for agent in self.agent:
            for address in (agent.address, *agent.aliases):
                if address in owner:
                    raise ValueError(
                        f"agent {agent.name}: {address} belongs to {owner[address]} already; "
                        "mail from it could not be told apart"
                    )
                owner[address] = f"agent {agent.name}"
        names = {team.name for team in self.team}
        for agent in self.agent:
            if unknown := next((team for team in agent.teams if team not in names), None):
                raise ValueError(f'agent {agent.name} is in team "{unknown}", and there is no [[team]] of that name')
        return self


def find(explicit: Path | None = None) -> Path | None:
    """The settings file: `explicit`, else $MAILTICKET_CONFIG, else the first of PLACES that exists, else None.

    Raises ConfigError where a file was named that is not there.
    """
    named = explicit or (Path(os.environ["MAILTICKET_CONFIG"]) if os.environ.get("MAILTICKET_CONFIG") else None)
    if named is None:
        return next((place for place in PLACES if place.is_file()), None)
    if not named.is_file():
        raise ConfigError(
            f"{named}: there is no such settings file.\n  Name one with --config FILE or $MAILTICKET_CONFIG."
        )
    return named


def load(path: Path | None) -> Settings:
    """The settings of the file at `path` (None: built-in defaults) under the environment. Raises ConfigError."""
    if path is None:
        raise ConfigError(
            "no settings file was found.\n  Looked for: --config FILE, $MAILTICKET_CONFIG, "
            + ", ".join(str(place) for place in PLACES)
            + ".\n  Copy config/mailticket.toml from the project and set [desk] address."
        )
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: is not valid TOML: {error}.") from error
    return build(values, str(path), base=path.parent)


def build(values: Mapping[str, Any], origin: str, base: Path) -> Settings:
    """Settings from `values`, errors speaking of `origin`, relative paths taken from `base`. Raises ConfigError."""
    _refuse_unknown_variables(os.environ)
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise ConfigError("\n".join(_explain(detail, origin) for detail in error.errors())) from None
    except SettingsError as error:
        raise ConfigError(f"environment: {error}; lists and tables are written as JSON.") from None
    return _absolute(settings, base.resolve())


def secret_of(login: Login) -> str:
    """The password of a login from wherever the settings put it. Raises ConfigError where that cannot be read."""
    path = login.password_file
    if login.credential:
        folder = os.environ.get("CREDENTIALS_DIRECTORY")
        if not folder:
            raise ConfigError(
                f'credential = "{login.credential}" needs systemd (LoadCredential={login.credential}:FILE in the unit); '
                "$CREDENTIALS_DIRECTORY is not set. Use password_file when you start mailticket by hand."
            )
        path = Path(folder) / login.credential
    if path is None:
        return login.password.get_secret_value()
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise ConfigError(f"{path}: the password cannot be read: {error.strerror}.") from error


def _absolute(model: AnyModel, base: Path) -> AnyModel:
    changes: dict[str, Any] = {}
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, Path):
            changes[name] = base / value.expanduser()
        elif isinstance(value, BaseModel):
            changes[name] = _absolute(value, base)
        elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            changes[name] = tuple(_absolute(item, base) for item in value)
    return model.model_copy(update=changes)


def _refuse_unknown_variables(environment: Mapping[str, str]) -> None:
    """Pydantic passes over a variable of ours that it does not know; a typing mistake there must not go unseen."""
    for variable in environment:
        upper = variable.upper()
        if not upper.startswith(_PREFIX):
            continue
        path = upper.removeprefix(_PREFIX).lower().split("__")
        if (known := _children(Settings, path)) is not None:
            raise ConfigError(f"environment: {variable} names no setting.{_nearest(path[-1], known)}")


def _children(model: type[BaseModel], path: list[str]) -> Iterable[str] | None:
    """None where `path` leads to a key below `model`; else the keys known at the level where it leaves the way."""
    name, *rest = path
    if name not in model.model_fields:
        return model.model_fields
    if not rest:
        return None
    inner = model.model_fields[name].annotation
    return _children(inner, rest) if isinstance(inner, type) and issubclass(inner, BaseModel) else ()


def _explain(detail: ErrorDetails, origin: str) -> str:
    """One error of pydantic as a person reads it: file, key, value seen, what is allowed, nearest known."""
    key = _key(detail["loc"])
    variable = _PREFIX + key.upper().replace(".", "__")
    origin = f"environment, {variable}" if variable in {name.upper() for name in os.environ} else origin
    match detail["type"]:
        case "extra_forbidden":
            return f"{origin}: {key} is not a setting.{_nearest(str(detail['loc'][-1]), _siblings(detail['loc']))}"
        case "missing":
            return f"{origin}: {key} is missing and has no default."
        case "literal_error":
            allowed = _options(detail["loc"])
            seen = detail["input"]
            return f"{origin}: {key} = {_shown(seen)}\n  is not one of: {', '.join(allowed)}.{_nearest(str(seen), allowed)}"
        case "value_error":
            message = str(detail.get("ctx", {}).get("error", detail["msg"]))
        case _:
            message = detail["msg"][0].lower() + detail["msg"][1:]
    if isinstance(detail["input"], Mapping):  # a rule over a whole section: its values may hold secrets
        return f"{origin}: {key + ': ' if key else ''}{message}"
    return f"{origin}: {key} = {_shown(detail['input'], secret='password' in key)}\n  {message}."


def _key(location: tuple[int | str, ...]) -> str:
    """`("agent", 0, "name")` as `agent[1].name`: people count from one."""
    text = ""
    for step in location:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _shown(value: Any, secret: bool = False) -> str:
    return "(not shown)" if secret else json.dumps(value, default=str, ensure_ascii=False)


def _nearest(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f'  Did you mean "{close[0]}"?' if close else ""


def _model_at(location: Iterable[int | str]) -> type[BaseModel]:
    model: type[BaseModel] = Settings
    for step in location:
        if isinstance(step, int):
            continue
        annotation = model.model_fields[step].annotation
        inner = next(
            (a for a in (annotation, *get_args(annotation)) if isinstance(a, type) and issubclass(a, BaseModel)), None
        )
        if inner is None:
            break
        model = inner
    return model


def _siblings(location: tuple[int | str, ...]) -> Iterable[str]:
    return _model_at(location[:-1]).model_fields


def _options(location: tuple[int | str, ...]) -> list[str]:
    names = [step for step in location if isinstance(step, str)]
    model = _model_at(location)
    name = next(name for name in reversed(names) if name in model.model_fields)
    return [str(option) for option in get_args(model.model_fields[name].annotation)]
