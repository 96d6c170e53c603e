"""How is looked? All looks at once, since most of them wait for somebody; findings come in the order of the table.

A look that takes too long is left behind: whoever does not answer keeps nobody else from being heard.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import TypeAlias

from mailticket.checks.finding import Finding, wrong
from mailticket.checks.site import NoStore, Site
from mailticket.errors import MailticketError

#: Seconds that a look may take; a relay that makes strangers wait for its greeting takes six.
PATIENCE = 15.0

Found: TypeAlias = Finding | Sequence[Finding]


@dataclass(frozen=True, slots=True)
class Look:
    """One look: its name, and what finds out. It may find several things, or nothing worth a line."""

    name: str
    at: Callable[[Site], Found]
    #: Whether it may wait for somebody. Our own work ends, if late on a slow machine, and is waited for.
    waits: bool = True


def findings(looks: Sequence[Look], site: Site, patience: float = PATIENCE) -> Iterator[Finding]:
    """What the looks find, in their order, each as soon as it and those before it are known; none breaks the others."""
    deadline = monotonic() + patience
    answers = [_begun(look, site) for look in looks]
    for look, answer in zip(looks, answers, strict=True):
        try:
            found = answer.get(timeout=max(0.0, deadline - monotonic()) if look.waits else None)
        except Empty:
            found = wrong(f"did not answer within {patience:.0f} s", "look whether that server is overloaded or gone")
        for finding in (found,) if isinstance(found, Finding) else found:
            yield finding if finding.name else replace(finding, name=look.name)


def _begun(look: Look, site: Site) -> SimpleQueue[Found]:
    answer: SimpleQueue[Found] = SimpleQueue()
    # a daemon: one that hangs must not keep the command from ending
    Thread(target=lambda: answer.put(_found(look, site)), name=look.name, daemon=True).start()
    return answer


def _found(look: Look, site: Site) -> Found:
    """A look that breaks is a finding too."""
    try:
        return look.at(site)
    except NoStore:
        return ()
    except MailticketError as error:
        first, _, rest = str(error).partition("\n")
        return wrong(first, " ".join(rest.split()) or "see the message")
    except PermissionError as error:
        return wrong(f"this user may not look at {error.filename}", "run check as the service's user, or as root")
    except OSError as error:
        return wrong(f"{error.filename}: {error.strerror}" if error.filename else str(error), "see the message")
    except Exception as error:  # noqa: BLE001  whatever a strange server does is what check is there to say
        first = str(error).partition("\n")[0]
        return wrong(f"{type(error).__name__}: {first}", "see the message; if it says nothing to you, report it to us")
