"""Mail that nothing may answer by itself."""

import pytest

from mailticket.mail.automatic import is_no_reply
from mailticket.mail.parse import parse_mail

HEAD = b"From: carla@shop.example\r\nMessage-ID: <1@shop.example>\r\nDate: Sun, 22 Nov 2026 10:00:00 +0000\r\n"


@pytest.mark.parametrize(
    "field",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated (by a job)",
        "X-Autoreply: yes",
        "X-Mailticket-Loop: another-desk\r\nX-Mailticket-Notice: confirmation",
        "X-Mailticket-Loop: another-desk\r\nX-Mailticket-Notice: status_changed",
        "X-Mailticket-Loop: another-desk",
        "X-Autorespond: holiday",
        "Precedence: bulk",
        "Precedence: Junk",
        "Precedence: auto_reply",
        "Return-Path: <>",
        "Subject: Automatic reply: Broken vase",
        "Subject: Out of Office",
        "Subject: Abwesenheitsnotiz: Urlaub",
        "Subject: =?utf-8?q?R=C3=A9ponse_automatique?= : vase",
        "X-Auto-Response-Suppress: All\r\nX-MS-Exchange-Inbox-Rules-Loop: carla@shop.example",
    ],
)
def test_machine_is_known(field: str) -> None:
    assert parse_mail(HEAD + field.encode() + b"\r\n\r\nHello").auto_submitted


@pytest.mark.parametrize(
    "field",
    [
        "Auto-Submitted: no",
        "X-Mailticket-Loop: another-desk\r\nX-Mailticket-Notice: reply",
        "X-Mailticket-Notice: confirmation",
        "X-Auto-Response-Suppress: All",
        "X-MS-Exchange-Inbox-Rules-Loop: carla@shop.example",
        "Precedence: list",
        "Return-Path: <carla@shop.example>",
        "Subject: Is the automatic reply broken?",
        "List-Id: <users.shop.example>",
    ],
)
def test_person_is_not_taken_for_a_machine(field: str) -> None:
    assert not parse_mail(HEAD + field.encode() + b"\r\n\r\nHello").auto_submitted


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: vase",
        "Re: Auto-Reply: vase",
        "AUTO: I am away until Monday",
        "[Automatische Antwort] Vase",
        "Abwesenheitsnotiz",
        "abwesend bis 3.5.",
        "Autom. Antwort: Vase",
        "Réponse automatique : vase",
        "Absence : Carla",
        "Respuesta automática: jarrón",
        "Ausencia",
        "Resposta automática: vaso",
        "Risposta automatica: vaso",
        "Assente fino al 3 maggio",
        "Automatisch antwoord: vaas",
        "Autosvar: vas",
        "Automatiskt svar: vas",
        "Frånvaro: Carla",
        "Fraværsbesked",
        "Automaattinen vastaus: maljakko",
        "Odpowiedź automatyczna: wazon",
        "Automatická odpověď: váza",
        "Automatikus válasz: váza",
        "Răspuns automat: vază",
        "Автоматический ответ: ваза",
        "Автоматична відповідь: ваза",
        "Otomatik yanıt: vazo",
        "Αυτόματη απάντηση: βάζο",
        "תשובה אוטומטית: אגרטל",
        "رد تلقائي: مزهرية",
        "Trả lời tự động: bình",
        "Balasan otomatis: vas",
        "ตอบกลับอัตโนมัติ: แจกัน",
        "自动回复: 花瓶",
        "自動返信：花瓶",
        "자동 회신: 꽃병",
    ],
)
def test_vacation_is_known_by_its_subject(subject: str) -> None:
    mail = parse_mail(HEAD + f"Subject: {subject}\r\n\r\nBack soon.".encode())

    assert mail.auto_submitted
    assert mail.automatic_answer


@pytest.mark.parametrize(
    "subject",
    [
        "My automatic reply does not work",
        "Absence of the blue vase",
        "On holiday packages",
        "Ausencia de facturas",
        "Autobatterie",
        "Auto reparieren",
        "Abwesendes Paket",
        "Holiday opening hours",
        "Assenza di ricevuta",
    ],
)
def test_words_of_vacations_in_other_subjects_mean_nothing(subject: str) -> None:
    assert not parse_mail(HEAD + f"Subject: {subject}\r\n\r\nHello".encode()).auto_submitted


