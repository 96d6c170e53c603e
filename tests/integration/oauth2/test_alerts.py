"""Who hears when a right to a mailbox ends, or has ended: the leads, once a stage, and once when it is over."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from mailticket import config
from mailticket.credentials import Credentials
from mailticket.errors import MailticketError
from mailticket.store.engine import Store
from mailticket.store.tables import oauth_grants
from tests.factories import ANN
from tests.integration.nodes import Node, node
from tests.integration.oauth2.granting import signed_in
from tests.servers.oauth2 import OAuth2

DAY = timedelta(days=1)


@pytest.fixture
def desk(sqlite: Store, tmp_path: Path) -> Iterator[Node]:
    with node(sqlite, tmp_path / "blobs") as running:
        yield running


@pytest.fixture
def figures() -> dict[str, datetime]:
    """What the metrics heard."""
    return {}


def credentials(
    desk: Node, server: OAuth2, folder: Path, figures: dict[str, datetime], outbound: bool = False, **more: Any
) -> Credentials:
    """Of a service with one mailbox; `outbound`: its relay takes the same right."""
    oauth2 = {
        "issuer": server.issuer, "ca_file": str(server.ca_file), "client_id": "desk", "scopes": ["imap", "smtp"],
        **more,
    }  # fmt: skip
    login = {"user": "support", "host": "127.0.0.1", "oauth2": oauth2}
    values = {"desk": {"data_dir": "data"}, "intake": {"imap": [{"name": "support", **login}]}}
    if outbound:
        values["outbound"] = login
    return Credentials(config.build(values, "test", folder), desk.ledger, desk.clock, figures.__setitem__)


def sign_in(own: Credentials, server: OAuth2) -> None:
    """A person does what `authorize` asks for, while the service runs."""
    assert own._tokens is not None
    (grant,) = own._tokens.grants
    own._tokens.keeping.sign_in(grant, signed_in(server, grant))


def told(desk: Node) -> list[tuple[str, bool]]:
    """What the leads were written, each with whether it says that all is over."""
    return [
        (one["details"]["headline"], bool(one["details"]["over_at"]))
        for one in desk.notices()
        if one["kind"] == "trouble"
    ]


def ask(own: Credentials) -> str:
    """What a login gets: "" for a token, else why there is none."""
    token = own.token("support")
    assert token is not None
    try:
        token(refused=token())
    except MailticketError as fault:
        return str(fault)
    return ""


def test_lead_hears_once_that_the_right_is_gone_and_once_that_it_is_back(
    desk: Node, server: OAuth2, figures: dict[str, datetime], tmp_path: Path
) -> None:
    own = credentials(desk, server, tmp_path, figures)
    sign_in(own, server)
    assert ask(own) == ""
    server.control(revoke=True)
    faults = {ask(own), ask(own)}
    gone = f"{server.issuer} lets us into support no longer"

    assert all("mailticket authorize support" in fault for fault in faults)
    assert told(desk) == [(gone, False)]
    assert desk.queued() == [("trouble", ANN.address)]

    sign_in(own, server)
    assert ask(own) == ""
    assert told(desk) == [(gone, False), (gone, True)]


def test_right_by_which_mail_leaves_is_no_matter_for_mail(
    desk: Node, server: OAuth2, figures: dict[str, datetime], tmp_path: Path
) -> None:
    own = credentials(desk, server, tmp_path, figures, outbound=True)
    sign_in(own, server)
    server.control(revoke=True)

    assert ask(own)
    assert told(desk) == []


def test_each_stage_before_the_end_is_told_once_by_whichever_node(
    desk: Node, server: OAuth2, figures: dict[str, datetime], tmp_path: Path
) -> None:
    nodes = [credentials(desk, server, tmp_path, figures) for _ in range(2)]
    sign_in(nodes[0], server)
    end = desk.clock() + 20 * DAY
    with desk.store.writing() as connection:
        connection.execute(update(oauth_grants).values(expires_at=end))

    for _ in range(21 * 4):
        desk.clock.time += DAY / 4
        with desk.store.writing() as connection:
            connection.execute(update(oauth_grants).values(renewed_at=desk.clock()))
        for own in nodes:
            own.tend(desk.ledger, desk.clock())

    headline = f"The sign-in for support ends on {end:%Y-%m-%d}"
    assert told(desk) == [(headline, False)] * 4
    assert figures == {"sign-in support": end}


def test_secret_with_a_last_day_is_warned_of_and_a_new_one_ends_that(
    desk: Node, server: OAuth2, figures: dict[str, datetime], tmp_path: Path
) -> None:
    application: dict[str, Any] = {"grant": "application", "client_id": "app", "client_secret": "app-secret"}
    last_day = desk.clock().date() + 10 * DAY
    own = credentials(desk, server, tmp_path, figures, **application, client_secret_expires=last_day)
    own.tend(desk.ledger, desk.clock())
    renewed = credentials(desk, server, tmp_path, figures, **application, client_secret_expires=date(2028, 1, 1))
    renewed.tend(desk.ledger, desk.clock())

    headline = f"The client secret for support ends on {last_day:%Y-%m-%d}"
    assert told(desk) == [(headline, False), (headline, True)]
    assert figures["client secret support"].date() == date(2028, 1, 1)


def test_desk_with_passwords_has_nothing_of_this(desk: Node, tmp_path: Path) -> None:
    own = Credentials(config.build({"desk": {"data_dir": "data"}}, "test", tmp_path), desk.ledger, desk.clock)
    own.tend(desk.ledger, desk.clock())

    assert own.token("outbound") is None
    assert not (tmp_path / "data" / "oauth.key").exists()
