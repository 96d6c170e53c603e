"""Parsers that misbehave on demand; the sandbox's children call them by name."""

import os
import sys

from mailticket.mail.message import InboundMail


def obey(raw: bytes) -> InboundMail:  # noqa: C901  a table of misdeeds, each one line
    """Does what the mail says; anything else is its subject."""
    match raw:
        case b"burn":
            while True:
                pass
        case b"sleep":
            os.read(os.pipe()[0], 1)
        case b"swell":
            return InboundMail(subject="x" * (4 << 30))
        case b"abort":
            os.abort()
        case b"leave":
            os._exit(3)
        case b"print":
            print("a library that talks", flush=True)  # noqa: T201  the very thing that must not disturb
            os.write(1, b"a library in C that talks")
        case b"ask":
            return InboundMail(subject=f"read {sys.stdin.read()!r}")
        case b"pid":
            return InboundMail(subject=str(os.getpid()))
        case b"session":
            return InboundMail(subject=str(os.getsid(0)))
        case b"bad answer":
            return InboundMail(subject=os.system)  # type: ignore[arg-type]
    return InboundMail(subject=raw[:20].decode(), text=str(len(raw)))
