"""What does the DNS say about a domain of the desk, and which record is missing? SPF, DKIM, DMARC, MX.

Each record to add stands there as a zone file has it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from mailticket import presets
from mailticket.checks import last_mails, spf_record
from mailticket.checks.finding import Finding, fine, wrong
from mailticket.checks.house import is_of_the_house
from mailticket.checks.sending_host import is_here, own_addresses, sending_addresses
from mailticket.checks.site import NoStore, Site
from mailticket.config import Settings
from mailticket.mail import dmarc
from mailticket.mail.lookup import Answer, Lookup, Unanswered
from mailticket.outbound.signing import covers
from mailticket.presets import PRESETS, Preset

#: Where providers' customers have their keys.
_SELECTORS = {"google": ("google",), "microsoft365": ("selector1", "selector2"), "fastmail": ("fm1", "fm2", "fm3")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How mail of a domain leaves and comes in, as far as the settings tell."""

    #: Relay as the settings name it, and the provider that it belongs to.
    relay: str
    outgoing: Preset | None
    #: Addresses that the mail leaves from, as far as they are known.
    addresses: tuple[str, ...] = ()
    #: They are this machine's own: it sends from each of them. A relay elsewhere may send from one only, or others.
    is_here: bool = False
    #: mailticket signs by itself, for this domain.
    signs: bool = False
    #: Who had signed those mails of ours that came back lately; None where none did.
    signers: frozenset[str] | None = None
    #: Provider whose mailboxes are looked into.
    incoming: Preset | None = None
    #: Addresses of this machine on the Internet, where mail comes in by SMTP alone.
    listening: tuple[str, ...] = ()


def domain(name: str, site: Site) -> list[Finding]:
    """What is to be said about one domain of the desk."""
    lookup = site.resolver.ask
    if (asked := _asked(lookup, name, "MX")) is not None and not asked.exists:
        return [_unknown(name)]
    way = _way(name, site)
    return [spf(name, way, lookup), dkim(name, way, lookup), dmarc_policy(name, lookup), mx(name, way, lookup)]


def _unknown(name: str) -> Finding:
    if is_of_the_house(name):
        return fine("a name of this house only: nobody outside asks for its records")
    return wrong("the DNS knows no such domain: nobody can answer our mail", "correct [desk] address, or register it")


def _way(name: str, site: Site) -> Way:
    settings = site.settings
    outbound = settings.outbound
    incoming = {box.provider for box in settings.intake.imap}
    signer = outbound.dkim.selector and (outbound.dkim.domain or name)
    return Way(
        relay=outbound.host,
        outgoing=_preset_of(settings),
        addresses=sending_addresses(settings, site.resolver.ask),
        is_here=is_here(outbound.host),
        signers=_signers(name, site),
        signs=bool(signer) and (name == signer or name.endswith(f".{signer}")),
        listening=own_addresses() if settings.intake.smtp and not settings.intake.imap else (),
        incoming=PRESETS.get(incoming.pop()) if len(incoming) == 1 and not settings.intake.smtp else None,
    )


def _signers(name: str, site: Site) -> frozenset[str] | None:
    try:
        return last_mails.signers_of(name, site)
    except NoStore:
        return None


def _preset_of(settings: Settings) -> Preset | None:
    """The provider that the relay belongs to, named or known by its host."""
    by_host = {preset.smtp_host: preset for preset in PRESETS.values() if preset.spf_include}
    return PRESETS.get(settings.outbound.provider) or by_host.get(settings.outbound.host)


def spf(name: str, way: Way, lookup: Lookup) -> Finding:
    """Whether the domain says that what sends for us may."""
    asked = _asked(lookup, name, "TXT")
    if asked is None:
        return _silent(f"SPF {name}")
    found = spf_record.among(asked.values)
    needed = _needed(way)
    look = f"SPF {name}"
    if not found:
        mend = _add(name, " ".join(["v=spf1", *(needed or ["mx"]), "~all"]))
        unsure = "" if needed else f"; put in place of mx what {way.relay} sends from, if that is another server"
        return wrong("the domain does not say which servers send for it: receivers doubt our mail", mend + unsure, look)
    if len(found) > 1:
        joined = spf_record.joined(found)
        return wrong(f"there are {len(found)} SPF records, which counts as none", _instead(name, joined), look)
    record = found[0]
    if (missing := spf_record.missing(record, needed)) and not _authorised(name, way, lookup):
        mend = _instead(name, spf_record.changed(record, missing))
        if not way.outgoing and not way.is_here:
            mend += f"\nor as {way.relay}'s operator says, where it sends from other addresses than it listens on"
        return wrong(f'"{record}" does not allow what sends for us ({way.relay})', mend, look)
    if problem := spf_record.problem(record, name, lookup):
        return wrong(f'"{record}": {problem}', _instead(name, spf_record.mended(record)), look)
    if not needed:
        return fine(f'"{record}"; see that it has the address that the Internet sees when {way.relay} sends', look)
    return fine(f'"{record}" allows what sends for us ({way.relay})', look)


def _needed(way: Way) -> list[str]:
    """Mechanisms that allow what sends for us; empty where nobody knows."""
    if way.outgoing is not None and way.outgoing.spf_include:
        return [f"include:{way.outgoing.spf_include}"]
    if way.addresses and not way.is_here and way.relay not in way.addresses:
        return [f"a:{way.relay}"]
    return [f"ip{ip_address(one).version}:{one}" for one in way.addresses]


