"""What may a template of each kind name? One example of all values; the type says what a missing one is."""

from collections.abc import Mapping
from typing import Any

from mailticket.desk.notice import NoticeKind

_STATUS: Mapping[str, Any] = {
    "greeting_name": "Carla Customer",
    "title": "Broken vase",
    "status": "in_progress",
    "before": "resolved",
    #: Days until a resolved ticket closes by itself, 0 where it does not.
    "days": 14,
}

#: The values beside `number`, `title`, `from_name` and `language`, which all kinds have.
SAMPLES: Mapping[NoticeKind, Mapping[str, Any]] = {
    NoticeKind.CONFIRMATION: {
        "greeting_name": "Carla Customer",
        "title": "Broken vase",
        "kept": ["vase-1.jpg", "vase-2.jpg"],
        "withheld": [{"filename": "label.heic", "reason": "type not allowed"}],
        "withheld_count": 1,
        "allowed": ["jpg", "pdf", "png"],
        "follows": "2611-0007",
    },
    NoticeKind.REPLY: {
        "agent_name": "Ann Ahlberg",
        "text": "Hello Carla,\n\na new vase is on its way.",
        "signature": "Ann Ahlberg\nAcme Support",
    },
    NoticeKind.STATUS_CHANGED: _STATUS,
    NoticeKind.RESOLVED: _STATUS,
    NoticeKind.CLOSED: _STATUS,
    NoticeKind.AGENT_NOTIFICATION: {
        "agent_name": "Ann Ahlberg",
        "author": "Carla Customer",
        "author_address": "carla@shop.example",
        #: Whether it is proved that the author wrote it.
        "verified": True,
        "text": "My vase arrived broken, the box was open on one side.",
        "status": "open",
        "priority": "normal",
        "type": "general",
        "team": "returns",
        "assignee": "ann@acme.example",
        #: The ticket's customer; the author may be somebody else who takes part.
        "contact": "carla@shop.example",
        "participants": ["max@shop.example"],
        #: Number that the mail names without its author having a part in that ticket.
        "possible_reply_to": "2611-0007",
        #: Address or domain of which agents are told of no more mail within the hour.
        "last_of": "shop.example",
        "files": [
            {"filename": "vase.jpg", "size": 310000, "withheld": ""},
            {"filename": "label.heic", "size": 84000, "withheld": "type not allowed"},
        ],
        "more_files": 1,
    },
    NoticeKind.HELD: {
        "agent_name": "Ann Ahlberg",
        #: Whether the mail came in this agent's name; else the agent is in charge of what it is about.
        "yours": False,
        "sender": "carla@shop.example",
        "subject": "Re: Broken vase",
        #: How the mail begins; "" where it came in the agent's own name.
        "excerpt": "Is there any news?",
        "reason": "its sender's domain says that this mail is forged",
        "held_id": "7",
        "ticket": "2611-0042",
        #: Links that open a mail which is ready to send; "" where that cannot be said about this mail.
        "release": "mailto:support@acme.example?subject=Let%20it%20through",
        "join": "mailto:support@acme.example?subject=Put%20it%20on%20the%20ticket",
        "discard": "mailto:support@acme.example?subject=Throw%20it%20away",
        "received_at": "2026-11-22 10:00 UTC",
        #: When it becomes a ticket of its own if nobody says a word; "" where it waits.
        "decides_at": "2026-11-22 14:00 UTC",
    },
    NoticeKind.ALERT: {
        "agent_name": "Ann Ahlberg",
        #: Mails within the hour from addresses that nothing proves and that never wrote before,
        "strangers": 21,
        #: and from everybody else.
        "known": 4,
    },
    NoticeKind.DIGEST: {
        "agent_name": "Ann Ahlberg",
        #: Held mail, newest first.
        "held": [
            {
                "id": "7",
                "received_at": "2026-11-22 10:00 UTC",
                "from": "carla@shop.example",
                "subject": "Re: Broken vase",
                "reason": "its sender's domain says that this mail is forged",
            },
        ],
        "more": 3,
        #: Throws away all that is listed here as forged or spam; "" for agents who may not.
        "discard_failed": "mailto:support@acme.example?subject=Throw%20them%20away",
    },
    NoticeKind.BOUNCED: {
        "agent_name": "Ann Ahlberg",
        #: customer: our mail did not arrive; agent: neither did one to a colleague; complaint: it was called spam.
        "about": "customer",
        #: Which mail of ours it was, a kind.
        "notice": "reply",
        "recipients": ["carla@gmial.com"],
        #: Why, in English.
        "reason": "there is no such mailbox; the name before the @ may be mistyped, or the person has left",
        #: The mail server's code for it.
        "diagnosis": "5.1.1",
        #: No confirmations and status updates go there for now.
        "silenced": True,
        #: Address that is likely meant, "" where none is.
        "meant": "carla@gmail.com",
        "contact": "carla@gmial.com",
    },
}
