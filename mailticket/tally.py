"""How many mails of one commit became what? Counted by the process that wrote them, added up by the daemon."""

import json
from collections.abc import Mapping
from typing import TypeAlias

#: Kind of receipt and transport -> mails.
Tally: TypeAlias = Mapping[tuple[str, str], int]

#: Stands for the transport of a mail that was kept before, and was run once more: it did not come in again.
AGAIN = "again"


def packed(tally: Tally) -> bytes:
    """For the way to another process."""
    return json.dumps([[kind, transport, mails] for (kind, transport), mails in tally.items()]).encode()


def unpacked(data: bytes) -> Tally:
    """The inverse of `packed`."""
    return {(kind, transport): mails for kind, transport, mails in json.loads(data)}
