"""When a sign-in or a secret ends, and which warnings that gives."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from mailticket.oauth.expiry import End, days_of_warning, ends_of
from mailticket.oauth.grant import Endpoints, Grant
from mailticket.settings.oauth2 import OAuth2Settings
from mailticket.store.grants import Kept

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
KEPT = Kept(
    refresh_token=b"x", account="", granted_at=NOW - 30 * DAY, renewed_at=NOW - DAY, expires_at=None, failed_at=None,
    failure="",
)  # fmt: skip


def grant(idle_days: int = 0, **settings: object) -> Grant:
    endpoints = Endpoints(title="Acme", idle_days=idle_days)
    oauth2 = OAuth2Settings.model_validate(settings)
    return Grant(
        key="k", names=("support",), user="u@x.example", provider="", endpoints=endpoints, scopes=(), settings=oauth2
    )


@pytest.mark.parametrize(
    ("left", "days"),
    [
        (15 * DAY, 0), (14 * DAY + timedelta(seconds=1), 0), (14 * DAY, 14), (8 * DAY, 14), (7 * DAY, 7), (4 * DAY, 7),
        (3 * DAY, 3), (2 * DAY, 3), (DAY, 1), (timedelta(seconds=1), 1), (timedelta(0), 0), (-DAY, 0),
    ],
    ids=str,
)  # fmt: skip
def test_warnings_come_fourteen_seven_three_days_and_one_before(left: timedelta, days: int) -> None:
    assert days_of_warning(End(what="sign-in", at=NOW + left), NOW) == days


def test_sign_in_of_which_nothing_is_known_has_no_end() -> None:
    assert ends_of(grant(), KEPT) == []
    assert ends_of(grant(idle_days=90), None) == []
    assert ends_of(grant(idle_days=90), replace(KEPT, refresh_token=None)) == []


def test_unused_sign_in_ends_and_each_use_puts_that_off() -> None:
    assert ends_of(grant(idle_days=90), KEPT) == [End(what="sign-in", at=NOW + 89 * DAY)]


def test_what_the_server_says_comes_first_where_it_is_sooner() -> None:
    kept = replace(KEPT, expires_at=NOW + 7 * DAY)

    assert ends_of(grant(idle_days=180), kept) == [End(what="sign-in", at=NOW + 7 * DAY)]


def test_secret_is_good_to_the_end_of_its_last_day() -> None:
    ends = ends_of(grant(client_secret_expires=date(2026, 11, 30)), KEPT)

    assert ends == [End(what="client secret", at=datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC))]
