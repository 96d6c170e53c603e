"""Where are the mail servers of a domain? RFC 6186 and RFC 8314 (SRV), its MX, Mozilla's autoconfig, then guesses.

Only https is asked, and only servers with TLS count; a person sees what was found before a password goes there.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree
from xml.parsers import expat

from mailticket.mail.lookup import Lookup, Unanswered
from mailticket.presets import Preset, by_mx

Tls = Literal["implicit", "starttls", "none"]

#: `(service, scheme)` as SRV has it, best first: TLS from the first byte before STARTTLS (RFC 8314 §3).
_SERVICES: dict[str, tuple[tuple[str, Tls], ...]] = {
    "imap": (("_imaps", "implicit"), ("_imap", "starttls")),
    "smtp": (("_submissions", "implicit"), ("_submission", "starttls")),
}
_GUESSES: dict[str, tuple[tuple[int, Tls], ...]] = {
    "imap": ((993, "implicit"), (143, "starttls")),
    "smtp": ((465, "implicit"), (587, "starttls")),
}
#: Characters: an address has no more (RFC 5321 §4.5.3.1).
_LONGEST_USER = 320
_SOCKET_TYPES: dict[str, Tls] = {"SSL": "implicit", "STARTTLS": "starttls"}
_HOST = re.compile(r"(?=.{1,253}$)[0-9A-Za-z]([0-9A-Za-z-]*[0-9A-Za-z])?(\.[0-9A-Za-z]([0-9A-Za-z-]*[0-9A-Za-z])?)*")

#: `url` to what lies there, None where nothing does.
Fetch = Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where one of the two servers is, and the login it wants."""

    host: str
    port: int
    tls: Tls
    #: "" where nobody said.
    user: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is known of a domain's mail; None for what nobody says."""

    preset: Preset | None = None
    imap: Server | None = None
    smtp: Server | None = None
    #: How it is known, for people: "its MX is at Fastmail".
    origin: str = ""


def find(address: str, lookup: Lookup, fetch: Fetch, answers: Callable[[str, Server], bool]) -> Found:
    """The servers of the domain of `address`, by the first way that knows them.

    `answers(service, server)` tries a guess, "imap" or "smtp". Raises nothing: a silent DNS knows nothing.
    """
    domain = address.rpartition("@")[2]
    exchanges = _exchanges(domain, lookup)
    if preset := next((preset for host in exchanges if (preset := by_mx(host))), None):
        return Found(preset=preset, origin=f"the MX of {domain} is at {preset.title}")
    found = by_srv(domain, lookup)
    if not (found.imap and found.smtp):
        found = _completed(found, by_web(address, fetch))
    if not (found.imap and found.smtp):
        found = _completed(found, by_guess(domain, exchanges, answers))
    return found


def by_srv(domain: str, lookup: Lookup) -> Found:
    """What the domain's SRV records say."""

    def best(service: str) -> Server | None:
        named = (_srv(f"{name}._tcp.{domain}", tls, lookup) for name, tls in _SERVICES[service])
        return next((server for server in named if server), None)

    imap, smtp = best("imap"), best("smtp")
    return Found(imap=imap, smtp=smtp, origin=f"the SRV records of {domain} name them" if imap or smtp else "")


def by_web(address: str, fetch: Fetch) -> Found:
    """What the domain's own autoconfig file says."""
    domain = address.rpartition("@")[2]
    for url in (
        f"https://autoconfig.{domain}/mail/config-v1.1.xml?emailaddress={quote(address)}",
        f"https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml",
    ):
        content = fetch(url)
        found = read(content, address) if content is not None else Found()
        if found.imap or found.smtp:
            return replace(found, origin=f"{urlsplit(url).hostname} publishes them (autoconfig)")
    return Found()


def by_guess(domain: str, exchanges: Sequence[str], answers: Callable[[str, Server], bool]) -> Found:
    """Hosts by their usual names that answer with a certificate in that name."""
    guesses = {
        service: [
            Server(host=host, port=port, tls=tls)
            for host in dict.fromkeys((f"{service}.{domain}", f"mail.{domain}", *exchanges))
            for port, tls in _GUESSES[service]
        ]
        for service in ("imap", "smtp")
    }
    with ThreadPoolExecutor(8, thread_name_prefix="guess") as pool:
        tried = {service: pool.map(partial(answers, service), servers) for service, servers in guesses.items()}
        imap, smtp = (
            next((server for server, good in zip(guesses[service], tried[service], strict=True) if good), None)
            for service in ("imap", "smtp")
        )
    return Found(imap=imap, smtp=smtp, origin="they answer under the usual names" if imap or smtp else "")


def read(content: bytes, address: str) -> Found:
    """The first usable IMAP and SMTP server of an autoconfig file; Found() where it cannot be read."""
    try:
        root = _tree(content)
    except (expat.ExpatError, ValueError, LookupError):  # LookupError: an encoding that nobody knows
        return Found()
    imap = next(_servers(root, "incomingServer", "imap", address), None)
    smtp = next(_servers(root, "outgoingServer", "smtp", address), None)
    return Found(imap=imap, smtp=smtp)


def _tree(content: bytes) -> ElementTree.Element:
    """XML without a document type, and so without entities that grow. Raises ExpatError, ValueError, LookupError."""

    def refuse(*_: object) -> None:
        raise ValueError("has a document type")

    builder = ElementTree.TreeBuilder()
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.Parse(content, True)
    return builder.close()


def _servers(root: ElementTree.Element, tag: str, kind: str, address: str) -> Iterator[Server]:
    """Those that speak TLS and are no placeholder for something that we do not know."""
    local, _, domain = address.rpartition("@")
    for element in root.iter(tag):
        if element.get("type") != kind:
            continue
        words = {
            child.tag: (child.text or "")
            .strip()
            .replace("%EMAILADDRESS%", address)
            .replace("%EMAILLOCALPART%", local)
            .replace("%EMAILDOMAIN%", domain)
            for child in element
        }
        host, port, user = words.get("hostname", ""), words.get("port", ""), words.get("username", "")
        tls = _SOCKET_TYPES.get(words.get("socketType", ""))
        if tls and _HOST.fullmatch(host) and _is_port(port):
            is_plain = "%" not in user and user.isprintable() and len(user) <= _LONGEST_USER
            yield Server(host=host.lower(), port=int(port), tls=tls, user=user if is_plain else "")


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6 and 0 < int(text) < 65_536


def _srv(name: str, tls: Tls, lookup: Lookup) -> Server | None:
    """The server of lowest priority and highest weight; a target of "." says that there is none (RFC 6186 §3.4)."""
    records = []
    for value in _values(name, "SRV", lookup):
        priority, weight, port, target = str(value).split()
        if _HOST.fullmatch(target.rstrip(".")) and _is_port(port):
            records.append((int(priority), -int(weight), target.rstrip(".").lower(), int(port)))
    return Server(host=min(records)[2], port=min(records)[3], tls=tls) if records else None


def _exchanges(domain: str, lookup: Lookup) -> list[str]:
    return [host.lower() for _, host in sorted(_values(domain, "MX", lookup)) if _HOST.fullmatch(host)]


def _values(name: str, kind: str, lookup: Lookup) -> tuple[Any, ...]:
    try:
        return lookup(name, kind).values
    except Unanswered:
        return ()


def _completed(first: Found, then: Found) -> Found:
    """`first`, and from `then` only what it lacks."""
    origins = [origin for origin in (first.origin, then.origin) if origin]
    return Found(imap=first.imap or then.imap, smtp=first.smtp or then.smtp, origin="; ".join(origins))
