"""The relay connection against servers that break off where Postfix does not."""

import pytest

from mailticket.outbound.outcome import Deferred, Sent, Throttled, Unreachable
from mailticket.outbound.throttle import Throttle
from tests.integration.relaying import BOB, CARLA, DESK, GREETING, MAIL, TAKEN, Script, make_relay


def test_connection_that_dies_after_the_mail_went_out_is_tried_again_later() -> None:
    server = Script([*GREETING, *TAKEN[:3]])

    outcome = make_relay(server.port).send(DESK, [CARLA], MAIL)

    assert isinstance(outcome, Deferred)
    assert outcome.hung_up
    assert "broke" in outcome.reply
    assert server.heard[0][-1] == b".\r\n"


@pytest.mark.parametrize("end", [[], [b"421 4.4.2 idle for too long"]], ids=["hangs up", "says good-bye"])
def test_relay_that_hung_up_meanwhile_is_called_again(end: list[bytes]) -> None:
    server = Script([*GREETING, *TAKEN, *end], [*GREETING, *TAKEN])
    relay = make_relay(server.port)

    outcomes = [relay.send(DESK, [CARLA], MAIL) for _ in range(2)]

    assert [type(outcome) for outcome in outcomes] == [Sent, Sent]
    assert len(server.heard) == 2


def test_new_connection_that_is_refused_is_not_called_again_at_once() -> None:
    server = Script([*GREETING, b"421 4.3.0 not just now"])

    outcome = make_relay(server.port).send(DESK, [CARLA], MAIL)

    assert isinstance(outcome, Deferred)
    assert outcome.hung_up
    assert "421 4.3.0 not just now" in outcome.reply


TOO_MANY = b"421 4.7.0 mx.example Error: too many connections from 192.0.2.1"
TOO_MUCH = b"450 4.7.1 Error: too much mail from 192.0.2.1"
USED_UP = b"550 5.4.5 Daily user sending limit exceeded."


@pytest.mark.parametrize(
    ("script", "throttle"),
    [
        ([TOO_MANY], Throttle.CONNECTIONS),
        ([*GREETING, TOO_MANY], Throttle.CONNECTIONS),
        ([*GREETING, TOO_MUCH], Throttle.RATE),
        ([*GREETING, USED_UP], Throttle.DAY),
        ([*GREETING, TAKEN[0], TAKEN[1], TOO_MUCH], Throttle.RATE),
        ([*GREETING, *TAKEN[:2], b"250 recipient", USED_UP], Throttle.DAY),
        ([*GREETING, *TAKEN[:2], b"250 recipient", TAKEN[2], USED_UP], Throttle.DAY),
    ],
    ids=["greeting", "EHLO", "MAIL", "MAIL for good", "second RCPT", "DATA", "end of DATA"],
)
def test_too_much_mail_is_nobodys_fault_wherever_the_relay_says_so(script: list[bytes], throttle: Throttle) -> None:
    outcome = make_relay(Script(script).port).send(DESK, [CARLA, BOB], MAIL, settle=True)

    assert isinstance(outcome, Throttled), outcome
    assert outcome.throttle is throttle


def test_relay_that_greets_with_a_refusal_is_unreachable() -> None:
    outcome = make_relay(Script([b"554 5.7.1 blocked"]).port).send(DESK, [CARLA], MAIL)

    assert isinstance(outcome, Unreachable)
    assert "554 5.7.1 blocked" in outcome.reason


@pytest.mark.parametrize("taken", [1, 2, 3], ids=["RCPT", "second RCPT", "end of DATA"])
@pytest.mark.parametrize("last", [[], [b"421 4.3.2 shutting down"]], ids=["hangs up", "says good-bye"])
def test_relay_that_leaves_in_the_midst_costs_this_mail_one_try(taken: int, last: list[bytes]) -> None:
    begun = [TAKEN[0], TAKEN[1], TAKEN[1], TAKEN[2]][: taken + (taken == 3)]

    outcome = make_relay(Script([*GREETING, *begun, *last]).port).send(DESK, [CARLA, BOB], MAIL, settle=True)

    assert isinstance(outcome, Deferred), outcome
    assert outcome.hung_up, "so that a relay that does it to all is left alone for a while"


@pytest.mark.parametrize(
    ("login", "said"),
    [
        (b"535 what is AUTH PLAIN AGRlc2sAaG9yc2U=", "refused the login of desk: 535 what is AUTH PLAIN (hidden)"),
        (b"334 no base64", "cannot be used"),
    ],
    ids=["quotes our line", "asks what cannot be read"],
)
def test_login_that_goes_astray_concerns_all_mail_and_tells_no_password(login: bytes, said: str) -> None:
    server = Script([b"220 hello", b"250-hello\r\n250 AUTH PLAIN", login])

    outcome = make_relay(server.port, "horse", user="desk").send(DESK, [CARLA], MAIL)

    assert isinstance(outcome, Unreachable)
    assert said in outcome.reason
