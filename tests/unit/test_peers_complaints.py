"""What users of other help desks complain about where a mail is read: one test for each complaint, named after it.

The numbers are those of the peers' issue trackers. What concerns tickets rather than reading is in tests/acceptance.
"""

import base64

import pytest

from mailticket.desk.attachments import judge
from mailticket.mail.message import InboundMail
from mailticket.mail.parse import parse_mail
from mailticket.mail.subject import tag_numbers
from tests.factories import make_attachment, make_policy
from tests.winmail import LONG_FILENAME, attached, winmail

HEAD = "From: Carla Customer <carla@shop.example>\nTo: support@acme.example\nSubject: Re: Broken vase\n"
HISTORY = "> Thank you for writing.\n> Which vase is it?\n"


def read(
    text: str, fields: str = "", content_type: str = "text/plain; charset=utf-8", charset: str = "utf-8"
) -> InboundMail:
    return parse_mail(f"{HEAD}{fields}Content-Type: {content_type}\n\n{text}".encode(charset))


# -- bounces and machines


def test_forwarded_mail_with_an_empty_return_path_is_mistaken_for_a_bounce_osticket_3975() -> None:
    mail = read(
        "Please look at this.\n\n---------- Forwarded message ---------\nFrom: Paul <paul@shop.example>\n"
        "Subject: Undelivered parcel\n\nMy parcel could not be delivered.\n",
        "Return-Path: <>\n",
    )

    assert mail.bounce is None
    assert "could not be delivered" in mail.reply


def test_bounced_answer_is_noticed_by_nobody_zammad_1925_osticket_4911() -> None:
    mail = parse_mail(
        b"From: MAILER-DAEMON@mx.shop.example\nSubject: Undelivered Mail Returned to Sender\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        b"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.shop.example\n\n"
        b"Final-Recipient: rfc822; carla@shop.example\nAction: failed\nStatus: 5.2.2\n"
        b"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <answer@acme.example>\n--b--\n"
    )

    assert mail.bounce is not None
    assert (mail.bounce.recipient, mail.bounce.original_message_id) == ("carla@shop.example", "<answer@acme.example>")


def test_out_of_office_reopens_a_closed_ticket_osticket_1744() -> None:
    mail = parse_mail(
        b"From: carla@shop.example\nSubject: Automatic reply: [#2611-0042] Broken vase\n\nBack on Monday.\n"
    )

    assert mail.automatic_answer


@pytest.mark.parametrize(
    "field", ["Auto-Submitted: auto-replied", "X-Autoreply: yes", "Precedence: bulk", "Return-Path: <>"]
)
def test_two_help_desks_acknowledge_each_other_freescout_2445(field: str) -> None:
    assert read("We have received your mail.\n", f"{field}\n").auto_submitted


# -- which mail it is


def test_mail_without_message_id_halts_fetching_freescout_4740() -> None:
    mail = read("My vase is broken.\n")

    assert (mail.message_id, mail.readable, mail.reply) == ("", True, "My vase is broken.")
    assert mail.digest


def test_recurring_mail_is_dropped_as_a_duplicate_freescout_4958() -> None:
    monday = read("Toner is low.\n", "Date: Mon, 23 Nov 2026 06:00:00 +0000\n")
    tuesday = read("Toner is low.\n", "Date: Tue, 24 Nov 2026 06:00:00 +0000\n")

    assert monday.digest != tuesday.digest


def test_number_in_a_fresh_mails_subject_is_ignored_freescout_1989() -> None:
    mail = parse_mail(b"From: carla@shop.example\nSubject: About [#2611-0042], once more\n\nAny news?\n")

    assert tag_numbers(mail.subject, "[#{number}]") == ("2611-0042",)


def test_folded_number_is_ignored_freescout_1989() -> None:
    mail = parse_mail(b"From: carla@shop.example\nSubject: Re: Broken vase\n [#2611-0042]\n\nAny news?\n")

    assert tag_numbers(mail.subject, "[#{number}]") == ("2611-0042",)


