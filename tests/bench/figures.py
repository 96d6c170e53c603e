"""How is a figure written? Median, least and most of the runs; one JSON line a benchmark."""

import json
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any


def spread(values: Iterable[float]) -> list[float]:
    """Median, least and most."""
    sorted_ = sorted(values)
    return [_short(median(sorted_)), _short(sorted_[0]), _short(sorted_[-1])]


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Spread of ours to theirs, round by round: what slows the machine down slows both."""
    return spread(one / other for one, other in zip(ours, theirs, strict=True))


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of them do not exceed."""
    return _short(sorted(values)[min(len(values) - 1, int(len(values) * share))])


def report(bench: str, *, target: str, met: bool, **figures: Any) -> None:
    """Prints one benchmark's line. `target` in words, `met` by the median."""
    print(json.dumps({"bench": bench, **figures, "target": target, "met": met}), flush=True)


def _short(value: float) -> float:
    """Three digits tell all that such a figure knows."""
    return float(f"{value:.3g}") if abs(value) < 1000 else round(value)
