"""Header blocks and separators over history, in many languages; forwarded mail, which stays."""

import pytest

from mailticket.mail.reply import new_words

BLOCKS = {
    "english": "From: Acme\nSent: Sunday\nTo: Carla\nSubject: Re: vase",
    "bold": "*From:* Acme\n*Sent:* Sunday\n*To:* Carla\n*Subject:* Re: vase",
    "wrapped": "From: Acme\nSent: Sunday\nTo: Ann; Bob; Cat;\n Dora; Eve\nCc: Fay\nSubject: vase",
    "spread": "From:\nAcme <desk@acme.example>\n\nSent: Sunday\n\nTo: Carla\n\nSubject: vase",
    "two fields": "From: desk@acme.example\nDate: Sun, 22 Nov 2026 10:00:00 +0100",
    "german": "Von: Acme\nGesendet: Sonntag\nAn: Carla\nBetreff: AW: Vase",
    "french": "De : Acme\nEnvoyé : dimanche\nÀ : Carla\nObjet : RE: vase",
    "spanish": "De: Acme\nEnviado el: domingo\nPara: Carla\nAsunto: RE: jarrón",
    "portuguese": "De: Acme\nEnviada em: domingo\nPara: Carla\nAssunto: RES: vaso",
    "italian": "Da: Acme\nInviato: domenica\nA: Carla\nOggetto: R: vaso",
    "dutch": "Van: Acme\nVerzonden: zondag\nAan: Carla\nOnderwerp: vaas",
    "swedish": "Från: Acme\nSkickat: söndag\nTill: Carla\nÄmne: SV: vas",
    "danish": "Fra: Acme\nSendt: søndag\nTil: Carla\nEmne: SV: vase",
    "finnish": "Lähettäjä: Acme\nLähetetty: sunnuntai\nVastaanottaja: Carla\nAihe: VS: maljakko",
    "polish": "Od: Acme\nWysłano: niedziela\nDo: Carla\nTemat: ODP: wazon",
    "czech": "Od: Acme\nOdesláno: neděle\nKomu: Carla\nPředmět: váza",
    "hungarian": "Feladó: Acme\nElküldve: vasárnap\nCímzett: Carla\nTárgy: váza",
    "romanian": "De la: Acme\nTrimis: duminică\nCătre: Carla\nSubiect: vază",
    "russian": "От: Acme\nОтправлено: воскресенье\nКому: Carla\nТема: ваза",
    "ukrainian": "Від: Acme\nНадіслано: неділя\nКому: Carla\nТема: ваза",
    "turkish": "Kimden: Acme\nGönderildi: Pazar\nKime: Carla\nKonu: vazo",
    "greek": "Από: Acme\nΣτάλθηκε: Κυριακή\nΠρος: Carla\nΘέμα: βάζο",
    "hebrew": "מאת: Acme\nנשלח: יום\nאל: Carla\nנושא: אגרטל",
    "vietnamese": "Từ: Acme\nĐã gửi: Chủ nhật\nTới: Carla\nChủ đề: bình",
    "japanese": "差出人: Acme\n送信日時: 2026年11月22日\n宛先: Carla\n件名: 花瓶",
    "chinese": "发件人： Acme\n发送时间： 2026年11月22日\n收件人： Carla\n主题： 花瓶",
    "korean": "보낸 사람: Acme\n보낸 날짜: 2026년\n받는 사람: Carla\n제목: 꽃병",
}


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS.keys())
@pytest.mark.parametrize("rule", ["", "________________________________\n", " ------------------\n\n"])
def test_all_below_a_header_is_old(block: str, rule: str) -> None:
    assert new_words(f"Blue, please.\n\n{rule}{block}\n\nWhich colour?") == "Blue, please."


@pytest.mark.parametrize(
    "separator",
    [
        "-----Original Message-----",
        "-------- Ursprüngliche Nachricht --------",
        "-----Message d'origine-----",
        "-----Mensaje original-----",
        "-----Messaggio originale-----",
        "-----Oorspronkelijk bericht-----",
        "---------- Původní e-mail ----------",
        "-----Исходное сообщение-----",
        "------------------ 原始邮件 ------------------",
        "##- Please type your reply above this line -##",
    ],
)
def test_all_below_a_separator_is_old(separator: str) -> None:
    assert new_words(f"Blue, please.\n\n{separator}\nWhich colour?") == "Blue, please."


@pytest.mark.parametrize(
    "forwarded",
    [
        f"---------- Forwarded message ---------\n{BLOCKS['english']}\n\nWhich colour?\n> quoted\n-- \nAcme",
        f"Begin forwarded message:\n\n{BLOCKS['english']}\n\nWhich colour?",
        f"-------- Weitergeleitete Nachricht --------\n{BLOCKS['german']}\n\nWelche Farbe?",
        "-------- Message transféré --------\nSujet : vase\n\nQuelle couleur ?",
    ],
)
def test_forwarded_mail_stays(forwarded: str) -> None:
    assert new_words(f"Please see:\n\n{forwarded}") == f"Please see:\n\n{forwarded}"


def test_header_below_a_forwarding_subject_stays() -> None:
    text = f"Please see:\n\n{BLOCKS['english']}\n\nWhich colour?"

    assert new_words(text, forwarded=True) == text


def test_answers_that_are_said_to_stand_below_stay() -> None:
    text = f"My answers are below in red.\n\n{BLOCKS['english']}\n\nWhich colour?\nBlue."

    assert new_words(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "From: Berlin\nTo: Hamburg\nDate: 3 May\nWhat does it cost?",
        "Come to\n\nDate: 3 May 2026\nTime: 10:00\nAddress: Fox Street",
        "---- Enter feedback below ----\nIt works.",
    ],
)
def test_forms_are_no_headers(text: str) -> None:
    assert new_words(text) == text


def test_our_word_of_a_mail_that_came_back_does_not_go_on_to_the_customer() -> None:
    ours = "Hello Ann,\n\nour confirmation did not reach carla@shop.example: the mailbox\nis full.\n\nAcme Support"

    assert new_words(f"We called her.\n\n{ours}") == "We called her."
