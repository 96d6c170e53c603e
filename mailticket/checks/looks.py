"""What does `check` look at, and in which order? As a mail would meet its trouble."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from mailticket import credentials
from mailticket.checks import (
    acceptance,
    canary,
    clock,
    content,
    disk,
    doors,
    last_mails,
    mailbox,
    names,
    oauth,
    pace,
    people,
    records,
    relay,
    rights,
    sending_host,
    signature,
    store,
)  # fmt: skip
from mailticket.checks.finding import Finding, fine
from mailticket.checks.running import PATIENCE, Look, findings
from mailticket.checks.site import Site
from mailticket.config import Settings


def looks_for(settings: Settings) -> Iterator[Look]:
    """The looks that these settings ask for, in order."""
    yield Look("settings", _settings, waits=False)
    yield from _machine(settings)
    yield from _way_in(settings)
    yield Look("agents", people.agents)
    yield from _way_out(settings)
    if settings.canary.every_minutes:
        yield Look("canary", canary.last_probes)
    yield Look("waiting mail", store.waiting_mail)
    yield Look("undelivered mail", store.undelivered_mail)
    yield Look("templates", content.templates, waits=False)
    yield Look("macros", content.macros)


def _machine(settings: Settings) -> Iterator[Look]:
    """What the service stands on."""
    yield Look("rights of files", rights.secrets)
    yield Look("data folder", disk.data_folder)
    yield Look("owners of files", rights.owners)
    yield Look("disk", disk.headroom)
    yield Look("clock", clock.clock)
    yield Look("database", store.database)
    yield Look("token key", disk.token_key)
    yield Look("file types", content.file_types, waits=False)
    if settings.attachments.antivirus:
        yield Look("antivirus", content.antivirus)


def _way_in(settings: Settings) -> Iterator[Look]:
    yield Look("senders", names.resolver)
    yield Look("doors", doors.doors)
    for door in settings.intake.smtp:
        if door.tls_cert and door.tls_key:
            yield Look(f"tls {door.listen[0]}", partial(doors.certificate, door))
    if any(listener.protocol == "submission" for listener in settings.intake.smtp):
        yield Look("submission", doors.submission)
    if settings.console.listen:
        yield Look("web", doors.web)
    if settings.service.acceptors:
        yield Look("acceptors", doors.acceptors)
    for grant in credentials.grants_of(settings):
        yield Look(f"sign-in {grant.names[0]}", partial(oauth.sign_in, grant))
    for box in settings.intake.imap:
        yield Look(f"mailbox {box.name}", partial(mailbox.mailbox, box))
    yield Look("verdicts", last_mails.verdicts)


def _way_out(settings: Settings) -> Iterator[Look]:
    if settings.outbound.transport == "smtp":
        yield Look("outgoing mail", acceptance.outgoing)
        yield Look("reverse-path", relay.reverse_path)
        yield Look("outgoing pace", pace.outgoing_pace)
        for domain in Site.domains_of(settings):
            yield Look(f"DNS {domain}", partial(records.domain, domain))
        yield Look("sending host", sending_host.reverse_names)
    else:
        yield Look("outgoing mail", relay.maildir)
    if settings.outbound.dkim.selector:
        yield Look("signature", signature.signature)


def look(settings: Settings, origin: Path | None, patience: float = PATIENCE) -> Iterator[Finding]:
    """Every finding, in the order of the table; nobody is waited for longer than `patience` seconds."""
    with credentials.command_tokens(settings) as tokens:
        site = Site.of(settings, origin, datetime.now(UTC), tokens)
        try:
            yield from findings(list(looks_for(settings)), site, patience)
        finally:
            site.store.close()


def _settings(site: Site) -> Finding:
    return fine(str(site.origin or "built-in defaults"))
