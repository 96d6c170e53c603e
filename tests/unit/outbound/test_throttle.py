"""Which refusals are about how much we send? Replies as providers and servers word them."""

import pytest

from mailticket.outbound.throttle import Throttle, throttle_of

RATE = [
    "450 4.7.1 Error: too much mail from 192.0.2.1",
    "450 4.7.1 <carla@shop.example>: Recipient address rejected: rate limit exceeded",
    "carla@shop.example: 450 4.7.1 Error: too many recipients from 192.0.2.1",
    "421 4.7.0 [192.0.2.1 15] Our system has detected an unusual rate of 4.7.0 unsolicited mail from your address.",
    "mx.example:25 hung up: 421 4.7.28 Gmail has detected an unusual rate of mail originating from your domain",
    "421 4.7.28 see the guidelines",
    "450 4.2.1 Peak SMTP relay limit exceeded for customer. This is a temporary error.",
    "421 4.4.5 Server busy, try again later.",
    '451 4.7.1 Ratelimit "user" exceeded',
    "454 Throttling failure: Maximum sending rate exceeded.",
    "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints",
    "451 4.7.651 The mail server [192.0.2.1] has been temporarily rate limited due to IP reputation.",
    "421 4.4.2 Message submission rate for this client has exceeded the configured limit",
    "452 4.5.3 Too many recipients",
    "550 5.7.1 You are sending too many emails too fast.",
    "550 Too many messages. Try again in 92 seconds.",
]
CONNECTIONS = [
    "432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending for more information.",
    "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded",
    "smtp.example:587 cannot be used: 421 4.7.0 smtp.example Error: too many connections from 192.0.2.1",
    "421 Too many concurrent SMTP connections; please try again later.",
    "452 4.3.2 Connection rate limit exceeded.",
    "421 4.3.2 Too many open connections.",
    "smtp.gmail.com:465 refused the login of a@b.example: 454 4.7.0 Too many login attempts, please try again later.",
    "450 4.7.1 Error: too many AUTH commands from 192.0.2.1",
    "432 come back later",
]
DAY = [
    "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process message",
    "550 5.4.5 Daily user sending limit exceeded. For more information on Gmail sending limits go to 5.4.5 the help",
    "550 5.4.5 Daily SMTP relay sending limit exceeded for this user.",
    "550 5.4.5 Daily sending quota exceeded",
    "550 5.7.233 Your message can't be sent because your tenant exceeded its daily limit for sending email to external"
    " recipients (tenant external recipient rate limit)",
    "454 Throttling failure: Daily message quota exceeded.",
    "550 Domain acme.example has exceeded the max emails per hour (250/250 (100%)) allowed. Message discarded.",
    "450 Requested mail action not taken: mailbox unavailable Mail send limit exceeded.",
    "554 5.7.1 <carla@shop.example>: Recipient address rejected: You have exceeded your Outmail quota.",
    "554 5.7.1 <DATA>: Data command rejected: only 10 messages per day",
    "451 You've reached your sending limit.",
    "450 4.7.1 Number messages per hour exceeded",
]
NOT_OURS = [
    "451 4.3.0 later",
    "mx.example:25 hung up: 421 4.7.0 not now",
    "421 4.7.0 Try again later, closing connection.",
    "450 4.7.1 <carla@shop.example>: Recipient address rejected: Greylisted, see the help page",
    "450 4.2.1 The user you are trying to contact is receiving mail too quickly. Please resend your message later.",
    "450 4.2.1 The user you are trying to contact is receiving mail at a rate that 4.2.1 prevents additional messages"
    " from being delivered.",
    "432 4.3.2 STOREDRV.Deliver; recipient thread limit exceeded",
    "452 4.2.2 The email account that you tried to reach is over quota.",
    "552 5.2.2 The recipient's inbox is out of storage space",
    "554 5.2.2 mailbox full; STOREDRV.Submission.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded",
    "552 5.3.4 Message size exceeds fixed limit",
    "552 5.3.4 Your message exceeded Google's message size limits.",
    "550 5.1.1 unknown user",
    "550 5.7.1 Message contains spam",
    "554 5.4.6 Too many hops",
    "530 5.7.0 Authentication required",
    "smtp.example:587 refused the login of a@b.example: 535 5.7.8 Too many failed login attempts",
    "the connection to mx.example:25 broke: timed out",
    "mx.example:25 cannot be used: [Errno 111] Connection refused",
    "250 2.0.0 Ok: rate limit exceeded",
    "",
]


@pytest.mark.parametrize(
    ("refusal", "expected"),
    [
        *((refusal, Throttle.RATE) for refusal in RATE),
        *((refusal, Throttle.CONNECTIONS) for refusal in CONNECTIONS),
        *((refusal, Throttle.DAY) for refusal in DAY),
        *((refusal, None) for refusal in NOT_OURS),
    ],
)
def test_refusal_tells_what_there_was_too_much_of(refusal: str, expected: Throttle | None) -> None:
    assert throttle_of(refusal) is expected


def test_a_mail_with_too_many_recipients_is_not_too_much_mail() -> None:
    assert throttle_of("452 4.5.3 Error: too many recipients", recipients=40) is None
    assert throttle_of("452 4.5.3 Error: too many recipients", recipients=1) is Throttle.RATE
    assert throttle_of("450 4.7.1 Error: too many recipients from 192.0.2.1", recipients=40) is Throttle.RATE