def _authorised(name: str, way: Way, lookup: Lookup) -> bool:
    if way.outgoing is not None or not way.addresses:
        return False
    allowed = [spf_record.allows(one, name, lookup) for one in way.addresses]
    return all(allowed) if way.is_here else any(allowed)


def dkim(name: str, way: Way, lookup: Lookup) -> Finding:
    """Whether our mail is signed for this domain, as far as can be known from here."""
    look = f"DKIM {name}"
    if way.signs:
        return fine("mailticket signs by itself: see signature", look)
    if way.signers and (signer := next((one for one in way.signers if covers(one, f"@{name}")), "")):
        return fine(f"mail of ours that came back was signed by {signer}", look)
    selectors = _SELECTORS.get(way.outgoing.name, ()) if way.outgoing else ()
    answers = [_asked(lookup, f"{one}._domainkey.{name}", "TXT") for one in selectors]
    if any(answer is not None and answer.values for answer in answers):
        assert way.outgoing is not None
        return fine(f"{way.outgoing.title} has its key in the DNS", look)
    if selectors and None not in answers:
        assert way.outgoing is not None
        places = ", ".join(f"{one}._domainkey.{name}" for one in selectors)
        mend = f"switch on DKIM for the domain at {way.outgoing.title} and add the records that it names"
        return wrong(f"{way.outgoing.title} does not sign for the domain: there is no key at {places}", mend, look)
    return fine(
        f"whether {way.relay} signs cannot be seen from here: write from the desk to a mailbox of yours, and look for "
        f"dkim=pass header.d={name} in the head of that mail; if it is missing, set [outbound.dkim]",
        look,
    )


def dmarc_policy(name: str, lookup: Lookup) -> Finding:
    """Whether the domain says what becomes of mail that only claims to be its own."""
    look = f"DMARC {name}"
    try:
        policy = dmarc.policy(name, lookup)
        values = lookup(f"_dmarc.{name}", "TXT").values
    except Unanswered:
        return _silent(look)
    if policy is not None:
        return fine(f"{policy}", look)
    record = _add(f"_dmarc.{name}", "v=DMARC1; p=none")
    if values:
        said = " and ".join(f'"{value.decode("utf-8", "replace")}"' for value in values)
        return wrong(f"what stands at _dmarc.{name} is no policy: {said}", f"put in its place {record}", look)
    return wrong(
        "large providers doubt mail of a domain without a DMARC record",
        f"{record}\nStricter (p=quarantine, then p=reject) once SPF and DKIM are right",
        look,
    )


def mx(name: str, way: Way, lookup: Lookup) -> Finding:
    """Whether mail for the desk comes to where we look for it."""
    look = f"MX {name}"
    asked = _asked(lookup, name, "MX")
    if asked is None:
        return _silent(look)
    hosts = [host for _, host in sorted(asked.values)]
    if hosts in ([""], ["."]):
        return wrong("the domain says that it takes no mail (null MX): nobody can answer ours", _mx(name, way), look)
    if not hosts:
        plain = _asked(lookup, name, "A")
        if plain is not None and plain.values:
            return fine("no MX record: mail goes to the domain's own address", look)
        return wrong("no server takes mail for the domain: nobody can answer ours", _mx(name, way), look)
    addresses = {host: _addresses(host, lookup) for host in hosts}
    if lost := [host for host, found in addresses.items() if found == []]:
        mend = "give it an A or AAAA record, or take it out of the MX records"
        return wrong(f"{', '.join(lost)} stands there as mail server and has no address", mend, look)
    if way.incoming and way.incoming.mx and not any(_is_of(presets.by_mx(host), way.incoming) for host in hosts):
        detail = f"mail goes to {', '.join(hosts)}, and we look into a mailbox at {way.incoming.title}"
        return wrong(
            detail, "name the mailbox where the mail arrives in [[intake.imap]], or change the MX records", look
        )
    words = ", ".join(hosts)
    if way.listening and not any(one in way.listening for found in addresses.values() for one in found or ()):
        words += (
            f"; that is not this machine ({', '.join(way.listening)}), so see that it passes the desk's mail on to it"
        )
    return fine(words, look)


def _is_of(found: Preset | None, wanted: Preset) -> bool:
    return found is not None and found.name == wanted.name


def _addresses(host: str, lookup: Lookup) -> list[str] | None:
    """Those of a host, None where nobody answers."""
    answers = [_asked(lookup, host, kind) for kind in ("A", "AAAA")]
    found = [str(value) for answer in answers if answer is not None for value in answer.values]
    return None if not found and None in answers else found


def _mx(name: str, way: Way) -> str:
    if way.incoming:
        return f"add the MX records that {way.incoming.title} names for {name}"
    return f"put this record into DNS, with the name of your mail server:\n{name}. IN MX 10 mail.{name}."


def _asked(lookup: Lookup, name: str, kind: str) -> Answer | None:
    """None where nobody answers."""
    try:
        return lookup(name, kind)
    except Unanswered:
        return None


def _silent(look: str) -> Finding:
    return fine("the DNS does not answer for it: not looked at", look)


def _add(name: str, text: str) -> str:
    return f"put this record into DNS:\n{_line(name, text)}"


def _instead(name: str, text: str) -> str:
    return f"change the record to:\n{_line(name, text)}"


def _line(name: str, text: str) -> str:
    pieces: Sequence[str] = [text[at : at + 255] for at in range(0, len(text), 255)]
    quoted = " ".join(f'"{piece}"' for piece in pieces)
    return f"{name}. IN TXT {quoted}" if len(pieces) == 1 else f"{name}. IN TXT ( {quoted} )"
