"""Which words say thanks and nothing else? By language: those that thank, and what may stand around them.

Nothing in here asks for anything, doubts or refuses, in whatever order it is put; when in doubt a phrase is left out.
Accents do not count.
"""

from collections.abc import Mapping

#: Phrases of each language, with | between them: what thanks, and what goes with it.
THANKS: Mapping[str, tuple[str, str]] = {
    "en": (
        "thanks | thank you | thank u | thx | thnx | ty | tyvm | tysm | cheers | many thanks | thanks a lot | "
        "thanks a million | thanks a bunch | thanks a ton | much appreciated | appreciated | appreciate it | "
        "i appreciate it | we appreciate it | really appreciate it | i really appreciate it | much obliged | "
        "big thanks",
        "so much | very much | very very much | again | once again | once more | all | everyone | everybody | "
        "team | support team | guys | folks | kindly | indeed | for your help | for the help | for all your help | "
        "for all the help | for helping | for helping me | for helping us | for your quick help | "
        "for the quick help | for your support | for the support | for the great support | for the quick support | "
        "for your time | for your reply | for the reply | for your quick reply | for the quick reply | "
        "for the fast reply | for your prompt reply | for the prompt reply | for your response | "
        "for the response | for your quick response | for the quick response | for your prompt response | "
        "for the prompt response | for your fast response | for the fast response | for your answer | "
        "for the answer | for the quick answer | for your quick answer | for the information | for the info | "
        "for the update | for letting me know | for everything | for your effort | for your efforts | "
        "for your patience | for your kindness | for the refund | for the service | for the great service | "
        "for the good service | for the excellent service | for sorting it out | for sorting this out | "
        "for fixing it | for fixing this | for resolving this | great | perfect | excellent | wonderful | "
        "brilliant | fantastic | awesome | amazing | super | lovely | cool | ok | okay | great job | good job | "
        "great work | good work | great service | excellent service | great help | you are the best | "
        "you're the best | that's great | that is great | that's perfect | all good | all good now | it works | "
        "it works now | works now | works | it works perfectly | works perfectly | it worked | that worked | "
        "that works | solved | it's solved | it is solved | problem solved | resolved | got it | all done | hi | "
        "hello | hey | dear | dear all | dear team | good morning | good afternoon | good evening | hi there | "
        "hello there | regards | best regards | kind regards | warm regards | best | best wishes | all the best | "
        "yours sincerely | sincerely | have a nice day | have a great day | have a good day | "
        "have a nice weekend | have a great weekend | have a good one | bye | take care | mr | mrs | ms",
    ),
    "de": (
        "danke | dankeschön | danke schön | danke sehr | vielen dank | besten dank | herzlichen dank | "
        "lieben dank | tausend dank | schönen dank | merci | merci vielmals | ich danke | ich danke ihnen | "
        "ich danke euch | ich danke dir | wir danken | wir danken ihnen | dankend | vielen lieben dank | "
        "ganz herzlichen dank | thx | thanks | großes dankeschön | ein großes dankeschön | recht herzlichen dank",
        "sehr | ihnen | euch | dir | ihnen allen | nochmal | nochmals | noch einmal | vielmals | für alles | "
        "für die hilfe | für ihre hilfe | für eure hilfe | für deine hilfe | für die schnelle hilfe | "
        "für ihre schnelle hilfe | für eure schnelle hilfe | für die rasche hilfe | für die tolle hilfe | "
        "für die antwort | für ihre antwort | für die schnelle antwort | für ihre schnelle antwort | "
        "für die rasche antwort | für ihre rasche antwort | für die prompte antwort | für die info | "
        "für die information | für die rückmeldung | für ihre rückmeldung | für die schnelle rückmeldung | "
        "für die rasche rückmeldung | für ihre mühe | für die mühe | für ihre unterstützung | "
        "für die unterstützung | für ihre bemühungen | für die bemühungen | für den service | "
        "für den tollen service | für den guten service | für die erledigung | für die schnelle erledigung | "
        "für die rasche erledigung | für die bearbeitung | für die schnelle bearbeitung | für ihre geduld | "
        "für ihre zeit | super | perfekt | prima | toll | klasse | spitze | sehr gut | wunderbar | großartig | "
        "ok | okay | alles klar | alles gut | alles bestens | passt | das passt | passt so | erledigt | "
        "hat sich erledigt | hat geklappt | es hat geklappt | hat funktioniert | es funktioniert | "
        "es funktioniert jetzt | jetzt funktioniert es | funktioniert jetzt | jetzt geht es | jetzt geht's | "
        "es geht wieder | gelöst | ist gelöst | hallo | hi | hey | guten tag | guten morgen | guten abend | moin | "
        "servus | grüß gott | liebes team | liebe alle | sehr geehrte damen und herren | sehr geehrte frau | "
        "sehr geehrter herr | frau | herr | liebe | lieber | team | zusammen | mit freundlichen grüßen | "
        "freundliche grüße | viele grüße | liebe grüße | beste grüße | herzliche grüße | schöne grüße | "
        "mit besten grüßen | gruß | grüße | lg | mfg | vg | schönen tag | einen schönen tag | schönen tag noch | "
        "schönes wochenende | ein schönes wochenende | schönen abend | tschüss | es ist gelöst",
    ),
    "fr": (
        "merci | mercis | merci bien | merci beaucoup | mille mercis | un grand merci | grand merci | "
        "merci infiniment | je vous remercie | je te remercie | nous vous remercions | tous mes remerciements | "
        "avec mes remerciements | merci mille fois | encore merci",
        "beaucoup | encore | infiniment | à vous | à tous | à toutes | à toi | à toute l'équipe | l'équipe | "
        "pour tout | pour votre aide | pour l'aide | pour ton aide | pour votre réponse | pour la réponse | "
        "pour votre réponse rapide | pour votre rapidité | pour la rapidité | pour votre retour | pour le retour | "
        "pour votre retour rapide | pour votre réactivité | pour la réactivité | pour l'information | "
        "pour l'info | pour les informations | pour votre patience | pour votre gentillesse | pour votre soutien | "
        "pour votre efficacité | et | parfait | super | génial | excellent | très bien | c'est parfait | "
        "c'est super | c'est réglé | c'est résolu | résolu | réglé | tout est bon | tout est en ordre | "
        "ça marche | ok | d'accord | bien reçu | bonjour | bonsoir | salut | madame | monsieur | madame monsieur | "
        "chère équipe | cher | chère | cordialement | bien cordialement | très cordialement | bien à vous | "
        "sincères salutations | salutations | meilleures salutations | bonne journée | bonne soirée | "
        "bonne fin de journée | bon week-end | bon weekend | belle journée | à bientôt | cdt",
    ),
    "es": (
        "gracias | muchas gracias | muchísimas gracias | mil gracias | gracias mil | millones de gracias | "
        "le agradezco | les agradezco | se lo agradezco | te lo agradezco | os lo agradezco | agradecido | "
        "agradecida | muy agradecido | muy agradecida | un millón de gracias",
        "de nuevo | otra vez | a todos | a ustedes | a usted | a vosotros | por todo | por su ayuda | "
        "por la ayuda | por tu ayuda | por vuestra ayuda | por su respuesta | por la respuesta | "
        "por su rápida respuesta | por la rápida respuesta | por la información | por su atención | "
        "por la atención | por su apoyo | por su paciencia | por su amabilidad | por su tiempo | por la rapidez | "
        "por su rapidez | mucho | muchísimo | perfecto | genial | excelente | estupendo | fantástico | muy bien | "
        "muy amable | muy amables | todo bien | todo en orden | todo correcto | solucionado | resuelto | "
        "está resuelto | ya está resuelto | ya funciona | funciona | ok | vale | de acuerdo | recibido | hola | "
        "buenos días | buenas tardes | buenas noches | buenas | estimados | estimado | estimada | señor | señora | "
        "equipo | un saludo | saludos | saludos cordiales | un cordial saludo | cordialmente | atentamente | "
        "un abrazo | que tenga un buen día | buen día | buen fin de semana",
    ),
    "it": (
        "grazie | grazie mille | mille grazie | molte grazie | tante grazie | grazie tante | grazie infinite | "
        "infinite grazie | vi ringrazio | la ringrazio | ti ringrazio | ringrazio | ringraziamo | vi ringraziamo | "
        "grazie di cuore",
        "ancora | di nuovo | a tutti | a voi | a lei | di tutto | per tutto | per l'aiuto | per il vostro aiuto | "
        "per il suo aiuto | per la risposta | per la vostra risposta | per la rapida risposta | "
        "per la pronta risposta | per la celere risposta | per l'informazione | per le informazioni | "
        "per il supporto | per il vostro supporto | per l'assistenza | per la disponibilità | "
        "per la vostra disponibilità | per la gentilezza | per la pazienza | per la rapidità | molto | tanto | "
        "perfetto | ottimo | benissimo | molto bene | fantastico | eccellente | tutto ok | tutto bene | "
        "tutto a posto | risolto | è risolto | ora funziona | adesso funziona | funziona | ok | va bene | "
        "ricevuto | ciao | salve | buongiorno | buon giorno | buonasera | gentili | gentile | signora | signor | "
        "team | saluti | cordiali saluti | distinti saluti | un saluto | un caro saluto | cordialmente | "
        "buona giornata | buona serata | buon lavoro | buon weekend | buon fine settimana",
    ),
    "nl": (
        "bedankt | dank | dank je | dank je wel | dank u | dank u wel | dankjewel | dankuwel | hartelijk dank | "
        "hartelijk bedankt | heel erg bedankt | erg bedankt | heel hartelijk dank | veel dank | nogmaals dank | "
        "nogmaals bedankt | ontzettend bedankt | super bedankt | met dank | duizendmaal dank | bedankt hoor",
        "nogmaals | heel erg | allemaal | voor alles | voor de hulp | voor uw hulp | voor je hulp | "
        "voor jullie hulp | voor de snelle hulp | voor het antwoord | voor uw antwoord | voor de reactie | "
        "voor uw reactie | voor je reactie | voor de snelle reactie | voor uw snelle reactie | "
        "voor je snelle reactie | voor het snelle antwoord | voor de informatie | voor de info | voor de moeite | "
        "voor uw moeite | voor de service | voor de goede service | voor uw tijd | voor uw geduld | super | "
        "perfect | prima | top | mooi | geweldig | fantastisch | uitstekend | heel goed | alles goed | "
        "alles in orde | opgelost | is opgelost | het werkt | het werkt nu | werkt nu | ok | oké | hallo | hoi | "
        "beste | geachte | mevrouw | meneer | goedemorgen | goedemiddag | goedendag | team | groet | groeten | "
        "groetjes | met vriendelijke groet | met vriendelijke groeten | vriendelijke groet | hartelijke groet | "
        "mvg | fijne dag | fijne dag nog | een fijne dag | fijn weekend",
    ),
    "pl": (
        "dziękuję | dziękuje | dziękujemy | dzięki | dzięki wielkie | wielkie dzięki | dziękuję bardzo | "
        "bardzo dziękuję | bardzo dziękujemy | serdecznie dziękuję | serdeczne dzięki | dzięki serdeczne | "
        "z podziękowaniem | pięknie dziękuję | dziękuję pięknie",
        "bardzo | serdecznie | jeszcze raz | raz jeszcze | za wszystko | za pomoc | za szybką pomoc | "
        "za odpowiedź | za szybką odpowiedź | za informację | za informacje | za wsparcie | za cierpliwość | "
        "za obsługę | za miłą obsługę | super | świetnie | doskonale | idealnie | wspaniale | bardzo dobrze | "
        "wszystko działa | działa | już działa | rozwiązane | ok | okej | w porządku | cześć | dzień dobry | "
        "dobry wieczór | szanowni państwo | szanowna pani | szanowny panie | witam | pozdrawiam | "
        "pozdrawiam serdecznie | serdecznie pozdrawiam | z poważaniem | pozdrowienia | miłego dnia | "
        "życzę miłego dnia | miłego weekendu",
    ),
    "pt": (
        "obrigado | obrigada | obrigados | muito obrigado | muito obrigada | muitíssimo obrigado | obrigadão | "
        "mil obrigados | agradeço | agradecemos | agradecido | agradecida | grato | grata | muito grato | "
        "muito grata | valeu | eu agradeço",
        "de novo | mais uma vez | novamente | a todos | por tudo | pela ajuda | pela sua ajuda | "
        "pela vossa ajuda | pela resposta | pela sua resposta | pela rápida resposta | pela resposta rápida | "
        "pela informação | pelas informações | pelo apoio | pelo suporte | pela atenção | pela sua atenção | "
        "pela paciência | pelo retorno | pela rapidez | muito | perfeito | ótimo | óptimo | excelente | "
        "fantástico | muito bom | muito bem | maravilha | tudo bem | tudo certo | resolvido | está resolvido | "
        "já funciona | funciona | funcionou | ok | certo | recebido | olá | oi | bom dia | boa tarde | boa noite | "
        "caros | caro | cara | prezados | senhor | senhora | equipe | equipa | cumprimentos | "
        "com os melhores cumprimentos | melhores cumprimentos | atenciosamente | abraço | abraços | um abraço | "
        "bom fim de semana | um bom dia",
    ),
    "sv": (
        "tack | tack så mycket | stort tack | tusen tack | många tack | tackar | tack snälla | tackar så mycket | "
        "ett stort tack | varmt tack | hjärtligt tack | tack igen",
        "så mycket | igen | än en gång | allihop | alla | för allt | för hjälpen | för din hjälp | för er hjälp | "
        "för snabb hjälp | för den snabba hjälpen | för svaret | för svar | för ditt svar | för snabbt svar | "
        "för snabba svaret | för det snabba svaret | för informationen | för infon | för besked | för beskedet | "
        "för stödet | för supporten | för bra service | för tålamodet | super | perfekt | utmärkt | toppen | "
        "jättebra | bra | underbart | fantastiskt | kanon | det fungerar | det fungerar nu | fungerar nu | "
        "nu fungerar det | löst | det är löst | ok | okej | hej | hejsan | god morgon | god dag | hälsningar | "
        "vänliga hälsningar | med vänlig hälsning | med vänliga hälsningar | mvh | vänligen | ha en bra dag | "
        "ha det bra | trevlig helg | trevlig dag | ha en fin dag",
    ),
    "da": (
        "tak | mange tak | tusind tak | tak skal du have | tak skal i have | stor tak | hjertelig tak | "
        "jeg takker | vi takker | takker | tak for det",
        "igen | endnu engang | endnu en gang | alle | for alt | for hjælpen | for din hjælp | for jeres hjælp | "
        "for hurtig hjælp | for den hurtige hjælp | for svaret | for svar | for dit svar | for jeres svar | "
        "for hurtigt svar | for det hurtige svar | for informationen | for info | for supporten | for støtten | "
        "for god service | for tålmodigheden | super | perfekt | fint | fedt | dejligt | skønt | det virker | "
        "det virker nu | virker nu | nu virker det | løst | det er løst | ok | okay | hej | goddag | god morgen | "
        "kære | hilsen | venlig hilsen | med venlig hilsen | mange hilsner | de bedste hilsner | mvh | vh | "
        "hav en god dag | god dag | god weekend",
    ),
    "nb": (
        "takk | mange takk | tusen takk | takk skal du ha | takk skal dere ha | stor takk | hjertelig takk | "
        "jeg takker | takker | takk for det | takk så mye",
        "igjen | nok en gang | alle | alle sammen | for alt | for hjelpen | for hjelp | for din hjelp | "
        "for rask hjelp | for den raske hjelpen | for svaret | for svar | for raskt svar | for det raske svaret | "
        "for informasjonen | for info | for støtten | for god service | for tålmodigheten | supert | super | "
        "perfekt | flott | fint | kjempebra | bra | strålende | det fungerer | det fungerer nå | fungerer nå | "
        "nå fungerer det | det virker | det virker nå | løst | det er løst | ok | okei | hei | god morgen | "
        "god dag | kjære | hilsen | vennlig hilsen | med vennlig hilsen | hilsener | mvh | ha en fin dag | "
        "ha det bra | god helg",
    ),
    "fi": (
        "kiitos | kiitoksia | kiitti | kiitokset | paljon kiitoksia | suuret kiitokset | suurkiitos | "
        "kiitos paljon | kiitos kovasti | iso kiitos | tuhannet kiitokset | kiitän | kiitämme",
        "paljon | kovasti | vielä kerran | uudestaan | kaikille | kaikesta | avusta | avustanne | avustasi | "
        "nopeasta avusta | vastauksesta | nopeasta vastauksesta | vastauksestasi | vastauksestanne | tiedosta | "
        "tiedoista | tuesta | palvelusta | nopeasta palvelusta | hyvästä palvelusta | kärsivällisyydestä | "
        "hienoa | mahtavaa | loistavaa | erinomaista | täydellistä | hyvä | super | kaikki kunnossa | "
        "asia kunnossa | toimii nyt | nyt toimii | se toimii | toimii | ratkaistu | ok | okei | hei | moi | "
        "terve | huomenta | hyvää huomenta | hyvää päivää | terveisin | ystävällisin terveisin | "
        "parhain terveisin | t | hyvää päivänjatkoa | mukavaa päivää | hyvää viikonloppua",
    ),
    "cs": (
        "děkuji | děkujeme | děkuju | díky | dík | díky moc | moc děkuji | moc děkujeme | moc díky | "
        "mockrát děkuji | mockrát díky | velice děkuji | děkuji mnohokrát | mnohokrát děkuji | děkuji moc | "
        "srdečně děkuji",
        "moc | mockrát | velmi | velice | ještě jednou | znovu | všem | za všechno | za vše | za pomoc | "
        "za vaši pomoc | za rychlou pomoc | za odpověď | za vaši odpověď | za rychlou odpověď | za informaci | "
        "za informace | za podporu | za ochotu | za trpělivost | za rychlé vyřízení | za vyřízení | super | "
        "skvěle | výborně | perfektní | skvělé | paráda | v pořádku | vše v pořádku | funguje to | už to funguje | "
        "to funguje | funguje | vyřešeno | je vyřešeno | ok | dobrý den | dobré ráno | dobrý večer | ahoj | "
        "vážení | vážená paní | vážený pane | s pozdravem | s přátelským pozdravem | pozdrav | hezký den | "
        "pěkný den | přeji hezký den | přeji pěkný den | hezký víkend",
    ),
    "tr": (
        "teşekkürler | teşekkür ederim | teşekkür ederiz | çok teşekkürler | çok teşekkür ederim | "
        "çok teşekkür ederiz | sağ olun | sağolun | sağ ol | sağol | çok sağ olun | çok sağolun | "
        "tekrar teşekkürler | tekrar teşekkür ederim | minnettarım | eyvallah",
        "çok | tekrar | tekrardan | herkese | her şey için | yardımınız için | yardımlarınız için | "
        "yardımın için | cevabınız için | hızlı cevabınız için | yanıtınız için | hızlı yanıtınız için | "
        "bilgi için | bilgilendirme için | desteğiniz için | ilginiz için | sabrınız için | harika | mükemmel | "
        "süper | çok iyi | çok güzel | tamam | tamamdır | oldu | çalışıyor | şimdi çalışıyor | çözüldü | "
        "sorun çözüldü | ok | merhaba | merhabalar | selam | günaydın | iyi günler | iyi akşamlar | "
        "iyi çalışmalar | kolay gelsin | saygılar | saygılarımla | selamlar | sevgiler | sayın | hanım | bey",
    ),
}
