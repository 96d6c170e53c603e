"""Pictures of signatures are told from photos by what came before: on SQLite and on PostgreSQL."""

from mailticket.mail.message import Address
from tests.factories import CARLA, PAUL, PNG, make_raw
from tests.integration.nodes import Node

NAMES = (CARLA, PAUL, *(Address(name=f"Nobody {number}", addr_spec=f"n{number}@shop.example") for number in range(4)))


def mail(number: int, sender: Address, picture: bytes, times: int = 1) -> bytes:
    """A mail by itself with a picture in its text."""
    picture_part = (
        b"--r\r\nContent-Type: image/png\r\nContent-ID: <logo@shop.example>\r\nContent-Disposition: inline\r\n"
        b"Content-Transfer-Encoding: binary\r\n\r\n" + picture + b"\r\n"
    )
    header, _, body = make_raw(sender=sender, message_id=f"<{number}@shop.example>").partition(b"\r\n\r\n")
    kept = b"\r\n".join(line for line in header.split(b"\r\n") if not line.lower().startswith((b"content", b"mime")))
    return (
        kept + b"\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=r\r\n\r\n"
        b"--r\r\nContent-Type: text/plain\r\n\r\n" + body + b"\r\n" + times * picture_part + b"--r--\r\n"
    )  # fmt: skip


def logos(desk: Node, raw: bytes) -> list[bool]:
    return [file["logo"] for file in desk.show(desk.open(raw))["messages"][0]["attachments"]]


def test_picture_that_its_sender_has_sent_before_is_a_logo(desk: Node) -> None:
    assert logos(desk, mail(1, CARLA, PNG)) == [False]
    assert logos(desk, mail(2, PAUL, PNG)) == [False], "somebody else's"
    assert logos(desk, mail(3, CARLA, PNG)) == [True]
    assert logos(desk, mail(4, CARLA, PNG + b"1")) == [False], "another picture"


def test_picture_that_stands_in_several_mails_is_a_logo_whoever_sends_it(desk: Node) -> None:
    found = [logos(desk, mail(number, sender, PNG)) for number, sender in enumerate(NAMES[:4])]

    assert found == [[False], [False], [False], [True]]


def test_picture_that_stands_in_one_mail_several_times_is_none(desk: Node) -> None:
    desk.open(mail(1, CARLA, PNG, times=5))

    assert logos(desk, mail(2, PAUL, PNG)) == [False]
