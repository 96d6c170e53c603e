"""Can mail come in?"""

import os
import ssl
from collections import Counter
from collections.abc import Iterator, Sequence
from ipaddress import ip_address

from mailticket import assembly
from mailticket.checks.certificates import distrust, first_of
from mailticket.checks.finding import Finding, fine, wrong
from mailticket.checks.site import Site
from mailticket.presets import PRESETS
from mailticket.settings.intake import ImapSettings, SmtpSettings


def doors(site: Site) -> list[Finding]:
    """Whether there is a door at all, and no crowd before one."""
    intake = site.settings.intake
    smtp = [place for listener in intake.smtp for place in listener.listen]
    if not smtp and not intake.imap:
        return [wrong("no mail can come in", "add [[intake.smtp]] or [[intake.imap]] to the settings")]
    named = [f"{listener.protocol} on {', '.join(listener.listen)}" for listener in intake.smtp]
    named += [f"mailbox {mailbox.name}" for mailbox in intake.imap]
    return [fine("; ".join(named)), *crowded(intake.imap)]


def crowded(boxes: Sequence[ImapSettings]) -> Iterator[Finding]:
    """Accounts that we would open more often at once than their provider allows: each [[intake.imap]] does it once."""
    for (provider, user), number in Counter((box.provider, box.user.lower()) for box in boxes).items():
        preset = PRESETS.get(provider)
        if preset and preset.imap_connections and number > preset.imap_connections:
            words = f"{number} [[intake.imap]] open {user} at once, and {preset.title} allows {preset.imap_connections}"
            yield wrong(words, "have its filters put mail into fewer folders, and read those")


def submission(site: Site) -> Finding:
    """Whether agents can log in at the doors that are for them."""
    settings = site.settings
    bare = [door for door in settings.intake.smtp if door.protocol == "submission" and door.tls_cert is None]
    if bare:
        detail = f"{', '.join(bare[0].listen)} has no certificate, so nobody can log in there"
        return wrong(detail, "set tls_cert and tls_key of that [[intake.smtp]]")
    agents = {account.address for account in assembly.accounts_of(settings).values()}
    if not agents:
        mend = "`mailticket password` makes the line password_hash for an agent's [[agent]]"
        return wrong("no agent has a password, so nobody can log in", mend)
    return fine(f"{len(agents)} of {len(settings.agent)} agents can log in")


def web(site: Site) -> Finding:
    """Whether the pages of agents' buttons are for the agents alone to see."""
    console = site.settings.console
    if not console.public_url:
        mend = 'set [console] public_url = "https://…", where your TLS proxy is, or listen = ""'
        return wrong(f"{console.listen} answers, and no mail has a link to it", mend)
    host = console.listen.rpartition(":")[0].strip("[]")
    if host != "localhost" and not _is_loopback(host):
        mend = 'set [console] listen = "127.0.0.1:PORT", and let the TLS proxy beside it hand requests on'
        return wrong(f"{console.listen} speaks plain HTTP to the network: who listens there sees the buttons", mend)
    return fine(f"{console.listen}, in mail as {console.public_url}")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def acceptors(site: Site) -> Finding:
    """Whether there is a core for each of them."""
    asked, cores = site.settings.service.acceptors, len(os.sched_getaffinity(0))
    if not site.settings.intake.smtp:
        return wrong(f"{asked} of them, for SMTP alone, and there is no [[intake.smtp]]", "set acceptors = 0")
    detail = f"{asked} beside the daemon, on {cores} cores"
    if asked >= cores:
        return wrong(detail, f"set acceptors = {cores - 1}: more of them only share the same cores")
    return fine(detail)


def certificate(door: SmtpSettings, site: Site) -> Finding:
    """Whether an own door's certificate fits its key, holds for a while, and is believed by those who look."""
    chain, key = door.tls_cert, door.tls_key
    assert chain is not None and key is not None
    try:
        found = first_of(chain)
        distrusted = distrust(chain, key, door.hostname)
    except (ssl.SSLError, ValueError) as error:
        reason = getattr(error, "reason", None) or str(error)
        return wrong(f"{chain} and {key} cannot be used together: {reason}", "set tls_cert and tls_key to one pair")
    names = f"{chain}, made out to {', '.join(found.names) or 'nobody'}"
    if trouble := found.trouble(site.now):
        return wrong(f"{names}: {trouble}", f"renew it (certbot renew), then `systemctl reload mailticket`; {chain}")
    # mail servers deliver to a certificate that nobody knows as well; agents' mail programs do not log in there
    if distrusted and door.protocol == "submission":
        return wrong(f"{names}: a mail program does not trust it ({distrusted})", _trusted(door, distrusted))
    good = f"{names}, until {found.ends:%Y-%m-%d}"
    return fine(f"{good}; not trusted by strangers ({distrusted})" if distrusted else good)


def _trusted(door: SmtpSettings, distrusted: str) -> str:
    if "mismatch" in distrusted.lower():
        return f"certbot certonly -d {door.hostname}, or set hostname of that [[intake.smtp]] to a name in it"
    return "set tls_cert to the whole chain (certbot's fullchain.pem); a private CA: install it where agents read mail"
