"""Mail that looks like a bounce and is none: a customer's words must never be taken for a server's."""

import pytest

from mailticket.mail.parse import parse_mail
from tests.unit.mail.notices import DAEMON, OPERATOR, RETURNED, notice

#: id, header, text
NO_BOUNCES = [
    (
        "challenge",
        "From: carla@shop.example\nReturn-Path: <>\nAuto-Submitted: auto-replied\nSubject: Please confirm your message",
        "I protect my mailbox from spam. Your message has not been delivered yet; it waits until you confirm:\n"
        "https://shop.example/confirm/1\n\ncarla@shop.example",
    ),
    (
        "challenge of a mail gateway",
        "From: BoxTrapper <carla@shop.example>\nReturn-Path: <>\nSubject: Your email requires verification verify#1",
        "The message you sent requires that you verify that you are a real live human being.\n\ncarla@shop.example",
    ),
    (
        "held for a moderator",
        "From: list-bounces@shop.example\nX-List-Administrivia: yes\n"
        "Subject: Your message to List awaits moderator approval",
        "Your mail to 'List' with the subject\n\n    Your vase\n\nIs being held until the list moderator can review it"
        " for approval.\n\nlist@shop.example",
    ),
    (
        "welcome to a list",
        "From: list-bounces@shop.example\nX-List-Administrivia: yes\nSubject: Welcome to the List mailing list",
        "To post to this list, send your message to list@shop.example.\nYou must know your password.",
    ),
    (
        "quarantine digest",
        "From: postmaster@shop.example\nReturn-Path: <>\nSubject: Spam quarantine: 3 new messages",
        "These messages wait in your quarantine:\n\ncarla@shop.example  Your vase  Release",
    ),
    (
        "ticket of another desk",
        "From: Support <support@shop.example>\nReturn-Path: <>\nAuto-Submitted: auto-replied\n"
        "Subject: [#123] We have received your message",
        "Thank you. If you did not receive an answer within a day, write to carla@shop.example.",
    ),
    (
        "left the company",
        "From: carla@shop.example\nReturn-Path: <>\nAuto-Submitted: auto-replied\nSubject: I have left Shop",
        "This mailbox is no longer read. Write to\n\npaul@shop.example\n",
    ),
    (
        "order of a shop",
        "From: no-reply@shop.example\nSubject: Your order could not be delivered",
        "The parcel was returned to sender. Recipient: carla@shop.example\n",
    ),
    (
        "newsletter of mail people",
        "From: Postmaster Weekly <news@post.example>\nList-Id: <weekly.post.example>\nSubject: Why mail bounces",
        "A failure notice with 550 5.1.1 means that the user is unknown.\n\nWrite to editor@post.example.",
    ),
    (
        "vacation program with a subject of its own",
        "From: carla@shop.example\nReturn-Path: <>\nX-Autorespond: Re: Your vase\nSubject: Re: Your vase",
        "Your mail was not delivered to me, but to\n\npaul@shop.example\n",
    ),
    (
        "customer whose own mail came back",
        "From: carla@shop.example\nSubject: Undelivered Mail Returned to Sender",
        "My mail to you came back, why?\n\n> <support@acme.example>: 550 5.7.1 rejected\n",
    ),
    (
        "person",
        "From: carla@shop.example\nSubject: Undeliverable: vase",
        "<carla@shop.example>: could not be delivered, 550 5.1.1",
    ),
    (
        "forwarded",
        "From: carla@shop.example\nSubject: Fwd: failure notice",
        f"Look!\n\nSorry, I was not able to deliver.\n\n<x@y.example>:\n550 no\n\n--- Below is a copy.\n{RETURNED}",
    ),
    (
        "vacation",
        "From: carla@shop.example\nReturn-Path: <>\nSubject: Out of office",
        "I am away until May.",
    ),
    (
        "vacation that sounds like it",
        "From: carla@shop.example\nReturn-Path: <>\nSubject: Automatic reply: vase",
        "Your mail was not delivered to me, but to\n\nfrank@shop.example\n",
    ),
    (
        "null path alone",
        "From: carla@shop.example\nReturn-Path: <>\nSubject: Vase",
        "My parcel could not be delivered.",
    ),
    (
        "parcel",
        "From: no-reply@parcels.example\nSubject: Delivery failed",
        "Your parcel could not be delivered to\n\ncarla@shop.example",
    ),
    (
        "postmaster",
        f"{OPERATOR}\nSubject: New certificate",
        "Please renew it until May. Questions: admin@shop.example",
    ),
    (
        "postmaster answers",
        f"{OPERATOR}\nSubject: Re: your mails",
        "They look fine to us. Ask carla@shop.example again.",
    ),
    (
        "statistics",
        f"{DAEMON}\nSubject: Mailbox statistics",
        "12 mails were received.",
    ),
]


@pytest.mark.parametrize(("header", "text"), [other[1:] for other in NO_BOUNCES], ids=[o[0] for o in NO_BOUNCES])
def test_mail_that_only_looks_like_it_is_no_bounce(header: str, text: str) -> None:
    assert parse_mail(notice(header, text)).bounce is None
