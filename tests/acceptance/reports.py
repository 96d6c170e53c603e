"""What a mail server says that could not deliver a mail."""

from tests.acceptance.world import DESK, Received

REPORT = """From: Mail Delivery System <MAILER-DAEMON@{domain}>\r
To: {desk}\r
Subject: Undelivered Mail Returned to Sender\r
Auto-Submitted: auto-replied\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary=b\r
\r
--b\r
Content-Type: text/plain\r
\r
This mail could not be delivered.\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.{domain}\r
\r
Final-Recipient: rfc822; {recipient}\r
Action: failed\r
Status: 5.1.1\r
--b\r
Content-Type: text/rfc822-headers\r
\r
From: {desk}\r
Message-ID: {message_id}\r
--b--\r
"""


def report(mail: Received, recipient: str, message_id: str = "") -> bytes:
    """What a mail server says that could not deliver `mail`."""
    domain = recipient.rpartition("@")[2]
    words = {"domain": domain, "desk": DESK, "recipient": recipient, "message_id": message_id or mail.message_id}
    return REPORT.format(**words).encode()
