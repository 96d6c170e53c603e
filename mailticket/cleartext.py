"""Did somebody speak into a connection before it was encrypted? RFC 3207 §4.2 and §6, CVE-2011-0411 and its kin.

Behind the answer to STARTTLS a server is silent until the handshake. What stands there all the same was put there by
somebody in between, who wants it read as if it had come encrypted.
"""

from typing import Any


def was_slipped_in(reader: Any) -> bool:
    """Whether `reader`, which read in clear until the handshake, holds bytes that nobody has asked for."""
    try:
        return bool(reader.peek())
    except OSError:
        # its buffer was empty, and its socket belongs to the encryption now
        return False
