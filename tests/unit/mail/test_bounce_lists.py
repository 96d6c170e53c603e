"""Notices of list programs: a list that refuses our mail has not got it."""

import pytest

from mailticket.mail.parse import parse_mail
from tests.unit.mail.notices import notice

#: id, header, text, recipient, status
NOTICES = [
    (
        "Mailman that a moderator told no",
        "From: list-bounces@shop.example\nX-List-Administrivia: yes\nX-Mailman-Version: 2.1.39\n"
        "List-Id: <list.shop.example>\nSubject: Request to mailing list List rejected",
        'Your request to the list@shop.example mailing list\n\n    Posting of your message titled "Your vase"\n\n'
        "has been rejected by the list moderator.\n",
        "list@shop.example",
        "5.7.2",
    ),
    (
        "Mailman that knows no such member",
        "From: list-owner@shop.example\nX-List-Administrivia: yes\nX-Mailman-Version: 3.3\n"
        'Subject: Request to mailing list "List" rejected',
        "Your message to the list@shop.example mailing-list was rejected for the following reasons:\n\nThe message is"
        " not from a list member; you are not allowed to post to this mailing list.\n",
        "list@shop.example",
        "5.7.2",
    ),
    (
        "fml",
        "From: list-admin@shop.example\nX-MLServer: fml [fml 4.0]\nSubject: You desk@acme.example are not"
        " member (list ML)",
        "You are not a member of this mailing list <list@shop.example>.\n",
        "list@shop.example",
        "5.7.2",
    ),
    (
        "Sympa",
        "From: SYMPA <sympa@shop.example>\nAuto-Submitted: auto-replied\nReturn-Path: <>\n"
        "Subject: Your message to list has been rejected",
        "Your message to list@shop.example was rejected.\n\nYou are not allowed to send messages to this mailing list"
        " for the following reason: only its members may.\n",
        "list@shop.example",
        "5.7.2",
    ),
]


@pytest.mark.parametrize(
    ("header", "text", "recipient", "status"), [one[1:] for one in NOTICES], ids=[one[0] for one in NOTICES]
)
def test_refusal_of_a_list_is_read(header: str, text: str, recipient: str, status: str) -> None:
    mail = parse_mail(notice(header, text))

    assert mail.bounce is not None
    assert (mail.bounce.recipient, mail.bounce.status) == (recipient, status)
    assert not mail.bounce.delayed
    assert mail.bounce.original_message_id == ("<ours@acme.example>" if "<ours@acme" in text else "")
