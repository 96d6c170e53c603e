"""The relay connection against a real Postfix and others that keep to the rules."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from mailticket.errors import ConfigError
from mailticket.outbound.outcome import Deferred, Rejected, Sent, Unreachable
from mailticket.outbound.relay import Relay
from mailticket.settings.outbound import OutboundSettings
from tests.integration.relaying import BOB, CARLA, DESK, GREETING, MAIL, TAKEN, Script, make_relay
from tests.servers.authority import Authority
from tests.servers.postfix import Postfix
from tests.servers.sink import Sink
from tests.unit.outbound.memory import wait_until


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def server_tls(authority: Authority) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue())
    return context


@pytest.fixture(scope="module")
def postfix(sink: Sink, authority: Authority) -> Iterator[Postfix]:
    refused = {BOB: "550 5.1.1 no such person", "busy@shop.example": "450 4.2.1 busy"}
    with Postfix(
        {"shop.example": f"smtp:[127.0.0.1]:{sink.port}"},
        refuse_senders={"<>": "550 5.7.1 not without a sender"},
        refuse_recipients=refused,
        certificate=authority.issue(),
        settings={"message_size_limit": "100000"},
    ) as postfix:
        yield postfix


@pytest.fixture
def relay(postfix: Postfix) -> Iterator[Relay]:
    relay = make_relay(postfix.port)
    yield relay
    relay.close()


def test_mail_arrives_as_it_was_written(relay: Relay, sink: Sink) -> None:
    already = len(sink.received)

    outcome = relay.send(DESK, [CARLA], MAIL)

    assert isinstance(outcome, Sent)
    assert outcome.reply.startswith("250 2.0.0 Ok: queued as")
    mail = sink.wait_for(already + 1)[-1]
    assert (mail.mail_from, mail.rcpt_tos) == (DESK, (CARLA,))
    assert mail.raw.endswith(b"\r\n\r\n.\r\n..dots\r\n.\r\nlast\r\n")


def test_one_connection_carries_many_mails_also_after_a_refused_one(sink: Sink) -> None:
    with Sink(replies={BOB: "550 5.1.1 unknown"}) as relayed:
        relay = make_relay(relayed.port)
        outcomes = [relay.send(DESK, [to], MAIL) for to in (CARLA, BOB, CARLA)]
        relay.close()

    assert [type(outcome) for outcome in outcomes] == [Sent, Rejected, Sent]
    assert relayed.connections == 1


def test_relay_that_was_restarted_is_reached_again_with_the_same_mail(postfix: Postfix, relay: Relay) -> None:
    assert isinstance(relay.send(DESK, [CARLA], MAIL), Sent)
    postfix.stop()
    postfix.start()

    assert isinstance(relay.send(DESK, [CARLA], MAIL), Sent)


def test_relay_that_is_down_is_unreachable_and_then_reached(postfix: Postfix, relay: Relay) -> None:
    postfix.stop()
    outcome = relay.send(DESK, [CARLA], MAIL)
    probed = relay.probe()
    postfix.start()

    assert isinstance(outcome, Unreachable)
    assert "Connection refused" in outcome.reason
    assert probed == outcome.reason
    assert relay.probe() == ""
    assert isinstance(relay.send(DESK, [CARLA], MAIL), Sent)


@pytest.mark.parametrize(
    ("rcpt_tos", "settle", "expected"),
    [
        ([BOB], False, "Rejected 550 5.1.1"),
        (["busy@shop.example"], False, "Deferred 450 4.2.1"),
        (["busy@shop.example"], True, "Deferred 450 4.2.1"),
        ([BOB, "busy@shop.example"], False, "Deferred 450 4.2.1"),
        ([CARLA, "busy@shop.example"], False, "Deferred 450 4.2.1"),
    ],
    ids=["unknown", "busy", "busy, at last", "unknown and busy", "one busy of two"],
)
def test_refused_recipients_keep_the_mail_here(
    postfix: Postfix, relay: Relay, rcpt_tos: list[str], settle: bool, expected: str
) -> None:
    outcome = relay.send(DESK, rcpt_tos, MAIL, settle=settle)

    assert isinstance(outcome, Rejected | Deferred)
    kind, _, reply = expected.partition(" ")
    assert (type(outcome).__name__, reply in outcome.reply) == (kind, True)
    postfix.wait_until_empty()


@pytest.mark.parametrize(("other", "settle"), [(BOB, False), ("busy@shop.example", True)])
def test_those_who_are_taken_get_the_mail_and_the_others_are_named(
    relay: Relay, sink: Sink, other: str, settle: bool
) -> None:
    already = len(sink.received)

    outcome = relay.send(DESK, [CARLA, other], MAIL, settle=settle)

    assert isinstance(outcome, Sent)
    assert [rcpt for rcpt, _ in outcome.refused] == [other]
    assert sink.wait_for(already + 1)[-1].rcpt_tos == (CARLA,)


def test_refused_null_reverse_path_is_told_from_a_refused_mail(relay: Relay) -> None:
    outcome = relay.send("", [CARLA], MAIL)

    assert isinstance(outcome, Rejected)
    assert outcome.before_data
    assert "not without a sender" in outcome.reply


def test_mail_that_is_too_large_for_the_relay_is_rejected(relay: Relay) -> None:
    outcome = relay.send(DESK, [CARLA], MAIL + b"x\r\n" * 50000)

    assert isinstance(outcome, Rejected)
    assert outcome.reply.startswith("552 5.3.4")


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("554 5.7.1 spam", Rejected(reply="554 5.7.1 spam")),
        ("451 4.3.0 later", Deferred(reply="451 4.3.0 later")),
    ],
    ids=["for good", "for now"],
)
def test_mail_whose_words_are_refused(reply: str, expected: Rejected | Deferred) -> None:
    with Sink(replies={"DATA": reply}) as sink:
        relay = make_relay(sink.port)

        assert relay.send(DESK, [CARLA], MAIL) == expected
        relay.close()


@pytest.mark.parametrize("offered", [True, False])
def test_address_beyond_ascii_goes_to_a_relay_with_smtputf8_only(offered: bool) -> None:
    mail = "To: <jürgen@shop.example>\r\n".encode() + MAIL
    with Sink(smtputf8=offered) as sink:
        relay = make_relay(sink.port)
        outcomes = [relay.send(DESK, ["jürgen@shop.example"], mail), relay.send(DESK, [CARLA], MAIL)]
        relay.close()

    assert [type(outcome) for outcome in outcomes] == [Sent if offered else Rejected, Sent]
    assert [one.rcpt_tos for one in sink.received] == ([("jürgen@shop.example",)] if offered else []) + [(CARLA,)]
    assert offered or "offers no SMTPUTF8" in str(outcomes[0])


@pytest.mark.parametrize("rcpt", ['"a<b>c"@shop.example', '"carla, paul"@shop.example', '"a\\"b"@shop.example'])
def test_recipient_is_named_to_the_relay_as_it_is(rcpt: str) -> None:
    server = Script([*GREETING, *TAKEN])

    assert isinstance(make_relay(server.port).send(DESK, [rcpt], MAIL), Sent)
    assert server.heard[0][2] == f"RCPT TO:<{rcpt}>\r\n".encode()


def test_starttls_with_an_authority_that_we_trust(postfix: Postfix, authority: Authority) -> None:
    relay = make_relay(postfix.port, tls="starttls", ca_file=authority.ca_file)

    assert isinstance(relay.send(DESK, [CARLA], MAIL), Sent)
    relay.close()
    wait_until(lambda: "starttls=1" in postfix.log)


def test_implicit_tls(sink: Sink, authority: Authority) -> None:
    route = {"shop.example": f"smtp:[127.0.0.1]:{sink.port}"}
    wrapped = {"smtpd_tls_wrappermode": "yes"}
    with Postfix(route, certificate=authority.issue(), settings=wrapped) as postfix:
        relay = make_relay(postfix.port, tls="implicit", ca_file=authority.ca_file)

        assert isinstance(relay.send(DESK, [CARLA], MAIL), Sent)
        relay.close()


@pytest.mark.parametrize(
    ("tls", "said"),
    [("starttls", "certificate that we cannot trust"), ("implicit", 'no TLS of the kind tls = "implicit"')],
    ids=["signed by somebody else", "of another kind than the relay speaks"],
)
def test_tls_that_is_not_as_it_must_be_sends_nothing(tmp_path: Path, postfix: Postfix, tls: str, said: str) -> None:
    already = postfix.log.count(": client=")
    strangers = Authority(tmp_path, "Somebody else's CA")

    outcome = make_relay(postfix.port, tls=tls, ca_file=strangers.ca_file).send(DESK, [CARLA], MAIL)

    assert isinstance(outcome, Unreachable)
    assert said in outcome.reason
    assert postfix.log.count(": client=") == already


def test_certificate_for_another_name_sends_nothing(authority: Authority) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue("DNS:mx.evil.example"))
    with Sink(tls=context) as sink:
        outcome = make_relay(sink.port, tls="starttls", ca_file=authority.ca_file).send(DESK, [CARLA], MAIL)

    assert isinstance(outcome, Unreachable)
    assert "certificate that we cannot trust" in outcome.reason
    assert "127.0.0.1" in outcome.reason
    assert sink.received == []


def test_relay_without_starttls_gets_nothing_in_clear() -> None:
    with Sink() as sink:
        outcome = make_relay(sink.port, tls="starttls").send(DESK, [CARLA], MAIL)

    assert isinstance(outcome, Unreachable)
    assert "does not offer STARTTLS, and nothing is sent in clear" in outcome.reason
    assert sink.received == []


def test_missing_ca_file_sends_nothing(postfix: Postfix, tmp_path: Path) -> None:
    outcome = make_relay(postfix.port, tls="starttls", ca_file=tmp_path / "none.crt").send(DESK, [CARLA], MAIL)

    assert isinstance(outcome, Unreachable)
    assert "No such file" in outcome.reason


def test_login_over_tls(server_tls: ssl.SSLContext, authority: Authority) -> None:
    with Sink(login=("desk", "secret"), tls=server_tls) as sink:
        relay = make_relay(sink.port, "secret", user="desk", tls="starttls", ca_file=authority.ca_file)

        assert isinstance(relay.send(DESK, [CARLA], MAIL), Sent)
        relay.close()


@pytest.mark.parametrize(
    ("over", "password", "said"),
    [
        ({"user": "desk"}, "wrong", "refused the login of desk: 535"),
        ({"user": "desk"}, "geheim-ä", "must be ASCII"),
        ({}, "", "takes no mail from us: 530"),
    ],
    ids=["wrong password", "password that SMTP cannot carry", "no login"],
)
def test_refused_login_concerns_all_mail_and_tells_no_password(over: dict[str, str], password: str, said: str) -> None:
    with Sink(login=("desk", "secret")) as sink:
        outcome = make_relay(sink.port, password, **over).send(DESK, [CARLA], MAIL)

    assert isinstance(outcome, Unreachable)
    assert said in outcome.reason
    assert not password or password not in outcome.reason


def test_password_that_cannot_be_read_is_named() -> None:
    def unreadable() -> str:
        raise ConfigError("/etc/relay.password: the password cannot be read")

    with Sink(login=("desk", "secret")) as sink:
        settings = OutboundSettings(port=sink.port, tls="none", user="desk", password=SecretStr("secret"))
        outcome = Relay(settings, unreadable).send(DESK, [CARLA], MAIL)

    assert isinstance(outcome, Unreachable)
    assert "/etc/relay.password" in outcome.reason
