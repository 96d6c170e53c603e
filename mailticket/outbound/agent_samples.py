"""What may a template of a mail to agents name? One example of all values of each kind."""

from collections.abc import Mapping
from typing import Any

from mailticket.desk.notice import NoticeKind

_LINE: Mapping[str, Any] = {
    "number": "2611-0042",
    "title": "Broken vase",
    #: The contact's name, or address.
    "customer": "Carla Customer",
    "status": "open",
    "priority": "high",
    "team": "returns",
    #: Name of the agent who has it, "" where nobody does.
    "assignee": "Ann Ahlberg",
    #: Seconds since it was opened.
    "age": 190_000,
    #: Until when something has to be done, and until when it is put off; "" where nothing was said.
    "due": "2026-11-24T12:00:00+00:00",
    "overdue": False,
    "snoozed_until": "",
    #: What can be done with one click: links that open a mail which is ready to send.
    "buttons": [{"name": "take", "label": "Take it", "mail": "mailto:support@acme.example?subject=Take", "page": ""}],
    "show": "mailto:support@acme.example?subject=show%202611-0042",
}

TO_AGENTS: Mapping[NoticeKind, Mapping[str, Any]] = {
    NoticeKind.AGENT_NOTIFICATION: {
        "agent_name": "Ann Ahlberg",
        "author": "Carla Customer",
        "author_address": "carla@shop.example",
        #: Whether it is proved that the author wrote it: pass, fail, none.
        "verified": True,
        "verdict": "pass",
        "text": "My vase arrived broken, the box was open on one side.",
        #: There is more of it than is shown.
        "cut": True,
        "status": "open",
        "priority": "normal",
        "type": "general",
        "team": "returns",
        "assignee": "ann@acme.example",
        #: The ticket's customer; the author may be somebody else who takes part.
        "contact": "carla@shop.example",
        #: Who has called, where the desk has no address, and the customer's telephone number.
        "caller": "+49 30 1234567",
        "participants": ["max@shop.example"],
        "tags": ["fragile"],
        #: When an answer is due (RFC 3339), "" where it is not.
        "due_at": "2026-11-24T11:00:00+00:00",
        "order_number": "10023",
        #: The year of the customer's first mail, tags of theirs, how many tickets came before, and the last of them;
        #: many: there are more than were counted. age is in seconds.
        "since": "2024",
        "contact_tags": ["vip"],
        "earlier": 3,
        "many": False,
        "last": {"number": "2611-0007", "title": "Where is my parcel", "status": "resolved", "age": 172800},
        #: What can be done with one click: the link opens a mail that is ready to send; page is the same on the web, or
        #: "". Names: join, take, resolve, close, snooze, spam; note, assign, macro:NAME open mails with a command.
        "buttons": [
            {
                "name": "take",
                "label": "Take it",
                "mail": "mailto:support@acme.example?subject=Take%20it",
                "page": "https://desk.acme.example/act/abc",
            },
            {
                "name": "note",
                "label": "Note",
                "mail": "mailto:support@acme.example?subject=Note&body=%23note",
                "page": "",
            },
        ],
        #: The ticket's other messages, newest first.
        "others": [
            {
                "author": "Ann Ahlberg",
                "at": "2026-11-22T09:00:00+00:00",
                "internal": True,
                "text": "The carrier has lost two of these this week.",
                "cut": False,
                "files": 0,
            },
        ],
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
    NoticeKind.RECEIPT: {
        "agent_name": "Ann Ahlberg",
        #: To whom the agent has written, "" for nobody.
        "customer": "Carla Customer",
        #: not_sent: nothing of it was done; done: all of it was; waits: it leaves in a while; taken_back: it was taken
        #: back in time; too_late: it had left.
        "about": "not_sent",
        #: Wrong commands, why (English), and what was meant, "" where nobody knows.
        "problems": [{"line": "#priortiy high", "message": "There is no #priortiy.", "meant": "#priority high"}],
        "more_problems": 1,
        "refused": [{"filename": "label.heic", "reason": "type not allowed"}],
        "allowed": ["jpg", "pdf", "png"],
        #: Lines that look as if they were for agents only.
        "passages": ["she has complained before"],
        #: What has happened since the agent looked; `answer`: a colleague's.
        "news": [{"who": "Ben Bauer", "at": "2026-11-22T10:00:00Z", "answer": True, "text": "A new one is coming."}],
        #: The one line that was meant, "" where there are several.
        "meant": "#priority high",
        #: Links that open a mail which is ready to send; "" where that cannot be said about this mail.
        "send": "mailto:support@acme.example?subject=Send%20it",
        "corrected": "mailto:support@acme.example?subject=Send%20it%20corrected",
        "without": "mailto:support@acme.example?subject=Send%20it%20without",
        "discard": "mailto:support@acme.example?subject=Drop%20it",
        "undo": "mailto:support@acme.example?subject=Cancel%20it",
        #: When it leaves.
        "leaves_at": "2026-11-22T10:01:00Z",
        #: Of a button (about is pressed, pressed_before, not_pressed, gone): what it says, when it was pressed first,
        #: and why nothing was done.
        "button": "Take it",
        "pressed_at": "2026-11-22T09:00:00Z",
        "problem": "there is no ticket 2611-0007",
        #: To whom it was sent.
        "sent_to": ["carla@shop.example"],
        #: A note was kept.
        "noted": True,
        #: The commands that were carried out.
        "commands": ["#priority high"],
        #: All that the agent wrote, and whether its end is missing here.
        "written": "#priortiy high\n\nHello Carla,\n\na new vase is on its way.",
        "cut": True,
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
        #: Whether it has a token of this agent's and comes from another address; is that a customer's of the desk?
        "elsewhere": False,
        "is_customer": False,
        "held_id": "7",
        "ticket": "2611-0042",
        #: Links that open a mail which is ready to send; "" where that cannot be said about this mail.
        "release": "mailto:support@acme.example?subject=Let%20it%20through",
        "add_alias": "mailto:support@acme.example?subject=It%20is%20mine",
        "join": "mailto:support@acme.example?subject=Put%20it%20on%20the%20ticket",
        "discard": "mailto:support@acme.example?subject=Throw%20it%20away",
        "received_at": "2026-11-22T10:00:00Z",
        #: When it becomes a ticket of its own if nobody says a word; "" where it waits.
        "decides_at": "2026-11-22T14:00:00Z",
    },
    NoticeKind.ALERT: {
        "agent_name": "Ann Ahlberg",
        #: Mails within the hour from addresses that nothing proves and that never wrote before,
        "strangers": 21,
        #: and from everybody else.
        "known": 4,
    },
    NoticeKind.TROUBLE: {
        "agent_name": "Ann Ahlberg",
        "headline": "Mail to support@acme.example does not come in",
        "since": "2026-11-22T10:00:00Z",
        #: When it was over; "" where it lasts.
        "over_at": "",
        #: Sentences for `said`; "" where it is over, like the steps after them.
        "happened": "A mail that mailticket sends to itself has left, and was not back after 10 minutes.",
        "means": "What customers write to support@acme.example may lie somewhere on its way, and nobody sees it as a "
        "ticket. What mailticket sends still leaves.",
        "mend": ["Run `mailticket check`: it names what is wrong with a mailbox or a door."],
    },
    NoticeKind.DIGEST: {
        "agent_name": "Ann Ahlberg",
        #: The agent's tickets: overdue, today, waiting, unassigned, each with its lines; none is empty.
        "sections": [{"name": "overdue", "lines": [_LINE], "total": 4, "more": 3}],
        #: Held mail, newest first.
        "held": [
            {
                "id": "7",
                "received_at": "2026-11-22T10:00:00Z",
                "from": "carla@shop.example",
                "subject": "Re: Broken vase",
                "reason": "its sender's domain says that this mail is forged",
            },
        ],
        "more": 3,
        #: Throws away all that is listed here as forged or spam; "" for agents who may not.
        "discard_failed": "mailto:support@acme.example?subject=Throw%20them%20away",
    },
    NoticeKind.LIST: {
        "agent_name": "Ann Ahlberg",
        #: queue, mine, search, or show where there is no such ticket; with what was searched.
        "topic": "search",
        "words": "vase",
        "desk_address": "support@acme.example",
        "lines": [_LINE],
        "total": 4,
        "more": 3,
    },
    NoticeKind.STATS: {
        "agent_name": "Ann Ahlberg",
        "topic": "stats",
        #: day, week, month or year.
        "words": "week",
        "desk_address": "support@acme.example",
        "opened": 42,
        "answered": 61,
        "resolved": 39,
        "open_now": 12,
        "unassigned_now": 3,
        #: Seconds from a ticket's opening to its first answer, the median; none where no answer was given.
        "first_answer": 5400,
    },
    NoticeKind.HELP: {
        "agent_name": "Ann Ahlberg",
        "topic": "help",
        "words": "",
        "desk_address": "support@acme.example",
        #: Names of the desk's macros.
        "macros": ["refund-done", "where-is-my-parcel"],
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
