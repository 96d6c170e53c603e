"""Logins by access token at a real Dovecot and a real Postfix, which ask the OAuth2 server about each of them."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from structlog.testing import capture_logs

from mailticket.bearer import Token
from mailticket.errors import MailticketError
from mailticket.intake.imap_login import MailboxFault, connect, log_in
from mailticket.outbound.relay import Relay
from mailticket.settings.intake import ImapSettings
from mailticket.settings.outbound import OutboundSettings
from tests.acceptance.signing_in import Provider, provider
from tests.integration.oauth2.granting import by_device, server_of
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix


@pytest.fixture(scope="module")
def here() -> Iterator[Provider]:
    with provider() as here:
        yield here


@pytest.fixture(scope="module")
def old_mechanism(here: Provider) -> Iterator[Dovecot]:
    """A Dovecot that knows XOAUTH2 only, as Microsoft's servers do."""
    with Dovecot(oauth2=here.oauth2.introspection("XOAUTH2")) as dovecot:
        yield dovecot


@pytest.fixture(scope="module")
def its_relay(old_mechanism: Dovecot) -> Iterator[Postfix]:
    """A Postfix that asks that one."""
    demands = {"smtpd_sasl_auth_enable": "yes", "smtpd_sasl_type": "dovecot"}
    demands["smtpd_sasl_path"] = f"inet:127.0.0.1:{old_mechanism.auth_port}"
    with Postfix({}, settings=demands) as postfix:
        yield postfix


@pytest.fixture(scope="module")
def good(here: Provider) -> str:
    """An access token of the mailbox's own."""
    app = by_device(here.oauth2, grant="application", client_id="app", client_secret="app-secret")
    return server_of(app).by_application().access_token


class Hand:
    """Shows one token after the other, and notes which were refused."""

    def __init__(self, *tokens: str) -> None:
        self._tokens = iter(tokens)
        self.refused: list[str] = []

    def __call__(self, refused: str = "") -> str:
        self.refused.append(refused)
        return next(self._tokens)


def log_in_by_imap(dovecot: Dovecot, token: Token, user: str = "support") -> str:
    """What is wrong, "" where we are in."""
    box = ImapSettings(name="support", host="127.0.0.1", port=dovecot.imap_port, tls="none", user=user)
    client = connect(box)
    try:
        log_in(client, box, token)
        client.select_folder("INBOX", readonly=True)
    except MailboxFault as fault:
        return f"{fault.event}: {fault}"
    finally:
        client.shutdown()
    return ""


def log_in_by_smtp(postfix: Postfix, token: Token, user: str = "support") -> str:
    """The same at a relay."""
    settings = OutboundSettings(host="127.0.0.1", port=postfix.port, tls="none", user=user)
    return Relay(settings, lambda: "", token).probe()


Try = Callable[[Token, str], str]


@pytest.fixture(params=["imap, OAUTHBEARER", "imap, XOAUTH2", "smtp, OAUTHBEARER", "smtp, XOAUTH2"])
def trying(request: pytest.FixtureRequest, here: Provider, old_mechanism: Dovecot, its_relay: Postfix) -> Try:
    """Each protocol with each mechanism."""
    tries: dict[str, Try] = {
        "imap, OAUTHBEARER": partial(log_in_by_imap, here.dovecot),
        "imap, XOAUTH2": partial(log_in_by_imap, old_mechanism),
        "smtp, OAUTHBEARER": partial(log_in_by_smtp, here.postfix),
        "smtp, XOAUTH2": partial(log_in_by_smtp, its_relay),
    }
    return tries[request.param]


def test_token_opens_what_it_is_for(trying: Try, good: str) -> None:
    hand = Hand(good)

    assert trying(hand, "support") == ""
    assert hand.refused == [""]


def test_refused_token_is_replaced_once_and_quietly(trying: Try, good: str) -> None:
    hand = Hand("expired", good)
    with capture_logs() as log:
        assert trying(hand, "support") == ""

    assert hand.refused == ["", "expired"]
    (line,) = log
    assert line["event"] in ("imap_token_renewed", "relay_token_renewed")
    assert line["log_level"] == "info"


def test_second_refusal_is_a_fault_that_says_what_to_do_and_no_token(trying: Try) -> None:
    hand = Hand("expired-one", "expired-two", "never asked for")
    with capture_logs() as log:
        fault = trying(hand, "support")

    assert "refuses a new access token for support" in fault
    assert "must be allowed to" in fault
    assert hand.refused == ["", "expired-one"]
    assert "expired-" not in fault + repr(log)


def test_reason_that_the_server_gives_is_told(here: Provider) -> None:
    """By both: what Dovecot says within its answer, Postfix passes on."""
    assert "(status invalid_token)" in log_in_by_imap(here.dovecot, Hand("one", "two"))
    assert "(status invalid_token)" in log_in_by_smtp(here.postfix, Hand("one", "two"))


def test_token_of_somebody_else_opens_nothing(trying: Try, good: str) -> None:
    assert "refuses a new access token for boss" in trying(Hand(good, good), "boss")


def test_server_without_tokens_is_not_shown_one() -> None:
    hand = Hand()
    with Dovecot() as dovecot:
        fault = log_in_by_imap(dovecot, hand)

    assert fault.startswith("imap_login_disabled: ")
    assert hand.refused == []


def test_where_no_token_is_to_be_had_nothing_is_sent(here: Provider) -> None:
    def none(refused: str = "") -> str:
        raise MailticketError("nobody has signed in")

    assert log_in_by_imap(here.dovecot, none) == "imap_no_token: nobody has signed in"
    assert "nobody has signed in" in log_in_by_smtp(here.postfix, none)
