"""What do we keep? Columns and constraints, no verbs; migrations/ brings a database to this shape."""

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    func,
    text,
)

from mailticket.store.column_types import Id, Json, UtcTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _required(name: str, type_: Any, **more: Any) -> Column[Any]:
    return Column(name, type_, nullable=False, **more)


def _ticket(**more: Any) -> Column[Any]:
    return Column("ticket_id", Id, ForeignKey("tickets.id"), **more)


#: Facts about this installation: its instance_id, the day of the last digest.
instance = Table("instance", metadata, Column("name", String, primary_key=True), _required("value", String))

#: The last number given out in each period; part of the ticket's transaction, so there are no gaps.
counters = Table("counters", metadata, Column("scope", String, primary_key=True), _required("value", Id))

contacts = Table(
    "contacts",
    metadata,
    Column("id", Id, primary_key=True),
    _required("address", String, unique=True),
    _required("name", String),
    _required("phone", String),
    _required("tags", Json),
    _required("created_at", UtcTime),
    #: Mail to it came back for good, and why; until somebody writes from there again.
    Column("bounced_at", UtcTime),
    _required("bounce_reason", String, server_default=text("''")),
    #: Its owner has called a mail of ours spam: no automatic mail.
    Column("complained_at", UtcTime),
    #: In which it wrote last, "" where no mail was long enough to tell.
    _required("language", String, server_default=text("''")),
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", Id, primary_key=True),
    _required("number", String),
    _required("title", Text),
    _required("status", String),
    _required("priority", String),
    _required("type", String),
    _required("type_final", Boolean),
    _required("team", String),
    _required("source", String),
    Column("contact_id", Id, ForeignKey("contacts.id"), index=True),
    _required("assignee", String),
    _required("tags", Json),
    _required("fields", Json),
    _required("order_number", String),
    _required("language", String),
    _required("outcome", String),
    _required("resolution", Text),
    _required("desk_address", String),
    _required("possible_reply_to", String),
    Column("parent_id", Id, ForeignKey("tickets.id"), index=True),
    Column("follows_id", Id, ForeignKey("tickets.id"), index=True),
    Column("merged_into_id", Id, ForeignKey("tickets.id"), index=True),
    _required("created_at", UtcTime),
    _required("updated_at", UtcTime),
    Column("first_response_at", UtcTime),
    Column("resolved_at", UtcTime),
    Column("closed_at", UtcTime),
    Column("due_at", UtcTime),
    Column("satisfaction", String),
    #: Nobody needs to look at it before then.
    Column("snoozed_until", UtcTime),
    #: The customer was asked something then, and has not answered.
    Column("asked_at", UtcTime),
    #: The customer does not hear of its status.
    _required("quiet", Boolean, server_default=false()),
    Index(None, "status", "updated_at"),
    Index(None, "assignee", "updated_at"),
    # only the few that sleep, or wait for an answer, are in these
    Index(
        "ix_tickets_snoozed_until",
        "snoozed_until",
        sqlite_where=text("snoozed_until IS NOT NULL"),
        postgresql_where=text("snoozed_until IS NOT NULL"),
    ),
    Index(
        "ix_tickets_asked_at",
        "asked_at",
        sqlite_where=text("asked_at IS NOT NULL"),
        postgresql_where=text("asked_at IS NOT NULL"),
    ),
)

#: A ticket's number without regard to the case of its letters: people and mail programs change it.
folded_number = func.lower(tickets.c.number)
Index("uq_tickets_number", folded_number, unique=True)

participants = Table(
    "participants",
    metadata,
    _ticket(primary_key=True),
    Column("address", String, primary_key=True),
    _required("name", String),
    #: False for people whom an opening mail named in To or Cc: they may write, and receive nothing.
    _required("confirmed", Boolean),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Id, primary_key=True),
    _ticket(nullable=False),
    _required("at", UtcTime),
    _required("direction", String),
    _required("visibility", String),
    _required("from_name", String),
    _required("from_address", String),
    _required("to", Json),
    _required("cc", Json),
    _required("from_customer", Boolean),
    _required("message_id", String, index=True),
    _required("text", Text),
    _required("reply", Text),
    Column("html", Text),
    _required("verdict", String),
    Column("read_at", UtcTime),
    Index(None, "ticket_id", "at"),
)

#: Bytes by their SHA-256 (hex): rows up to 256 KB, larger ones a file in the blobs folder (data is NULL).
blobs = Table(
    "blobs",
    metadata,
    Column("sha256", String, primary_key=True),
    #: Bytes before compression.
    _required("size", Id),
    #: "" or "zstd": how data, or the file, is compressed.
    _required("codec", String),
    Column("data", LargeBinary),
)

