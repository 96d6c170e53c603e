"""How do both libraries reach an OAuth2 server? Over TLS that is always checked, and not for ever."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from mailticket.errors import MailticketError
from mailticket.oauth.server import ServerAway
from mailticket.settings.oauth2 import OAuth2Settings

#: Seconds that a server may be silent; well below the claim on a grant.
_TIMEOUT = 15


class Session(requests.Session):
    """requests, with the settings' CA in each request: what stands on a session, an environment variable outdoes."""

    def __init__(self, oauth2: OAuth2Settings) -> None:
        super().__init__()
        self._asked: dict[str, Any] = {"timeout": _TIMEOUT}
        if oauth2.ca_file:
            self._asked["verify"] = str(oauth2.ca_file)

    def request(self, *args: Any, **more: Any) -> requests.Response:
        """As requests'."""
        return super().request(*args, **{**more, **self._asked})


@contextmanager
def asking(title: str) -> Iterator[None]:
    """Whatever a library makes of an answer that is none, only the server's moment is to blame: raises ServerAway."""
    try:
        yield
    except MailticketError:
        raise
    except requests.RequestException as error:
        raise ServerAway(f"{title} cannot be reached: {cause_of(error)}") from None
    except Exception as error:  # noqa: BLE001  both take answers apart unseen, and neither says by which faults
        raise ServerAway(f"{title} does not answer as an OAuth2 server: {cause_of(error)}") from None


def cause_of(error: BaseException) -> str:
    """What went wrong in one line, without the wrappings of three libraries around it."""
    inner: object = error
    while isinstance(inner, BaseException):
        error = inner
        inner = error.args[0] if error.args and isinstance(error.args[0], BaseException) else None
        inner = inner or getattr(error, "reason", None)
    return " ".join(str(error).split()).rpartition("): ")[2][:300]
