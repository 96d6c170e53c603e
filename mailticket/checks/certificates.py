"""How long does a certificate hold, for which names, and who vouches for it? RFC 5280, RFC 6125."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

#: Time enough to mend a renewal that failed; certbot begins 30 days before the end.
SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What matters of one."""

    ends: datetime
    names: tuple[str, ...]
    issuer: str

    def trouble(self, now: datetime) -> str:
        """That it ends soon or has ended, "" where it does not."""
        if self.ends <= now:
            return f"its certificate has expired on {self.ends:%Y-%m-%d}"
        if self.ends - now < SOON:
            days = (self.ends - now).days
            return f"its certificate expires on {self.ends:%Y-%m-%d}, in {days} day{'' if days == 1 else 's'}"
        return ""


def read(der: bytes) -> Certificate:
    """A certificate as TLS shows it. Raises ValueError."""
    return _certificate(x509.load_der_x509_certificate(der))


def first_of(chain: Path) -> Certificate:
    """The server's own certificate in a PEM file. Raises OSError, ValueError."""
    return _certificate(x509.load_pem_x509_certificate(chain.read_bytes()))


def distrust(chain: Path, key: Path, hostname: str, ca_file: Path | None = None) -> str:
    """Why a client that connects to `hostname` does not trust this certificate, "" where it does.

    By a handshake with ourselves, without a network: who knows better than TLS itself. Raises ssl.SSLError where the
    key does not fit, OSError where a file cannot be read.
    """
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(chain, key)
    client_context = ssl.create_default_context(cafile=ca_file)
    client_context.check_hostname = bool(hostname)
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(down, up, server_hostname=hostname or None)
    server = server_context.wrap_bio(up, down, server_side=True)
    for side in (client, server, client, server, client):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
        except ssl.SSLCertVerificationError as error:
            return str(error.verify_message)
    return ""


def _certificate(found: x509.Certificate) -> Certificate:
    try:
        extension = found.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    except x509.ExtensionNotFound:
        names: tuple[str, ...] = ()
    else:
        assert isinstance(extension, x509.SubjectAlternativeName)
        names = (
            *extension.get_values_for_type(x509.DNSName),
            *map(str, extension.get_values_for_type(x509.IPAddress)),
        )
    return Certificate(
        ends=found.not_valid_after_utc.astimezone(UTC), names=names, issuer=found.issuer.rfc4514_string()
    )
