"""Notices of mail servers by family, each told by its shape and key words."""

import pytest

from mailticket.mail.parse import parse_mail
from tests.unit.mail.notices import DAEMON, OPERATOR, RETURNED, notice

#: id, header, text, recipient, status
NOTICES = [
    (
        "Apache James",
        f"{OPERATOR}\nSubject: [BOUNCE]\nX-James: yes",
        "Message details:\n  Subject: Your vase\n  MAIL FROM: desk@acme.example\n  RCPT TO: carla@shop.example\n\n"
        "Error message below:\n550 - Requested action not taken: no such user here\n",
        "carla@shop.example",
        "5.1.1",
    ),
    (
        "Biglobe",
        "From: postmaster@carrier.example\nSubject: Returned mail: Service unavailable",
        "   ----- The following addresses had delivery problems -----\ncarla@shop.example\n\n"
        "   ----- Non-delivered information -----\n"
        "The number of messages in recipient's mailbox exceeded the local limit.\n",
        "carla@shop.example",
        "5.2.2",
    ),
    (
        "Courier",
        f"{DAEMON}\nSubject: NOTICE: mail delivery status.",
        "This is a delivery status notification from mx.shop.example,\nrunning the Courier mail server.\n\n"
        "---------------------------------------------------------------------------\n\n"
        "                           UNDELIVERABLE MAIL\n\nYour message to the following recipients cannot be"
        " delivered:\n"
        "\n<carla@shop.example>:\n    mx.shop.example [192.0.2.1]:\n>>> RCPT TO:<carla@shop.example>\n"
        "<<< 550 5.1.1 <carla@shop.example>... User Unknown\n\n---------------------------------------------------\n"
        "If your message was also sent to additional recipients, see below.\n",
        "carla@shop.example",
        "5.1.1",
    ),
    (
        "EZweb",
        "From: Postmaster@carrier.example\nSubject: Mail System Error - Returned Mail",
        "The user(s) account is disabled.\n\n<carla@carrier.example>: 550 user unknown (in reply to RCPT TO"
        " command)\n\n"
        f"----- original message -----\n{RETURNED}",
        "carla@carrier.example",
        "5.1.1",
    ),
    (
        "GMX and web.de",
        "From: GMX Mailer Daemon <mailer-daemon@post.example>\nSubject: Mail delivery failed: returning message"
        " to sender",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be"
        " delivered to one or more of\nits recipients. This is a permanent error. The following address\nfailed:\n\n"
        '"carla@shop.example":\nSMTP error from remote server after RCPT command:\nhost: mx.shop.example\n'
        f"5.1.1 <carla@shop.example>... User Unknown\n\n--- The header of the original message is following."
        f" ---\n\n{RETURNED}",
        "carla@shop.example",
        "5.1.1",
    ),
    (
        "IONOS in German",
        "From: Mail Delivery System <mailer-daemon@post.example>\nSubject: Unzustellbar: Ihre Nachricht",
        "Ihre Nachricht konnte an einen oder mehrere Empfänger nicht zugestellt werden.\n\n"
        "  carla@shop.example:\n  SMTP-Fehler vom entfernten Server nach RCPT: 552 5.2.2 Postfach voll\n",
        "carla@shop.example",
        "5.2.2",
    ),
    (
        "Google Groups",
        "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nX-Failed-Recipients: team@shop.example\n"
        "Subject: Delivery Status Notification (Failure)",
        "Hello desk@acme.example,\n\nWe're writing to let you know that the group you tried to contact (team) may not"
        " exist, or you may not have permission to post messages to the group.\n",
        "team@shop.example",
        "5.0.0",
    ),
    (
        "Google of today",
        f"{DAEMON}\nSubject: Delivery Status Notification (Failure)",
        "** Address not found **\n\nYour message wasn't delivered to carla@shop.example because the address couldn't be"
        " found, or is unable to receive mail.\n\nThe response was:\n550 5.1.1 The email account does not exist.\n",
        "carla@shop.example",
        "5.1.1",
    ),
    (
        "mail.ru",
        f"{DAEMON}\nSubject: Mail failure.",
        "A message that you sent was rejected by the local scanning code that\nchecks incoming messages on this system."
        "\n\nThis message was created automatically by mail delivery software.\nIt could not be delivered to:\n\n"
        f"  carla@shop.example\n    invalid mailbox. User is terminated.\n\n------ This is a copy ------\n{RETURNED}",
        "carla@shop.example",
        "5.1.1",
    ),
    (
        "Yandex in Russian",
        f"{DAEMON}\nSubject: Недоставленное сообщение",
        "Это письмо отправлено почтовым сервером.\n\nК сожалению, мы не можем доставить Ваше письмо:\n\n"
        f"<carla@shop.example>: 554 5.7.1 Message rejected under suspicion of SPAM\n\n{RETURNED}",
        "carla@shop.example",
        "5.7.1",
    ),
    (
        "Orange in French",
        f"{OPERATOR}\nReturn-Path: <>\nSubject: Echec de la distribution : Votre vase",
        "Bonjour,\n\nVotre message n'a pas pu être remis au destinataire suivant :\n\n carla@shop.example\n\n"
        "Motif : boîte pleine\n",
        "carla@shop.example",
        "5.2.2",
    ),
    (
        "La Poste",
        f"{DAEMON}\nSubject: Message non distribué",
        "Votre message n'a pas été distribué.\n\n<carla@shop.example>: 550 5.5.0 Service refuse. Veuillez essayer plus"
        " tard. LPN007_510\n",
        "carla@shop.example",
        "5.5.0",
    ),
    (
        "Sun Messaging Server",
        f"{OPERATOR}\nSubject: Delivery Notification: Delivery has failed",
        "This report relates to a message you sent with the following header fields:\n\n"
        "  Message-id: <ours@acme.example>\n  From: Desk <desk@acme.example>\n  Subject: Your vase\n\n"
        "Your message cannot be delivered to the following recipients:\n\n  Recipient address: carla@shop.example\n"
        "  Reason: Remote SMTP server has rejected address\n  Diagnostic code: smtp;550 5.1.1 User Unknown\n",
        "carla@shop.example",
        "5.1.1",
    ),
    (
        "PowerMTA without a report",
        f"{OPERATOR}\nReturn-Path: <>\nSubject: Delivery report",
        "Hello, this is the mail server on mx.shop.example.\n\nI am sending you this message to inform you on the"
        " delivery status of a\nmessage you previously sent.\n\n  <carla@shop.example>\n"
        "    delivery failed; will not continue trying\n",
        "carla@shop.example",
        "5.0.0",
    ),
    (
        "Yahoo of today",
        "From: MAILER-DAEMON@yahoo.com\nSubject: Failure Notice",
        "Sorry, we were unable to deliver your message to the following address.\n\n<carla@shop.example>:\n"
        "Remote host said: 550 5.1.1 <carla@shop.example>... User Unknown\n [RCPT_TO]\n\n"
        f"--- Below this line is a copy of the message.\n\n{RETURNED}",
        "carla@shop.example",
        "5.1.1",
    ),
    (
        "MMS gateway",
        "From: post_master@carrier.example\nSubject: Undeliverable Message",
        "Message could not be delivered to mobile.\nError: No valid recipients for this MM\n\nRecipient:"
        " 0123456@carrier.example\n",
        "0123456@carrier.example",
        "5.1.1",
    ),
    (
        "KDDI",
        "From: no-reply@carrier.example\nReturn-Path: <>\nSubject: Mail System Error - Returned Mail",
        "Your mail sent on: Sun, 22 Nov 2026 10:00:00 +0900\n    Could not be delivered to: <carla@carrier.example>\n"
        "    As their mailbox is full.\n",
        "carla@carrier.example",
        "5.2.2",
    ),
    (
        "GroupWise",
        f"{OPERATOR}\nReturn-Path: <>\nSubject: Message status - undeliverable",
        "The message that you sent was undeliverable to the following:\n\tcarla@shop.example (user not found)\n\n"
        "Possibly truncated original message follows:\n\nIt broke.\n",
        "carla@shop.example",
        "5.1.1",
    ),
    (
        "CommuniGate",
        f"{DAEMON}\nSubject: Undeliverable mail",
        "Failed to deliver to '<carla@shop.example>'\nSMTP module(domain shop.example) reports:\n host mx.shop.example"
        " says:\n 550 5.1.1 carla@shop.example: no such account\n",
        "carla@shop.example",
        "5.1.1",
    ),
    (
        "MDaemon",
        "From: MDaemon at mx.shop.example <MDaemon@mx.shop.example>\nSubject: Permanent Delivery Failure",
        "The attached message had PERMANENT fatal delivery errors!\n\nAfter one or more unsuccessful delivery"
        " attempts the"
        " attached message has\nbeen removed from the mail queue on this server.\n\nThe following addresses failed:\n"
        "  carla@shop.example\n\n--- Session Transcript ---\n Sun 22 Nov 2026 10:00: <-- 550 5.1.1 No such user\n",
        "carla@shop.example",
        "5.1.1",
    ),
    (
        "MailEnable in one line",
        f"{OPERATOR}\nSubject: Message Delivery Failure",
        "MailEnable: Message could not be delivered to some recipients.\nThe following recipient(s) could not be"
        " reached:\n\n\tRecipient: [SMTP:carla@shop.example]\n\tReason: The message could not be delivered because the"
        " domain name (shop.example) does not appear to be registered.\n",
        "carla@shop.example",
        "5.1.2",
    ),
    (
        "hMailServer",
        "From: mailer-daemon@shop.example\nSubject: Message undeliverable: Your vase",
        "Your message did not reach some or all of the intended recipients.\n\n   Sent: Sun, 22 Nov 2026"
        " 10:00:00 +0000\n"
        "   Subject: Your vase\n\nThe following recipient(s) could not be reached:\n\ncarla@shop.example\n"
        "   Error Type: SMTP\n   Remote server replied: 550 5.1.1 unknown\n\nhMailServer\n",
        "carla@shop.example",
        "5.1.1",
    ),
    (
        "SMTP32",
        f"{OPERATOR}\nX-Mailer: <SMTP32 v8.22>\nSubject: Undeliverable Mail",
        "Unknown user: carla@shop.example\n\nOriginal message follows.\n\n" + RETURNED,
        "carla@shop.example",
        "5.1.1",
    ),
    (
        "Netscape",
        f"{OPERATOR}\nSubject: Mail System Error - Returned Mail",
        "This Message was undeliverable due to the following reason:\n\nThe following destination addresses"
        " were unknown"
        " (please check\nthe addresses and re-mail the message):\n\nSMTP <carla@shop.example>\n\nPlease reply to"
        " Postmaster@shop.example\nif you feel this message to be in error.\n",
        "carla@shop.example",
        "5.1.1",
    ),
]


@pytest.mark.parametrize(
    ("header", "text", "recipient", "status"), [one[1:] for one in NOTICES], ids=[one[0] for one in NOTICES]
)
def test_notice_of_a_server_is_read(header: str, text: str, recipient: str, status: str) -> None:
    mail = parse_mail(notice(header, text))

    assert mail.bounce is not None
    assert (mail.bounce.recipient, mail.bounce.status) == (recipient, status)
    assert not mail.bounce.delayed
    assert mail.bounce.original_message_id == ("<ours@acme.example>" if "<ours@acme" in text else "")
