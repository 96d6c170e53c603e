"""Which machine do receivers see, and does its name fit? PTR and back again (RFC 8601 §2.7.3, "iprev")."""

import socket
from collections.abc import Iterable
from ipaddress import ip_address

import dns.reversename

from mailticket.checks.finding import Finding, fine, wrong
from mailticket.checks.site import Site
from mailticket.config import Settings
from mailticket.mail.lookup import Lookup, Unanswered

#: Any address elsewhere, for asking the routing table which of ours would be used; nothing is sent there.
_ELSEWHERE = ((socket.AF_INET, "198.51.100.1"), (socket.AF_INET6, "2001:db8::1"))
_LOCAL = frozenset(("localhost", "127.0.0.1", "::1", "[::1]"))


def sending_addresses(settings: Settings, lookup: Lookup) -> tuple[str, ...]:
    """Addresses that receivers see, as far as we know: those that the relay listens on, where the Internet knows them.

    Behind a router nobody here knows the outer address.
    """
    host = settings.outbound.host
    return own_addresses() if is_here(host) else _public(_addresses_of(host, lookup))


def is_here(host: str) -> bool:
    """Whether the relay runs on this machine."""
    return host in _LOCAL


def reverse_names(site: Site) -> list[Finding]:
    """Whether each address of a relay on this machine has a name that leads back to it; others send by theirs."""
    if not is_here(site.settings.outbound.host):
        return []
    addresses = sending_addresses(site.settings, site.resolver.ask)
    return [reverse_name(address, site.resolver.ask) for address in addresses]


def reverse_name(address: str, lookup: Lookup) -> Finding:
    """What the DNS says about one address."""
    look = f"PTR {address}"
    pointer = dns.reversename.from_address(address).to_text(omit_final_dot=True)
    kind = "AAAA" if ip_address(address).version == 6 else "A"
    try:
        names = [str(name).rstrip(".") for name in lookup(pointer, "PTR").values]
        back = {name: [ip_address(one) for one in lookup(name, kind).values] for name in names}
    except Unanswered:
        return fine(f"the DNS does not answer for the name of {address}: not looked at", look)
    if not names:
        mend = f"have whoever gave you the address set this record:\n{pointer}. IN PTR mail.YOUR-DOMAIN."
        return wrong(f"{address} has no name: many receivers refuse its mail", mend, look)
    if not any(ip_address(address) in found for found in back.values()):
        mend = f"put this record into DNS:\n{names[0]}. IN {kind} {address}"
        return wrong(f"{address} is called {names[0]}, and that name does not lead back to it", mend, look)
    return fine(f"{address} is {names[0]}, and back", look)


def _addresses_of(host: str, lookup: Lookup) -> list[str]:
    bare = host.strip("[]")
    try:
        return [str(ip_address(bare))]
    except ValueError:
        pass  # it is a name
    try:
        return [str(one) for kind in ("A", "AAAA") for one in lookup(bare, kind).values]
    except Unanswered:
        return []


def _public(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(one for one in addresses if ip_address(one).is_global)


def own_addresses() -> tuple[str, ...]:
    """This machine's addresses that the Internet knows, one of each family at most."""
    found = []
    for family, elsewhere in _ELSEWHERE:
        with socket.socket(family, socket.SOCK_DGRAM) as asking:
            try:
                asking.connect((elsewhere, 9))
            except OSError:
                continue  # no way out by this family
            found.append(str(asking.getsockname()[0]))
    return _public(found)
