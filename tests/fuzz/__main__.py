"""`python -m tests.fuzz [--time SECONDS] [TARGET …]`: looks for bytes that break a promise; exit 1 if it finds some.

The time is shared by the targets: the whole mail gets half of it. What was found lies in --findings, named by
target and digest; what was learned (inputs that reach new branches) lies beside it and is begun with the next time.
"""

import argparse
import hashlib
import subprocess
import sys
from pathlib import Path

from tests.fuzz.seeds import dictionary, seeds
from tests.fuzz.targets import TARGETS

ROOT = Path(__file__).resolve().parents[2]
#: Wall seconds for one input, ten times what it may take: code is counted here, and the machine may be busy.
_SLOW = 20
_MEMORY_MB = 2048
_LONGEST = 20_000


def main() -> None:
    """Runs the targets one after the other."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)}; default: all")
    parser.add_argument("--time", type=int, default=600, help="seconds, all targets together")
    parser.add_argument("--findings", type=Path, default=ROOT / ".fuzz", help="folder; never part of the sources")
    options = parser.parse_args()
    if unknown := set(options.targets) - set(TARGETS):
        parser.error(f"there is no target {', '.join(sorted(unknown))}")
    names = options.targets or list(TARGETS)
    shares = {name: max(1, len(names) - 1) if name == "mail" else 1 for name in names}
    folder: Path = options.findings.resolve()
    failed = [name for name in names if not fuzz(name, folder, options.time * shares[name] // sum(shares.values()))]
    found = sorted(folder.glob("finding-*"))
    print(f"{len(found)} findings in {folder}" + "".join(f"\n  {path.name}" for path in found))
    sys.exit(1 if failed or found else 0)


def fuzz(target: str, folder: Path, seconds: int) -> bool:
    """Runs one target for so many seconds or until it breaks; whether it held."""
    learned, begun = folder / f"learned-{target}", folder / f"seeds-{target}"
    for each in (learned, begun):
        each.mkdir(parents=True, exist_ok=True)
    for seed in seeds(target):
        (begun / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    (folder / "dictionary").write_text(dictionary())
    print(f"== {target}, {seconds} seconds", flush=True)
    arguments = [
        f"-max_total_time={seconds}",
        f"-timeout={_SLOW}",
        f"-rss_limit_mb={_MEMORY_MB}",
        f"-max_len={_LONGEST}",
        f"-dict={folder / 'dictionary'}",
        f"-artifact_prefix={folder}/finding-{target}-",
        "-print_final_stats=1",
        "-verbosity=1",
    ]
    command = [sys.executable, "-m", "tests.fuzz.worker", target, *arguments, str(learned), str(begun)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


if __name__ == "__main__":
    main()
