"""Parts between boundaries, and what is behind their transfer encodings."""

import base64

import pytest

from mailticket.mail.walk import MAX_DEPTH, MAX_PARTS, Tree, walk

PNG = bytes(range(256)) * 20


def multipart(body: str, boundary: str = "b", kind: str = "mixed") -> bytes:
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n{body}'.encode()


def seen(tree: Tree) -> list[tuple[str, bytes]]:
    return [(part.content_type, part.decoded()[0]) for part in tree.parts]


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        ("--b\n\none\n--b\n\ntwo\n--b--\n", [b"one", b"two"]),
        ("preamble\n--b\n\none\n--b--\nepilogue\n", [b"one"]),
        ("--b\n\none\n--b\n\ntwo", [b"one", b"two"]),
        ("--b \t\n\none\n--b-- \n", [b"one"]),
        ("--b\n\none\n--bb\nstill one\n--b--", [b"one\n--bb\nstill one"]),
        ("--b\n\nnot --b here\n--b--", [b"not --b here"]),
        ("--b\n\n\none\n\n--b--", [b"\none\n"]),
        ("--b\n\n--b\n\ntwo\n--b--", [b"", b"two"]),
        ("--b\nnot a field\n\nmore\n--b--", [b"not a field\n\nmore"]),
    ],
    ids=["plain", "preamble and epilogue", "no closing line", "padding", "longer boundary", "inside a line",
         "empty lines", "empty part", "no header"],
)  # fmt: skip
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_parts_are_cut_at_their_boundaries(body: str, texts: list[bytes], line_end: str) -> None:
    tree = walk(multipart(body).replace(b"\n", line_end.encode()))

    expected = [text.replace(b"\n", b"\n" if line_end == "\r" else line_end.encode()) for text in texts]
    assert [data for _, data in seen(tree)] == expected


def test_nested_boundary_may_begin_like_its_parent() -> None:
    alternatives = "--ab\n\nplain\n--ab\nContent-Type: text/html\n\nrich\n--ab--\n"
    inner = f'Content-Type: multipart/alternative; boundary="ab"\n\n{alternatives}'
    tree = walk(multipart(f"--a\n{inner}\n--a\n\nlast\n--a--", boundary="a"))

    assert seen(tree) == [("text/plain", b"plain"), ("text/html", b"rich"), ("text/plain", b"last")]
    assert [part.alternative for part in tree.parts] == [1, 1, 0]


def test_parent_boundary_ends_a_child_without_end() -> None:
    inner = 'Content-Type: multipart/mixed; boundary="in"\n\n--in\n\nchild\n'
    tree = walk(multipart(f"--out\n{inner}--out\n\nsibling\n--out--", boundary="out"))

    assert [data for _, data in seen(tree)] == [b"child", b"sibling"]


def test_attached_message_is_one_file() -> None:
    hidden = "Subject: inner\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nhidden\n--x--"
    inner = f"Content-Type: message/rfc822\n\n{hidden}"

    assert [kind for kind, _ in seen(walk(multipart(f"--b\n{inner}\n--b--")))] == ["message/rfc822"]


@pytest.mark.parametrize("boundary", ["", "never there", "--"], ids=["empty", "missing", "hyphens"])
def test_multipart_without_parts_is_text(boundary: str) -> None:
    tree = walk(multipart("just words", boundary=boundary))

    assert seen(tree) == [("text/plain", b"just words")]
    assert tree.errors


def test_depth_has_an_end() -> None:
    raw = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level) for level in range(5000))
    tree = walk(raw + b"\nbottom")

    assert [part.content_type for part in tree.parts] == ["application/octet-stream"]
    assert any(f"deeper than {MAX_DEPTH}" in error for error in tree.errors)


def test_of_too_many_parts_none_is_read() -> None:
    tree = walk(b"Subject: bomb\n" + multipart("--b\n\nx\n" * (MAX_PARTS + 1)))

    assert (tree.parts, tree.fields.text("subject")) == ([], "bomb")
    assert any(str(MAX_PARTS) in error for error in tree.errors)


@pytest.mark.parametrize(
    ("encoding", "body", "data"),
    [
        ("base64", base64.encodebytes(PNG), PNG),
        ("BASE64 ", base64.encodebytes(PNG).replace(b"\n", b" \r\n!*"), PNG),
        ("base64", b"YWJj\nZGVm\nZw", b"abcdefg"),
        ("base64", b"YWJjZ", b"abc"),
        ("base64", b"YWI=\n-- \nlist footer", b"ab"),
        ("base64", base64.encodebytes(PNG * 500), PNG * 500),
        ("quoted-printable", b"Gr=C3=BC=C3=9Fe =\nweiter =ZZ", "Grüße weiter =ZZ".encode()),
        ("quoted-printable", b"a=3D=\n" * 600_000, b"a=" * 600_000),
        ("x-uuencode", b"begin 644 a.txt\n#86)C\n`\nend\n", b"abc"),
        ("7bit", b"as it is", b"as it is"),
        ("binary", PNG, PNG),
        ("x-strange", b"as it is", b"as it is"),
    ],
    ids=[
        "base64",
        "junk",
        "no padding",
        "a letter too many",
        "footer",
        "large base64",
        "qp",
        "large qp",
        "uuencode",
        "7bit",
        "binary",
        "unknown",
    ],
)
def test_transfer_encodings_are_undone(encoding: str, body: bytes, data: bytes) -> None:
    raw = f"Content-Type: image/png\nContent-Transfer-Encoding: {encoding}\n\n".encode() + body

    assert walk(raw).parts[0].decoded()[0] == data


HEADER = b"From: carla@shop.example\nSubject: vase\n\nHello"


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"\n",
        b"\r\n\r\n",
        b"From carla Mon May  3\n",
        b">From carla Mon May  3\n",
        b"* 3 FETCH (BODY[] {300}\n",
        b"\xff\xfe\n",
    ],
    ids=["nothing", "line", "lines", "mbox", "quoted mbox", "protocol", "bytes"],
)
def test_what_stands_before_the_header_is_passed_over(before: bytes) -> None:
    tree = walk(before + HEADER)

    assert (tree.fields.text("subject"), bytes(tree.body)) == ("vase", b"Hello")


@pytest.mark.parametrize(
    "before", [b"Hello\n\n", b"\nHello\r\n\r\n", b"x\n" * 600], ids=["text", "line and text", "much"]
)
def test_text_before_what_looks_like_a_header_is_a_body(before: bytes) -> None:
    tree = walk(before + HEADER)

    assert "subject" not in tree.fields
    assert b"Hello" in bytes(tree.body)


def test_uuencoded_by_name_only_stays_as_it_is() -> None:
    body = b"begin 644 a.txt\n" + b"M!\n" * 5000
    (part,) = walk(b"Content-Transfer-Encoding: x-uuencode\n\n" + body).parts

    assert part.decoded() == (body, "")
