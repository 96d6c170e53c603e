"""The language of a few sentences."""

import pytest

from mailticket.mail.language import language_of

SENTENCES = {
    "en": "My vase arrived broken, can you send a new one?|Where is my parcel?|Hello, order 10023 has not arrived yet.",
    "de": "Meine Vase ist kaputt angekommen.|Die Größe stimmt nicht.|Guten Tag, bitte senden Sie mir eine Rechnung.",
    "fr": "Bonjour, mon vase est arrivé cassé.|Où est ma commande ?|Je voudrais un remboursement.",
    "es": "Hola, mi jarrón llegó roto.|¿Dónde está mi pedido?",
    "it": "Buongiorno, il mio vaso è arrivato rotto.|Dove è il mio pacco?",
    "pt": "Olá, o meu vaso chegou partido.|Onde está a minha encomenda?",
    "nl": "Mijn vaas is kapot aangekomen.|Waar is mijn pakket?",
    "sv": "Hej, min vas är trasig.|Var är mitt paket?",
    "da": "Hej, min vase er gået i stykker.|Hvor er min pakke? Jeg har ikke fået den endnu.",
    "no": "Hei, vasen min er ødelagt.|Hvor er pakken min? Jeg har ikke fått den ennå.",
    "fi": "Hei, maljakkoni on rikki.|Missä tilaukseni on? En ole saanut sitä vielä.",
    "pl": "Dzień dobry, mój wazon przyszedł rozbity.|Gdzie jest moja paczka?",
    "cs": "Dobrý den, moje váza přišla rozbitá.|Kde je můj balík?",
    "sk": "Dobrý deň, moja váza prišla rozbitá.|Kde je môj balík? Ešte som ho nedostal.",
    "hu": "Jó napot, a vázám törötten érkezett.|Hol van a csomagom?",
    "ro": "Bună ziua, vaza mea a ajuns spartă.|Unde este comanda mea?",
    "hr": "Dobar dan, moja vaza je stigla razbijena. Možete li poslati novu?",
    "sl": "Pozdravljeni, moja vaza je prispela razbita. Ali lahko pošljete novo?",
    "et": "Tere, minu vaas saabus katki.",
    "lv": "Labdien, mana vāze ir saplīsusi.",
    "lt": "Laba diena, mano vaza atėjo sudužusi.",
    "tr": "Merhaba, vazom kırık geldi.|Siparişim nerede?",
    "id": "Vas saya tiba dalam keadaan pecah. Apakah bisa diganti?",
    "vi": "Xin chào, chiếc bình của tôi đã bị vỡ.",
    "ca": "Bon dia, el meu gerro ha arribat trencat.",
    "ru": "Здравствуйте, моя ваза пришла разбитой.|Где мой заказ?",
    "uk": "Добрий день, моя ваза прийшла розбитою.|Де моє замовлення?",
    "bg": "Здравейте, вазата ми пристигна счупена.|Къде е моята поръчка?",
    "el": "Καλημέρα, το βάζο μου έφτασε σπασμένο.",
    "ja": "花瓶が割れて届きました。",
    "zh": "我的花瓶到的时候碎了。",
    "ko": "꽃병이 깨져서 도착했습니다.",
    "ar": "مرحبا، لقد وصلت المزهرية مكسورة. هل يمكنكم إرسال أخرى",
    "fa": "سلام، گلدان من شکسته رسید. لطفا یکی دیگر بفرستید",
    "he": "שלום, האגרטל הגיע שבור.",
}


@pytest.mark.parametrize(
    ("language", "sentence"),
    [(language, one) for language, sentences in SENTENCES.items() for one in sentences.split("|")],
)
def test_sentence(language: str, sentence: str) -> None:
    assert language_of(sentence) == language


@pytest.mark.parametrize("words", ["", "ok", "10023", "Otto Old", "https://www.und.example/the/and/you"])
def test_nobody_can_tell(words: str) -> None:
    assert language_of(words) == ""


@pytest.mark.parametrize(
    ("declared", "language"),
    [("de", "de"), ("de-AT", "de"), ("EN_us, fr", "en"), ("deu", ""), ("*", ""), ("german", ""), ("", "")],
)
def test_few_words_are_in_the_declared_language(declared: str, language: str) -> None:
    assert language_of("ok", declared) == language


def test_words_tell_more_than_what_is_declared() -> None:
    assert language_of("Meine Vase ist kaputt, bitte senden Sie mir eine neue.", "en-US") == "de"


def test_words_before_a_link_that_no_space_parts_from_it_count() -> None:
    words = "我收到的花瓶已经碎了" * 8

    assert language_of(f"{words}https://www.und.example/the/and/you") == "zh"
