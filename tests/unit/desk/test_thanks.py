"""Is a mail nothing but thanks? In doubt it is not: then the ticket opens again, and somebody looks."""

import pytest

from mailticket.desk.feedback_words import WORDS
from mailticket.desk.thanks import is_thanks
from mailticket.desk.thanks_words import THANKS

THANKING = """
Thanks
thanks!
THANK YOU
Thank you so much!!!
Thanks a lot, Ann!
Thx :-)
Many thanks for your quick reply.
Great, thank you 👍
Perfect. Thanks again!
Hi Ann,⏎⏎thank you very much for your help!⏎⏎Best regards⏎Carla
Hello, thank you, it works now!
It works now, thanks.
Thanks 🙏🏽
ok thanks
Cheers
Much appreciated.
Thank you, Ann Ahlberg
Thanks, all good now.
Thanks – Carla
Dear support team, thank you for the great support. Kind regards, Carla Customer
Danke
Danke schön!
Vielen Dank für die schnelle Hilfe!
Vielen Dank!⏎⏎Mit freundlichen Grüßen⏎Carla Customer
Super, vielen Dank.
Perfekt, danke!
Herzlichen Dank für Ihre Mühe
Hallo Ann, vielen Dank. LG Carla
Danke, hat geklappt.
Vielen Dank fuer die schnelle Antwort
Alles klar, danke
merci vielmals
Merci
Merci beaucoup !
Merci beaucoup pour votre aide.
Bonjour,⏎merci pour votre réponse rapide.⏎Cordialement,⏎Carla
Parfait, merci
Je vous remercie.
C’est parfait, merci beaucoup 😊
Un grand merci à toute l’équipe
Gracias
¡Muchas gracias!
Muchas gracias por su ayuda.
Perfecto, muchas gracias. Un saludo
Muchisimas gracias por todo
Hola Ann, gracias por la respuesta. Saludos, Carla
Grazie
Grazie mille!
Perfetto, grazie mille per l'aiuto.
Buongiorno, vi ringrazio. Cordiali saluti, Carla
Bedankt!
Dank je wel
Hartelijk dank voor de snelle reactie.
Top, bedankt! Groetjes Carla
Dziękuję
Dziękuję bardzo za pomoc!
Dzieki wielkie
Super, dziękuję. Pozdrawiam
Obrigado!
Muito obrigada pela ajuda.
Bom dia, muito obrigado. Cumprimentos, Carla
Tack!
Tack så mycket för hjälpen.
Perfekt, tusen tack
Tak
Mange tak for hjælpen!
Tusind tak, det virker nu
Takk
Tusen takk for hjelpen
Takk skal du ha!
Kiitos
Kiitos paljon avusta!
Hienoa, kiitos
Děkuji
Děkuji moc za pomoc.
Dobrý den, děkuji. S pozdravem Carla
Diky moc
Teşekkürler
Çok teşekkür ederim!
Merhaba, yardımınız için teşekkür ederim. İyi günler
Sağolun
"""

NOT_THANKING = """
Thanks for nothing
No thanks
Thanks, but it is still broken
Thanks, but no
Thanks. One more question
Thanks, when will it arrive?
Thanks?
Thank you, please call me
Thanks, and the invoice
Thanks, it still does not work
Thanks, it does not work
Thanks 2611-0042
Thanks, the order is 10023
Thanks in advance
Thank you in advance for your help
Thanks to you I lost a day
Thank you for your patience while we look into it
Thanks 👎
Thanks 😡
Thanks :-(
Thanks https://shop.example
Thanks, carla@shop.example
I would like to thank you
Thank you for your help with the wrong order
It works now
All good
OK
Great
Hello
Best regards
Carla
...
👍
Will do, thanks
Not solved, thanks
Thanks for the help, it is not solved
I want my money back, thank you very much
Thanks, please close the other ticket, too
Thanks and please send the return label
Thank you, Mallory
Help! Thanks
Thanks, cancel it
Thanks, stop
Danke, aber
Danke, es geht nicht
Danke für nichts
Nein danke
Danke, noch eine Frage
Danke, wann kommt das Paket?
Danke im Voraus
Vielen Dank im Voraus für Ihre Hilfe
Danke, bitte um Rückruf
Danke für die falsche Vase
Leider nicht, danke
Bitte melden Sie sich, danke
Danke! Und wo bleibt die Rechnung
Danke, das Problem besteht weiterhin
Merci de me rappeler
Merci de faire le nécessaire
Merci d’avance
Non merci
Merci, mais
Merci, ça ne marche pas
Merci, toujours rien
Gracias, pero no
No, gracias
Gracias de antemano
Gracias, ¿cuándo llega?
Gracias, no funciona
Gracias, falta la factura
Grazie, ma no
No grazie
Grazie, non funziona
Grazie in anticipo
Resto in attesa, grazie
Alvast bedankt
Bedankt, maar
Nee dank je
Bedankt, het werkt niet
Dziękuję, ale
Nie, dziękuję
Dziękuję, nie działa
Z góry dziękuję
Não, obrigado
Obrigado, mas
Obrigado desde já
Tack, men
Nej tack
Tack på förhand
Tak, men
Nej tak
På forhånd tak
Nei takk
Takk, men det virker ikke
Ei kiitos
Kiitos, mutta
Kiitos etukäteen
Děkuji, ale
Ne, děkuji
Předem děkuji
Hayır teşekkürler
Teşekkürler ama
Şimdiden teşekkürler
Teşekkürler, çalışmıyor
"""

LONG = "thanks " * 16


def rows(table: str) -> list[str]:
    return [row.replace("⏎", "\n") for row in table.strip().splitlines()]


@pytest.mark.parametrize("text", rows(THANKING))
def test_thanks(text: str) -> None:
    assert is_thanks(text, "Carla Customer", "Ann Ahlberg", "Acme Support")


@pytest.mark.parametrize("text", [*rows(NOT_THANKING), "", " ", LONG, "Thanks" + "!" * 400])
def test_more_than_thanks_or_less(text: str) -> None:
    assert not is_thanks(text, "Carla Customer", "Ann Ahlberg", "Acme Support")


def test_the_tables_are_long_enough() -> None:
    assert len(rows(THANKING)) >= 80 and len(rows(NOT_THANKING)) >= 80


@pytest.mark.parametrize("language", THANKS)
def test_what_goes_with_thanks_is_none_by_itself(language: str) -> None:
    thanks, others = (list(map(str.strip, phrases.split("|"))) for phrases in THANKS[language])

    assert not any(map(is_thanks, others))
    assert all(map(is_thanks, thanks))


def test_names_alone_thank_nobody() -> None:
    assert not is_thanks("Carla Customer", "Carla Customer")
    assert is_thanks("Thanks, Carla", "Carla Customer")


@pytest.mark.parametrize("language", WORDS)
def test_what_our_own_button_writes_thanks(language: str) -> None:
    (label, body), *_ = WORDS[language]

    assert is_thanks(label) and is_thanks(body)
