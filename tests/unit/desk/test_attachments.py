"""Which files are kept, and under which name."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailticket.desk.attachments import MEDIA_TYPES, display_name, judge, may_be_logo
from mailticket.desk.policy import AttachmentRules
from mailticket.mail.message import Attachment
from tests.factories import PDF, PNG, make_attachment

RULES = AttachmentRules(allowed=frozenset({"png", "pdf", "txt", "docx", "zip", "exe"}), max_size=1000)
ZIP = b"PK\x03\x04" + bytes(30)
OCTETS = "application/octet-stream"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def verdict(name: str, data: bytes, media_type: str, **over: Any) -> str:
    """Why one file alone is set aside."""
    return judge([make_attachment(name, data, media_type=media_type, **over)], RULES, 20)[0].withheld


@pytest.mark.parametrize(
    ("name", "data", "media_type", "withheld"),
    [
        ("vase.png", PNG, "image/png", ""),
        ("VASE.PNG", PNG, "image/png", ""),
        ("vase.gif", PNG, "image/gif", "type not allowed"),
        ("vase", PNG, "image/png", "type not allowed"),
        ("vase.png", PDF, "application/pdf", "content is not png"),
        ("vase.png.html", b"<script>", "text/html", "type not allowed"),
        ("vase.png\u202efdp.exe", b"MZ", "application/x-dosexec", "content is not exe"),
        ("run.exe", b"MZ", "application/x-dosexec", "content is not exe"),
        ("vase.pdf", PDF, "application/pdf", ""),
        ("vase.pdf", b"", "application/x-empty", "empty"),
        ("vase.png", PNG + bytes(1000 - len(PNG)), "image/png", ""),
        ("vase.png", PNG + bytes(1001 - len(PNG)), "image/png", "larger than 0.977 KB"),
        ("letter.docx", ZIP, DOCX, ""),
        ("letter.docx", ZIP, "application/zip", ""),
        ("letter.docx", ZIP, OCTETS, ""),
        ("letter.docx", b"MZ" + bytes(30), OCTETS, "content is not docx"),
        ("things.zip", ZIP, OCTETS, "content is not zip"),
        ("notes.txt", b"a;b", "text/csv", ""),
        ("notes.txt", b"<svg/>", "image/svg+xml", "content is not txt"),
        (".htaccess", b"Deny", "text/plain", "type not allowed"),
    ],
    ids=[
        "allowed by both",
        "capitals",
        "extension not allowed",
        "no extension",
        "content of another kind",
        "two extensions",
        "an extension turned round",
        "allowed by name, known by nobody",
        "a document",
        "empty",
        "as large as may be",
        "one byte more",
        "office file",
        "office file that old libmagic calls zip",
        "office file that libmagic does not know",
        "anything called docx",
        "octets called zip",
        "text that looks like a table",
        "SVG called text",
        "hidden file",
    ],
)
def test_extension_and_content_must_both_be_allowed(name: str, data: bytes, media_type: str, withheld: str) -> None:
    assert verdict(name, data, media_type) == withheld


def test_declared_type_does_not_count() -> None:
    assert verdict("vase.png", PDF, "application/pdf", content_type="image/png") == "content is not png"
    assert verdict("vase.png", PNG, "image/png", content_type="application/x-dosexec") == ""


@pytest.mark.parametrize("extension", sorted(AttachmentRules(allowed=frozenset(MEDIA_TYPES)).allowed))
def test_media_types_are_written_as_libmagic_gives_them(extension: str) -> None:
    assert MEDIA_TYPES[extension]
    assert all(kind == kind.strip() and kind.count("/") == 1 for kind in MEDIA_TYPES[extension])


def png(number: int, **over: Any) -> Attachment:
    return make_attachment(f"{number}.png", PNG + bytes(number), **over)


def test_files_over_the_count_are_set_aside() -> None:
    judged = judge([png(number) for number in range(4)], RULES, 2)

    assert [file.withheld for file in judged] == ["", "", "more than 2 files", "more than 2 files"]


def test_withheld_files_and_inline_images_do_not_use_up_the_count() -> None:
    refused = make_attachment("run.sh", b"#!", media_type="text/x-shellscript")
    inline = png(1, inline=True, content_id="a")

    judged = judge([refused, inline, refused, png(2), png(3)], RULES, 2)

    assert [file.withheld for file in judged] == ["type not allowed", "", "type not allowed", "", ""]


def test_none_at_all_may_be_allowed() -> None:
    assert judge([png(1)], RULES, 0)[0].withheld == "more than 0 files"


@pytest.mark.parametrize(
    ("name", "media_type", "over", "kept", "named"),
    [
        ("image001.gif", "image/gif", {"inline": True, "content_id": "a"}, True, False),
        ("image001.svg", "image/svg+xml", {"inline": True, "content_id": "a"}, False, False),
        ("smime.p7s", "application/pkcs7-signature", {}, False, False),
        ("card.vcf", "text/vcard", {}, False, False),
        ("run.sh", "text/x-shellscript", {}, False, True),
        ("", "text/html", {"content_type": "message/rfc822"}, True, True),
    ],
    ids=["inline picture", "inline SVG", "signature", "visiting card", "script", "attached mail"],
)
def test_confirmation_names_what_the_customer_attached(
    name: str, media_type: str, over: dict[str, Any], kept: bool, named: bool
) -> None:
    (judged,) = judge([make_attachment(name, b"x" * 10, media_type=media_type, **over)], RULES, 20)

    assert (judged.withheld == "", judged.worth_naming) == (kept, named)


def test_inline_picture_that_is_too_large_is_judged_as_a_file() -> None:
    assert verdict("a.png", PNG + bytes(1000), "image/png", inline=True, content_id="a").startswith("larger than")


def test_attached_mail_that_is_too_large_is_set_aside() -> None:
    assert verdict("", bytes(1001), "text/plain", content_type="message/rfc822") == "too large"


def test_equal_names_become_different_ones() -> None:
    judged = judge([png(1), png(1), make_attachment("1.PNG")], RULES, 20)

    assert [file.filename for file in judged] == ["1.png", "1 (2).png", "1 (3).PNG"]


def test_name_that_a_copy_took_already_is_passed_over() -> None:
    judged = judge([make_attachment(name) for name in ("a", "a (2)", "a", "a", "A (2)")], RULES, 20)

    assert [file.filename for file in judged] == ["a", "a (2)", "a (3)", "a (4)", "A (2) (2)"]


def test_name_without_end_keeps_its_ending() -> None:
    (file,) = judge([make_attachment("e" + "\u0315\u0300" * 20_000 + ".pdf")], RULES, 20)

    assert file.filename.endswith(".pdf") and len(file.filename) <= 120


NASTY = {
    "a path": ("../../etc/passwd", "passwd"),
    "a path of Windows": (r"C:\Users\Carla\vase.png", "vase.png"),
    "mixed paths": (r"..\../vase.png", "vase.png"),
    "dots only": ("..", "unnamed.png"),
    "NUL": ("vase.php\0.png", "vase.php.png"),
    "line breaks": ("vase\r\nBcc: x@y.png", "vaseBcc_ x@y.png"),
    "right-to-left override": ("vase\u202egnp.exe", "vasegnp.exe"),
    "zero width": ("va\u200bse.p\u200bng\ufeff", "vase.png"),
    "bidi isolates": ("\u2066vase\u2069.png", "vase.png"),
    "line separator": ("va\u2028se.png", "vase.png"),
    "lone surrogate": ("vase\ud800.png", "vase.png"),
    "private use": ("vase\ue000.png", "vase.png"),
    "characters that Windows refuses": ('a<b>c:d"e|f?g*h.png', "a_b_c_d_e_f_g_h.png"),
    "reserved name": ("CON.png", "_CON.png"),
    "reserved name with two extensions": ("aux.tar.png", "_aux.tar.png"),
    "reserved name without extension": ("nul", "_nul"),
    "reserved port": ("Com1.txt", "_Com1.txt"),
    "not reserved": ("console.png", "console.png"),
    "hidden": (".htaccess", "htaccess"),
    "trailing dots and spaces": ("vase.png. . ", "vase.png"),
    "white space": ("  my \t vase .png", "my vase.png"),
    "decomposed letters": ("Scho\u0308n.png", "Schön.png"),
    "decomposed letters with something between": ("Scho\u200b\u0308n.png", "Schön.png"),
    "an extension cut at a space": ("vase.123456789012345 png", "vase.123456789012345"),
    "letters of other alphabets": ("花瓶の写真.png", "花瓶の写真.png"),
    "long": ("x" * 300 + ".png", "x" * 116 + ".png"),
    "long extension": ("vase." + "x" * 50, "vase." + "x" * 16),
    "unnamed": ("", "unnamed.png"),
    "nothing but controls": ("\x01\x02", "unnamed.png"),
    "a script in it": ("<script>alert(1)</script>.png", "script_.png"),
}


@pytest.mark.parametrize(("name", "shown"), NASTY.values(), ids=NASTY.keys())
def test_name_is_made_harmless(name: str, shown: str) -> None:
    assert display_name(make_attachment(name), "image/png") == shown


def test_attached_mail_is_named_as_one() -> None:
    assert display_name(make_attachment("", content_type="message/rfc822"), "text/plain") == "message.eml"


@given(st.text(max_size=400), st.sampled_from(["image/png", OCTETS]))
def test_no_name_does_harm(name: str, media_type: str) -> None:
    shown = display_name(make_attachment(name), media_type)

    assert 0 < len(shown) <= 120
    assert shown.isprintable()
    assert not set(shown) & set('/\\<>:"|?*\0')
    assert shown == shown.strip(" .")
    assert not shown.startswith(".")
    assert display_name(make_attachment(shown), media_type) == shown


INLINE: dict[str, Any] = {"inline": True, "content_id": "a"}


@pytest.mark.parametrize(
    ("name", "size", "over", "may_be"),
    [
        ("image001.png", 100_000, INLINE, True),
        ("image001.png", 300_000, INLINE, False),
        ("image001.png", 10_000, {}, True),
        ("", 10_000, {}, True),
        ("Outlook-a1b2c3.png", 10_000, {}, True),
        ("image001.png", 20_000, {}, False),
        ("vase.png", 10_000, {}, False),
        ("image001.svg", 100, INLINE | {"media_type": "image/svg+xml"}, False),
        ("image001.png", 0, INLINE, False),
    ],
    ids=["inline", "large", "small file", "unnamed", "Outlook's", "large file", "a name of its own", "SVG", "empty"],
)
def test_what_may_be_a_logo(name: str, size: int, over: dict[str, Any], may_be: bool) -> None:
    values = {"media_type": "image/png", **over}

    assert may_be_logo(make_attachment(name, bytes(size), **values)) is may_be


def test_logo_is_kept_neither_counted_nor_named() -> None:
    logo = make_attachment("image001.gif", b"GIF89a", media_type="image/gif")

    judged = judge([logo, png(2, media_type="image/png")], RULES, 1, {logo.sha256})

    assert [(file.logo, file.withheld, file.worth_naming) for file in judged] == [(True, "", False), (False, "", True)]


def test_photo_is_no_logo_though_it_has_come_before() -> None:
    photo = make_attachment("vase.png", media_type="image/png")

    assert [file.logo for file in judge([photo], RULES, 20, {photo.sha256})] == [False]


def test_invitation_that_is_set_aside_is_not_named() -> None:
    (file,) = judge([make_attachment("a.ics", b"x", media_type="text/calendar", summary="Invitation: x")], RULES, 20)

    assert (file.withheld, file.worth_naming) == ("type not allowed", False)
