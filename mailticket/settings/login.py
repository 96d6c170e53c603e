"""How do we log in at a server of the operator's? User, password wherever it is kept or OAuth2, and TLS."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import SecretStr, model_validator

from mailticket.presets import PRESETS, Preset, Provider
from mailticket.settings.oauth2 import OAuth2Settings, missing
from mailticket.settings.section import Section
from mailticket.settings.values import OptionalPath, Tls

#: Names of this machine: the only ones to which anything goes in clear.
LOOPBACK = re.compile(r"localhost|127\.\d+\.\d+\.\d+|::1|\[::1\]")


class Login(Section):
    """A user name with a password from the file itself, another file, or systemd (LoadCredential); or OAuth2."""

    provider: Provider = ""
    user: str = ""
    password: SecretStr = SecretStr("")
    password_file: OptionalPath = None
    credential: str = ""
    oauth2: OAuth2Settings = OAuth2Settings()
    tls: Tls = "implicit"
    host: str = ""

    @model_validator(mode="after")
    def _plain_text_stays_on_this_machine(self) -> "Login":
        if self.tls == "none" and self.host and not LOOPBACK.fullmatch(self.host):
            raise ValueError('tls = "none" is allowed to this machine only (127.0.0.1, ::1, localhost)')
        if sum(map(bool, (self.password.get_secret_value(), self.password_file, self.credential))) > 1:
            raise ValueError("takes one of password, password_file and credential, not several")
        return self

    @model_validator(mode="after")
    def _oauth2_is_whole_and_instead_of_a_password(self) -> "Login":
        if not self.oauth2.is_set:
            return self
        if self.password.get_secret_value() or self.password_file or self.credential:
            raise ValueError("takes a password or [...oauth2], not both")
        if problem := missing(self.oauth2, self.provider, self.user):
            raise ValueError(f"oauth2: {problem}")
        return self


def filled_in(values: Any, defaults: Callable[[Preset], Mapping[str, object]]) -> Any:
    """`values` of a table, and beneath them what its `provider` stands for; what is no table is left as it is."""
    preset = PRESETS.get(str(values.get("provider"))) if isinstance(values, Mapping) else None
    return {**defaults(preset), **values} if preset else values
