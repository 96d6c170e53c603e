"""Mail into a Maildir: whole, once, and without a relay."""

import mailbox
from pathlib import Path

import pytest

from mailticket.outbound.maildir import MaildirSender
from mailticket.outbound.outcome import Sent, Unreachable

MAIL = b"Subject: x\r\nMessage-ID:\r\n <t@acme.example>\r\n\r\nHello\r\n"


def test_mail_appears_with_its_envelope_on_top(tmp_path: Path) -> None:
    outcome = MaildirSender(tmp_path / "out" / "mail").send("", ["carla@shop.example", "bob@shop.example"], MAIL)

    assert isinstance(outcome, Sent)
    [message] = mailbox.Maildir(tmp_path / "out" / "mail", create=False)
    assert message["Return-Path"] == "<>"
    assert message.get_all("Delivered-To") == ["carla@shop.example", "bob@shop.example"]
    assert message["Subject"] == "x"
    assert list((tmp_path / "out/mail/tmp").iterdir()) == []


@pytest.mark.parametrize("moved", [False, True], ids=["unread", "read by somebody"])
def test_same_mail_again_makes_no_second_file(tmp_path: Path, moved: bool) -> None:
    sender = MaildirSender(tmp_path)
    sender.send("", ["carla@shop.example"], MAIL)
    [file] = (tmp_path / "new").iterdir()
    if moved:
        file.rename(tmp_path / "cur" / f"{file.name}:2,S")

    assert isinstance(sender.send("", ["carla@shop.example"], MAIL), Sent)

    assert len(mailbox.Maildir(tmp_path, create=False)) == 1


def test_other_mail_makes_another_file(tmp_path: Path) -> None:
    sender = MaildirSender(tmp_path)

    for raw in (MAIL, MAIL.replace(b"<t@", b"<u@")):
        sender.send("", ["carla@shop.example"], raw)

    assert len(mailbox.Maildir(tmp_path, create=False)) == 2


def test_half_written_mail_of_a_crash_is_written_anew(tmp_path: Path) -> None:
    sender = MaildirSender(tmp_path)
    sender.send("", ["carla@shop.example"], MAIL)
    [file] = (tmp_path / "new").iterdir()
    whole = file.read_bytes()
    (tmp_path / "tmp" / file.name).write_bytes(whole[:20])
    file.unlink()

    sender.send("", ["carla@shop.example"], MAIL)

    assert file.read_bytes() == whole


def test_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    outcome = MaildirSender(tmp_path / "file").send("", ["carla@shop.example"], MAIL)

    assert isinstance(outcome, Unreachable)
    assert str(tmp_path / "file") in outcome.reason
