"""Notices of mail providers, carriers and old servers without a report, in their own words and languages."""

import pytest

from mailticket.mail.parse import parse_mail

DAEMON = "Mail Delivery System <MAILER-DAEMON@post.example>"

#: id, From, subject, text, status
PROVIDERS = [
    (
        "stars before recipients",
        DAEMON,
        "Delivery status notification",
        "Unable to deliver message to the following recipients:\n\n  * carla@shop.example\n\nTechnical details:\n\n"
        "SMTP:RCPT host 192.0.2.8: 553 5.3.0 <carla@shop.example>... No such user here\n",
        "5.3.0",
    ),
    (
        "qmail in other words",
        DAEMON,
        "Failure Notice",
        "The message returned below could not be delivered to one or more destinations.\n\n<carla@shop.example>:\n"
        "This user doesn't have a shop.example account (carla@shop.example) [0]\n",
        "5.1.1",
    ),
    (
        "carrier that shows the session",
        "Postmaster@post.example",
        "Mail System Error - Returned Mail",
        "Each of the following recipients was rejected by a remote mail server.\n\n"
        "    Recipient: <carla@shop.example>\n    >>> RCPT TO:<carla@shop.example>\n"
        "    <<< 550 <carla@shop.example>: User unknown\n",
        "5.1.1",
    ),
    (
        "carrier that limits accounts",
        "Postmaster@post.example",
        "Mail System Error - Returned Mail",
        "The user(s) account is temporarily limited.\n\n<carla@shop.example>\n",
        "5.0.0",
    ),
    ("China", DAEMON, "系统退信", "<carla@shop.example>: 用户不存在\n", "5.1.1"),
    ("China in two languages", DAEMON, "系统退信/Systems bounce", "无法发送到 carla@shop.example\n邮箱已满\n", "5.2.2"),
    (
        "Korea",
        DAEMON,
        "메일 전송 실패 안내",
        "다음과 같은 이유로 전송이 실패하였습니다.\n\n받는사람: carla@shop.example\n550 5.1.1 No such user\n",
        "5.1.1",
    ),
    ("Japan", DAEMON, "エラー通知", "お届けできませんでした。\n\n<carla@shop.example>\n宛先不明\n", "5.1.1"),
    (
        "Czechia",
        DAEMON,
        "Nedoručená zpráva",
        "Vaši zprávu se nepodařilo doručit: carla@shop.example\n550 5.1.1 User unknown\n",
        "5.1.1",
    ),
    ("Poland", DAEMON, "Zwrot: nie dostarczono", "Wiadomość nie została dostarczona do carla@shop.example\n", "5.0.0"),
    (
        "Italy",
        DAEMON,
        "Mancata consegna",
        "Il messaggio non è stato consegnato a: carla@shop.example\nCasella piena",
        "5.2.2",
    ),
    (
        "Brazil",
        DAEMON,
        "Mensagem não entregue",
        "Não foi entregue para <carla@shop.example>: caixa postal cheia\n",
        "5.2.2",
    ),
    ("Spain", DAEMON, "Correo devuelto", "No se ha podido entregar a carla@shop.example. Buzón lleno.\n", "5.2.2"),
    (
        "Germany",
        DAEMON,
        "E-Mail konnte nicht zugestellt werden",
        "Ihre E-Mail an <carla@shop.example> konnte nicht zugestellt werden. Der Empfänger ist unbekannt.\n",
        "5.1.1",
    ),
    (
        "Domino that could not relay",
        "postmaster@post.example",
        "DELIVERY FAILURE: Error transferring to mx; SMTP Protocol Returned a Permanent Error 550",
        "was not delivered to:\n\n  carla@shop.example\n\nbecause:\n\n  Error transferring; 550 5.7.1 Relay denied\n",
        "5.7.1",
    ),
]


@pytest.mark.parametrize(
    ("sender", "subject", "text", "status"), [one[1:] for one in PROVIDERS], ids=[one[0] for one in PROVIDERS]
)
def test_notice_of_a_provider_is_read(sender: str, subject: str, text: str, status: str) -> None:
    header = f"From: {sender}\nTo: desk@acme.example\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8"
    bounce = parse_mail(f"{header}\n\n{text}".encode()).bounce

    assert bounce is not None
    assert (bounce.recipients, bounce.status) == (("carla@shop.example",), status)


def test_every_recipient_is_named() -> None:
    bounce = parse_mail(
        f"From: {DAEMON}\nTo: desk@acme.example\nSubject: Mail delivery failed\n\n"
        "The following addresses failed:\n\n  carla@shop.example\n    Unrouteable address\n\n"
        "  paul@shop.example\n    no such domain\n".encode()
    ).bounce

    assert bounce is not None
    assert (bounce.recipients, bounce.status) == (("carla@shop.example", "paul@shop.example"), "5.1.2")
