"""What shall the settings say? The questions in their order, and what the servers answered in between."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from mailticket import config
from mailticket.autoconfig import Found
from mailticket.cli.setup import mailbox, permission, relay, tokens
from mailticket.cli.setup.asking import Person
from mailticket.cli.setup.mailbox import Connected
from mailticket.cli.setup.permission import Permission
from mailticket.errors import MailticketError
from mailticket.mail.compose import ascii_address
from mailticket.mail.lookup import Lookup, Unanswered
from mailticket.presets import PRESETS
from mailticket.setup import answers, probe
from mailticket.setup.relay import Taken
from mailticket.setup.wishes import Wishes

#: Seconds that the probe may take.
_PROBE_PATIENCE = 30.0
#: Minutes from one mail of the desk to itself to the next; more where the provider keeps a copy of each in Sent.
_CANARY, _CANARY_KEPT = 15, 60


@dataclass(kw_only=True)
class Draft:
    """What is known so far."""

    #: As TOML nests it, passwords still in it.
    values: dict[str, Any] = field(default_factory=dict)
    #: For `--json`: what the servers showed.
    seen: dict[str, Any] = field(default_factory=dict)
    #: What opens mailbox and relay where no password does; None where somebody has to sign in later.
    permission: Permission | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What is not ours: DNS, the search for servers, the clock."""

    lookup: Lookup
    search: Callable[[str], Found]
    now: datetime


def draft(person: Person, wishes: Wishes, outside: Outside) -> Draft:
    """Asks everything but where to write. Raises ConfigError, MailticketError; nothing was written then."""
    made = Draft()
    address = person.asked("Address that customers write to", "--address", given=wishes.address, read=answers.address)
    name = person.asked("Name in From of our mail", "--name", given=wishes.name, default="Support", read=answers.line)
    made.values = {"desk": {"name": name, "address": address}}
    if wishes.dns:
        made.values["identity"] = {"dns": list(wishes.dns)}
    found = _servers(person, wishes, address, outside)
    way_in = _way_in(person, wishes, found)
    if way_in != "imap":
        made.values["intake"] = {"smtp": [_door(person, wishes, way_in)]}
        way, taken = relay.connect(person, wishes, address, found, None)
        made.values["outbound"] = way.table()
        _taken(person, made, taken, lambda: False)
    elif tokens.wanted(person, wishes, found.preset):
        _by_token(person, wishes, made, found, outside)
    else:
        _by_password(person, wishes, made, found, outside)
    made.values["canary"] = {"every_minutes": _CANARY_KEPT if found.preset and found.preset.saves_sent else _CANARY}
    _agents(person, wishes, made)
    return made


def _servers(person: Person, wishes: Wishes, address: str, outside: Outside) -> Found:
    """By the preset that was named, else by a search."""
    preset = None
    if wishes.provider:
        preset = person.asked("Provider", "--provider", given=wishes.provider, read=answers.provider)
        if preset is not PRESETS["hosting"]:
            return Found(preset=preset)
    if (wishes.imap_host or wishes.incoming in ("smtp", "lmtp")) and wishes.smtp_host:
        return Found()
    domain = address.rpartition("@")[2]
    person.say(f"  Looking for the mail servers of {domain} ...")
    found = outside.search(ascii_address(address))
    if preset:  # somebody knows better than the MX
        found = replace(found, preset=None)
    if found.preset:
        person.say(f"  {domain} is at {found.preset.title}: {found.origin}.")
    elif found.origin:
        servers = [f"{one.host}:{one.port}" for one in (found.imap, found.smtp) if one]
        person.say(f"  Found {' and '.join(servers)}: {found.origin}.")
    else:
        person.say("  Found none; your provider's help pages name them.")
    return found


def _way_in(person: Person, wishes: Wishes, found: Found) -> str:
    usual = "lmtp" if found.preset is PRESETS["postfix-local"] else "imap"
    question = "How does mail come in: from a mailbox (imap), or handed over by a mail server (lmtp, smtp)"
    among = ("imap", "lmtp", "smtp")
    return person.chosen(question, "--incoming", given=wishes.incoming, default=usual, among=among)


def _door(person: Person, wishes: Wishes, protocol: str) -> dict[str, Any]:
    """[[intake.smtp]]"""
    listen = person.asked(
        "Where we listen", "--listen", given=wishes.listen, default="127.0.0.1:2525", read=answers.line
    )
    return {"listen": [listen], "protocol": protocol}


def _by_password(person: Person, wishes: Wishes, made: Draft, found: Found, outside: Outside) -> None:
    address = made.values["desk"]["address"]
    box = mailbox.connect(person, wishes, address, found)
    _looked_into(person, wishes, made, box, outside)
    way, taken = relay.connect(person, wishes, address, found, box.way)
    made.values["outbound"] = way.table()
    _taken(person, made, taken, lambda: _plus_addressing(person, wishes, made, found, outside.now))