attachments = Table(
    "attachments",
    metadata,
    Column("id", Id, primary_key=True),
    Column("message_id", Id, ForeignKey("messages.id"), nullable=False, index=True),
    _required("filename", Text),
    _required("content_type", String),
    _required("size", Id),
    Column("sha256", String, ForeignKey("blobs.sha256"), nullable=False, index=True),
    _required("inline", Boolean),
    #: Known from the sender's signature.
    _required("logo", Boolean, server_default=false()),
    _required("content_id", String),
    #: A line or two that say what is in it.
    _required("summary", Text, server_default=text("''")),
    #: kept | withheld
    _required("state", String),
    _required("reason", String),
)

#: Tokens of agents' notifications that an agent has shown to others, by answering them directly: no proof any more.
exposed_tokens = Table("exposed_tokens", metadata, Column("token", String, primary_key=True))

#: Buttons that were pressed: each does once what it does.
used_buttons = Table(
    "used_buttons", metadata, Column("token", String, primary_key=True), _required("used_at", UtcTime, index=True)
)

#: Further addresses of agents, added by a click of theirs; those in the settings are not in here.
agent_aliases = Table(
    "agent_aliases",
    metadata,
    #: Lower case.
    Column("address", String, primary_key=True),
    #: Registered address.
    _required("agent", String),
    _required("added_at", UtcTime),
)

#: Agents who have said that they are away; a row may lie on after its time.
absences = Table(
    "absences",
    metadata,
    #: Registered address.
    Column("agent", String, primary_key=True),
    _required("until", UtcTime),
)

#: How an agent's last replies ended, as digests of lines, the newest first: by these a signature is known.
agent_endings = Table(
    "agent_endings",
    metadata,
    #: Registered address.
    Column("agent", String, primary_key=True),
    _required("endings", Json),
)

#: Every Message-ID that belongs to a ticket, seen or only referred to. Unique, so that two nodes
#: which see two mails of one unseen root make one ticket.
references = Table(
    "references",
    metadata,
    Column("message_id", String, primary_key=True),
    _ticket(nullable=False, index=True),
)

#: One row a mail that was ever taken: how repeats are known, and what `explain` reads.
receipts = Table(
    "receipts",
    metadata,
    Column("id", Id, primary_key=True),
    _required("digest", String, unique=True),
    _required("message_id", String, index=True),
    _required("received_at", UtcTime, index=True),
    _required("transport", String),
    _required("kind", String),
    _ticket(index=True),
    Column("stored_message_id", Id, ForeignKey("messages.id"), index=True),
    _required("reason", String),
    _required("why", Json),
    Column("raw_sha256", String, ForeignKey("blobs.sha256"), index=True),
)

#: Mail that waits: state "quarantine" (could not be processed) or "held" (needs a person's word).
waiting = Table(
    "waiting",
    metadata,
    Column("id", Id, primary_key=True),
    _required("state", String),
    _required("digest", String, unique=True),
    _required("received_at", UtcTime),
    _required("from_address", String),
    _required("subject", Text),
    _required("reason", Text),
    _ticket(index=True),
    _required("tries", Integer),
    #: What a person said about it, "" while nobody has; it is carried out at `decide_at`.
    _required("word", String, server_default=text("''")),
    #: When that happens, or, without a word, when it becomes a ticket of its own; NULL where it waits for ever.
    Column("decide_at", UtcTime, index=True),
    #: The newest message that the question about it has shown; 0 where none was asked.
    _required("shown_until", Id, server_default=text("0")),
    _required("envelope", Json),
    Column("raw_sha256", String, ForeignKey("blobs.sha256"), nullable=False, index=True),
    Index(None, "state", "received_at"),
    # people type these ids: one that was released or discarded must not come again for another mail
    sqlite_autoincrement=True,
)

#: UIDs that are done above the floor of their mailbox; written with the ticket.
fetched = Table(
    "fetched",
    metadata,
    Column("account", String, primary_key=True),
    Column("folder", String, primary_key=True),
    Column("uidvalidity", Id, primary_key=True),
    Column("uid", Id, primary_key=True),
)

mailboxes = Table(
    "mailboxes",
    metadata,
    Column("account", String, primary_key=True),
    Column("folder", String, primary_key=True),
    _required("uidvalidity", Id),
    _required("floor", Id),
    _required("rescan_below", Id),
    Column("since", Date),
)

