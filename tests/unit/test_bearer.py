"""What is said to a server with a token, and what is heard from it."""

import pytest

from mailticket.bearer import Login, mechanism_of


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        (("PLAIN", "XOAUTH2", "OAUTHBEARER"), "OAUTHBEARER"),
        (("PLAIN", "XOAUTH2"), "XOAUTH2"),
        (("PLAIN", "LOGIN"), None),
        ((), None),
    ],
)
def test_standard_comes_before_its_forerunner(offered: tuple[str, ...], expected: str | None) -> None:
    assert mechanism_of(offered.__contains__) == expected


def test_oauthbearer_names_user_host_and_port() -> None:
    """The example of RFC 7628 §4.1."""
    login = Login(
        "OAUTHBEARER", "user@example.com", "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==", "server.example.com", 143
    )

    assert login.answer() == (
        "n,a=user@example.com,\x01host=server.example.com\x01port=143\x01"
        "auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01"
    )


def test_user_with_a_comma_stays_one_user() -> None:
    assert Login("OAUTHBEARER", "a=b,c", "t", "h", 1).answer().startswith("n,a=a=3Db=2Cc,\x01")


def test_xoauth2_is_user_and_token() -> None:
    login = Login("XOAUTH2", "someuser@example.com", "ya29.vF9dft4", "imap.example.com", 993)

    assert login.answer() == "user=someuser@example.com\x01auth=Bearer ya29.vF9dft4\x01\x01"


@pytest.mark.parametrize(("mechanism", "last"), [("XOAUTH2", ""), ("OAUTHBEARER", "\x01")])
@pytest.mark.parametrize(
    ("challenge", "refusal"),
    [
        (b'{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}',
         "status 400, scope https://mail.google.com/, schemes Bearer"),
        (b'{"status":"invalid_token","openid-configuration":"https://x","token":"abc"}', "status invalid_token"),
        (b'{"status":"in\\r\\nvalid"}', "status in valid"),
        (b"[]", ""),
        (b"what?", ""),
        (b"\xff\xfe", ""),
        (b"", ""),
    ],
    ids=["Google", "Dovecot, and a secret", "line break", "no object", "no JSON", "no text", "nothing"],
)  # fmt: skip
def test_refusal_is_heard_and_the_token_not_said_again(
    mechanism: str, last: str, challenge: bytes, refusal: str
) -> None:
    login = Login(mechanism, "a@x.example", "secret-token", "h", 1)  # type: ignore[arg-type]
    login.answer()

    assert login.answer(challenge) == last
    assert login.refusal == refusal
