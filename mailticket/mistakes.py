"""How does a mistake in the settings read? File or variable, key, value seen, what is allowed, the nearest known."""

import difflib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from mailticket.errors import ConfigError

#: What our settings variables begin with.
PREFIX = "MAILTICKET__"

#: What pydantic says of a wrong type or bound, as an operator would say it.
_WORDS = {
    "bool": "is neither true nor false",
    "int": "is not a whole number",
    "string": 'is not text in quotes, such as "text"',
    "path": "is not a path in quotes",
    "date": "is not a date such as 2027-05-01",
    "tuple": 'is not a list, such as ["one", "two"]',
    "model": "is not a table",
}
_BOUNDS = {
    "greater_than": ("gt", "must be more than"),
    "greater_than_equal": ("ge", "must be at least"),
    "less_than_equal": ("le", "must be at most"),
}
_LENGTHS = {"string_too_short": "must not be empty"}

_URL_PASSWORD = re.compile(r"(://[^:/@\s]*:)[^@\s]*@")


def refuse_unusable_variables(environment: Mapping[str, str], settings: type[BaseModel]) -> None:
    """Pydantic passes over a variable of ours that it does not know, and does not name one that it cannot read.

    Raises ConfigError, so that a typing mistake there does not go unseen.
    """
    for variable, value in environment.items():
        if not variable.upper().startswith(PREFIX):
            continue
        model: type[BaseModel] | None = settings
        annotation: Any = settings
        for step in variable.upper().removeprefix(PREFIX).lower().split("__"):
            if model is None or step not in model.model_fields:
                known = model.model_fields if model else ()
                raise ConfigError(f"environment: {variable} names no setting.{nearest(step, known)}")
            annotation = model.model_fields[step].annotation
            model = annotation if _is_model(annotation) else None
        _refuse_no_json(variable, value, annotation)


def _refuse_no_json(variable: str, value: str, annotation: Any) -> None:
    is_list = get_origin(annotation) is tuple
    if not is_list and not _is_model(annotation):
        return
    tables = _is_model(annotation) or any(map(_is_model, get_args(annotation)))
    wanted = dict if _is_model(annotation) else list
    try:
        fits = isinstance(json.loads(value), wanted)
    except ValueError:
        fits = False
    if not fits:
        # a table may hold a password, and text that is not JSON cannot be searched for it
        seen = "" if tables else f" = {shown(value)}"
        example = "a table is written as JSON" if tables else 'a list is written as JSON, such as ["one", "two"]'
        if tables and is_list:
            example = 'tables are written as a JSON list, such as [{"name": "value"}]'
        raise ConfigError(f"environment, {variable}{seen}\n  cannot be read: {example}.")


def explain(detail: ErrorDetails, file: str, environment: Iterable[str], settings: type[BaseModel]) -> str:
    """One error of pydantic as a person reads it; what may be a secret is not shown."""
    location, seen = detail["loc"], detail["input"]
    origin = _origin(location, file, environment)
    key = _key(location)
    if detail["type"] == "extra_forbidden":
        siblings = _model_at(location[:-1], settings).model_fields
        return f"{origin}: {key} is not a setting.{nearest(str(location[-1]), siblings)}"
    if detail["type"] == "missing":
        return f"{origin}: {key} is missing and has no default."
    message = _message(detail, _allowed(location, settings))
    if not message.endswith((".", "?")):
        message += "."
    if isinstance(seen, Mapping):  # a rule over a whole section: its values may hold secrets
        return f"{origin}: {key + ': ' if key else ''}{message}"
    secret = "password" in key or "secret" in key
    return f"{origin}: {key} = {shown(seen, secret)}\n  {message}"


def _message(detail: ErrorDetails, allowed: Sequence[str]) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "literal_error":
        return f"is not one of: {', '.join(filter(None, allowed))}.{nearest(str(detail['input']), allowed)}"
    if kind == "value_error":
        return str(context.get("error", detail["msg"]))
    if kind in _BOUNDS:
        bound, words = _BOUNDS[kind]
        return f"{words} {context[bound]:.12g}"
    if kind == "tuple_type" and isinstance(detail["input"], Mapping):
        return f"is written in double brackets, once for each: [[{_key(detail['loc'])}]]"
    return _LENGTHS.get(kind) or _WORDS.get(kind.partition("_")[0]) or detail["msg"]


def nearest(word: str, known: Iterable[str]) -> str:
    """`  Did you mean "tls"?`, or nothing where `known` holds nothing alike."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.65)
    return f'  Did you mean "{close[0]}"?' if close else ""


def shown(value: Any, secret: bool = False) -> str:
    """A value as it is shown to people: no password, neither as a whole, nor in a URL, nor in a table."""
    holds_tables = isinstance(value, Mapping) or (
        isinstance(value, list | tuple) and any(isinstance(one, Mapping | list) for one in value)
    )
    if secret or holds_tables:
        return "(not shown)"
    return _URL_PASSWORD.sub(r"\1(not shown)@", json.dumps(value, default=str, ensure_ascii=False))


def _origin(location: tuple[int | str, ...], file: str, environment: Iterable[str]) -> str:
    """The variable that gave the value at `location`, by itself or as part of its table or list; else the file."""
    variables = {name.upper() for name in environment}
    for end in range(len(location), 0, -1):
        variable = PREFIX + "__".join(map(str, location[:end])).upper()
        if variable in variables:
            return f"environment, {variable}"
    return file


def _key(location: tuple[int | str, ...]) -> str:
    """`("agent", 0, "name")` as `agent[1].name`: people count from one."""
    text = ""
    for step in location:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _model_at(location: Iterable[int | str], settings: type[BaseModel]) -> type[BaseModel]:
    """The section that holds the last step of `location`."""
    model = settings
    for step in location:
        if isinstance(step, int):
            continue
        annotation = model.model_fields[step].annotation
        inner = next((one for one in (annotation, *get_args(annotation)) if _is_model(one)), None)
        if inner is None:
            break
        model = inner
    return model


def _allowed(location: tuple[int | str, ...], settings: type[BaseModel]) -> list[str]:
    """The words that may stand at `location`, [] where they are not counted."""
    fields = _model_at(location, settings).model_fields
    name = next((step for step in reversed(location) if step in fields), None)
    if name is None:
        return []
    annotation = fields[str(name)].annotation
    words = get_args(annotation)[0] if get_origin(annotation) is tuple else annotation
    return list(map(str, get_args(words)))


def _is_model(annotation: Any) -> bool:
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
