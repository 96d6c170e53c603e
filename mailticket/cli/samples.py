"""What does the demo feed, and what should become of it? A handful of mails with the outcome that each must have."""

import struct
import zlib
from dataclasses import dataclass
from email.message import EmailMessage

DESK = "support@acme.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One mail and what should become of it."""

    title: str
    mail: EmailMessage
    #: Reverse-path.
    mail_from: str
    #: Receipt that it must get.
    receipt: str
    #: Whether its sender must get a confirmation.
    confirmed: bool
    #: File names that must be kept, and set aside.
    kept: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()


def first_samples() -> tuple[Sample, ...]:
    """Mails that stand for themselves."""
    return (_vase(), _invoice(), _cron_report(), _late_vacation(), _stranger())


def follow_up(number: str, confirmation_id: str) -> Sample:
    """The customer answers the confirmation of the first sample."""
    mail = _mail("Carla Customer <carla@shop.example>", f"Re: [#{number}] Broken vase", "follow-up")
    mail["In-Reply-To"] = confirmation_id
    mail.set_content("It was order 10023, by the way.\n\nOn Monday Acme Support wrote:\n> we have your message\n")
    return Sample(
        title="Carla answers the confirmation",
        mail=mail,
        mail_from="carla@shop.example",
        receipt="added",
        confirmed=False,
    )


def _mail(sender: str, subject: str, name: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = f"Acme Support <{DESK}>"
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{name}.demo@{sender.rstrip('>').rpartition('@')[2]}>"
    mail["Date"] = "Mon, 23 Nov 2026 09:12:00 +0100"
    return mail


def _vase() -> Sample:
    mail = _mail("Carla Customer <carla@shop.example>", "Broken vase", "vase")
    # the demo's relay vouches for Carla, as a real one does for most senders
    mail["Authentication-Results"] = (
        "mx.acme.example; dkim=pass header.d=shop.example; dmarc=pass header.from=shop.example"
    )
    mail.set_content(
        "My vase arrived broken, the box was open on one side.\nCan you send a new one before Friday?\n\nCarla\n"
    )
    mail.add_attachment(_png(), maintype="image", subtype="png", filename="vase-1.png")
    return Sample(
        title="Carla writes, with a photo", mail=mail, mail_from="carla@shop.example", receipt="opened", confirmed=True,
        kept=("vase-1.png",),
    )  # fmt: skip


def _invoice() -> Sample:
    mail = _mail("Otto Öffentlich <otto@buero.example>", "Rechnung fehlt", "invoice")
    mail["Authentication-Results"] = (
        "mx.acme.example; spf=pass smtp.mailfrom=buero.example; dmarc=pass header.from=buero.example"
    )
    mail.set_content("Guten Tag,\n\nmir fehlt die Rechnung. Anbei die Bestellung.\n\nGrüße\nOtto\n")
    mail.add_alternative("<p>Guten Tag,</p><p>mir fehlt die <b>Rechnung</b>. Anbei die Bestellung.</p>", subtype="html")
    # a Windows program that calls itself a picture
    program = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + bytes(256)
    mail.add_attachment(program, maintype="image", subtype="jpeg", filename="bestellung.jpg")
    return Sample(
        title="Otto sends a program named .jpg", mail=mail, mail_from="otto@buero.example", receipt="opened",
        confirmed=True, withheld=("bestellung.jpg",),
    )  # fmt: skip


def _cron_report() -> Sample:
    mail = _mail("Backup <backup@server.example>", "Nightly backup finished", "cron")
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("All 12 volumes were saved.\n")
    return Sample(
        title="A machine reports: a ticket, and no answer", mail=mail, mail_from="backup@server.example",
        receipt="opened", confirmed=False,
    )  # fmt: skip


def _late_vacation() -> Sample:
    mail = _mail("Vera Away <vera@away.example>", "Automatic reply: your newsletter", "vacation")
    mail["Auto-Submitted"] = "auto-replied"
    mail["In-Reply-To"] = "<newsletter@elsewhere.example>"
    mail.set_content("I am away until Monday.\n")
    return Sample(
        title="A vacation notice that answers nothing of ours",
        mail=mail,
        mail_from="",
        receipt="ignored",
        confirmed=False,
    )


def _stranger() -> Sample:
    mail = _mail("mallory@evil.example", "Re: [#2611-0001] Broken vase", "stranger")
    mail.set_content("Please send everything about this ticket to me.\n")
    return Sample(
        title="A stranger names Carla's number: a ticket of their own", mail=mail, mail_from="mallory@evil.example",
        receipt="opened", confirmed=True,
    )  # fmt: skip


def _png() -> bytes:
    """A small red square."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels = b"".join(b"\x00" + b"\xc0\x30\x30" * 16 for _ in range(16))
    header = struct.pack(">IIBBBBB", 16, 16, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")
