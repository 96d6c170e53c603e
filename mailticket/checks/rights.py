"""Who may read what is secret, and does the service own what it writes?"""

import os
import pwd
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailticket.checks.finding import Finding, fine, wrong
from mailticket.checks.site import Site
from mailticket.config import Settings

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Named:
    """A file, and the setting that names it."""

    path: Path
    setting: str


def secrets(site: Site) -> Finding | tuple[()]:
    """Whether files with passwords and keys are closed to everybody else, and open to the service."""
    found, user = list(_secrets(site)), _service_user(site)
    if user and (closed := _closed([*found, *_certificates(site.settings)], *user)):
        return closed
    everybody = [one for one in found if one.path.exists() and one.path.stat().st_mode & 0o007]
    if everybody:
        names = ", ".join(f"{one.path} ({one.setting})" for one in everybody)
        mend = f"chmod o= {' '.join(dict.fromkeys(str(one.path) for one in everybody))}"
        return wrong(f"everybody on this machine can read {names}", mend)
    if missing := [one for one in found if not one.path.exists()]:
        return wrong(f"{missing[0].path} ({missing[0].setting}) is not there", f"correct {missing[0].setting}")
    return fine(f"{len(found)} with passwords or keys, closed to others") if found else ()


def owners(site: Site) -> Finding | tuple[()]:
    """Whether everything in data_dir belongs to its owner: a command that somebody ran as root leaves other files."""
    folder = site.settings.desk.data_dir
    if not folder.is_dir():
        return ()
    owner = folder.stat().st_uid
    foreign = [path for path in sorted(folder.iterdir()) if path.lstat().st_uid != owner]
    if foreign:
        names = ", ".join(path.name for path in foreign[:_NAMED]) + (" …" if len(foreign) > _NAMED else "")
        detail = f"{folder} belongs to {_name(owner)}, and in it {names} to {_name(foreign[0].lstat().st_uid)}"
        return wrong(f"{detail}: the service cannot write there", f"chown -R {_name(owner)}: {folder}")
    if os.geteuid() not in (0, owner):
        mend = f"run the command as the service's user: runuser -u {_name(owner)} -- mailticket check"
        return wrong(f"{folder} belongs to {_name(owner)}, and this is {_name(os.geteuid())}", mend)
    return fine(f"all in {folder} belongs to {_name(owner)}")


def may_read(found: os.stat_result, uid: int, groups: frozenset[int]) -> bool:
    """Whether the rights of a file let this user read it (what its folders say apart)."""
    return _may(found, uid, groups, stat.S_IROTH)


def _may(found: os.stat_result, uid: int, groups: frozenset[int], right: int) -> bool:
    """`right` as it is called for everybody: S_IROTH, or S_IXOTH to pass a folder."""
    if uid == 0:
        return True
    shift = 6 if found.st_uid == uid else 3 if found.st_gid in groups else 0
    return bool(found.st_mode & right << shift)


def _closed(named: Sequence[Named], uid: int, groups: frozenset[int]) -> Finding | None:
    """What the service's user cannot read, though it is there."""
    barred = [(one, bar) for one in named if (bar := _bar(one.path, uid, groups))]
    if not barred:
        return None
    (first, bar), who = barred[0], _name(uid)
    names = ", ".join(f"{one.path} ({one.setting})" for one, _ in barred)
    mend = f"chgrp {who} {bar} && chmod 640 {bar}"
    if bar != first.path.resolve():
        names += f": {bar} is closed to it"
        mend = f"put it into a folder that is not, and correct {first.setting}"
    return wrong(f"the service's user {who} cannot read {names}", mend)


def _bar(path: Path, uid: int, groups: frozenset[int]) -> Path | None:
    """The folder on the way to a file, or the file, that this user may not open; None where all is open or missing."""
    path = path.resolve()
    try:
        for folder in reversed(path.parents):
            if not _may(folder.stat(), uid, groups, stat.S_IXOTH):
                return folder
        return None if may_read(path.stat(), uid, groups) else path
    except FileNotFoundError:
        return None


def _secrets(site: Site) -> Iterator[Named]:
    settings = site.settings
    if site.origin and holds_passwords(settings):
        yield Named(site.origin, "the settings with passwords in it")
    for box in settings.intake.imap:
        if box.password_file:
            yield Named(box.password_file, f"password_file of mailbox {box.name}")
    for door in settings.intake.smtp:
        if door.tls_key:
            yield Named(door.tls_key, "tls_key")
    if settings.outbound.password_file:
        yield Named(settings.outbound.password_file, "[outbound] password_file")
    yield from _oauth2_secrets(settings)
    if settings.outbound.dkim.key_file:
        yield Named(settings.outbound.dkim.key_file, "[outbound.dkim] key_file")


def _certificates(settings: Settings) -> Iterator[Named]:
    """What everybody may read, and the service must."""
    for box in settings.intake.imap:
        if box.ca_file:
            yield Named(box.ca_file, f"ca_file of mailbox {box.name}")
    for door in settings.intake.smtp:
        if door.tls_cert:
            yield Named(door.tls_cert, "tls_cert")
    if settings.outbound.ca_file:
        yield Named(settings.outbound.ca_file, "[outbound] ca_file")


def _oauth2_secrets(settings: Settings) -> Iterator[Named]:
    logins = ((f"of mailbox {box.name}", box.oauth2) for box in settings.intake.imap)
    for whose, oauth2 in (*logins, ("of [outbound.oauth2]", settings.outbound.oauth2)):
        if oauth2.client_secret_file:
            yield Named(oauth2.client_secret_file, f"client_secret_file {whose}")
        if oauth2.service_account_file:
            yield Named(oauth2.service_account_file, f"service_account_file {whose}")
    if settings.identity.oauth_key_file:
        yield Named(settings.identity.oauth_key_file, "[identity] oauth_key_file")
    elif (key := settings.desk.data_dir / "oauth.key").exists():
        yield Named(key, "[identity] oauth_key_file")


def holds_passwords(settings: Settings) -> bool:
    """Whether passwords stand among the settings themselves."""
    logins = (settings.outbound, *settings.intake.imap)
    in_url = "@" in settings.store.url and ":" in settings.store.url.partition("//")[2].rpartition("@")[0]
    return in_url or any(
        login.password.get_secret_value() or login.oauth2.client_secret.get_secret_value() for login in logins
    )


def _service_user(site: Site) -> tuple[int, frozenset[int]] | None:
    """Whom data_dir belongs to, with all groups; None where nobody can tell yet."""
    try:
        user = pwd.getpwuid(site.settings.desk.data_dir.stat().st_uid)
    except (OSError, KeyError):
        return None
    return user.pw_uid, frozenset(os.getgrouplist(user.pw_name, user.pw_gid))


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
