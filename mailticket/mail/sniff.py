"""What is in this file, whatever its name says? Media types by content, from libmagic."""

import threading

import pylibmagic  # noqa: F401  brings a libmagic where the system has none; must come before magic

import magic  # isort: skip

UNKNOWN = "application/octet-stream"

#: libmagic decides by the beginning of a file; office files keep their names within this.
_LOOKED_AT = 256 * 1024

#: One cookie a thread: a libmagic cookie must not be shared.
_cookies = threading.local()


def sniff(data: bytes) -> str:
    """The media type of `data` in lower case; `application/octet-stream` where nothing is recognised."""
    if not hasattr(_cookies, "magic"):
        _cookies.magic = magic.Magic(mime=True)
    return str(_cookies.magic.from_buffer(data[:_LOOKED_AT])).lower() or UNKNOWN
