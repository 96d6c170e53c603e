"""Does what was written work? The looks of `check`, a mail to ourselves, and what comes next."""

import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mailticket import canary, config
from mailticket.canary import RoundTrip
from mailticket.checks import looks
from mailticket.cli.canary import words_of
from mailticket.cli.checking import print_finding
from mailticket.cli.setup.asking import Person
from mailticket.cli.setup.permission import Permission
from mailticket.config import Settings
from mailticket.errors import MailticketError
from mailticket.setup import files
from mailticket.setup.files import Written

#: Seconds that a mail to ourselves may take.
_PATIENCE = 60.0


def said(person: Person, written: Written) -> None:
    """Which files there are now."""
    person.say()
    if written.copy:
        person.say(f"The file that was there is {written.copy} now.")
    person.say(f"Written: {written.settings}")
    for path in written.passwords:
        person.say(f"Written: {path}, the password; nobody else on this machine can read it.")


def checked(person: Person, file: Path, *, quiet: bool) -> list[dict[str, Any]]:
    """Every finding of `check`; said as it comes, unless `quiet`."""
    person.say("\nNow a look at everything, as `mailticket check` takes it:\n")
    found = []
    for finding in looks.look(config.load(file), file):
        found.append(asdict(finding))
        if not quiet:
            print_finding(finding)
    return found


def let_in(person: Person, settings: Settings, permission: Permission | None) -> bool:
    """Whether the desk may open its mailbox by now: what somebody granted on the way is kept, as the service's own."""
    if not _needs_sign_in(settings):
        return True
    if permission is None:
        return False
    try:
        with files.as_its_owner(settings.desk.data_dir):
            permission.keep(settings)
    except MailticketError as error:
        person.say(f"The sign-in cannot be kept: {error}")
        return False
    person.say("The sign-in is kept, encrypted.")
    return True


def round_trip(person: Person, settings: Settings, file: Path) -> RoundTrip | None:
    """A mail from the desk to itself, as the service's user; None where it can be seen only while the service runs."""
    if not settings.intake.imap:
        return None
    person.say(f"\nA mail from {settings.desk.address} to itself ...")
    with files.as_its_owner(settings.desk.data_dir):
        trip = canary.round_trip(settings, _PATIENCE, file)
    person.say(words_of(trip))
    return trip


def next_steps(settings: Settings, written: Written, *, let_in: bool) -> list[str]:
    """What to type now, in order."""
    service = files.is_anothers(settings.desk.data_dir)
    command = program(sys.argv[0])
    if service:
        command = f"runuser -u {settings.desk.data_dir.owner()} -- {command}"
    found = config.find(None)
    option = "" if found and found.absolute() == written.settings else f" --config {written.settings}"
    steps = []
    if not let_in:
        steps.append(f"{command} authorize{option}: somebody signs in, once; then the desk may read and send")
        steps.append(f"{command} check{option}")
    if not settings.agent:
        steps.append(f"add an [[agent]] to {written.settings}: who answers")
    if settings.intake.imap:
        steps.append(f"{command} run --dry-run{option}: shows what would become of the next mails, and does nothing")
    else:
        steps.append("let your mail server hand over the mail of this address: README.md, deploy/postfix")
    started = "systemctl enable --now mailticket: the service (deploy/README.md, from step 7 on)"
    by_hand = f"{command} run{option}: the service, until Ctrl-C; under systemd: deploy/README.md"
    steps.append(started if service else by_hand)
    steps.append(f"write to {settings.desk.address} from an address elsewhere: a confirmation comes back")
    return steps


def program(called: str, path: str | None = None) -> str:
    """How a person can call what runs now from any folder: by its name only where the shell's `path` leads to it."""
    script = Path(called)
    is_hidden = script.name == "mailticket" and script.is_file() and not shutil.which("mailticket", path=path)
    return str(script.absolute()) if is_hidden else "mailticket"


def _needs_sign_in(settings: Settings) -> bool:
    logins = (*settings.intake.imap, settings.outbound)
    return any(login.oauth2.is_set and login.oauth2.grant == "delegated" for login in logins)
