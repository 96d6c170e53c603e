"""How long does reading take? The new words of the worst texts and HTML, and every mail of the shared corpora."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mailticket.mail import html
from mailticket.mail.language import language_of
from mailticket.mail.orders import order_numbers
from mailticket.mail.reply import new_words
from tests.adversaries import MARKUP, TEXTS
from tests.bench import service
from tests.bench.figures import report

#: Milliseconds for a megabyte; for one mail of the corpora the slowest and the middle one.
TEXT_MS, MARKUP_MS, SLOWEST_MS, MEDIAN_MS = 100.0, 500.0, 200.0, 3.0


def bench(shared: Path, runs: int) -> None:
    """Three lines: texts, HTML, and the corpora where the shared folder has them."""
    _worst("reply", TEXTS, new_words, TEXT_MS, runs)
    _worst("html", MARKUP, _read_markup, MARKUP_MS, runs)
    _worst("signals", TEXTS, _signals, TEXT_MS, runs)
    if (shared / "corpora" / "score.py").is_file():
        _corpora(shared / "corpora")


def _read_markup(source: str) -> None:
    html.sanitise(source)
    new_words(html.to_texts(source)[1])


def _signals(words: str) -> None:
    language_of(words)
    order_numbers("", words)


def _worst(name: str, sources: Mapping[str, str], read: Callable[[str], Any], most: float, runs: int) -> None:
    """Processor time, the least of the runs: what others do meanwhile is not the text's doing."""
    costs = {of: min(_milliseconds(read, source) for _ in range(runs)) for of, source in sources.items()}
    worst = max(costs, key=costs.__getitem__)
    report(
        name,
        target=f"a megabyte of anything in less than {most:g} ms of processor time",
        met=costs[worst] < most,
        worst=worst,
        ms=round(costs[worst], 1),
        median_ms=round(sorted(costs.values())[len(costs) // 2], 1),
        kinds=len(costs),
    )


def _milliseconds(read: Callable[[str], Any], source: str) -> float:
    html.weigh.cache_clear()
    began = time.process_time()
    read(source)
    return (time.process_time() - began) * 1000


def _corpora(folder: Path) -> None:
    batch = f"{sys.executable} -m mailticket parse --batch"
    command = [sys.executable, str(folder / "score.py"), "--root", str(folder), "--batch", batch]
    done = subprocess.run(command, cwd=service.ROOT, check=True, stdout=subprocess.PIPE, text=True)
    scored = json.loads(done.stdout.splitlines()[-1])
    report(
        "corpora",
        target=f"none broken, the slowest mail under {SLOWEST_MS:g} ms, the median under {MEDIAN_MS:g} ms",
        met=not scored["broken"] and scored["ms_max"] < SLOWEST_MS and scored["ms_median"] < MEDIAN_MS,
        mails=scored["messages"],
        broken=scored["broken"],
        slowest_ms=scored["ms_max"],
        median_ms=scored["ms_median"],
        right=scored["score"],
    )
