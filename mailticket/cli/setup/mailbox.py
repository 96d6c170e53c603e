"""Which mailbox is read? Asked until we are in; then what it is like."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mailticket import config
from mailticket.autoconfig import Found
from mailticket.bearer import Token
from mailticket.cli.setup.asking import Person
from mailticket.cli.setup.server import PATIENCE, Given, Side, Way, ask_login, ask_server, ask_trust
from mailticket.intake.imap_login import MailboxFault
from mailticket.setup import answers
from mailticket.setup.mailbox import Look, authserv_id, look
from mailticket.setup.wishes import Wishes

_SIDE = Side(prefix="imap", title="IMAP server, from which mail is fetched", port=993, login_flag="--password-file")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """A mailbox that we have been in."""

    way: Way
    folder: str
    look: Look

    def table(self, desk: str) -> dict[str, Any]:
        """[[intake.imap]]"""
        return table_of(self.way, desk, self.folder)


def table_of(way: Way, desk: str, folder: str) -> dict[str, Any]:
    """[[intake.imap]], as far as it is the same with every kind of login."""
    table = {"name": answers.mailbox_name(desk), **way.table()}
    return {**table, "folder": folder} if folder and folder != "INBOX" else table


def connect(person: Person, wishes: Wishes, desk: str, found: Found) -> Connected:
    """Asks for server and login, and tries them. Raises ConfigError; MailboxFault where nobody can be asked again."""
    way, folder = server_of(person, wishes, desk, found), wishes.folder or "INBOX"
    way = ask_login(person, _SIDE, way, _given(wishes), desk)
    while True:
        try:
            return opened(person, way, desk, folder)
        except MailboxFault as fault:
            if not person.is_there:
                raise
            person = person.attentive()
            person.say(f"  That did not work. {fault}")
            if fault.event == "imap_folder_unusable":
                folder = person.asked("Folder", "--folder", default=folder, read=answers.line)
            else:
                way = _mended(person, way, fault, desk)


def opened(person: Person, way: Way, desk: str, folder: str, token: Token | None = None) -> Connected:
    """Logs in, by `token` where there is one, and looks around. Raises MailboxFault."""
    person.say(f"  Looking into the mailbox at {way.host} ...")
    table = {**table_of(way, desk, folder), "timeout": PATIENCE}
    values = {"desk": {"address": desk}, "intake": {"imap": [table]}}
    box = config.build(values, "mailticket setup", base=Path()).intake.imap[0]
    return Connected(way=way, folder=folder, look=look(box, token or config.secret_of(box)))


def server_of(person: Person, wishes: Wishes, desk: str, found: Found) -> Way:
    """Where the mailbox is: the provider's server, or the one that is asked for."""
    given = _given(wishes)
    way, preset = Way(port=_SIDE.port, ca_file=given.ca_file and given.ca_file.absolute()), found.preset
    if preset and preset.imap_host:
        way = replace(way, provider=preset.name, host=preset.imap_host, tls=preset.imap_tls, is_preset=True)
    if way.is_preset and not given.host:
        return way
    return ask_server(person, _SIDE, way, given, found.imap, desk.rpartition("@")[2])


def _mended(person: Person, way: Way, fault: MailboxFault, desk: str) -> Way:
    """What the fault puts in doubt is asked again."""
    if fault.event != "imap_login_refused":
        way = ask_server(person, _SIDE, way, Given(), None, desk.rpartition("@")[2])
    if fault.event == "imap_tls_refused":
        return ask_trust(person, way)
    return ask_login(person, _SIDE, way, Given(), desk) if fault.event == "imap_login_refused" else way


def _given(wishes: Wishes) -> Given:
    return Given(
        host=wishes.imap_host,
        port=wishes.imap_port,
        tls=wishes.imap_tls,
        user=wishes.imap_user,
        password_file=wishes.password_file,
        ca_file=wishes.ca_file,
    )


def told(found: Look) -> str:
    """What there is to say about a mailbox, in one line."""
    box = found.mailbox
    words = [f"{box.mails} mails", ", ".join(box.offered) or "polling only: it announces no new mail"]
    words += [str(quota) for quota in box.quotas]
    words.append("keeps marks of ours" if box.keywords else "keeps no marks of ours (nothing is missed by that)")
    if box.sent:
        words.append(f'what was sent lies in "{box.sent}"')
    return "; ".join(words) + "."


def believed(person: Person, wishes: Wishes, found: Look, own: Sequence[str]) -> str:
    """The authserv-id to write down, "" for none; says which and why."""
    if wishes.authserv_id:
        return wishes.authserv_id
    name, is_ours = authserv_id(found.judged, own)
    if not name:
        person.say("  No server writes its verdict on senders into all of this mail; we check their signatures (DKIM).")
        return ""
    if not is_ours:
        person.say(f"  All mail in it bears verdicts on senders by {name}, whose name is not of your domain.")
        is_ours = person.agrees("Is that your mail provider's own server?", default=False)
    if is_ours:
        person.say(f"  Verdicts on senders are written by {name}, and are believed.")
    return name if is_ours else ""
