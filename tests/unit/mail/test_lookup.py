"""Whose DNS answers for a domain."""

import pytest

from mailticket.mail.lookup import organization


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("acme.example", "acme.example"),
        ("slow17.Evil.example", "evil.example"),
        ("a.mail.acme.co.uk", "acme.co.uk"),
        ("co.uk", "co.uk"),
        ("mail.abc.de", "abc.de"),
        ("a.co.com", "co.com"),
        ("localhost", "localhost"),
        ("", ""),
    ],
)
def test_organization_is_known_by_its_last_labels(domain: str, expected: str) -> None:
    assert organization(domain) == expected
