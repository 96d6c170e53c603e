"""What does a desk show to a monitoring system? One figure at a time, asked as Prometheus asks."""

import urllib.request
from collections.abc import Callable

from prometheus_client.parser import text_string_to_metric_families

#: A figure by its name and labels; None where it is not shown.
Figure = Callable[..., float | None]


def figures_at(place: str) -> Figure:
    """Asks the desk whose `[metrics] listen` this is, anew each time."""

    def figure(name: str, **labels: str) -> float | None:
        with urllib.request.urlopen(f"http://{place}/metrics", timeout=10) as answer:
            families = text_string_to_metric_families(answer.read().decode())
        samples = (sample for family in families for sample in family.samples)
        return next((one.value for one in samples if one.name == name and one.labels == labels), None)

    return figure
