"""What does the owner of a domain want done with mail that is not proven to be theirs? DMARC (RFC 9989).

The tree walk finds policy and organization in the DNS itself; there is no list of public suffixes.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from mailticket.mail.lookup import Lookup

#: Names that a walk asks for, the first included (RFC 9989 §4.10).
_WALK = 8


class Wish(StrEnum):
    """What the owner of a domain asks for."""

    NONE = "none"
    QUARANTINE = "quarantine"
    REJECT = "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One domain's DMARC record."""

    domain: str
    tags: dict[str, str]

    @property
    def psd(self) -> str:
        """y: others register their domains below; n: an organization of its own; u: look further."""
        psd = self.tags.get("psd", "u").lower()
        return psd if psd in ("y", "n") else "u"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What holds for one From domain."""

    #: The domain that speaks.
    source: str
    wish: Wish
    #: Its signatures must be of just the From domain.
    strict_dkim: bool
    strict_spf: bool
    #: The organization that the From domain belongs to.
    organization: str

    def __str__(self) -> str:
        return f"p={self.wish} at {self.source}"


def policy(domain: str, lookup: Lookup) -> Policy | None:
    """The policy for mail from `domain`, None where there is none. Raises Unanswered."""
    records = walk(domain, lookup)
    if not records:
        return None
    organization = organization_of(domain, records)
    by_domain = {record.domain: record for record in records}
    record = by_domain.get(domain) or by_domain.get(organization) or _suffix_of(records)
    if record is None:
        return None
    return Policy(
        source=record.domain,
        wish=_wish(record, domain, lookup),
        strict_dkim=record.tags.get("adkim", "r").lower() == "s",
        strict_spf=record.tags.get("aspf", "r").lower() == "s",
        organization=organization,
    )


def aligned(authenticated: str, domain: str, known: Policy | None, strict: bool, lookup: Lookup) -> bool:
    """Whether a domain that was authenticated stands for the From domain (RFC 9989 §4.4). Raises Unanswered.

    Without any policy, a domain speaks for itself and for those below it, as relaxed alignment would have it.
    """
    if authenticated == domain:
        return True
    if strict or "." not in authenticated:
        return False
    if known is None:
        return domain.endswith(f".{authenticated}")
    return organization_of(authenticated, walk(authenticated, lookup)) == known.organization


def walk(domain: str, lookup: Lookup) -> list[Record]:
    """The DMARC records from `domain` upwards (RFC 9989 §4.10). Raises Unanswered."""
    labels = domain.split(".")
    names = [labels, *(labels[start:] for start in range(max(1, len(labels) - _WALK + 1), len(labels)))]
    records: list[Record] = []
    for name in names:
        record = _record(".".join(name), lookup)
        if record is not None:
            records.append(record)
            if record.psd != "u":
                break
    return records


def organization_of(domain: str, records: list[Record]) -> str:
    """The organization that `domain` belongs to, by the records of its walk (RFC 9989 §4.10.2)."""
    for record in records:
        if record.psd == "n":
            return record.domain
        if record.psd == "y" and record.domain != domain:
            labels = domain.split(".")
            return ".".join(labels[-(record.domain.count(".") + 2) :])
    return records[-1].domain if records else domain


def _suffix_of(records: list[Record]) -> Record | None:
    """The record of the public suffix, which holds where the organization has none."""
    return next((record for record in records if record.psd == "y"), None)


def _record(domain: str, lookup: Lookup) -> Record | None:
    found = [tags for value in lookup(f"_dmarc.{domain}", "TXT").values if (tags := _tags(value)) is not None]
    # two are as good as none: nobody knows which one is meant
    return Record(domain=domain, tags=found[0]) if len(found) == 1 else None


def _tags(value: bytes) -> dict[str, str] | None:
    """The tags of a DMARC record, None where it is something else."""
    specs = value.decode("ascii", "replace").split(";")
    name, equals, version = specs[0].partition("=")
    if (name.strip(), equals, version.strip()) != ("v", "=", "DMARC1"):
        return None
    tags: dict[str, str] = {}
    for spec in islice(specs, 1, 50):
        name, _, content = spec.partition("=")
        tags.setdefault(name.strip().lower(), content.strip())
    return tags


def _wish(record: Record, domain: str, lookup: Lookup) -> Wish:
    """What is asked for `domain`: by p, or from above by sp, by np where the domain does not exist (§4.7)."""
    tags = record.tags
    names = ["p"]
    if record.domain != domain:
        names = ["sp", "p"]
        if "np" in tags and not lookup(domain, "A").exists:
            names = ["np", "sp", "p"]
    asked = next((tags[name].lower() for name in names if name in tags), "none")
    if asked not in list(Wish):
        return Wish.NONE
    wish = Wish(asked)
    if tags.get("t", "n").lower() == "y":  # being tried out: one step milder
        return Wish.QUARANTINE if wish is Wish.REJECT else Wish.NONE
    return wish
