"""`mailticket macro …`: which prepared answers are there, and what would a customer read?"""

from typing import Annotated

import typer

from mailticket import assembly
from mailticket.cli.app import ConfigFile, Json, app, settings_of
from mailticket.cli.output import complain, print_json, print_table, say
from mailticket.desk.likeness import nearest
from mailticket.desk.policy import Policy
from mailticket.desk.prepared import VALUES, PreparedAnswer
from mailticket.errors import MailticketError
from mailticket.macro_folder import read_folder

macro = typer.Typer(help="Prepared answers, which agents use by #macro NAME.", no_args_is_help=True)
app.add_typer(macro, name="macro")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the macro, which is its file's without .md.")]


@macro.command("list")
def list_macros(as_json: Json = False, config_file: ConfigFile = None) -> None:
    """Macros that can be used. Trouble with a file is said on standard error."""
    settings, _ = settings_of(config_file)
    found, problems = read_folder(settings.desk.macros, assembly.rules_of(settings, ""))
    for problem in problems:
        complain(f"{settings.desk.macros / problem.file}: {problem.message}")
    if as_json:
        print_json({"macros": [{"name": one.name, "title": one.title, "sets": dict(one.fields)} for one in found]})
    elif found:
        print_table(["name", "title", "sets"], [[one.name, one.title, _sets(one)] for one in found])
    else:
        say(f"There is no macro in {settings.desk.macros}: put NAME.md there (config/macros/README.md).")


@macro.command("preview")
def preview_macro(name: Name, as_json: Json = False, config_file: ConfigFile = None) -> None:
    """The words of a macro as customers read them, with sample values."""
    settings, _ = settings_of(config_file)
    policy = assembly.policy_of(settings, "")
    one = _named(name, policy)
    text = one.text({**VALUES, "desk_name": policy.desk_name})
    if as_json:
        print_json({"name": one.name, "title": one.title, "sets": dict(one.fields), "text": text})
        return
    say(text or "(It has no words: nobody is written to.)")
    if one.fields:
        say(f"\nIt sets {_sets(one)}.")


def _named(name: str, policy: Policy) -> PreparedAnswer:
    found = next((one for one in policy.macros if one.name == name.casefold()), None)
    if found is None:
        names = [one.name for one in policy.macros]
        near = nearest(name, names)
        hint = f'Did you mean "{near}"?' if near else f"There are: {', '.join(names) or 'none so far'}."
        raise MailticketError(f'There is no macro "{name}", or it cannot be used. {hint}')
    return found


def _sets(one: PreparedAnswer) -> str:
    return ", ".join(f"{field.removeprefix('fields.')} = {value}" for field, value in one.fields.items())
