"""What stands below the last words goes where it is certain, and prose never does."""

import pytest

from mailticket.mail.reply import new_words

WORDS = "Please send a new vase.\nBlue."


@pytest.mark.parametrize(
    "below",
    [
        "-- \nCarla",
        "--\nCarla\nShop Ltd\n+49 30 1234",
        "Sent from my iPhone",
        "Sent from my Verizon, Samsung Galaxy smartphone",
        "Get Outlook for iOS<https://aka.example/ios>",
        "Sent from Mail for Windows 10",
        "Von meinem iPhone gesendet",
        "Gesendet mit der GMX Mail App",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Enviado do meu iPhone",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Skickat från min iPhone",
        "Sendt fra min iPhone",
        "Lähetetty iPhonesta",
        "Wysłane z iPhone’a",
        "Odesláno z iPhonu",
        "Elküldve az iPhone-omról",
        "Trimis de pe iPhone-ul meu",
        "Отправлено с iPhone",
        "iPhone’umdan gönderildi",
        "Στάλθηκε από το iPhone μου",
        "נשלח מה-iPhone שלי",
        "Được gửi từ iPhone của tôi",
        "iPhoneから送信",
        "发自我的 iPhone",
        "나의 iPhone에서 보냄",
        "Best regards,\nCarla Customer\nHead of Vases\n+49 30 1234567",
        "Mit freundlichen Grüßen\n\nCarla Customer",
        "Cordialement,\nCarla",
        "Carla Customer\ncarla@shop.example\nwww.shop.example",
        "-Carla",
        "Carla Customer\nvia mobile",
        "----------------\n\nCarla\n\nt. 555-931-0702\n\nskype: carla\n\nhttps://shop.example/",
        "_____________________\nvases mailing list\nvases@lists.example\nhttps://lists.example/listinfo/vases",
        "CONFIDENTIALITY NOTICE: This e-mail is for its recipient only. If you are not, delete it.",
        "Diese E-Mail enthält vertrauliche Informationen. Sind Sie nicht gemeint, löschen Sie sie.",
        "Best,\nCarla\n\nSent from my iPhone\n\nPlease consider the environment before printing this.",
    ],
)
def test_signature_goes(below: str) -> None:
    assert new_words(f"{WORDS}\n\n{below}\n") == WORDS


@pytest.mark.parametrize(
    "text",
    [
        "Please call me.\nThanks",
        "Here is another mail\n\nSent from my desk, is much easier than my mobile phone.",
        "The list:\n- blue\n- red\n-green",
        "My address:\n\nCarla Customer\n12 Fox Street\nLondon\n+44 20 1234567",
        "Thanks,\nplease also send me the invoice, I need it for taxes.",
        "Hello,\n\nwho sent this?\n\nRegards,\nCan you call me back?",
        "It works.\n\nRegards,\nCarla\n\nPS: and the second one is still broken",
        "Das war es.\n\nViele Grüße\nCarla\n\nP. S. Die Rechnung fehlt noch",
        "Perfecto.\n\nUn saludo\nCarla\n\nPD: falta la factura",
        "It works.\n\nRegards,\nCarla\n\nThe second one is still broken.",
        "Two colours:\n\n-----\nBlue\n-----\nRed",
        "--\n" + "\n".join(f"line {number} of a letter" for number in range(40)),
    ],
)
def test_words_stay(text: str) -> None:
    assert new_words(text) == text


@pytest.mark.parametrize("text", ["Thank you!\n\nSent from my iPhone", "Thank you!\n\n-- \nCarla"])
def test_thanks_alone_are_words(text: str) -> None:
    assert new_words(text) == "Thank you!"


@pytest.mark.parametrize("text", ["Sent from my iPhone", "Thanks,\nCarla", "Carla\ncarla@shop.example"])
def test_signature_alone_is_all_there_is(text: str) -> None:
    assert new_words(text) == text
