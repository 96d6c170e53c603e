"""Stories: which files of a customer's mail are kept, and how the customer hears of the others."""

import hashlib
from collections.abc import Callable

import pytest

from tests.acceptance.samples import PDF, PNG, PROGRAM, TEXT, VCARD, ZIP
from tests.acceptance.world import File, World


def test_files_of_the_allowed_kinds_are_kept(world: World) -> None:
    carla = world.somebody()

    carla.writes(
        "Broken vase",
        files=[File("vase.png", PNG), File("Rechnung Größe.pdf", PDF), File("notes.txt", TEXT), File("all.zip", ZIP)],
    )

    confirmation, ticket = carla.waits_for("confirmation"), carla.ticket
    assert ticket.files == dict.fromkeys(["vase.png", "Rechnung Größe.pdf", "notes.txt", "all.zip"], "kept")
    assert "With it:        vase.png, Rechnung Größe.pdf, notes.txt, all.zip" in confirmation.text
    assert "Not taken" not in confirmation.text
    stored = ticket.messages[0].files[0].json
    assert (stored["content_type"], stored["size"]) == ("image/png", len(PNG))
    assert stored["sha256"] == hashlib.sha256(PNG).hexdigest()


def test_others_are_withheld_and_named_with_what_to_do(world: World) -> None:
    carla = world.somebody()

    carla.writes(
        "Broken vase",
        "See the files.\n",
        files=[
            File("setup.exe", PROGRAM), File("photo.jpg", PROGRAM, "image/jpeg"), File("page.png", b"<svg/>"),
            File("noname", TEXT), File("empty.txt", b""), File("vase.png", PNG),
        ],
    )  # fmt: skip

    confirmation, ticket = carla.waits_for("confirmation"), carla.ticket
    assert ticket.files == {
        "setup.exe": "type not allowed",
        "photo.jpg": "content is not jpg",
        "page.png": "content is not png",
        "noname": "type not allowed",
        "empty.txt": "empty",
        "vase.png": "kept",
    }
    assert ticket.messages[0].text.strip() == "See the files."
    assert "Not taken:      setup.exe (type not allowed)" in confirmation.text
    assert "Not taken:      photo.jpg (content is not jpg)" in confirmation.text
    assert "Please send what is missing" in " ".join(confirmation.text.split())
    assert "setup.exe" in confirmation.html
    withheld = {file.filename: file.json for file in ticket.messages[0].files}["setup.exe"]
    assert withheld["state"] == "withheld" and withheld["sha256"] == hashlib.sha256(PROGRAM).hexdigest()


def test_who_is_not_verified_reads_no_file_names(world: World) -> None:
    victim = world.somebody(verdict="none")

    victim.writes("Hello", files=[File("buy-at-pills.example.exe", PROGRAM)])

    confirmation = victim.waits_for("confirmation")
    assert "pills" not in confirmation.all_words
    assert "A file with it could not be taken" in confirmation.text


def test_signatures_and_cards_are_set_aside_without_a_word(world: World) -> None:
    carla = world.somebody()

    carla.writes("Hello", files=[File("smime.p7s", b"\x30\x80"), File("carla.vcf", VCARD), File("key.asc", TEXT)])

    assert set(carla.ticket.files.values()) == {"type not allowed"}
    confirmation = carla.waits_for("confirmation")
    assert "Not taken" not in confirmation.text and "Please send" not in confirmation.text


def test_size_and_number_are_bounded_and_pictures_in_the_text_do_not_count(world_with: Callable[..., World]) -> None:
    world = world_with(attachments={"max_size": 1000, "max_count": 2})
    carla = world.somebody()
    pictures = [File(f"logo{n}.png", PNG, "image/png", cid=f"logo{n}@shop.example") for n in range(3)]

    carla.writes(
        "Hello",
        html="<p>Hello <img src='cid:logo0@shop.example'></p>",
        files=[
            *pictures, File("big.txt", b"long " * 300), File("setup.exe", PROGRAM),
            *(File(f"{n}.txt", TEXT) for n in (1, 2, 3)),
        ],
    )  # fmt: skip

    ticket, confirmation = carla.ticket, carla.waits_for("confirmation")
    assert ticket.files == {
        "logo0.png": "kept", "logo1.png": "kept", "logo2.png": "kept", "big.txt": "larger than 0.977 KB",
        "setup.exe": "type not allowed", "1.txt": "kept", "2.txt": "kept", "3.txt": "more than 2 files",
    }  # fmt: skip
    assert [file.inline for file in ticket.messages[0].files] == [True] * 3 + [False] * 5
    assert "logo" not in confirmation.text
    assert "3.txt (more than 2 files)" in confirmation.text


