"""What `check` says about a relay: everything up to DATA, asked of a real Postfix and of one that wants a login."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mailticket.checks import acceptance, relay
from mailticket.checks.finding import Finding
from mailticket.store import relays
from mailticket.store.engine import Store
from tests.integration.checks.sites import seen, site
from tests.servers.authority import Authority
from tests.servers.postfix import Postfix
from tests.servers.sink import Sink

DESK, ANN = "support@acme.example", "ann@acme.example"


#: Each desk below has its own trouble with the one relay.
SENDERS = {
    "<>": "550 5.7.1 no null senders",
    "strange@acme.example": "553 5.7.1 not yours",
    f"support+b-{'a' * 48}@acme.example": "550 5.1.8 no such sender",
}
RECIPIENTS = {"gone@acme.example": "550 5.1.1 who is that", "closed.example": "554 5.7.1 no relaying"}


@pytest.fixture(scope="module")
def postfix() -> Iterator[Postfix]:
    with Postfix({"acme.example": "discard:"}, refuse_senders=SENDERS, refuse_recipients=RECIPIENTS) as server:
        yield server


def looked(folder: Path, port: int, agent: str = ANN, desk: Any = None, **outbound: object) -> list[Finding]:
    way = {"host": "127.0.0.1", "port": port, "tls": "none", **outbound}
    here = site(folder, desk=desk or {}, outbound=way, agent=[{"name": "Ann", "address": agent}])
    return list(seen(acceptance.outgoing, here))


@pytest.mark.parametrize(
    ("desk", "agent", "envelope", "says"),
    [
        ({}, ANN, "address", "takes mail from us"),
        ({}, ANN, "auto", "refuses the null reverse-path <> (550 5.7.1 "),
        (
            {"address": "strange@acme.example"},
            ANN,
            "address",
            f"no mail from strange@acme.example to strange@acme.example, {ANN} (553 5.7.1 ",
        ),
        ({}, "gone@acme.example", "address", f"no mail from {DESK} to gone@acme.example (550 5.1.1 "),
        (
            {"address": "support@closed.example"},
            "ann@closed.example",
            "address",
            "no mail from support@closed.example to support@closed.example, ann@closed.example (554 5.7.1 ",
        ),
        ({"plus_addressing": True}, ANN, "token", "refuses reverse-paths of the form local+b-TOKEN@ (550 5.1.8 "),
    ],
    ids=[
        "all is taken", "the null reverse-path", "the desk itself", "an agent", "nobody of ours", "the token's form",
    ],
)  # fmt: skip
def test_what_the_relay_refuses_is_told_with_its_words(
    postfix: Postfix, tmp_path: Path, desk: dict[str, object], agent: str, envelope: str, says: str
) -> None:
    (told,) = looked(tmp_path, postfix.port, agent, desk, envelope=envelope)

    assert says in told.detail
    assert told.ok is ("takes mail from us" in says) is (not told.mend)


def test_a_form_that_is_known_to_be_refused_is_not_asked_for_again(sqlite: Store, tmp_path: Path) -> None:
    with Sink(replies={"<>": "550 5.7.1 no null senders"}) as sink:
        with sqlite.writing() as connection:
            relays.form_refused(connection, f"127.0.0.1:{sink.port}", "null", "550", datetime.now(UTC))
        here = site(
            tmp_path,
            store={"url": sqlite.url},
            outbound={"host": "127.0.0.1", "port": sink.port, "tls": "none"},
        )

        (told,) = seen(acceptance.outgoing, here)

    assert told.ok and sink.senders == [DESK]


def test_nothing_is_ever_sent_for_it(tmp_path: Path) -> None:
    with Sink() as sink:
        looked(tmp_path, sink.port)

    assert sink.received == []
    assert sink.senders == ["support@acme.example", "support@acme.example", "", ""]


@pytest.mark.parametrize(
    ("over", "days", "says"),
    [
        ({}, 60, "tls starttls, as support, takes mail from us"),
        ({}, 9, "its certificate expires on "),
        ({"password": "wrong"}, 60, "refused the login of support: 535"),
        ({"ca_file": None}, 60, "has a certificate that we cannot trust"),
    ],
    ids=["all is well", "a certificate that ends soon", "a wrong password", "an unknown CA"],
)
def test_a_relay_with_login(tmp_path: Path, over: dict[str, Any], days: int, says: str) -> None:
    authority = Authority(tmp_path / "ca")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*authority.issue(days=days))
    login = {"tls": "starttls", "ca_file": str(authority.ca_file), "user": "support", "password": "secret"}
    with Sink(login=("support", "secret"), tls=tls) as sink:
        found = looked(tmp_path, sink.port, **{**login, **{k: v or "" for k, v in over.items()}})

    assert says in found[0].detail


@pytest.mark.parametrize(("folder", "ok"), [("new/outgoing", True), ("a file/outgoing", False)])
def test_maildir_is_one_that_can_be_made(tmp_path: Path, folder: str, ok: bool) -> None:
    (tmp_path / "a file").touch()
    (found,) = seen(relay.maildir, site(tmp_path, outbound={"transport": "maildir", "maildir": folder}))

    assert found.ok is ok, found.detail