def _by_token(person: Person, wishes: Wishes, made: Draft, found: Found, outside: Outside) -> None:
    """As by password, where somebody lets us in; else nothing is looked at."""
    address = made.values["desk"]["address"]
    imap, smtp = mailbox.server_of(person, wishes, address, found), relay.by_token(person, wishes, address, found)
    user = person.asked("User", "--imap-user", given=wishes.imap_user, default=address, read=answers.line)
    oauth2 = tokens.ask(person, wishes, found.preset)
    imap, smtp = replace(imap, user=user, oauth2=oauth2), replace(smtp, user=user, oauth2=oauth2)
    made.values["intake"] = {"imap": [mailbox.table_of(imap, address, wishes.folder)]}
    made.values["outbound"] = smtp.table()
    given = made.permission = permission.given(person, config.build(made.values, "mailticket setup", base=Path()))
    folder = wishes.folder or "INBOX"
    box = given.tried(person, lambda token: mailbox.opened(person, imap, address, folder, token)) if given else None
    if given is None or box is None:
        made.values["intake"]["imap"][0] |= _shared(person, wishes)
        if found.preset and found.preset.plus_addressing:
            made.values["desk"]["plus_addressing"] = True
        return
    _looked_into(person, wishes, made, box, outside)
    if taken := given.tried(person, lambda token: relay.asked(person, smtp, address, token)):
        _taken(person, made, taken, lambda: _plus_addressing(person, wishes, made, found, outside.now, given))


def _looked_into(person: Person, wishes: Wishes, made: Draft, box: Connected, outside: Outside) -> None:
    """[[intake.imap]], by what was seen in the mailbox."""
    address = made.values["desk"]["address"]
    person.say(f"  In: {mailbox.told(box.look)}")
    table = box.table(address)
    domain = address.rpartition("@")[2]
    if box.way.provider not in ("google", "microsoft365"):  # theirs is read by their own rules
        own = (domain, box.way.host, *_exchanges(ascii_address(address).rpartition("@")[2], outside.lookup))
        if name := mailbox.believed(person, wishes, box.look, own):
            table["authserv_id"] = name
    table |= _shared(person, wishes)
    made.values["intake"] = {"imap": [table]}
    made.seen["mailbox"] = {
        "capabilities": list(box.look.mailbox.offered),
        "mails": box.look.mailbox.mails,
        "keywords": box.look.mailbox.keywords,
        "sent": box.look.mailbox.sent,
        "quota": [str(quota) for quota in box.look.mailbox.quotas],
    }


def _shared(person: Person, wishes: Wishes) -> dict[str, Any]:
    """Whether people read and answer there, too: then mail stays unread, and their answers are recorded."""
    shared = wishes.shared
    if shared is None:
        shared = person.agrees("Do people answer customers from this mailbox by hand as well?", default=False)
    return {"mark_seen": False, "sent_folder": "auto"} if shared else {}


def _taken(person: Person, made: Draft, taken: Taken, tries_plus: Callable[[], bool]) -> None:
    """[outbound] and [desk], by what the relay takes, and by whether mail to support+anything@ comes back."""
    person.say("  It takes our mail." + ("" if taken.null else f" Not from <>, though ({taken.reply})."))
    plus_addressing = tries_plus()
    if plus_addressing:
        made.values["desk"]["plus_addressing"] = True
    envelope = taken.envelope(plus_addressing=plus_addressing)
    if envelope != "auto":
        made.values["outbound"]["envelope"] = envelope
        instead = "local+b-TOKEN@" if envelope == "token" else "the desk's address"
        person.say(f"  So automatic mail leaves from {instead}.")
    made.seen["relay"] = {
        "takes_null": taken.null, "takes_token": taken.token, "plus_addressing": plus_addressing,
    }  # fmt: skip


def _plus_addressing(
    person: Person, wishes: Wishes, made: Draft, found: Found, now: datetime, given: Permission | None = None
) -> bool:
    """Tried by one mail to ourselves; by what the provider says where none shall be sent."""
    address = made.values["desk"]["address"]
    local, _, domain = address.rpartition("@")
    known = bool(found.preset and found.preset.plus_addressing)
    if not wishes.probe:
        return known
    if not person.agrees(f"Send one mail to {local}+probe@{domain}, to see whether it arrives?", default=True):
        return known
    settings = config.build(made.values, "mailticket setup", base=Path())
    person.say(f"  Waiting for it, {_PROBE_PATIENCE:.0f} seconds at most ...")
    try:
        arrived = probe.plus_address_arrives(
            settings.intake.imap[0], settings.outbound, address, now,
            token=given.token if given else None, seconds=_PROBE_PATIENCE,
        )  # fmt: skip
    except MailticketError as error:
        person.say(f"  It was not to be found out: {error}")
        return False
    person.say(
        f"  {local}+anything@{domain} " + ("arrives: we use it." if arrived else "does not arrive: we do without.")
    )
    return arrived


def _agents(person: Person, wishes: Wishes, made: Draft) -> None:
    desk = made.values["desk"]["address"]
    agents = [
        person.asked("Agent", "--agent", given=words, read=lambda words: answers.agent(words, desk))
        for words in wishes.agents
    ]
    if not agents:
        question = "First agent, who answers (Ann Ahlberg <ann@acme.example>; Enter: later)"
        agents = [person.asked(question, "--agent", default="", read=lambda words: answers.agent(words, desk))]
    if named := [agent for agent in agents if agent]:
        made.values["agent"] = named


def _exchanges(domain: str, lookup: Lookup) -> list[str]:
    try:
        return [host for _, host in lookup(domain, "MX").values]
    except Unanswered:
        return []
