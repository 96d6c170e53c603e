"""How do settings become parts? Builds store, policy, key, ledger and delivery for the daemon and for every command."""

import contextlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from mailticket import config
from mailticket.actions.context import Context
from mailticket.antivirus import Clamd
from mailticket.config import Settings
from mailticket.desk.hours import Hours, read_week
from mailticket.desk.policy import Agent, AttachmentRules, Canary, Caps, Desk, Numbering, Policy, Sla
from mailticket.dns import Resolver
from mailticket.errors import ConfigError
from mailticket.intake.board import Board
from mailticket.intake.logins import Account, Accounts
from mailticket.intake.sandbox import SafeParser
from mailticket.ledger import Ledger
from mailticket.macro_folder import macros_in
from mailticket.mail.compose import ascii_address
from mailticket.mail.identity import Checks
from mailticket.mail.tokens import TokenKey
from mailticket.outbound.pace import Limits
from mailticket.outbound.render import Templates
from mailticket.outbound.signing import Signer, UnusableKey
from mailticket.settings.desk import types_of
from mailticket.settings.outbound import OutboundSettings
from mailticket.store import aliases, schema
from mailticket.store.blobs import BlobFolder
from mailticket.store.durable import sync_folder
from mailticket.store.engine import Store
from mailticket.store.instance import instance_id

_KEY_BYTES = 32

Key = TypeVar("Key")


def open_store(settings: Settings, *, upgrade: bool = False) -> Store:
    """The store in the shape that this version needs. SQLite is brought there; PostgreSQL only with `upgrade`.

    Raises ConfigError naming the command where the schema is not this version's, NotDurable, TemporaryError.
    """
    try:
        store = Store(settings.store.url, settings.desk.data_dir, settings.store.pool)
    except OSError as error:
        raise ConfigError(f"desk.data_dir = {settings.desk.data_dir}\n  cannot be used: {error.strerror}.") from error
    found = schema.current(store)
    if found != schema.newest():
        if not (upgrade or store.is_sqlite):
            raise ConfigError(
                f"the database has schema {found or 'none'}, this version of mailticket needs {schema.newest()}.\n"
                "  Bring it there with: mailticket db upgrade"
            )
        schema.upgrade(store)
    store.assert_durable()
    return store


def token_key(settings: Settings) -> TokenKey:
    """The key that signs our tokens, made at the first call. Raises ConfigError where it cannot be read or made."""
    return key_at(settings.identity.token_key_file or settings.desk.data_dir / "token.key", "token key", TokenKey)


