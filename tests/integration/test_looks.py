"""How do our mails look in a browser: narrow and wide, light and dark, with much in them and with little?"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mailticket.desk.notice import NoticeKind
from mailticket.outbound.render import Templates
from mailticket.outbound.samples import SAMPLES, sample_notice
from tests.integration.looks import SCHEMES, looks
from tests.mail_samples import samples

LANGUAGES = ("en", "de", "fr", "es")
WIDTHS = (360, 1000)
UNBROKEN = "Donaudampfschifffahrtsgesellschaftskapitänskajütenschlüsselloch" * 2
#: Values that are one of a few words.
CHOSEN = {"name", "about", "topic", "words", "notice", "status", "before", "verdict", "priority", "type"}
TEXT = f"https://shop.example/{'very-long-path/' * 12}?{UNBROKEN}\n\n" + "Where is my parcel, and why? " * 400


def full(value: Any, name: str = "") -> Any:
    """A value as large as one that real mail brings."""
    if isinstance(value, str):
        ready = name in CHOSEN or value.startswith(("mailto:", "http", "<")) or value[:4].isdigit() or not value
        return value if ready else TEXT[:12_000] if name == "text" else f"{value} {UNBROKEN}"[:120]
    if isinstance(value, dict):
        return {key: full(one, key) for key, one in value.items()}
    return [full(one) for one in value for _ in range(20 // len(value))] if isinstance(value, list) and value else value


def page(kind: NoticeKind, language: str, details: Mapping[str, Any]) -> str:
    return Templates(None).render(sample_notice(kind, language), details).html


@pytest.fixture(scope="module")
def mails() -> dict[str, str]:
    """Every variant in English, and in all languages the longest."""
    pages = {f"{kind} {name}": page(kind, "en", details) for kind in NoticeKind for name, details in samples(kind)}
    for kind in NoticeKind:
        most = full(dict(SAMPLES[kind]))
        pages |= {f"{kind} full {language}": page(kind, language, most) for language in LANGUAGES}
    return pages


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_mail_fits_can_be_read_and_fetches_nothing(scheme: str, mails: dict[str, str], tmp_path: Path) -> None:
    seen, asked = looks(mails, WIDTHS, scheme, tmp_path)

    assert len(seen) == len(mails) * len(WIDTHS)
    assert {f"{look.name}, {look.width}": look.faults for look in seen if look.faults} == {}
    assert asked == []


def test_a_bad_mail_is_seen(tmp_path: Path) -> None:
    bad = {
        "wide": '<html lang="en"><body style="background:#fff;color:#000"><p style="width: 400px">x</p></body></html>',
        "pale": '<html lang="en"><body style="background:#fff"><p style="color: #ccc">x</p></body></html>',
        "black": '<html lang="en"><meta name="color-scheme" content="dark"><body style="color:#000"><p>y</p></body>',
        "tracked": '<html lang="en"><body style="background:#fff"><img alt="" src="http://tracker.example/x.png"></body>',
        "no words": '<body style="background:#fff;color:#000"><p>x<img src="data:,"></p></body>',
    }

    seen, asked = looks(bad, [360], "dark", tmp_path)

    faults = {look.name: " ".join(look.faults) for look in seen}
    assert "408 pixels wide" in faults["wide"]
    assert "hard to read (1.6): x" in faults["pale"]
    assert "hard to read (0.0): y" in faults["black"]
    assert "asks for http://tracker.example/x.png" in faults["tracked"]
    assert "no language" in faults["no words"] and "a picture without a text" in faults["no words"]
    assert any("tracker.example" in one for one in asked)
