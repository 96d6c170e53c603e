"""How do we log in at a server of the operator's? User, password wherever it is kept, and TLS."""

import re

from pydantic import SecretStr, model_validator

from mailticket.settings.section import Section
from mailticket.settings.values import OptionalPath, Tls

_LOOPBACK = re.compile(r"localhost|127\.\d+\.\d+\.\d+|::1|\[::1\]")


class Login(Section):
    """A user name with a password from the file itself, from another file, or from systemd (LoadCredential)."""

    user: str = ""
    password: SecretStr = SecretStr("")
    password_file: OptionalPath = None
    credential: str = ""
    tls: Tls = "implicit"
    host: str = ""

    @model_validator(mode="after")
    def _plain_text_stays_on_this_machine(self) -> "Login":
        if self.tls == "none" and self.host and not _LOOPBACK.fullmatch(self.host):
            raise ValueError('tls = "none" is allowed to this machine only (127.0.0.1, ::1, localhost)')
        if sum(map(bool, (self.password.get_secret_value(), self.password_file, self.credential))) > 1:
            raise ValueError("takes one of password, password_file and credential, not several")
        return self
