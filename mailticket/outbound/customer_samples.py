"""What may a template of a mail to customers name? One example of all values of each kind."""

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
    #: No more mails such as this one.
    "stop": "mailto:support@acme.example?subject=No%20more%20updates",
}

#: Links that open a mail which is ready to send, by which the customer says how it is.
_FEEDBACK: Mapping[str, Any] = {
    "solved": "mailto:support@acme.example?subject=Solved%2C%20thank%20you",
    "broken": "mailto:support@acme.example?subject=Still%20broken",
    "great": "mailto:support@acme.example?subject=Great",
    "ok": "mailto:support@acme.example?subject=OK",
    "bad": "mailto:support@acme.example?subject=Bad",
}

TO_CUSTOMERS: Mapping[NoticeKind, Mapping[str, Any]] = {
    NoticeKind.CONFIRMATION: {
        "greeting_name": "Carla Customer",
        "title": "Broken vase",
        "kept": ["vase-1.jpg", "vase-2.jpg"],
        "withheld": [{"filename": "label.heic", "reason": "type not allowed"}],
        "withheld_count": 1,
        "allowed": ["jpg", "pdf", "png"],
        "follows": "2611-0007",
        #: When there will be an answer (RFC 3339, in the desk's time), "" where nothing is promised.
        "answer_by": "2026-11-24T12:00:00+01:00",
    },
    NoticeKind.REPLY: {
        "agent_name": "Ann Ahlberg",
        "text": "Hello Carla,\n\na new vase is on its way.",
        #: The same with its form, safe; "" where the agent wrote text only.
        "html": "<p>Hello Carla,</p><p>a <b>new vase</b> is on its way.</p>",
        #: The customer's mail that is answered: author, at, text; empty where none is quoted.
        "quote": {"author": "Carla Customer", "at": "2026-11-22T10:00:00Z", "text": "My vase is broken."},
        "signature": "Ann Ahlberg\nAcme Support",
        #: The ticket is resolved with it, and the links are there then; or it is closed with it.
        "resolved": True,
        "closed": True,
        "days": 14,
        **_FEEDBACK,
    },
    NoticeKind.STATUS_CHANGED: _STATUS,
    NoticeKind.RESOLVED: {**_STATUS, **_FEEDBACK},
    NoticeKind.CLOSED: _STATUS,
    NoticeKind.REMINDER: {
        "greeting_name": "Carla Customer",
        "title": "Broken vase",
        "agent_name": "Ann Ahlberg",
        #: What the agent has asked.
        "question": "Could you send us a photo of the label?",
        "stop": _STATUS["stop"],
    },
}
