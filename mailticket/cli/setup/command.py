"""`mailticket setup`: from a mailbox to a settings file that works."""

import ssl
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from mailticket import autoconfig, config, log
from mailticket.cli.app import Json, app
from mailticket.cli.output import print_json, say
from mailticket.cli.setup import finishing
from mailticket.cli.setup.asking import Person
from mailticket.cli.setup.desk import Outside, draft
from mailticket.dns import Resolver
from mailticket.errors import ConfigError, MailticketError
from mailticket.intake.imap_login import MailboxFault
from mailticket.settings import reference
from mailticket.setup import files
from mailticket.setup.network import Network
from mailticket.setup.relay import RelayFault
from mailticket.setup.wishes import Wishes

_HELLO = """\
A few questions, and then a settings file that works. Enter takes what stands in brackets. Nothing is
written before the end, and the passwords that you type go nowhere but to the servers that you name.
"""


def _option(flag: str, words: str) -> Any:
    return typer.Option(flag, help=words, metavar=flag.rpartition("-")[2].upper(), show_default=False)


@app.command()
def setup(
    address: Annotated[str, _option("--address", "Address that customers write to.")] = "",
    name: Annotated[str, _option("--name", "Name in From of our mail.")] = "",
    provider: Annotated[
        str, _option("--provider", "google, microsoft365, fastmail, hosting or postfix-local; else it is looked for.")
    ] = "",
    incoming: Annotated[str, _option("--incoming", "imap (a mailbox); lmtp or smtp (a server hands mail over).")] = "",
    auth: Annotated[str, _option("--auth", "password or oauth2.")] = "",
    imap_host: Annotated[str, _option("--imap-host", "Server of the mailbox.")] = "",
    imap_port: Annotated[str, _option("--imap-port", "Its port.")] = "",
    imap_tls: Annotated[str, _option("--imap-tls", "implicit, starttls, none.")] = "",
    imap_user: Annotated[str, _option("--imap-user", "Login there.")] = "",
    folder: Annotated[str, _option("--folder", "Folder that is read; else INBOX.")] = "",
    authserv_id: Annotated[str, _option("--authserv-id", "Whose verdicts on senders are believed.")] = "",
    shared: Annotated[
        bool | None,
        typer.Option("--shared/--alone", help="People answer from this mailbox by hand as well.", show_default=False),
    ] = None,
    listen: Annotated[str, _option("--listen", "HOST:PORT for lmtp and smtp.")] = "",
    smtp_host: Annotated[str, _option("--smtp-host", "Server that sends our mail.")] = "",
    smtp_port: Annotated[str, _option("--smtp-port", "Its port.")] = "",
    smtp_tls: Annotated[str, _option("--smtp-tls", "implicit, starttls, none.")] = "",
    smtp_user: Annotated[str, _option("--smtp-user", 'Login there; "-": none.')] = "",
    password_file: Annotated[Path | None, _option("--password-file", "File that holds the password.")] = None,
    smtp_password_file: Annotated[
        Path | None, _option("--smtp-password-file", "The same for sending, where it is another one.")
    ] = None,
    ca_file: Annotated[Path | None, _option("--ca-file", "Certificates (PEM) to trust; else the system's.")] = None,
    grant: Annotated[str, _option("--grant", "OAuth2: delegated or application.")] = "",
    client_id: Annotated[str, _option("--client-id", "OAuth2: ID of the app registration.")] = "",
    client_secret_file: Annotated[Path | None, _option("--client-secret-file", "OAuth2: file with its secret.")] = None,
    service_account_file: Annotated[
        Path | None, _option("--service-account-file", "Google: key of the service account (JSON).")
    ] = None,
    tenant: Annotated[str, _option("--tenant", "Microsoft 365: Directory (tenant) ID.")] = "",
    issuer: Annotated[str, _option("--issuer", "OAuth2 elsewhere: address of the server.")] = "",
    scope: Annotated[
        list[str] | None, _option("--scope", "OAuth2 elsewhere: what the mail server wants to see; repeatable.")
    ] = None,
    agent: Annotated[
        list[str] | None, _option("--agent", 'Who answers: "Ann Ahlberg <ann@acme.example>"; repeatable.')
    ] = None,
    data_dir: Annotated[str, _option("--data-dir", "Folder for database and files.")] = "",
    output: Annotated[
        Path | None,
        typer.Option("--output", "--config", metavar="FILE", help="Settings file to write.", show_default=False),
    ] = None,
    dns: Annotated[
        list[str] | None, _option("--dns", "Resolver for this search and for the service, IP or IP:PORT; repeatable.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the settings file; a copy of it is kept.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Take every default without asking.")] = False,
    no_probe: Annotated[bool, typer.Option("--no-probe", help="Send no mail to find things out.")] = False,
    show_reference: Annotated[
        bool, typer.Option("--reference", help="Print every setting with default and meaning, and end.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Connect a mailbox or a mail server. Asks, looks at the servers, and writes a settings file that works."""
    if show_reference:
        say(reference.text().rstrip("\n"))
        return
    log.configure("console", "error")
    wishes = Wishes(
        address=address, name=name, provider=provider, incoming=incoming, auth=auth, imap_host=imap_host,
        imap_port=imap_port, imap_tls=imap_tls, imap_user=imap_user, folder=folder, authserv_id=authserv_id,
        shared=shared, listen=listen, smtp_host=smtp_host, smtp_port=smtp_port, smtp_tls=smtp_tls,
        smtp_user=smtp_user, password_file=password_file, smtp_password_file=smtp_password_file, ca_file=ca_file,
        grant=grant, client_id=client_id, client_secret_file=client_secret_file,
        service_account_file=service_account_file, tenant=tenant, issuer=issuer, scopes=scope or (),
        agents=agent or (), data_dir=data_dir, output=output, dns=dns or (), probe=not no_probe,
    )  # fmt: skip
    person = Person(is_there=sys.stdin.isatty(), takes_defaults=yes, quiet=as_json)
    _set_up(person, wishes, force=force, as_json=as_json)


def _set_up(person: Person, wishes: Wishes, *, force: bool, as_json: bool) -> None:
    file = (wishes.output or files.usual_place()).absolute()
    _may_be_written(person, file, force=force)
    if person.is_there:
        person.say(_HELLO)
    now = datetime.now(UTC)
    try:
        made = draft(person, wishes, _outside(wishes, now))
    except (MailboxFault, RelayFault) as fault:
        raise MailticketError(f"{fault}\n  Nothing was written. Correct the flags, and type it again.") from fault
    made.values["desk"]["data_dir"] = wishes.data_dir or files.usual_data(file)
    config.build(made.values, "mailticket setup", base=file.parent)
    written = files.write(made.values, file, now)
    finishing.said(person, written)
    settings = config.load(file)
    let_in = finishing.let_in(person, settings, made.permission)
    checks = finishing.checked(person, file, quiet=as_json)
    trip = finishing.round_trip(person, settings, file) if let_in and wishes.probe else None
    wrong = sum(not check["ok"] for check in checks)
    steps = finishing.next_steps(settings, written, let_in=let_in)
    person.say(f"\n{f'{wrong} to look at, as said above.' if wrong else 'All of it is fine.'} Next:")
    for number, step in enumerate(steps, 1):
        person.say(f"  {number}. {step}")
    if as_json:
        passwords = [str(path) for path in written.passwords]
        document = {"ok": not wrong, "file": str(file), "password_files": passwords, **made.seen}
        print_json({**document, "checks": checks, "round_trip": asdict(trip) if trip else None, "next": steps})


def _may_be_written(person: Person, file: Path, *, force: bool) -> None:
    """Asked before all else: nobody wants to answer ten questions for nothing. Raises MailticketError."""
    if not file.exists() or force:
        return
    if person.is_there and person.agrees(f"{file} exists. Replace it (a copy is kept)?", default=False):
        return
    raise MailticketError(
        f"{file} exists, and nothing was written.\n"
        "  --output FILE writes another one; --force replaces it and keeps a copy."
    )


def _outside(wishes: Wishes, now: datetime) -> Outside:
    try:
        context = ssl.create_default_context()
        if wishes.ca_file:
            context.load_verify_locations(wishes.ca_file)
    except OSError as error:
        raise ConfigError(f"--ca-file {wishes.ca_file}\n  cannot be used: {error.strerror or error}.") from error
    lookup = Resolver(wishes.dns).ask
    network = Network(lookup, context=context)
    return Outside(
        lookup=lookup,
        search=partial(autoconfig.find, lookup=lookup, fetch=network.fetch, answers=network.answers),
        now=now,
    )
