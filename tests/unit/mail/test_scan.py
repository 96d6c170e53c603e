"""Which mail may be costly? Each bound by itself sends a mail to the sandbox."""

from pathlib import Path

import pytest

from mailticket.mail.scan import is_ordinary, scan

FIXTURES = Path(__file__).parents[2] / "mail"
FROM = b"From: carla@shop.example\r\n"


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.eml")), ids=lambda path: path.stem)
def test_mail_of_people_and_programs_is_ordinary(path: Path) -> None:
    assert is_ordinary(scan(path.read_bytes()))


@pytest.mark.parametrize(
    "raw",
    [
        FROM + b"X-Filler: " + b"x" * 20_000 + b"\r\n\r\n",
        FROM + b"X-Filler: x\r\n" * 300 + b"\r\n",
        FROM + b"X-Filler: " + (b"x" * 70 + b"\r\n ") * 300 + b"\r\n\r\n",
        FROM + b"To: " + b"a@b.example, " * 300 + b"c@d.example\r\n\r\n",
        FROM + b"Subject: " + b"=?utf-8?q?a?= " * 300 + b"\r\n\r\n",
        FROM + b"Content-Type: text/plain" + b";" * 700 + b"\r\n\r\n",
        FROM + b"Date: " + b"(" * 400 + b"\r\n\r\n",
        FROM + b"\r\n" + b"--b\r\n\r\nx\r\n" * 200,
        FROM + b"\r\n" + b"x" * (65 << 20),
        b"X-Endless: x\r\n" * 10_000,
    ],
    ids=[
        "long field",
        "fields",
        "long folded field",
        "addresses",
        "encoded words",
        "semicolons",
        "comments",
        "parts",
        "size",
        "endless header",
    ],
)
def test_each_bound_is_enough(raw: bytes) -> None:
    assert not is_ordinary(scan(raw))


@pytest.mark.parametrize("raw", [b"", b"\n", b"\r\n\r\n", b"x", b"\0" * 10], ids=repr)
def test_nearly_nothing_has_a_shape(raw: bytes) -> None:
    assert scan(raw).size == len(raw)
    assert is_ordinary(scan(raw))
