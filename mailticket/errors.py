"""Which faults do we name? Expected outcomes are values (decision.py, receipt.py); what is raised is a fault."""

from collections.abc import Sequence


class MailticketError(Exception):
    """Something in mailticket went wrong."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class TemporaryError(MailticketError):
    """A part that we need does not answer just now; the same call may work later."""


def trace_of(fault: Exception) -> Exception | None:
    """What a log shows whole: of a part that is away for hours each try is one line, as where it was missed says
    nothing."""
    return None if isinstance(fault, TemporaryError) else fault


def said_by(error: Exception) -> str:
    """What went wrong in one line for people: the system's words without its number, else the error's own."""
    return " ".join((getattr(error, "strerror", None) or str(error) or type(error).__name__).split())


class Conflict(MailticketError):
    """Another writer was in the way, and nothing was written; the same work done again will succeed."""


class ConfigError(MailticketError):
    """The settings cannot be used as they are."""


class NotValid(MailticketError):
    """What was asked for is not allowed; nothing was changed.

    `field` names the field, `message` says what it may hold, `allowed` are the values among which a mistyped one may
    be meant.
    """

    def __init__(self, field: str, message: str, allowed: Sequence[str] = ()) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message
        self.allowed = tuple(allowed)
