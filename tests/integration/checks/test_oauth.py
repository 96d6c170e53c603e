"""What `check` says of an OAuth2 sign-in, by what is kept of it."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailticket import assembly
from mailticket.checks.finding import Finding
from mailticket.checks.oauth import sign_in
from mailticket.credentials import grants_of
from mailticket.store import grants
from tests.integration.checks.sites import seen, site

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
#: What is good to say of it.
ACCOUNT = "ann@acme.example"


def look(folder: Path, kept: dict[str, Any] | None, **oauth2: Any) -> list[Finding]:
    """The findings for a mailbox at Microsoft; `kept`: what the store has, None before the first start."""
    table = {"client_id": "1b7f", "tenant": "9c2e", **oauth2}
    box = {"name": "support", "provider": "microsoft365", "user": "support@acme.example", "oauth2": table}
    at = site(folder, NOW, desk={"data_dir": "data"}, intake={"imap": [box]})
    (grant,) = grants_of(at.settings)
    if kept is not None:
        store = assembly.open_store(at.settings)
        with store.writing() as connection:
            if "at" in kept:
                grants.sign_in(connection, grant.key, b"x", ACCOUNT, kept.get("expires_at"), kept["at"])
            if failure := kept.get("failure"):
                grants.failed(connection, grant.key, b"x", failure, NOW)
        store.close()
    found = list(seen(lambda one: sign_in(grant, one), at))
    at.store.close()
    return found


@pytest.mark.parametrize(
    ("kept", "oauth2", "ok", "words"),
    [
        (None, {}, [False], "nobody has signed in for support@acme.example yet"),
        ({}, {}, [False], "nobody has signed in for support@acme.example yet"),
        ({"at": NOW - DAY}, {}, [True], "ann@acme.example signed in on 2026-11-22; sign-in good until 2027-02-20"),
        ({"at": NOW - 80 * DAY}, {}, [True, False], "the sign-in for support@acme.example ends on 2026-12-03"),
        ({"at": NOW - DAY, "expires_at": NOW + 6 * DAY}, {}, [True, False], "ends on 2026-11-29"),
        ({"at": NOW - DAY, "failure": "revoked"}, {}, [False], "refused since 2026-11-23 12:00 UTC: revoked"),
        ({}, {"grant": "application", "client_secret": "s"}, [True], "by the app's own right, not used yet"),
        (
            {},
            {"grant": "application", "client_secret": "s", "client_secret_expires": date(2026, 11, 25)},
            [True, False],
            "the client secret for support@acme.example ends on 2026-11-25",
        ),
    ],
    ids=["no store", "nobody", "fine", "forgotten soon", "ends soon", "refused", "application", "secret ends soon"],
)
def test_state_of_a_sign_in(
    tmp_path: Path, kept: dict[str, Any] | None, oauth2: dict[str, Any], ok: list[bool], words: str
) -> None:
    found = look(tmp_path, kept, **oauth2)

    assert [one.ok for one in found] == ok
    assert words in found[-1].detail
    assert all(one.mend for one in found if not one.ok)
