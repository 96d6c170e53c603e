"""What is a mail to us? The values that flow from intake to desk; nothing here does anything.

Names follow RFC 5321 (envelope), RFC 5322 (header fields) and RFC 2045 (parts).
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Transport(StrEnum):
    """By which door a mail came in."""

    SMTP = "smtp"
    IMAP = "imap"
    IMPORT = "import"


class Provider(StrEnum):
    """Who runs a mailbox and writes its own way of verdict into the mail in it."""

    GOOGLE = "google"
    MICROSOFT365 = "microsoft365"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One mailbox as a header field names it."""

    #: Display name, decoded and cleaned; empty where there is none.
    name: str = ""
    #: `local@domain` in lower case.
    addr_spec: str

    @property
    def domain(self) -> str:
        """The part behind the last @, empty where there is none."""
        return self.addr_spec.rpartition("@")[2] if "@" in self.addr_spec else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where in a mailbox a mail lies: the key of exactly-once for IMAP (RFC 9051 §2.3.1.1)."""

    #: Name of the mailbox in the settings.
    account: str
    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxState:
    """How far we have read a mailbox; holds for one UIDVALIDITY only."""

    uidvalidity: int
    #: All UIDs up to this one are done.
    floor: int
    #: UIDs below this one belong to a rescan after a change of UIDVALIDITY: no confirmations. 0: no rescan.
    rescan_below: int = 0
    #: Day (UTC) of the first connection where only new mail was wanted: a rescan passes over what came before it.
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """How a mail reached us: what no header field can be trusted to say."""

    #: Reverse-path: `""` is the null reverse-path, None means that this door does not know it.
    mail_from: str | None
    #: Forward-paths in lower case; empty where this door does not know them.
    rcpt_tos: tuple[str, ...] = ()
    transport: Transport
    #: The client's IP address, None where there is none.
    peer: str | None = None
    #: IP address of the client that brought the mail to the first server of ours: the peer, or whom a trusted relay
    #: names by XFORWARD; None where nobody says.
    client: str | None = None
    #: What that client called itself in HELO or EHLO.
    helo: str = ""
    #: When the mail arrived, aware UTC: now for SMTP, INTERNALDATE for IMAP, the Date field for imports.
    received_at: datetime
    #: Authentication-Results bearing one of these authserv-ids are believed on this path (RFC 8601 §1.6).
    authserv_ids: tuple[str, ...] = ()
    #: Whose topmost Authentication-Results is believed instead.
    provider: Provider | None = None
    #: Domain whose people share the mailbox' provider account (Microsoft 365: the tenant); "" elsewhere.
    tenant: str = ""
    position: Position | None = None
    #: Team that the door belongs to: whose the mail is where its header names no desk; "" for nobody's.
    team: str = ""
    #: Registered address of the agent who has logged in to hand the mail in, "" where nobody has.
    authenticated: str = ""
    #: Brought by a relay of ours, or taken from a mailbox of ours: not by whoever knocks.
    trusted: bool = False
    #: A filter of ours has looked at the mail on its way: its X-Spam fields are believed.
    filtered: bool = False
    #: Lies in the Sent folder of a mailbox of ours: whoever wrote it has that mailbox' password.
    sent: bool = False
    #: Who wrote the mail that this one forwards, by the word of the agent who was asked; None where nobody was.
    written_by: Address | None = None
    #: False where no confirmation may be sent whatever the mail says (`ingest --no-confirm`, a rescan).
    confirm: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One file of a mail, decoded. An attached message (message/rfc822) is a file too."""

    #: As the sender named it, decoded and cleaned of control characters; not yet normalised. "" where unnamed.
    filename: str
    #: Declared media type in lower case.
    content_type: str
    data: bytes = field(repr=False)
    #: Lower-case hex.
    sha256: str
    #: Belongs to the text (Content-Disposition inline with a Content-ID, or referenced by cid: from the HTML).
    inline: bool
    #: Without angle brackets, "" where there is none.
    content_id: str
    #: Media type by content in lower case, whatever was declared; "" where nobody has looked.
    media_type: str = ""
    #: A line or two that say what is in it (an invitation's what and when); "" for most files.
    summary: str = ""

    @property
    def size(self) -> int:
        """Decoded size in bytes."""
        return len(self.data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """What a delivery status notification reports (RFC 3464): a mail of ours has failed, or is late."""

    #: First recipient who was not reached, `""` where the report does not name one.
    recipient: str
    recipients: tuple[str, ...]
    #: Enhanced status code such as `5.1.1`; "" where the report has none.
    status: str
    #: Status class 5.
    permanent: bool
    #: Message-ID of the mail that came back, in angle brackets; "" where it was not returned.
    original_message_id: str = ""
    #: Nothing has failed: the server goes on trying. Status is of class 4 then.
    delayed: bool = False
    #: Message-IDs that the mail which came back answered; some relays put their own in the place of its Message-ID.
    thread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What a feedback report says (RFC 5965): somebody does not want a mail of ours."""

    #: `abuse`, `fraud`, `not-spam`, `opt-out`, … as the report says it in lower case.
    kind: str
    #: Who complained, in lower case; "" where the service keeps it for itself.
    recipient: str
    #: Message-ID of our mail, in angle brackets; "" where it was not returned.
    original_message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMail:
    """One received mail, read. Every text is clean: no NUL, no lone surrogate; header texts hold no line break."""

    subject: str = ""
    #: First mailbox of the first From field; None where none can be read.
    from_: Address | None = None
    #: Why From names nobody for certain (repeated, several mailboxes, malformed); "" where it is unambiguous.
    from_defect: str = ""
    #: First field that the header has more than once, with different words, though a mail has it once; else "".
    doubled: str = ""
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    #: Why Reply-To is in doubt, as `from_defect`; "" where it names one mailbox, or is not there.
    reply_to_defect: str = ""
    #: Message-IDs in angle brackets; "" where there is none.
    message_id: str = ""
    in_reply_to: str = ""
    #: All of In-Reply-To where it names several: a mail may answer more than one (RFC 5322 §3.6.4).
    parents: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    #: Aware UTC; None where missing or unreadable.
    date: datetime | None = None
    #: The whole body as text.
    text: str = ""
    #: The new words only: no quoted history, no signature. Never empty where `text` is not.
    reply: str = ""
    #: The sign by which its writer reacts to a mail (then `reply` is no more than that), "" in any other mail.
    reaction: str = ""
    #: What stood below the new words and is no part of `reply`: "Best regards", a name, a signature.
    ending: str = ""
    #: Sanitised HTML, or None where the mail has none.
    html: str | None = None
    #: The HTML as it came, "" where there is none: it can do harm, and is only there to be cut (markup_cut.py).
    markup: str = field(default="", repr=False)
    attachments: tuple[Attachment, ...] = ()
    #: ISO 639-1 code of the language of the new words; "" where nobody can tell.
    language: str = ""
    #: Numbers of orders that subject and new words name, for looking up only.
    order_numbers: tuple[str, ...] = ()
    #: Who wrote the mail that this one forwards; None where it is no forward.
    forwarded_from: Address | None = None
    #: Must not be answered automatically (contract.md, JSON of parse).
    auto_submitted: bool = False
    #: Not only sent by a machine: the machine's answer to some other mail (a vacation notice, RFC 3834 §4).
    automatic_answer: bool = False
    #: Came through a mailing list (RFC 2919, RFC 2369).
    is_list: bool = False
    bounce: Bounce | None = None
    complaint: Complaint | None = None
    #: Number of Received fields.
    hops: int = 0
    #: Values of X-Mailticket-Loop.
    loop_marks: tuple[str, ...] = ()
    #: Return-Path field: "" is the null reverse-path, None where there is no such field.
    return_path: str | None = None
    #: Authentication-Results fields, topmost first, unfolded, unparsed.
    authentication_results: tuple[str, ...] = ()
    #: The header field by which a filter calls the mail spam, "" where none does. Anybody can write it.
    spam: str = ""
    #: SHA-256 (hex) by which a repeated delivery is known: Message-ID, From and body; without a Message-ID Date,
    #: From, To, Subject and body; without the body's white space, for which no signature vouches. From is in it, or
    #: whoever has seen a mail early could send its Message-ID and words first, and the mail itself would be taken for
    #: the repeat.
    digest: str = ""
    #: Size on the wire in bytes.
    size: int = 0
    #: What was wrong with the mail, a sentence each.
    errors: tuple[str, ...] = ()
    #: False where a library failed on the mail: then there is little more here than its header.
    readable: bool = True
