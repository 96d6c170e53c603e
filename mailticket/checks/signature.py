"""Does the signature on our mail prove anything?"""

from mailticket import assembly
from mailticket.checks.finding import Finding, fine, wrong
from mailticket.checks.site import Site
from mailticket.mail.compose import ascii_address
from mailticket.mail.lookup import Unanswered
from mailticket.outbound.signing import Signer, covers


def signature(site: Site) -> Finding | list[Finding]:
    """Whether it stands for the domains of all desks, by a key that is in DNS and nobody else has."""
    settings = site.settings
    signer = assembly.signer_of(settings)
    assert signer is not None
    addresses = [ascii_address(address) for address in settings.own_addresses]
    if strange := [address for address in addresses if not covers(signer.domain_for(address), address)]:
        detail = f"mail from {', '.join(strange)} is signed by {signer.domain}, which counts for nothing there"
        return wrong(detail, "leave [outbound.dkim] domain out: each desk's mail is signed by its own domain then")
    key_file = settings.outbound.dkim.key_file
    if key_file and key_file.stat().st_mode & 0o007:
        return wrong(f"{key_file} can be read by everybody on this machine", f"chmod o= {key_file}")
    domains = dict.fromkeys(signer.domain_for(address) for address in addresses)
    return [_published(site, signer, domain) for domain in domains]


def _published(site: Site, signer: Signer, domain: str) -> Finding:
    detail = f"mail is signed as {signer.selector} of {domain}"
    name = signer.record_name(domain)
    record = f"{name}\n{signer.record}\nor, in a zone file:\n{signer.zone_line(domain)}"
    try:
        found = site.resolver.ask(name, "TXT").values
    except Unanswered:
        return fine(f"{detail}; DNS does not answer, so see yourself that this TXT record is in it:\n{record}")
    if not any(signer.is_published_by(value.decode("utf-8", "replace")) for value in found):
        state = "holds another key" if found else "is not there"
        return wrong(f"{detail}, and the TXT record that proves it {state}", f"put this record into DNS:\n{record}")
    return fine(f"{detail}; the key in DNS is the right one")
