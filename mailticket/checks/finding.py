"""What did one look find? Fine, or what is wrong and the mend."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one look found."""

    #: What was looked at; "" stands for the name of the look.
    name: str = ""
    ok: bool
    detail: str
    #: What to do about it; "" where all is fine.
    mend: str = ""


def fine(detail: str, name: str = "") -> Finding:
    """Nothing to do."""
    return Finding(name=name, ok=True, detail=detail)


def wrong(detail: str, mend: str, name: str = "") -> Finding:
    """Somebody should look at it."""
    return Finding(name=name, ok=False, detail=detail, mend=mend)