def key_at(path: Path, what: str, use: Callable[[bytes], Key]) -> Key:
    """What `use` makes of the key there, which is made where there is none. Raises ConfigError."""
    try:
        if not path.exists():
            _make_key(path)
    except OSError as error:
        raise ConfigError(f"{path}: the {what} cannot be made: {error.strerror}.") from error
    try:
        return use(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: the {what} cannot be used: {error}.") from error


def _make_key(path: Path) -> None:
    """Whole or not at all: half a key would keep the service from starting ever again. The first of two makers wins."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)


def desks_of(settings: Settings) -> tuple[Desk, ...]:
    """The main desk, and one for every team that has an address."""
    main = settings.desk
    return (
        Desk(name=main.name, address=main.address, aliases=main.aliases, team=main.team),
        *(
            Desk(
                name=team.display_name or main.name, address=team.address, aliases=team.aliases, team=team.name,
                language=team.language, templates=team.templates,
            )
            for team in settings.team
            if team.address
        ),
    )  # fmt: skip


def canary_of(settings: Settings) -> Canary:
    """When the desk writes to itself, and where such mail comes in."""
    intake = settings.intake
    mailboxes = [f"mailbox {mailbox.name} ({mailbox.user} at {mailbox.host})" for mailbox in intake.imap]
    listeners = [f"{', '.join(door.listen)} ({door.protocol})" for door in intake.smtp if door.protocol != "submission"]
    return Canary(
        every=timedelta(minutes=settings.canary.every_minutes),
        late_after=timedelta(minutes=settings.canary.late_after_minutes),
        doors=(*mailboxes, *listeners),
    )


def policy_of(settings: Settings, instance: str) -> Policy:
    """The rules that the settings make, with the macros that lie in their folder."""
    policy = rules_of(settings, instance)
    return replace(policy, macros=macros_in(settings.desk.macros, policy))


def rules_of(settings: Settings, instance: str) -> Policy:
    """The rules that the settings themselves make."""
    desk, confirmations = settings.desk, settings.confirmations
    return Policy(
        instance_id=instance,
        desks=desks_of(settings),
        plus_addressing=desk.plus_addressing,
        markdown=desk.markdown,
        notify=desk.notify,
        quick_answer=timedelta(seconds=desk.quick_answer_seconds),
        receipts=desk.receipts,
        undo=timedelta(seconds=desk.undo_seconds),
        envelope=settings.outbound.envelope,
        reads_sent=any(mailbox.sent_folder for mailbox in settings.intake.imap),
        timezone=desk.timezone,
        hours=Hours(week=read_week(desk.business_hours), holidays=desk.holidays),
        slas=tuple(Sla(**sla.model_dump()) for sla in settings.sla),
        default_language=desk.default_language,
        public_url=settings.console.public_url,
        subject_tag=desk.subject_tag,
        numbering=Numbering(**desk.numbering.model_dump()),
        agents=tuple(
            Agent(
                name=agent.name, address=agent.address, aliases=agent.aliases, teams=agent.teams,
                lead=agent.role == "lead", signature=agent.signature, timezone=agent.timezone,
            )
            for agent in settings.agent
        ),
        teams=tuple(team.name for team in settings.team),
        types=types_of(settings.type),
        forms=frozenset(settings.identity.forms),
        attachments=AttachmentRules(
            allowed=frozenset(settings.attachments.allowed),
            max_count=settings.attachments.max_count,
            max_count_agent=settings.attachments.max_count_agent,
            max_size=settings.attachments.max_size,
        ),
        confirmations=Caps(
            unverified=confirmations.unverified == "capped",
            max_age=timedelta(hours=confirmations.max_age_hours),
            per_address_per_hour=confirmations.per_address_per_hour,
            per_domain_per_hour=confirmations.per_domain_per_hour,
            per_hour=confirmations.per_hour,
        ),
        canary=canary_of(settings),
        close_resolved_after=timedelta(days=settings.lifecycle.close_resolved_after_days),
        remind_after=timedelta(days=settings.lifecycle.remind_customer_after_days),
        tell_when_taken=settings.lifecycle.tell_when_taken,
        held_decides_after_hours=settings.lifecycle.held_decides_after_hours,
        raw_kept=timedelta(days=settings.retention.raw_days),
    )  # fmt: skip


def context_of(settings: Settings, store: Store) -> Context:
    """What every action needs."""
    with store.writing() as connection:
        instance, added = instance_id(connection), aliases.owners(connection)
    return Context(
        policy=policy_of(settings, instance).with_added(added),
        key=token_key(settings),
        blobs=BlobFolder(blob_folder(settings)),
        checks=Checks(
            lookup=Resolver(settings.identity.dns).for_one_mail,
            arc_sealers=frozenset(settings.identity.arc_sealers),
        ),
        scan=scan_of(settings),
    )


def scan_of(settings: Settings) -> Callable[[bytes], str] | None:
    """What looks for viruses in files, None where the settings name nothing."""
    return Clamd(settings.attachments.antivirus).scan if settings.attachments.antivirus else None


def accounts_of(settings: Settings) -> Accounts:
    """Who may hand in mail by submission: agents with a password, by each of their addresses."""
    accounts = [
        Account(
            address=agent.address,
            addresses=frozenset((agent.address, *agent.aliases)),
            password_hash=agent.password_hash.get_secret_value(),
        )
        for agent in settings.agent
        if agent.password_hash.get_secret_value()
    ]
    return {address: account for account in accounts for address in account.addresses}


def blob_folder(settings: Settings) -> Path:
    """Where large files lie."""
    return settings.store.blobs or settings.desk.data_dir / "blobs"


def templates_of(settings: Settings, origin: Path | None) -> Templates:
    """Mail templates: a desk's own ones and those in `templates/` beside the settings file, then the built-in ones."""
    folder = origin.parent / "templates" if origin else None
    folders = [team.templates for team in settings.team if team.templates]
    return Templates(folder, settings.desk.default_language, folders)


def signer_of(settings: Settings) -> Signer | None:
    """What signs outgoing mail, None where the settings want no signature. Raises ConfigError for an unusable key."""
    dkim = settings.outbound.dkim
    if not dkim.selector:
        return None
    domain = dkim.domain or ascii_address(settings.desk.address).rpartition("@")[2]
    try:
        return Signer(domain, dkim.selector, config.key_of(dkim), others=not dkim.domain)
    except UnusableKey as error:
        named = dkim.key_file or dkim.credential
        raise ConfigError(f"outbound.dkim: {named} cannot sign mail:\n  {error}.") from error


def limits_of(outbound: OutboundSettings) -> Limits:
    """How fast mail may leave; a folder bears anything."""
    if outbound.transport == "maildir":
        return Limits(connections=outbound.connections)
    return Limits(connections=outbound.connections, rate_per_minute=outbound.rate_per_minute, per_day=outbound.per_day)


def parser_of(settings: Settings, process: int = 0) -> SafeParser:
    """The parser of the daemon (0) or of an acceptor (1, 2, ...), with sandbox and board against crash loops."""
    folder = settings.desk.data_dir
    boards = [folder / "parsing.board"]
    boards += [folder / f"parsing.board.{number}" for number in range(1, settings.service.acceptors + 1)]
    own = boards.pop(process)
    board = Board(own, boards, claim=process > 0)
    if process == 0:
        for path in set(folder.glob("parsing.board.*")) - set(boards):
            board.take_over(path)
    return SafeParser(board, settings.service.sandboxes)


@contextmanager
def command_parser(settings: Settings) -> Iterator[SafeParser]:
    """A command's parser: the board is the daemon's alone, so every mail is read in the sandbox."""
    with TemporaryDirectory(prefix="mailticket-") as folder:
        parser = SafeParser(Board(Path(folder) / "board"), settings.service.sandboxes, ordinary=lambda _: None)
        try:
            yield parser
        finally:
            parser.close()


@contextmanager
def working_ledger(settings: Settings, store: Store) -> Iterator[Ledger]:
    """A ledger for one command: started, and on the way out everything that was begun is finished."""
    with command_parser(settings) as parser:
        threads = settings.service.prepare_threads
        ledger = Ledger(store, context_of(settings, store), parser.parse, prepare_threads=threads)
        ledger.start()
        try:
            yield ledger
        finally:
            ledger.stop()