_queued: dict[str, Any] = {"sqlite_where": text("state = 'queued'"), "postgresql_where": text("state = 'queued'")}

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    _required("kind", String),
    _required("notice", Json),
    _required("message_id", String, unique=True),
    #: Reverse-path, "" for the null one.
    _required("mail_from", String),
    _ticket(index=True),
    #: The stored message that this mail carries, NULL for templated mail.
    Column("stored_message_id", Id, ForeignKey("messages.id"), index=True),
    #: queued | sent | failed | cancelled | bounced
    _required("state", String),
    #: Lower goes first.
    _required("priority", Integer),
    _required("attempts", Integer),
    Column("next_attempt_at", UtcTime),
    #: The node that is sending it, until the lease ends; "" where none does.
    _required("claimed_by", String),
    Column("claimed_until", UtcTime),
    _required("last_error", Text),
    Column("rendered", LargeBinary),
    _required("created_at", UtcTime),
    Column("sent_at", UtcTime),
    #: Of its first recipient.
    _required("domain", String, server_default=text("''")),
    _required("recipients", Integer, server_default=text("1")),
    # only rows that still have to leave are in these, however many have left: what goes next, and when it does
    Index("ix_outbox_due", "priority", "next_attempt_at", **_queued),
    Index("ix_outbox_next", "next_attempt_at", **_queued),
)

#: Forms of reverse-path that a relay refused: it gets the desk's address instead.
refused_reverse_paths = Table(
    "refused_reverse_paths",
    metadata,
    #: host:port
    Column("relay", String, primary_key=True),
    #: null | token
    Column("form", String, primary_key=True),
    _required("reply", Text),
    _required("at", UtcTime),
)

#: How fast a relay is sent to, by all nodes; a row for each that was ever in use.
relay_pace = Table(
    "relay_pace",
    metadata,
    #: host:port
    Column("relay", String, primary_key=True),
    #: Not before then, where the pace is limited.
    Column("next_at", UtcTime),
    #: It asked us to slow down: first and last in its words, from what pace to which share of it, rising again since.
    Column("slowed_since", UtcTime),
    _required("reply", Text),
    _required("full_rate", Float),
    _required("share", Float),
    Column("rising_since", UtcTime),
    #: It cannot be reached, and why.
    Column("away_since", UtcTime),
    _required("away_reason", Text),
)

#: OAuth2: which mailbox we may open by whose word.
oauth_grants = Table(
    "oauth_grants",
    metadata,
    #: Server, client and mailbox.
    Column("key", String, primary_key=True),
    #: Encrypted; NULL where the desk has a right of its own (grant = "application").
    Column("refresh_token", LargeBinary),
    #: Who signed in, and when.
    _required("account", String, server_default=text("''")),
    Column("granted_at", UtcTime),
    #: When it gave us an access token last.
    Column("renewed_at", UtcTime),
    #: What the server says of its end.
    Column("expires_at", UtcTime),
    #: It was refused for good, and why; until somebody signs in again.
    Column("failed_at", UtcTime),
    _required("failure", Text, server_default=text("''")),
    #: Who uses the refresh token now: a second use at the same time would end all of it at many servers.
    _required("claimed_by", String, server_default=text("''")),
    Column("claimed_until", UtcTime),
)

#: Senders whom people of the desk have blocked or allowed.
listed_senders = Table(
    "listed_senders",
    metadata,
    #: local@domain, or a domain.
    Column("pattern", String, primary_key=True),
    #: block | allow
    _required("listing", String),
    _required("reason", Text),
    Column("until", UtcTime),
    _required("actor", String),
    _required("at", UtcTime),
)

#: What is broken just now, and who was told of it.
troubles = Table(
    "troubles",
    metadata,
    Column("name", String, primary_key=True),
    _required("headline", Text),
    _required("since", UtcTime),
    _required("told", Json),
)

#: Mails to the desk itself that measure the way out and in; when one left, its row in the outbox says.
probes = Table(
    "probes",
    metadata,
    Column("id", Id, primary_key=True),
    _required("address", String),
    #: When it was due by the schedule: of several nodes one sends it.
    _required("slot", UtcTime),
    _required("message_id", String, unique=True),
    _required("sent_at", UtcTime),
    Column("arrived_at", UtcTime),
    UniqueConstraint("address", "slot"),
)

#: Append-only: every change of a ticket, and what happened to the desk as a whole (no ticket).
events = Table(
    "events",
    metadata,
    Column("id", Id, primary_key=True),
    _ticket(),
    _required("at", UtcTime),
    _required("actor", String),
    _required("kind", String),
    _required("detail", Json),
    Index(None, "ticket_id", "id"),
)

#: What was done or seen too often, counted by scope and minute.
caps = Table(
    "caps",
    metadata,
    Column("scope", String, primary_key=True),
    #: Minutes since the epoch.
    Column("minute", Id, primary_key=True),
    _required("count", Integer),
    Index(None, "minute"),
)
