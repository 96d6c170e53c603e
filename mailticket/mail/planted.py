"""Could a sender have made a trusted server write what looks like its own words? Whoever chooses an address can try.

Servers copy reverse-path, HELO and a signature's names into Authentication-Results, and not all of them quote: behind
a parenthesis of the address `"x) ; dkim=pass (y"@evil.example` stands what the server seems to have found.
"""

import quopri
import re
from collections.abc import Iterator

from mailticket.mail.dkim import SignedMail
from mailticket.mail.message import Envelope, InboundMail

#: What can end a comment, a string, a value or a result. No other sign can, and addresses such as SRS0=a=b@c need them.
_BREAKS_OUT = re.compile(r'[\s\x00-\x1f\x7f()<>;"\\]')
_SIGNATURE = re.compile(
    rb"^(?:dkim-signature|arc-seal|arc-message-signature)[ \t]*+:((?:[^\n]*+\n[ \t])*+[^\n]*+)",
    re.IGNORECASE | re.MULTILINE,
)
_NAMES = re.compile(rb"(?:^|;)\s*+[dis]\s*+=([^;]*+)", re.IGNORECASE)
_FOLD = re.compile(rb"\r?\n[ \t]++")


def planted(mail: InboundMail, envelope: Envelope, raw: bytes) -> str:
    """Which of the sender's own texts could break out of its place in a server's words; "" where none could."""
    return next((title for title, text in _texts(mail, envelope, raw) if _BREAKS_OUT.search(text)), "")


def _texts(mail: InboundMail, envelope: Envelope, raw: bytes) -> Iterator[tuple[str, str]]:
    yield "reverse-path", (envelope.mail_from if envelope.mail_from is not None else mail.return_path) or ""
    yield "name in HELO", envelope.helo
    yield "From address", mail.from_.addr_spec if mail.from_ else ""
    signed = SignedMail(raw)
    # a signature that is too far below to be looked at may be one of these
    yield "header block", "" if signed.whole else ";"
    for signature in _SIGNATURE.findall(signed.header):
        for name in _NAMES.findall(signature):
            # i= is quoted-printable (RFC 6376 §3.5), and verifiers write it decoded
            yield "signature", quopri.decodestring(_FOLD.sub(b"", name).strip()).decode("utf-8", "replace")
