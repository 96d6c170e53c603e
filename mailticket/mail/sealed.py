"""Which parts of a mail are about other parts: signatures, keys to ciphertext? And is it ciphertext itself?

Signed mail: RFC 1847, PGP: RFC 3156, RFC 9580 §7 (signed text), S/MIME: RFC 8551. Nothing is checked or decrypted here.
"""

import re
from collections.abc import Sequence

from mailticket.mail.reaction import REACTION_TYPE
from mailticket.mail.walk import Part

#: What mail programs put beside a text for each other; nobody has attached it.
_NOBODYS = frozenset(
    {
        "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature",
        "application/pgp-encrypted", "text/x-amp-html", "text/watch-html", REACTION_TYPE,
    }
)  # fmt: skip
_SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})

_PGP_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNED_TEXT = re.compile(
    rf"^{_PGP_SIGNED}\n(?:[A-Za-z][A-Za-z-]{{0,30}}: [^\n]{{0,200}}\n){{0,10}}\n?"
    r"((?:(?!-----BEGIN PGP SIGNATURE-----)[^\n]*\n)*+)"
    r"-----BEGIN PGP SIGNATURE-----\n(?:(?!-----END)[^\n]*\n)*+-----END PGP SIGNATURE-----[ \t]*$",
    re.MULTILINE,
)


def is_nobodys_file(part: Part) -> bool:
    """Whether `part` is there for mail programs only."""
    return part.content_type in _NOBODYS


def seal(parts: Sequence[Part]) -> str:
    """What to tell people of a mail whose words nobody here can read; "" for any other."""
    types = {part.content_type for part in parts}
    if "application/pgp-encrypted" in types:
        return _encrypted("PGP")
    if _SMIME.isdisjoint(types):
        return ""
    if any(part.parameters.get("smime-type", "").lower() == "signed-data" for part in parts):
        return (
            "The words of this mail are wrapped into its signature (S/MIME, smime.p7m). "
            "Please ask the sender to sign in clear text."
        )
    return _encrypted("S/MIME")


def _encrypted(how: str) -> str:
    return (
        f"This mail is encrypted ({how}) and cannot be read here. Please ask the sender to send it without encryption."
    )


def without_armour(text: str) -> str:
    """`text` without the lines that a PGP signature puts around it (RFC 9580 §7)."""
    if _PGP_SIGNED not in text:
        return text
    return _SIGNED_TEXT.sub(lambda match: re.sub(r"(?m)^- ", "", match[1]).rstrip("\n"), text)
