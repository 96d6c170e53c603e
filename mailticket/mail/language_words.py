"""By which small words and letters is a language known?

Data only, in lower case, the commonest words of letters to a shop. A new language is a line here, and no code.
"""

#: ISO 639-1 -> words.
WORDS = {
    "en": "the and you your is are was have has had not for with this that it my me we our can could would please"
    " thank thanks from but when what how there been will if hello dear regards sent received still order"
    " which they i'm where parcel arrived broken of to at by as here an another any it's",
    "de": "der die das und ich sie ist nicht ein eine einen mit für auf auch habe haben wir mein meine bitte danke"
    " vielen dank zu dem den des im war wurde kann können noch oder aber wie wenn hallo guten grüße uns ihnen"
    " ihre keine bei wo paket meinen größe stimmt kaputt angekommen",
    "fr": "le la les et je vous est une pas pour dans que qui sur avec mon ma mes votre vos nous suis ai avez"
    " bonjour merci cordialement commande mais plus été sont ce cette au aux du des être avoir reçu était même"
    " ne j'ai voudrais remboursement colis",
    "es": "el los las y que en por para con una un no es mi su se lo como pero está estoy gracias hola buenos días"
    " pedido puede quiero tengo he ha muy cuando también favor del al le me sin más saludos usted hace nos"
    " llegó dónde roto paquete",
    "it": "il gli che di per con non una è sono ho ha mi mio mia vostro grazie buongiorno ordine ma come anche"
    " della del nella nel alla questo questa si ci vorrei saluti cordiali potete essere stato le lo ancora più"
    " dei al",
    "pt": "o os as que não em uma um por para com meu minha se na no da do das dos está foi obrigado obrigada olá"
    " bom pedido mas como também eu você encomenda já ao à são tem mais quando gostaria ainda cumprimentos"
    " pelo fazer",
    "nl": "de het een en ik is niet van voor met mijn op dat die zijn heb heeft kan graag bedankt hallo beste"
    " groeten maar ook nog wij u uw bestelling er aan deze dit naar bij als wat wordt geen worden dank"
    " goedemorgen zou waar pakket kapot aangekomen",
    "sv": "och jag det är att inte en ett på för med min mitt har som till av den om kan ni vi tack hej hälsningar"
    " men från var så eller vad när skulle beställning detta kommer finns vänliga mig er inga mycket",
    "da": "og jeg det er ikke en et på for med min mit har som til af den om kan vi tak hej hilsen men fra var"
    " eller hvad når skulle bestilling dette kommer mig jer meget venlig hvordan endnu også gerne blevet været"
    " gået fået hvor pakke stykker",
    "no": "og jeg det er ikke en et på for med min mitt har som til av den om kan vi takk hei hilsen men fra var"
    " eller hva når skulle bestilling dette kommer meg dere veldig vennlig hvordan ennå også gjerne blitt vært"
    " fikk fått ødelagt hvor pakken",
    "fi": "ja on ei en se että minä olen ole mutta kun tai kiitos hei moi terveisin tilaus tilauksen voi voitte"
    " saada minun oli vielä kuin niin joka tämä sitä ovat ystävällisin miten onko teidän vain nyt olisi jos"
    " hyvää missä rikki",
    "pl": "i w nie się na że z do to jest jestem mam proszę dziękuję dzień dobry witam zamówienie moje mój ale czy"
    " jak po od dla przez być było został pozdrawiam jeszcze już za co tym który która nadal państwa kiedy"
    " gdzie moja paczka",
    "cs": "a je v se na že to jsem dobrý den děkuji prosím objednávka ale jak pro od do při není být byl byla bylo"
    " mám můj moje jsme ještě už který která pokud když pozdravem vás také nebo jeho tento zda kdy přišla",
    "sk": "a je v sa na že to som dobrý deň ďakujem prosím objednávka ale ako pre od do pri nie byť bol bola bolo"
    " mám môj moje sme ešte už ktorý ktorá ak keď pozdravom vás tiež alebo jeho tento či kedy prišla",
    "hu": "a az és nem hogy egy van ez meg is de csak vagy kérem köszönöm üdvözlettel tisztelt jó napot rendelés"
    " már még volt lesz mert ha azt kell amit amikor szeretném rendelésem kaptam önök nekem vagyok miatt lehet"
    " hol csomag csomagom",
    "ro": "și si în la de cu nu este o un pe să că am mi vă mulțumesc bună ziua comanda comandă pentru din dar care"
    " sunt a fost mai dacă când sau acest această meu mea cum stimate salut ați aș îmi nici doar",
    "hr": "i je u na da se nije sam za s od ali što kako hvala molim dobar dan narudžba narudžbu moj moja smo ste"
    " bi ili još kada ako su bio bila lijep pozdrav mogu sve ovo poštovani imam mi vam biti",
    "sl": "in je na da se ni sem za z od pa kaj kako hvala prosim pozdravljeni naročilo moj moja smo ste bi ali še"
    " ko če so bil bila lep pozdrav lahko vse to spoštovani imam mi vam biti dober dan tudi",
    "et": "ja on ei ma et see mis kui aga tere aitäh palun tellimus minu oli veel või kas ka seda olen mul siis"
    " teie lugupidamisega tervitades kuidas saada juba nii ole saabus",
    "lv": "un ir nav es ka uz ar no par bet kā labdien paldies lūdzu pasūtījums mans mana bija vēl vai to kas jau"
    " man jums tas esmu ja cieņu varu kad šo tikai",
    "lt": "ir yra nėra aš kad į su iš už bet kaip laba diena ačiū prašau užsakymas mano buvo dar ar tai kas jau man"
    " jums esu jei pagarba galiu kada šį tik gavau",
    "tr": "ve bir bu için ile de da ben çok ama değil var yok merhaba teşekkürler teşekkür ederim lütfen sipariş"
    " siparişim olarak daha nasıl ne zaman kadar gibi iyi günler saygılarımla henüz geldi oldu mı mi olan",
    "id": "yang dan di saya tidak ini itu dengan untuk dari ada terima kasih pesanan belum sudah mohon apakah bisa"
    " anda selamat pagi akan kami juga karena atau kapan",
    "vi": "tôi và của là không có được cho này đã với xin chào cảm ơn đơn hàng bị một các khi trong nhưng thể chưa"
    " anh chị vui lòng ạ",
    "ca": "el els les i que no és per amb una un de la del al meu meva però com gràcies bon dia comanda heu he ha"
    " també si us plau quan més aquest aquesta salutacions està sóc",
    "ru": "и в не на что я с это как но по мы вы за у из мой моя мне вам здравствуйте спасибо пожалуйста заказ"
    " заказа уважением был была было еще ещё уже когда для от до можно есть нет очень или если пришла добрый"
    " день который",
    "uk": "і в не на що я з це як але по ми ви за у мій моя мені вам добрий день дякую будь ласка замовлення"
    " повагою був була було ще вже коли для від до можна є немає дуже або якщо та прийшла який щоб",
    "bg": "и в не на че аз с това как но по ние вие за от моята моя ми ви здравейте благодаря моля поръчка"
    " поръчката поздрави беше още вече кога до може има няма много или ако се да съм е са който ще пристигна"
    " къде",
    "sr": "и у не на да ја са је то како али по ми ви за од мој моја вам здраво хвала молим поруџбина поздрав био"
    " била још већ када до може има нема веома или ако се сам су добар дан није који",
    "ar": "في من على أن إلى هذا هذه لا ما عن مع لم هل كان لقد أنا شكرا مرحبا الطلب طلبي السلام عليكم ولكن قد التي"
    " الذي بعد كل أو تم",
    "fa": "در از به که این را با است می من برای آن یا سلام ممنون سفارش لطفا نیست هم تا شما شد کرد ولی هنوز خود",
}
#: Letters that one language of them all has, or nearly: a word with one counts like a word of the table.
LETTERS = {
    "de": "ß", "fr": "œ", "es": "ñ¿¡", "pt": "ãõ", "pl": "łąęśźż", "cs": "řůě", "sk": "ľĺŕ", "hu": "őű", "ro": "șțăţ",
    "tr": "ğış", "vi": "ơưđạảấầẩậắằặẹẻẽếềểệỉịọỏốồổộớờởợụủứừửựỳỵỷỹ", "lv": "ķļņģ", "lt": "ėįų", "ru": "ыэ", "uk": "іїєґ",
    "sr": "ђјљњћџ", "fa": "پچژگ", "et": "õ", "no": "", "is": "ðþ",
}  # fmt: skip
