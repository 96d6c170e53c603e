"""Story: files whose names or contents are meant to be something else where they are stored, shown or passed on.

Names are for display only and bytes lie under their hash; more names: tests/acceptance/test_attachments.py.
"""

import base64
from collections.abc import Callable

import pytest

from tests.acceptance.draft import File
from tests.acceptance.samples import PDF, PNG, PROGRAM, TEXT, ZIP
from tests.acceptance.world import Customer, World

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"


@pytest.fixture
def carla(world: World) -> Customer:
    return world.somebody()


def with_part(customer: Customer, header: str, data: bytes) -> bytes:
    """A mail with a file whose part has this header, to the letter."""
    raw = customer.drafts("Broken vase", files=[File("PLACE", data)])
    start = raw.index(b"Content-Type: application/octet-stream")
    end = raw.index(b"\r\n\r\n", start)
    return raw[:start] + header.encode() + b"\r\nContent-Transfer-Encoding: base64" + raw[end:]


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        ("Content-Disposition: attachment; filename*=utf-8''..%2F..%2Fetc%2Fnotes.txt", "notes.txt"),
        ("Content-Disposition: attachment; filename*0=../../; filename*1=notes.txt", "notes.txt"),
        ("Content-Disposition: attachment; filename*0*=utf-8''..%5C; filename*1*=notes%2Etxt", "notes.txt"),
        ("Content-Disposition: attachment; filename*=utf-8''notes%E2%80%AEtxt.txt", "notestxt.txt"),
        ("Content-Disposition: attachment; filename*=utf-8''notes%00.txt", "notes.txt"),
        ("Content-Disposition: attachment; filename*=utf-8''notes%0D%0ABcc%3A%20v%40evil.example.txt", None),
        ("Content-Disposition: attachment; filename==?utf-8?b?Li4vLi4vbm90ZXMudHh0?=", "notes.txt"),
        ("Content-Type: text/plain; name=../notes.txt\r\nContent-Disposition: attachment", "notes.txt"),
        ('Content-Disposition: attachment; filename="~/.ssh/notes.txt"', "notes.txt"),
        ('Content-Disposition: attachment; filename="C:notes.txt"', "C_notes.txt"),
        ('Content-Disposition: attachment; filename="nul.txt"', "_nul.txt"),
    ],
    ids=["path", "pieces", "encoded pieces", "bidi", "NUL", "CR LF", "encoded word", "name", "home", "drive", "device"],
)
def test_name_in_any_notation_becomes_a_plain_one(
    world: World, carla: Customer, header: str, shown: str | None
) -> None:
    assert carla.sends(with_part(carla, header, TEXT)) == 250

    (name,) = carla.ticket.files
    assert name == shown if shown else not set(name) & set("\r\n/\\\0:")
    assert carla.ticket.files[name] == "kept"
    assert name in carla.waits_for("confirmation").text


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("page.png", SVG),
        ("page.jpg", HTML),
        ("page.pdf", HTML),
        ("page.txt", HTML),
        ("page.csv", b"<?xml version='1.0'?>" + SVG),
        ("vase.svg", SVG),
        ("vase.png.svg", PNG),
        ("vase.jpg", PNG),
        ("macro.docx", PROGRAM),
        ("macro.docx", PDF),
        ("all.zip", PROGRAM + ZIP),
        (".htaccess", b"AddType application/x-httpd-php .txt\n"),
        ("vase.php", PNG),
        ("vase.phar.png ", PROGRAM),
        ("vase.lnk", b"L\0\0\0\x01\x14\x02\0"),
    ],
)
def test_what_is_not_what_its_name_says_is_withheld(world: World, carla: Customer, name: str, data: bytes) -> None:
    carla.writes("Broken vase", files=[File(name, data)])

    assert list(carla.ticket.files.values()) != ["kept"]


def test_names_never_reach_the_disk(world: World, carla: Customer) -> None:
    large = base64.b64encode(bytes(400_000))
    names = ["../../evil-name.txt", "evil-name\0.txt", "/tmp/evil-name.txt", "evil-name.txt/../../x.txt"]

    carla.writes("Broken vase", files=[File(name.replace("\0", ""), large + name.encode()) for name in names])

    assert len(carla.ticket.files) == len(names)
    found = [path for path in world.folder.rglob("*") if "evil" in path.name or path.suffix == ".txt"]
    assert found == []


def test_agents_files_leave_under_plain_names(world_with: Callable[..., World]) -> None:
    desk = world_with(desk={"notify": "team"})
    carla, ann = desk.somebody(), desk.agent()
    carla.writes("Broken vase")
    names = ["../label.png", "label\u202egnp.png", 'a"; filename="b.exe.png', "x" * 300 + ".png"]

    ann.replies_to(ann.waits_for("agent_notification"), "Here you are.\n", files=[File(name, PNG) for name in names])

    got = carla.waits_for("reply").files
    assert set(got.values()) == {PNG} and len(got) == len(names)
    assert not any(set(name) & set('/\\"\u202e\r\n') or len(name) > 120 or name.endswith(".exe") for name in got)
