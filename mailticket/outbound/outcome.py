"""What became of one attempt to send? A value for each answer, so that delivery decides and nothing is raised."""

from dataclasses import dataclass

from mailticket.outbound.throttle import Throttle


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The relay has the mail for at least one recipient, and answers for it from now on."""

    reply: str
    #: Recipients whom the relay did not take, each with its reply.
    refused: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred:
    """Not now, or not known: the connection died after the mail had gone out. Try this mail again later."""

    reply: str
    #: The relay closed the connection in the midst of it: its reason may be this mail, or all of ours.
    hung_up: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Never: trying again does not help."""

    reply: str
    #: Nobody was taken, before the mail's words were seen: the reverse-path may be what displeased.
    before_data: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable:
    """No relay to talk to (down, TLS or login failed): it says nothing about this mail, and concerns all."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttled:
    """The relay has too much mail or too many connections of ours: it says nothing about this mail."""

    reply: str
    throttle: Throttle


Outcome = Sent | Deferred | Rejected | Unreachable | Throttled
