"""Notices of mail servers that write no report by RFC 3464: what came back, for whom, and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailticket.mail.parse import parse_mail
from tests.unit.mail.notices import DAEMON, OPERATOR, RETURNED, notice

#: id, header, text, recipient, status
NOTICES = [
    (
        "qmail",
        f"{DAEMON}\nSubject: failure notice",
        "This is qmail-send at mx.shop.example. Your mail was not delivered.\n\n<carla@shop.example>:\n"
        f"No mailbox has that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n{RETURNED}",
        "carla@shop.example",
        "5.1.1",
    ),
    (
        "exim",
        f"{DAEMON}\nX-Failed-Recipients: carla@shop.example\nSubject: Mail delivery failed",
        "The following address(es) failed:\n\n  carla@shop.example\n    host mx.shop.example [192.0.2.1]:\n"
        f"    552 5.2.2 mailbox full\n\n------ This is a copy of your mail. ------\n\n{RETURNED}",
        "carla@shop.example",
        "5.2.2",
    ),
    (
        "postfix of long ago",
        f"{DAEMON}\nSubject: Undelivered Mail Returned to Sender",
        "Your message could not\nbe delivered.\n\n<carla@shop.example>: host mx[192.0.2.1] said: 550 5.1.1\n"
        f"    <carla@shop.example>... nobody of that name\n\n{RETURNED}",
        "carla@shop.example",
        "5.1.1",
    ),
    (
        "sendmail of long ago",
        f"{DAEMON}\nSubject: Returned mail: User unknown",
        "   ----- Transcript of session follows -----\nWhile talking to mx:\n>>> RCPT To:<carla@shop.example>\n"
        f"<<< 550 nobody\n550 <carla@shop.example>... User unknown\n\n  ----- Unsent message follows -----\n{RETURNED}",
        "carla@shop.example",
        "5.1.1",
    ),
    (
        "sendmail that gave up",
        f"{DAEMON}\nSubject: Returned mail: Cannot send for 4 days",
        "   ----- Transcript of session follows -----\n421 shop.example... Deferred: Connection timed out\n"
        "   ----- Unsent message follows -----\nReceived: by mx\nTo: carla@shop.example\n",
        "carla@shop.example",
        "4.4.7",
    ),
    (
        "Exchange 5.5",
        f"{OPERATOR}\nSubject: Undeliverable: Your vase",
        "Your message\n\n  To: desk@acme.example\n  Subject: Vase\n\ndid not reach the following recipient(s):\n\n"
        "carla@shop.example on Thu, 3 Sep 2026 10:00:00 +0200\n    The recipient name is not recognized\n",
        "carla@shop.example",
        "5.1.1",
    ),
    (
        "Exchange with X.400 address",
        f"{OPERATOR}\nSubject: E",
        "did not reach the following recipient(s):\n\nc=US;a= ;p=SHOP;dda:SMTP=carla@shop.example; on Thu, 3 Sep 2026\n"
        "    The recipient name is not recognized\n",
        "carla@shop.example",
        "5.1.1",
    ),
    (
        "Domino",
        f"{OPERATOR}\nSubject: DELIVERY FAILURE: User carla not listed in Domino Directory",
        "Your message\n\n  Subject: Your vase\n\nwas not delivered to:\n\n  carla@shop.example\n\nbecause:\n\n"
        "  User carla not listed in Domino Directory\n",
        "carla@shop.example",
        "5.1.1",
    ),
    (
        "Lotus Notes",
        f"{OPERATOR}\nSubject: Undeliverable message",
        "------- Failure Reasons  --------\n\nNobody by that name\n"
        f"carla@shop.example\n\n------- Returned Message --------\n\n{RETURNED}",
        "carla@shop.example",
        "5.0.0",
    ),
    (
        "Yahoo",
        f"{DAEMON}\nSubject: Delivery failure",
        "Message from shop.example.\nUnable to deliver message to the following address(es).\n\n<carla@shop.example>:\n"
        f"This account has been disabled [-9]\n\n--- Original message follows.\n\n{RETURNED}",
        "carla@shop.example",
        "5.2.1",
    ),
    (
        "Gmail",
        f"{DAEMON}\nSubject: Delivery Status Notification (Failure)",
        "Delivery to the following recipient failed permanently:\n\n     carla@shop.example\n\nThe other server said:\n"
        f"550 550 5.7.1 Go away (state 14).\n\n----- Original message -----\n\n{RETURNED}",
        "carla@shop.example",
        "5.7.1",
    ),
    (
        "IMail",
        f"{OPERATOR}\nSubject: Undeliverable Mail",
        f"User mailbox exceeds allowed size: carla@shop.example\n\nOriginal message follows.\n\n{RETURNED}",
        "carla@shop.example",
        "5.2.2",
    ),
    (
        "MailEnable",
        f"{OPERATOR}\nSubject: Message Delivery Failure",
        "Message could not be delivered to some recipients.\n\n\tRecipient: [SMTP:carla@shop.example]\n"
        f"\tReason: Remote SMTP Server Returned: 550 mailbox unavailable\n\n\nMessage headers follow:\n{RETURNED}",
        "carla@shop.example",
        "5.1.1",
    ),
    (
        "smail",
        f"{DAEMON}\nSubject: mail failed, returning to sender",
        "|----------------- Message log follows: -----------------|\n no valid recipients were found\n"
        "|--------------- Failed addresses follow: ---------------|\n carla@shop.example ... unknown host\n"
        f"|---------------- Message text follows: -----------------|\n{RETURNED}",
        "carla@shop.example",
        "5.1.2",
    ),
    (
        "LSMTP",
        f"{OPERATOR}\nSubject: Undelivered mail",
        "An error was detected while processing the enclosed message.\n\n--> Error description:\n\n"
        "Error-for:  carla@shop.example\n"
        f"Error-Text: said: 554 Message looping\n\n------ Original message ------\n{RETURNED}",
        "carla@shop.example",
        "5.4.6",
    ),
    (
        "Zoho",
        f"{DAEMON}\nSubject: Undelivered Mail Returned to Sender",
        "A message that you sent could not be delivered.\n\n"
        f"carla@shop.example Invalid Address, ERROR_CODE :421, ERROR_CODE :, Host not there.\n\n\n{RETURNED}",
        "carla@shop.example",
        "4.1.1",
    ),
    (
        "DragonFly",
        "From: MAILER-DAEMON <>\nSubject: Mail delivery failed",
        "There was an error delivering your mail to <carla@shop.example>.\n\nmx [192.0.2.1] did not like our RCPT TO:\n"
        f"550 5.7.25 <carla@shop.example>: no name\n\nMessage headers follow.\n\n{RETURNED}",
        "carla@shop.example",
        "5.7.25",
    ),
    (
        "OpenSMTPD",
        f"{DAEMON}\nSubject: Delivery status notification: error",
        "    Hi!\n\n    An error has occurred while attempting to deliver a message for\n    these recipients:\n\n"
        f"carla@shop.example: 550 5.2.2 full\n\n    Below is a copy of the original message:\n\n{RETURNED}",
        "carla@shop.example",
        "5.2.2",
    ),
    (
        "InterScan",
        "From: imss@shop.example\nReturn-Path: <>\nSubject: Mail could not be delivered",
        "Sent <<< RCPT TO:<carla@shop.example>\nReceived >>> 550 5.1.1 unknown user.\nUnable to deliver message to"
        " <carla@shop.example> (and others).\n",
        "carla@shop.example",
        "5.1.1",
    ),
    (
        "mobile carrier without a returned mail",
        "From: post_master@carrier.example\nSubject: Re:Your vase",
        "Error: Invalid user address\n\nError message below:\n550 - no such user here\n\nMessage details:\n"
        "  MAIL FROM: desk@acme.example\n  RCPT TO: 0123456@carrier.example\n",
        "0123456@carrier.example",
        "5.1.1",
    ),
    (
        "German",
        f"{DAEMON}\nSubject: Nachricht unzustellbar",
        "Ihre Nachricht konnte nicht zugestellt werden.\n\nEmpfänger: carla@shop.example\nGrund: Postfach voll\n",
        "carla@shop.example",
        "5.2.2",
    ),
    (
        "Chinese",
        f"{DAEMON}\nSubject: 邮件传输失败",
        f"无法发送到您指定的地址。\n\n<carla@shop.example>:\n\n{RETURNED}",
        "carla@shop.example",
        "5.0.0",
    ),
    (
        "Japanese",
        f"{OPERATOR}\nSubject: エラー通知",
        f"以下のアドレスに配信できませんでした。\n\n<carla@shop.example>\n\n{RETURNED}",
        "carla@shop.example",
        "5.0.0",
    ),
]


@pytest.mark.parametrize(
    ("header", "text", "recipient", "status"), [n[1:] for n in NOTICES], ids=[n[0] for n in NOTICES]
)
def test_notice_is_read(header: str, text: str, recipient: str, status: str) -> None:
    mail = parse_mail(notice(header, text))

    assert mail.bounce is not None
    assert mail.bounce.recipients == (recipient,)
    assert mail.bounce.status == status
    assert mail.bounce.permanent is status.startswith("5")
    assert mail.bounce.original_message_id == ("<ours@acme.example>" if RETURNED in text else "")
    assert mail.auto_submitted


def test_all_recipients_are_named() -> None:
    text = "Your mail could not be delivered.\n\n<one@shop.example>:\n550 no\n\n<two@shop.example>:\n550 no\n\n"

    bounce = parse_mail(notice(f"{DAEMON}\nSubject: failure notice", f"{text}--- Below is a copy.\n{RETURNED}")).bounce

    assert bounce is not None
    assert bounce.recipients == ("one@shop.example", "two@shop.example")


def test_notice_in_html_alone_is_read() -> None:
    text = "<p>Your message<br>did not reach the following recipient(s):<br><br>carla@shop.example on Friday<br></p>"
    raw = notice(f"{OPERATOR}\nSubject: Undeliverable: Your vase", text).replace(b"text/plain", b"text/html")

    bounce = parse_mail(raw).bounce

    assert bounce is not None
    assert bounce.recipient == "carla@shop.example"


def test_returned_mail_as_a_part_is_known_by_its_message_id() -> None:
    raw = f"{DAEMON}\nSubject: failure notice\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n"
    raw += "Sorry, it could not be delivered.\n\n<carla@shop.example>:\n550 no\n"
    raw += f"--b\nContent-Type: message/rfc822\n\n{RETURNED}\n--b--\n"

    bounce = parse_mail(raw.encode()).bounce

    assert bounce is not None
    assert (bounce.recipient, bounce.original_message_id) == ("carla@shop.example", "<ours@acme.example>")


@given(st.lists(st.one_of(st.text(max_size=60), st.sampled_from([one[2] for one in NOTICES])), max_size=6))
def test_any_text_of_a_mail_server_is_read(pieces: list[str]) -> None:
    mail = parse_mail(notice(f"{DAEMON}\nSubject: failure notice", "\n".join(pieces)))

    assert mail.readable
    assert mail.bounce is None or mail.bounce.status[:2] in ("4.", "5.")
