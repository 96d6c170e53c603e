"""Notices of gateways that look for spam and viruses: what they keep has not arrived."""

import pytest

from mailticket.mail.parse import parse_mail
from tests.unit.mail.notices import DAEMON, OPERATOR, RETURNED, notice

#: id, header, text, recipient, status
NOTICES = [
    (
        "Barracuda without a report",
        f"{DAEMON}\nSubject: **Message you sent blocked by our bulk email filter**",
        "Your message to: carla@shop.example\nwas blocked by our Spam Firewall. The email you sent with the following\n"
        "subject has NOT BEEN DELIVERED:\n\nSubject: Your vase\n",
        "carla@shop.example",
        "5.7.1",
    ),
    (
        "McAfee",
        f"{OPERATOR}\nReturn-Path: <>\nSubject: Delivery Status",
        "--- The following addresses had delivery problems ---\n\n<carla@shop.example>   (User unknown"
        " carla@shop.example)\n\n--- message headers ---\n",
        "carla@shop.example",
        "5.1.1",
    ),
    (
        "m-FILTER",
        f"{DAEMON}\nSubject: failure notice\nX-Mailer: m-FILTER",
        "carla@shop.example\n\n-------server message\n550 5.1.1 unknown user <carla@shop.example>\n\n"
        "-------SMTP command\n"
        f"RCPT\n\n-------original message\n{RETURNED}",
        "carla@shop.example",
        "5.1.1",
    ),
    (
        "MX Logic",
        f"{DAEMON}\nSubject: Mail delivery failed: returning message to sender",
        "A message that you sent could not be delivered. Included is a copy.\n\n<carla@shop.example>:\n"
        f"    host mx [192.0.2.1]: 550 5.1.1 User Unknown\n\nIncluded is a copy of the message header:\n{RETURNED}",
        "carla@shop.example",
        "5.1.1",
    ),
    (
        "SurfControl",
        f"{OPERATOR}\nSubject: Message Delivery Failure",
        "Your message could not be sent.\nA transcript of the attempts to send the message follows.\n"
        "The number of attempts made: 1\nAddressed To: carla@shop.example\n\nSun 22 Nov 2026 10:00:00 +0000\n"
        "Failed to send to identified host,\ncarla@shop.example: [192.0.2.1], 550 carla@shop.example... No such user\n"
        "--- Message non-deliverable.\n",
        "carla@shop.example",
        "5.1.1",
    ),
    (
        "gateway that lists errors",
        f"{OPERATOR}\nReturn-Path: <>\nSubject: There was an error sending your mail",
        "We had trouble delivering your message. Full details follow:\n\nSubject: 'Your vase'\n\n1 error(s):\n\n"
        "SMTP Server <mx.shop.example> rejected recipient <carla@shop.example> (Error following RCPT command). It"
        " responded as follows: [550 5.1.1 User unknown]\n",
        "carla@shop.example",
        "5.1.1",
    ),
    (
        "Mimecast",
        f"{OPERATOR}\nReturn-Path: <>\nSubject: [Postmaster] Email Delivery Failure",
        "This is an automatic message from the system to inform you that the email below could not be delivered.\n\n"
        "Could not deliver message to the following recipient(s):\n\n    Failed Recipient: carla@shop.example\n"
        "    Reason: Remote host said: 550 5.1.1 User Unknown\n",
        "carla@shop.example",
        "5.1.1",
    ),
    (
        "Proofpoint",
        f"{DAEMON}\nSubject: Undelivered Mail Returned to Sender",
        "The original message was received.\n\n   ----- The following addresses had permanent fatal errors -----\n"
        "<carla@shop.example>\n    (reason: 550 5.7.1 Message blocked by policy)\n\n"
        "   ----- Transcript of session follows -----\n<<< 550 5.7.1 Message blocked by policy\n"
        "554 5.0.0 Service unavailable\n",
        "carla@shop.example",
        "5.7.1",
    ),
    (
        "Symantec",
        f"{DAEMON}\nSubject: Mail Delivery Failure",
        "This is the mail delivery agent at messagelabs.example.\nI was unable to deliver your message to the following"
        " addresses:\n\ncarla@shop.example\n\nReason: 550 5.1.1 User unknown\n\nThe message subject was: Your vase\n",
        "carla@shop.example",
        "5.1.1",
    ),
]


@pytest.mark.parametrize(
    ("header", "text", "recipient", "status"), [one[1:] for one in NOTICES], ids=[one[0] for one in NOTICES]
)
def test_notice_of_a_gateway_is_read(header: str, text: str, recipient: str, status: str) -> None:
    mail = parse_mail(notice(header, text))

    assert mail.bounce is not None
    assert (mail.bounce.recipient, mail.bounce.status) == (recipient, status)
    assert not mail.bounce.delayed
    assert mail.bounce.original_message_id == ("<ours@acme.example>" if "<ours@acme" in text else "")
