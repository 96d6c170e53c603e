"""How fast is django-helpdesk on the same mails? Its `get_email` over a local folder, by the shared script."""

import json
import os
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """What the shared script needs to know."""

    script: Path
    environment: Path
    work: Path
    mails: int
    seed: int

    def mails_per_second(self) -> float:
        """One run."""
        shutil.rmtree(self.work, ignore_errors=True)
        done = subprocess.run(
            ["bash", str(self.script), str(self.environment), str(self.work)],
            env={**os.environ, "N": str(self.mails), "RUNS": "1", "SEED": str(self.seed)},
            check=True,
            stdout=subprocess.PIPE,
        )
        return float(json.loads(done.stdout.splitlines()[-1])["msg_s"][0])


def environment(folder: Path) -> Path:
    """A virtual environment with django-helpdesk in `folder`, made where it is not there."""
    stamp = folder / "ready"
    if not stamp.is_file():
        print(f"Installing django-helpdesk into {folder}.", file=sys.stderr)
        venv.create(folder, clear=True, with_pip=True)
        # django-model-utils of its time asks for pkg_resources, which setuptools has had up to version 80
        packages = ["django-helpdesk", "setuptools<81"]
        subprocess.run([folder / "bin" / "python", "-m", "pip", "install", "-q", *packages], check=True)
        stamp.touch()
    return folder
