"""Values that tests start from: each factory gives one that is fine, `over` changes what the test is about."""

import hashlib
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from mailticket.desk.policy import Agent, AttachmentRules, Desk, Policy
from mailticket.desk.sender import Role, Sender
from mailticket.desk.ticket import Status, Ticket
from mailticket.mail.identity import Verdict
from mailticket.mail.message import Address, Attachment, Envelope, InboundMail, Transport
from mailticket.mail.tokens import TokenKey

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DESK = "support@acme.example"
KEY = TokenKey(bytes(range(32)))

CARLA = Address(name="Carla Customer", addr_spec="carla@shop.example")
#: On Carla's ticket with her.
PAUL = Address(name="Paul", addr_spec="paul@shop.example")
MALLORY = Address(addr_spec="mallory@evil.example")
ANN = Agent(name="Ann Ahlberg", address="ann@acme.example", aliases=("ann@home.example",), signature="Ann\nReturns")

#: A PNG of one pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92"
    "ef0000000049454e44ae426082"
)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def make_mail(**over: Any) -> InboundMail:
    """Carla's mail about a vase."""
    values: dict[str, Any] = {
        "subject": "Broken vase",
        "from_": CARLA,
        "to": (Address(addr_spec=DESK),),
        "message_id": "<vase@shop.example>",
        "date": NOW,
        "text": "My vase is broken.\n",
        "reply": "My vase is broken.\n",
        "digest": "d1",
        "size": 300,
    }
    return InboundMail(**values | over)


def make_envelope(**over: Any) -> Envelope:
    """How Carla's mail arrives by SMTP from a relay that is trusted."""
    values: dict[str, Any] = {
        "mail_from": CARLA.addr_spec,
        "rcpt_tos": (DESK,),
        "transport": Transport.SMTP,
        "peer": "127.0.0.1",
        "received_at": NOW,
        "authserv_ids": ("mx.acme.example",),
    }
    return Envelope(**values | over)


def make_ticket(**over: Any) -> Ticket:
    """Carla's ticket, with Paul on it."""
    values: dict[str, Any] = {
        "id": 7,
        "number": "2611-0042",
        "title": "Broken vase",
        "status": Status.OPEN,
        "contact": CARLA,
        "participants": frozenset({PAUL.addr_spec}),
        "desk_address": DESK,
        "language": "en",
        "updated_at": NOW,
    }
    return Ticket(**values | over)


def make_policy(**over: Any) -> Policy:
    """A desk with one agent; `attachments` and `confirmations` may be given as whole values."""
    values: dict[str, Any] = {
        "instance_id": "desk-1",
        "desks": (Desk(name="Acme Support", address=DESK, aliases=("returns@acme.example",)),),
        "agents": (ANN,),
        "teams": ("returns",),
        "attachments": AttachmentRules(allowed=frozenset({"jpg", "png", "pdf", "txt", "docx", "zip"})),
    }
    return Policy(**values | over)


def make_sender(address: Address | None = CARLA, role: Role = Role.STRANGER, verdict: Verdict = Verdict.PASS) -> Sender:
    """Somebody who is known for certain and has no part in any ticket."""
    return Sender(address=address, role=role, verdict=verdict)


def make_attachment(filename: str = "vase.png", data: bytes = PNG, **over: Any) -> Attachment:
    """A picture of a vase."""
    values: dict[str, Any] = {
        "filename": filename,
        "content_type": "image/png",
        "data": data,
        "sha256": hashlib.sha256(data).hexdigest(),
        "inline": False,
        "content_id": "",
        "media_type": "image/png",
    }
    return Attachment(**values | over)


def make_raw(
    subject: str = "Broken vase",
    sender: Address = CARLA,
    message_id: str = "<vase@shop.example>",
    body: str = "My vase is broken.\n",
    files: tuple[tuple[str, bytes], ...] = (),
    verdict: str = "pass",
    **fields: str,
) -> bytes:
    """A mail as it comes over the wire; `fields` are header fields with _ for -."""
    mail = EmailMessage()
    if verdict:
        domain = sender.domain
        mail["Authentication-Results"] = f"mx.acme.example; dmarc={verdict} header.from={domain}"
    mail["From"] = f"{sender.name} <{sender.addr_spec}>"
    mail["To"] = DESK
    mail["Subject"] = subject
    mail["Date"] = format_datetime(NOW)
    if message_id:
        mail["Message-ID"] = message_id
    for name, value in fields.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(body)
    for name, data in files:
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes().replace(b"\n", b"\r\n")
