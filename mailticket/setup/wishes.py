"""What did the command line say already? Everything that setup would ask; "" and None are for what it did not."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """The flags of `mailticket setup`."""

    address: str = ""
    name: str = ""
    incoming: str = ""
    provider: str = ""
    auth: str = ""
    imap_host: str = ""
    imap_port: str = ""
    imap_tls: str = ""
    imap_user: str = ""
    folder: str = ""
    authserv_id: str = ""
    shared: bool | None = None
    listen: str = ""
    smtp_host: str = ""
    smtp_port: str = ""
    smtp_tls: str = ""
    smtp_user: str = ""
    password_file: Path | None = None
    smtp_password_file: Path | None = None
    ca_file: Path | None = None
    grant: str = ""
    client_id: str = ""
    client_secret_file: Path | None = None
    service_account_file: Path | None = None
    tenant: str = ""
    issuer: str = ""
    scopes: Sequence[str] = ()
    agents: Sequence[str] = ()
    data_dir: str = ""
    output: Path | None = None
    dns: Sequence[str] = ()
    probe: bool = True