def test_an_attached_mail_is_kept(world: World) -> None:
    carla = world.somebody()

    carla.writes("Fwd: as attachment", "Look at this.\n", attached=[b"The words of the other mail."])

    (file,) = carla.ticket.messages[0].files
    assert (file.state, file.filename.endswith(".eml")) == ("kept", True)
    assert "other mail" not in carla.ticket.messages[0].text


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/notes.txt", "notes.txt"),
        ("C:\\temp\\notes.txt", "notes.txt"),
        ("/notes.txt", "notes.txt"),
        ("no\u200bt\u2060es.txt", "notes.txt"),
        ("no\tnotes.txt", "no notes.txt"),
        ("CON.txt", "_CON.txt"),
        ("aux.tar.txt", "_aux.tar.txt"),
        ("notes.txt.", "notes.txt"),
        (' "notes" <1>?.txt', "_notes_ _1__.txt"),
        ("n" * 300 + ".txt", "n" * 116 + ".txt"),
    ],
    ids=["path", "windows path", "absolute", "zero width", "tab", "reserved", "reserved stem", "dot", "signs", "long"],
)
def test_names_are_made_harmless(world: World, sent: str, shown: str) -> None:
    carla = world.somebody()

    carla.writes("Hello", files=[File(sent, TEXT)])

    assert carla.ticket.files == {shown: "kept"}


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("photo.jpg .exe", "photo.jpg.exe"),
        ("setup.exe\u200b", "setup.exe"),
        (".htaccess", "htaccess"),
        ("notes.txt/setup.exe", "setup.exe"),
        ("notes.txt\u2028.exe", "notes.txt.exe"),
    ],
    ids=["right to left", "two extensions", "zero width", "hidden", "path", "line separator"],
)
def test_no_disguise_gets_a_program_in(world: World, sent: str, shown: str) -> None:
    carla = world.somebody()

    carla.writes("Hello", files=[File(sent, PROGRAM)])

    assert carla.ticket.files == {shown: "type not allowed"}
    assert f"Not taken:      {shown} (type not allowed)" in carla.waits_for("confirmation").text


def test_a_nul_in_a_name_hides_nothing(world: World) -> None:
    carla = world.somebody()
    raw = carla.drafts("Hello", files=[File("setup.exe-.txt", PROGRAM)])

    carla.sends(raw.replace(b'"setup.exe-.txt"', b'"setup.exe\0.txt"'))

    assert carla.ticket.files == {"setup.exe.txt": "content is not txt"}


def test_two_files_of_one_name_are_two_files(world: World) -> None:
    carla = world.somebody()

    carla.writes("Hello", files=[File("scan.png", PNG), File("SCAN.PNG", PNG)])

    assert carla.ticket.files == {"scan.png": "kept", "SCAN (2).PNG": "kept"}


def test_a_logo_is_shown_once_and_then_folded_away(world: World) -> None:
    carla, paul = world.somebody(), world.somebody()
    logo = File("image001.png", PNG + carla.address.encode(), "image/png", cid="logo@shop.example")
    photo = File("vase.png", PNG)

    carla.writes("Broken vase", files=[logo])
    confirmation = carla.waits_for("confirmation")
    carla.replies_to(confirmation, "With a photo.\n", files=[logo, photo])
    paul.writes("Another", files=[logo])

    first, second = carla.ticket.messages
    assert [(file.json["filename"], file.json["logo"]) for file in first.files] == [("image001.png", False)]
    assert [(file.json["filename"], file.json["logo"]) for file in second.files] == [
        ("image001.png", True),
        ("vase.png", False),
    ]
    assert [file.json["logo"] for file in paul.ticket.messages[0].files] == [False]
