"""Which mails let somebody sign up elsewhere in the desk's name?"""

import pytest

from mailticket.mail.message import Address
from mailticket.mail.sign_up import is_sign_up_mail
from tests.factories import make_mail


@pytest.mark.parametrize(
    ("sender", "subject", "text"),
    [
        ("no-reply@chat.example", "Chat confirmation code: QX4-7TB", "Enter it where you left off."),
        ("feedback@chat.example", "Confirm your email address", "Press https://chat.example/c/8f2 to join."),
        ("no-reply@accounts.search.example", "Your verification code", "Hello,\n\nyour code is\n\n  482 913\n"),
        ("noreply@desk.example", "Sign in", "Here is your magic link: https://desk.example/m/1"),
        ("account-security@x.example", "One-time passcode", "719045"),
        ("noreply@x.example", "Max invites you to join the team", "https://x.example/join/77"),
        ("noreply@x.example", "Ihr Bestätigungscode", "Der Code lautet 4711."),
        ("no-reply@x.example", "Bitte bestätigen Sie Ihre E-Mail-Adresse", "https://x.example/b"),
        ("verify@x.example", "Code de vérification : 482913", "À bientôt"),
        ("noreply@x.example", "Confirmez votre adresse", "https://x.example/c"),
        ("noreply@x.example", "Tu código de verificación", "482913"),
        ("noreply@x.example", "Seu código de verificação", "482913"),
        ("noreply@x.example", "Conferma il tuo indirizzo", "https://x.example/c"),
        ("noreply@x.example", "Bevestig je e-mailadres", "https://x.example/c"),
        ("noreply@x.example", "Twój kod weryfikacyjny", "482913"),
        ("noreply@x.example", "Bekräfta din e-postadress", "https://x.example/c"),
    ],
)
def test_codes_and_links_of_other_services_are_recognised(sender: str, subject: str, text: str) -> None:
    assert is_sign_up_mail(make_mail(from_=Address(addr_spec=sender), subject=subject, text=text))


@pytest.mark.parametrize(
    ("sender", "subject", "text"),
    [
        ("carla@shop.example", "Your verification code does not work", "I typed 482913 and nothing happens."),
        ("carla@shop.example", "Please confirm your email address", "I lost it: https://shop.example/contact"),
        ("no-reply@parcel.example", "Your parcel 48291377 is on its way", "Track it: https://parcel.example/48291377"),
        ("noreply@bank.example", "Your statement", "Never tell anybody a PIN. https://bank.example"),
        ("notifications@code.example", "[repo] Verify the build (#4711)", "https://code.example/repo/4711"),
        ("no-reply@x.example", "Your security code has been changed", "Nothing else needs to be done."),
        ("info@x.example", "Confirm your account data", "Call 0301234."),
    ],
    ids=["a customer's", "a question", "a parcel", "a bank's advice", "work", "neither code nor link", "a person's"],
)
def test_other_mail_is_none(sender: str, subject: str, text: str) -> None:
    assert not is_sign_up_mail(make_mail(from_=Address(addr_spec=sender), subject=subject, text=text))


def test_a_link_may_be_in_the_html_alone() -> None:
    mail = make_mail(
        from_=Address(addr_spec="noreply@x.example"), subject="Verify your account", text="Press the button.",
        html='<a href="https://x.example/v">Verify</a>',
    )  # fmt: skip

    assert is_sign_up_mail(mail)


def test_mail_of_nobody_is_none() -> None:
    assert not is_sign_up_mail(make_mail(from_=None, subject="Your verification code", text="482913"))
