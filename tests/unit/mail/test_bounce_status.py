"""The status that says best why a mail came back."""

import pytest

from mailticket.mail.bounce_status import clearer, status_of, temporary


@pytest.mark.parametrize(
    ("field", "words", "status"),
    [
        ("5.1.1", "550 5.7.1 refused", "5.1.1"),
        ("5.0.0", "550 5.7.1 refused", "5.7.1"),
        ("5.0.0", "5.1.0 unknown address 550-'5.2.2 full'", "5.2.2"),
        ("4.4.7", "554 4.4.7 expired <421 4.4.2 timed out>", "4.4.2"),
        ("4.4.7", "550 4.4.7 expired", "4.4.7"),
        ("4.5.0", "550 5.5.0 refused", "5.5.0"),
        ("", "550-5.7.26 not authenticated\n550 5.7.26 see there", "5.7.26"),
        ("", "no mailbox (#5.1.1)", "5.1.1"),
        ("", "552 whatever", "5.0.0"),
        ("", "[SMTP Error Code 550]", "5.0.0"),
        ("", "452 mailbox is full", "4.2.2"),
        ("", "the mailbox is full", "5.2.2"),
        ("", "Host unknown", "5.1.2"),
        ("", "2.1.5 delivered", ""),
        ("", "mx [192.5.1.1] at 10.5.1.1, version 5.5.2653.19", ""),
        ("", "call (450) 555-1234 or 480-624-2500", ""),
        ("", "", ""),
    ],
)
def test_status_is_drawn_from_field_and_words(field: str, words: str, status: str) -> None:
    assert status_of(field, words) == status


@pytest.mark.parametrize(
    ("status", "notice", "clear"),
    [
        ("5.0.0", "mx said: 550 5.1.1 nobody", "5.1.1"),
        ("5.1.1", "mx said: 550 5.7.1 refused", "5.1.1"),
        ("4.0.0", "mx said: 550 5.1.1 nobody", "4.0.0"),
        ("5.0.0", "550 5.0.0 failed, 554 5.2.2 full", "5.2.2"),
        ("5.0.0", "see section 5.1.1 of our rules", "5.0.0"),
    ],
)
def test_status_that_says_nothing_gives_way_to_an_answer_that_is_quoted(status: str, notice: str, clear: str) -> None:
    assert clearer(status, notice) == clear


@pytest.mark.parametrize(("status", "late"), [("5.2.2", "4.2.2"), ("4.4.1", "4.4.1"), ("", "4.0.0")])
def test_status_of_a_delay_is_temporary(status: str, late: str) -> None:
    assert temporary(status) == late


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("Der Empfänger ist unbekannt", "5.1.1"),
        ("Destinataire inconnu", "5.1.1"),
        ("Usuario desconocido", "5.1.1"),
        ("Destinatario sconosciuto", "5.1.1"),
        ("Usuário inexistente", "5.1.1"),
        ("Nieznany odbiorca", "5.1.1"),
        ("Пользователь не найден", "5.1.1"),
        ("用户不存在", "5.1.1"),
        ("宛先不明", "5.1.1"),
        ("Das Postfach ist voll", "5.2.2"),
        ("Boîte aux lettres pleine", "5.2.2"),
        ("El buzón está lleno", "5.2.2"),
        ("La caixa postal está cheia", "5.2.2"),
        ("Casella piena", "5.2.2"),
        ("Skrzynka odbiorcy jest pełna", "5.2.2"),
        ("Почтовый ящик переполнен", "5.2.2"),
        ("邮箱已满", "5.2.2"),
        ("メールボックスがいっぱいです", "5.2.2"),
    ],
)
def test_reason_is_understood_in_many_languages(words: str, status: str) -> None:
    assert status_of("", words) == status