def test_later_copies_are_lost_gitlab_454820() -> None:
    mail = read("Paul should know, too.\n", 'Cc: "Paul, P." <paul@shop.example>,\n dora@shop.example\n')

    assert [one.addr_spec for one in mail.cc] == ["paul@shop.example", "dora@shop.example"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"Subject: =?utf-8?b?////?=\n\nx",
        b"Content-Type: multipart/mixed; boundary=\n\n--\n--\n",
        b"From: <<<>>>\nDate: never\nContent-Transfer-Encoding: none\n\n\x80",
    ],
    ids=["nothing", "binary", "broken word", "no boundary", "nonsense"],
)
def test_one_bad_message_blocks_the_inbox_zammad_2754(raw: bytes) -> None:
    mail = parse_mail(raw)

    assert mail.errors
    assert mail.digest


# -- what was written


@pytest.mark.parametrize(
    "block",
    [
        "From: Acme Support <support@acme.example>\nSent: Sunday, November 22, 2026 10:00 AM\n"
        "To: Carla Customer <carla@shop.example>\nSubject: Broken vase\n",
        "Von: Acme Support <support@acme.example>\nGesendet: Sonntag, 22. November 2026 10:00\n"
        "An: Carla Customer <carla@shop.example>\nBetreff: Broken vase\n",
        "De : Acme Support <support@acme.example>\nEnvoyé : dimanche 22 novembre 2026 10:00\n"
        "À : Carla Customer <carla@shop.example>\nObjet : Broken vase\n",
        "差出人: Acme Support <support@acme.example>\n送信日時: 2026年11月22日 10:00\n"
        "宛先: Carla Customer <carla@shop.example>\n件名: Broken vase\n",
    ],
    ids=["English", "German", "French", "Japanese"],
)
@pytest.mark.parametrize("rule", ["", "________________________________\n", "-----Original Message-----\n"])
def test_outlooks_header_block_is_sent_to_the_customer_freescout_5545(block: str, rule: str) -> None:
    assert read(f"The blue one.\n\n{rule}{block}\nThank you for writing.\n").reply == "The blue one."


def test_stripping_eats_inline_answers_freescout_1421() -> None:
    mail = read(
        "On Sun, 22 Nov 2026 at 10:00, Acme <support@acme.example> wrote:\n"
        "> Which vase is it?\n\nThe blue one.\n\n> How many?\n\nTwo.\n"
    )

    for words in ("Which vase is it?", "The blue one.", "How many?", "Two."):
        assert words in mail.reply


@pytest.mark.parametrize(
    "text",
    [
        HISTORY,
        f"On Sun, 22 Nov 2026 at 10:00, Acme <support@acme.example> wrote:\n\n{HISTORY}",
        "-- \nCarla Customer\nHead of Vases\n",
        "Sent from my iPhone\n",
    ],
    ids=["quotes", "attribution and quotes", "signature", "mobile signature"],
)
def test_mail_of_nothing_but_quotes_becomes_empty_gitlab_337598(text: str) -> None:
    mail = read(text)

    assert mail.reply
    assert mail.text


def test_vietnamese_in_windows_1258_is_garbled_zammad_3951() -> None:
    raw = HEAD.encode() + b"Content-Type: text/plain; charset=windows-1258\n\nTi\xea\xecng Vi\xea\xf2t\n"
    mail = parse_mail(raw)

    assert mail.reply == "Tiếng Việt"
    assert mail.errors == ("There is no Message-ID.", "There is no Date field.")


# -- files


def test_winmail_dat_is_all_that_arrives_zammad_2403() -> None:
    wrapped = base64.encodebytes(winmail(attached("VASE.JPG", b"\xff\xd8photo", {LONG_FILENAME: "Vase.jpg"}))).decode()

    mail = read(
        f"--b\nContent-Type: text/plain\n\nSee the photo.\n--b\nContent-Type: application/ms-tnef; name=winmail.dat\n"
        f"Content-Transfer-Encoding: base64\n\n{wrapped}\n--b--\n",
        content_type="multipart/mixed; boundary=b",
    )

    assert [(file.filename, file.data) for file in mail.attachments] == [("Vase.jpg", b"\xff\xd8photo")]
    assert mail.text.strip() == "See the photo."


def test_signature_images_clutter_the_ticket_glpi_3611() -> None:
    logo = make_attachment("image001.png", inline=True, content_id="logo")
    photo = make_attachment("vase.png", inline=True, content_id="vase", sha256="other")

    judged = judge([logo, photo], make_policy().attachments, 20, frozenset({logo.sha256}))

    assert [(file.filename, file.logo, file.withheld) for file in judged] == [
        ("image001.png", True, ""),
        ("vase.png", False, ""),
    ]
