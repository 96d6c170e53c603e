"""A certificate authority that is thrown away: made by the openssl command for one test."""

import subprocess
from pathlib import Path


class Authority:
    """Signs certificates for servers on this machine; `ca_file` is what a client trusts."""

    def __init__(self, folder: Path, name: str = "Throw-away CA") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.ca_file, self._key = folder / "ca.crt", folder / "ca.key"
        _openssl(
            "req", "-x509", *_NEW_KEY, "-subj", f"/CN={name}", "-days", "2", "-keyout", self._key, "-out", self.ca_file
        )

    def issue(self, names: str = "DNS:localhost,IP:127.0.0.1", days: int = 30) -> tuple[Path, Path]:
        """Certificate and key for a server with these names, good for so many days."""
        number = len(list(self._folder.iterdir()))
        chain, key = self._folder / f"server-{number}.crt", self._folder / f"server-{number}.key"
        _openssl(
            "req", "-x509", *_NEW_KEY, "-subj", "/CN=server", "-days", str(days), "-keyout", key, "-out", chain,
            "-CA", self.ca_file, "-CAkey", self._key,
            "-addext", f"subjectAltName={names}", "-addext", "basicConstraints=critical,CA:FALSE",
        )  # fmt: skip
        return chain, key


#: Elliptic curves: a test does not want to wait for prime numbers.
_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)
