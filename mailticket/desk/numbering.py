"""Which number does the next ticket get? The period that counts, and how a count is written (`[desk.numbering]`)."""

from datetime import date

from mailticket.desk.policy import Numbering

_PERIODS = {"never": "", "year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d"}


def period(numbering: Numbering, day: date) -> str:
    """Name of the period whose counter is used: `"2026-11"` under reset = "month". Independent of the format,
    so a new format in mid-month counts on and gives no number twice."""
    return day.strftime(_PERIODS[numbering.reset])


def write(numbering: Numbering, day: date, count: int) -> str:
    """`2611-0042`: beyond the padding the counter just grows."""
    parts = (day.strftime(numbering.date), str(count).zfill(numbering.padding))
    return numbering.prefix + numbering.separator.join(part for part in parts if part) + numbering.suffix
