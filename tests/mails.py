"""The mails in tests/mail, by name."""

from pathlib import Path


def fixture(name: str) -> bytes:
    """The raw bytes of one of them."""
    return (Path(__file__).parent / "mail" / f"{name}.eml").read_bytes()
