"""Whose verdicts in a mailbox may be believed? Only a name on top of all mail, and of somebody we know."""

import pytest

from mailticket.setup.mailbox import Judged, authserv_id

OWN = ("acme.example", "imap.hoster.example", "mx.relay.example")


def mails(*ids: tuple[str, ...], domains: tuple[str, ...] = ("a.example", "b.example", "c.example")) -> list[Judged]:
    return [Judged(domain=domains[number % len(domains)], authserv_ids=one) for number, one in enumerate(ids)]


@pytest.mark.parametrize(
    ("judged", "found"),
    [
        pytest.param(mails(*[("mx.acme.example",)] * 3), ("mx.acme.example", True), id="of the desk's domain"),
        pytest.param(
            mails(*[("mail3.hoster.example",)] * 3), ("mail3.hoster.example", True), id="of the mail server's"
        ),
        pytest.param(mails(*[("relay.example",)] * 3), ("relay.example", True), id="of the MX'"),
        pytest.param(
            mails(*[("MX.Acme.example", "x.evil")] * 3), ("mx.acme.example", True), id="above the sender's own"
        ),
        pytest.param(
            mails(*[("mx.google.com",)] * 3), ("mx.google.com", False), id="of strangers: somebody must say so"
        ),
        pytest.param(mails(*[("mx.acme.example",)] * 2), ("", False), id="too few"),
        pytest.param(mails(*[("mx.acme.example",)] * 9, domains=("a.example",)), ("", False), id="all from one domain"),
        pytest.param(mails(("mx.acme.example",), (), ("mx.acme.example",)), ("", False), id="not in all of them"),
        pytest.param(
            mails(*[("mx.acme.example",)] * 2, ("x.evil", "mx.acme.example")), ("", False), id="not always on top"
        ),
        pytest.param(mails((), (), ()), ("", False), id="in none"),
        pytest.param([], ("", False), id="no mail"),
        pytest.param(
            [*mails(*[("mx.acme.example",)] * 3), Judged(domain="acme.example", authserv_ids=())],
            ("mx.acme.example", True),
            id="mail from within bears none",
        ),
    ],
)
def test_the_name_to_believe(judged: list[Judged], found: tuple[str, bool]) -> None:
    assert authserv_id(judged, OWN) == found
