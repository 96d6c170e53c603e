"""Does a sealer that we trust vouch for a mail that was changed on its way? ARC (RFC 8617), verified by dkimpy.

A chain proves who sealed, not that they are honest: only sealers of the settings count, and of the chain only the
part on top that is theirs without a gap.
"""

import re
from collections.abc import Collection
from typing import Any

import dkim

from mailticket.mail.authentication_results import read_loosely
from mailticket.mail.dkim import FIELDS, UNHEARD, SignedMail, key_source
from mailticket.mail.lookup import Lookup, Unanswered

#: Sets of one chain that are verified; each costs two signatures.
_SETS = 6
_FIELD_BYTES = 4096
_SEALED = re.compile(rb"^arc-seal[ \t]*:", re.IGNORECASE | re.MULTILINE)
_LONG_GAP = re.compile(rb"\s{100}")


def is_sealed(mail: SignedMail) -> bool:
    """There is an ARC-Seal; whatever is in it."""
    return mail.whole and _SEALED.search(mail.header) is not None


def vouched_by(mail: SignedMail, domain: str, sealers: Collection[str], lookup: Lookup) -> str:
    """The trusted sealer that found the mail to be from `domain` when it came in there; "" where there is none.

    Raises Unanswered.
    """
    try:
        message = dkim.ARC(mail.header, logger=UNHEARD, minkey=1024)
        if len(message.headers) > FIELDS:
            return ""
        seals = [value for name, value in message.headers if name.lower().startswith(b"arc-")]
        if len(seals) > 3 * _SETS or any(len(seal) > _FIELD_BYTES or _LONG_GAP.search(seal) for seal in seals):
            return ""
        if not any(sealer.encode() in value.lower() for sealer in sealers for value in seals):
            return ""
        message.body = mail.relaxed_body
        verdict, sets, _ = message.verify(key_source(lookup))
    except Unanswered:
        raise
    except Exception:  # noqa: BLE001  dkimpy lets escape whatever a strange chain makes Python raise
        return ""
    return _first_witness(sets, domain, sealers) if verdict == dkim.CV_Pass else ""


def _first_witness(sets: list[dict[str, Any]], domain: str, sealers: Collection[str]) -> str:
    """Of a valid chain, newest set first, the sealer whose own results say that `domain` sent the mail."""
    for one in sets:
        sealer: str = one["as-domain"].decode("ascii", "replace").lower()
        if sealer not in sealers or one["ams-domain"].lower() != one["as-domain"].lower():
            return ""
        if any(result.passes(domain) for result in read_loosely(one["aar-value"].decode("ascii", "replace"))):
            return sealer
    return ""