@pytest.mark.parametrize("subject", ["Automatic reply is broken on my phone", "Out of office chairs are wanted here"])
def test_sentence_that_begins_like_a_vacation_notice_only_gets_no_answer(subject: str) -> None:
    mail = parse_mail(f"From: a@b.example\r\nSubject: {subject}\r\n\r\nwords\r\n".encode())

    assert mail.auto_submitted
    assert not mail.automatic_answer


@pytest.mark.parametrize(
    ("field", "answer"),
    [
        ("Auto-Submitted: auto-replied", True),
        ("X-Auto-Reply: yes", True),
        ("Precedence: auto_reply", True),
        ("Auto-Submitted: auto-generated", False),
        ("Precedence: bulk", False),
        ("Return-Path: <>", False),
    ],
)
def test_automatic_answer_is_told_from_other_machines_mail(field: str, answer: bool) -> None:
    mail = parse_mail(HEAD + field.encode() + b"\r\n\r\nHello")

    assert mail.auto_submitted
    assert mail.automatic_answer is answer


@pytest.mark.parametrize("part", ["message/disposition-notification", "message/global-disposition-notification"])
def test_read_receipt_is_automatic_and_no_bounce(part: str) -> None:
    mail = parse_mail(
        HEAD + b"Subject: Read: Your vase\r\nIn-Reply-To: <ours@acme.example>\r\n"
        b"Content-Type: multipart/report; report-type=disposition-notification; boundary=b\r\n\r\n"
        b"--b\r\n\r\nYour mail was read.\r\n--b\r\nContent-Type: " + part.encode() + b"\r\n\r\n"
        b"Final-Recipient: rfc822;carla@shop.example\r\nOriginal-Message-ID: <ours@acme.example>\r\n"
        b"Disposition: manual-action/MDN-sent-manually; displayed\r\n--b--\r\n"
    )

    assert mail.bounce is None
    assert mail.auto_submitted
    assert mail.automatic_answer


def test_receipt_that_a_person_passes_on_is_no_receipt() -> None:
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nWhat is this?\r\n"
    mail = parse_mail(raw + b"--b\r\nContent-Type: message/disposition-notification\r\n\r\nDisposition: x\r\n--b--\r\n")

    assert not mail.auto_submitted


@pytest.mark.parametrize(
    ("field", "automatic"),
    [
        ("Auto-Submitted: auto-generated", True),
        ("X-Auto-Response-Suppress: OOF", False),
        ("X-MS-Exchange-Calendar-Originator-Id: 1", False),
    ],
    ids=["room", "Outlook asks for silence", "person"],
)
def test_answer_to_an_invitation_is_automatic_only_where_a_machine_gave_it(field: str, automatic: bool) -> None:
    raw = HEAD + b"Subject: Accepted: Look at the vase\r\n" + field.encode()
    raw += b"\r\nContent-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n"

    assert parse_mail(raw).auto_submitted is automatic


@pytest.mark.parametrize(
    "field", ["List-Id: <a.b>", "List-Unsubscribe: <mailto:x@y>", "Precedence: list", "List-Post: NO"]
)
def test_list_is_known(field: str) -> None:
    assert parse_mail(HEAD + field.encode() + b"\r\n\r\nHello").is_list
    assert not parse_mail(HEAD + b"\r\nHello").is_list


@pytest.mark.parametrize(
    ("address", "nobody"),
    [
        ("no-reply@shop.example", True),
        ("noreply@shop.example", True),
        ("NoReply+123@shop.example", True),
        ("orders.do-not-reply@shop.example", True),
        ("mailer-daemon@shop.example", True),
        ("donotreply@shop.example", True),
        ("carla@shop.example", False),
        ("postmaster@shop.example", False),
        ("reply@noreply.example", False),
        ("", False),
    ],
)
def test_no_reply_addresses_are_known_by_their_name(address: str, nobody: bool) -> None:
    assert is_no_reply(address) is nobody
