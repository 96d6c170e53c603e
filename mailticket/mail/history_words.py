"""Which words do mail programs put around quoted and forwarded mail, in which language?

Data only, in lower case. A new language is a few words here, and no code.
"""

import re

#: Who "wrote" what stands below: the one word that says so.
WROTE = (
    *("wrote", "writes", "written", "said", "sent", "replied", "quoting", "schrieb", "schrieben", "geschrieben"),
    *("zitat", "écrit", "ecrit", "envoyé", "écrivait", "escribió", "escribio", "escrito", "citando", "escreveu"),
    *("escribiu", "scritto", "scrisse", "escriure", "escrit", "scris", "schreef", "geskryf", "skrev", "skreiv"),
    *("skrifaði", "kirjoitti", "kirjutas", "napisał", "napisała", "pisze", "napsal", "napsala", "napísal"),
    *("napísala", "napisao", "napisala", "napisal", "írta", "rašė", "parašė", "rakstīja", "shkroi", "написал"),
    *("написала", "пишет", "писал", "написав", "пише", "написа", "написао", "напиша", "έγραψε", "yazdı", "yazdi"),
    *("menulis", "viết", "כתב", "כתבה", "كتب", "كتبت", "كتابة", "نوشت", "idatzi"),
)
#: The same in scripts where it is not a word by itself.
WROTE_UNSPACED = (
    *("写道", "寫道", "撰写", "撰寫", "书写", "書きました", "のメール", "작성", "님이", "쓴 글", "เขียน", "लिखा"),
)

#: With these or a weekday begins the line that says who wrote when.
DATED = (
    *("on", "at", "am", "le", "el", "il", "op", "em", "no dia", "den", "d.", "dne", "dňa", "w dniu", "dnia", "pe"),
    *("în data", "la", "på", "kl", "vào", "ngày", "pada", "στις", "dana", "u", "у", "в", "на", "el dia", "a", "à"),
    *("date:", "ons", "ve", "quoting", "zitat von", "citando", "în", "em dia", "בתאריך", "ב", "في", "ในวันที่"),
    *("เมื่อ",),
)
WEEKDAYS = (
    *("mon", "tue", "wed", "thu", "fri", "sat", "sun", "monday", "tuesday", "wednesday", "thursday", "friday"),
    *("saturday", "sunday", "mo", "di", "mi", "do", "fr", "sa", "so", "montag", "dienstag", "mittwoch", "donnerstag"),
    *("freitag", "samstag", "sonntag", "lun", "mar", "mer", "jeu", "ven", "sam", "dim", "lundi", "mardi", "mercredi"),
    *("jeudi", "vendredi", "samedi", "dimanche", "mié", "mie", "jue", "vie", "sáb", "sab", "dom", "lunes", "martes"),
    *("miércoles", "jueves", "viernes", "sábado", "domingo", "seg", "ter", "qua", "qui", "sex", "gio", "ma", "wo"),
    *("vr", "za", "zo", "mån", "tis", "ons", "tors", "fre", "lör", "sön", "man", "tir", "lør", "søn", "ke", "to"),
    *("pe", "la", "su", "ti", "pon", "wt", "śr", "czw", "pt", "sob", "niedz", "po", "út", "st", "čt", "pá", "ne"),
    *("h", "k", "sze", "cs", "p", "szo", "v", "пн", "вт", "ср", "чт", "пт", "сб", "вс", "нд", "понедельник"),
    *("вторник", "среда", "четверг", "пятница", "суббота", "воскресенье", "pzt", "sal", "çar", "per", "cum", "cmt"),
    *("paz", "joi"),
)
#: How the names of months begin.
MONTHS = (
    *("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mär", "mai", "okt", "dez"),
    *("fév", "avr", "juin", "juil", "août", "aou", "déc", "ene", "abr", "ago", "dic", "gen", "mag", "giu", "lug"),
    *("set", "ott", "fev", "out", "mrt", "maj", "mei", "sty", "lut", "kwi", "cze", "lip", "sie", "wrz", "paź", "lis"),
    *("gru", "янв", "фев", "мар", "апр", "мая", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек", "oca", "şub"),
    *("nis", "haz", "tem", "ağu", "eyl", "eki", "kas", "ara", "thg", "tháng"),
)

FROM, SENT, DATE, TO, COPY, SUBJECT = "from", "sent", "date", "to", "cc", "subject"
_FIELDS = {
    FROM: "from|von|de|da|van|från|fra|od|от|від|отправитель|lähettäjä|feladó|de la|kimden|gönderen|από|מאת|من|từ|"
    "dari|"
    "发件人|發件人|寄件者|寄件人|差出人|送信者|보낸 사람|보낸사람|จาก|frá|nuo|no|saatja|pošiljatelj|expéditeur|"
    "absender|remitente|"
    "remetente|mittente|afzender|avsändare|afsender|avsender|nadawca|odesílatel|odosielateľ|expeditor|šalje|подател",
    SENT: "sent|gesendet|envoyé|enviado|enviado el|enviado em|enviada em|enviada|inviato|verzonden|skickat|sendt|"
    "wysłano|"
    "wysłane|odesláno|odoslané|отправлено|надіслано|изпратено|lähetetty|elküldve|küldve|trimis|gönderildi|"
    "gönderme tarihi|"
    "gönderilen|απεσταλμένα|στάλθηκε|נשלח|تاريخ الإرسال|تم الإرسال|đã gửi|gửi|dikirim|发送时间|發送時間|發送日期|"
    "寄件日期|送信日時|送信日|"
    "보낸 날짜|보낸날짜|ส่ง|poslano|poslato|išsiųsta|nosūtīts|saadetud|sendt den|enviat|geplant",
    DATE: "date|datum|fecha|data|dato|päivämäärä|päiväys|dátum|дата|tarih|ημερομηνία|תאריך|التاريخ|ngày|tanggal|日期|"
    "日付|日時|날짜|"
    "วันที่|dags|datums|kuupäev|když|received|date et heure",
    TO: "to|an|à|a|para|aan|till|til|do|komu|кому|до|vastaanottaja|címzett|către|kime|alıcı|kime|προς|אל|إلى|đến|tới|"
    "kepada|"
    "收件人|收件者|宛先|받는 사람|받는사람|ถึง|kam|kellele|prima|za|destinataire|empfänger|destinatario|"
    "destinatário|per|catre",
    COPY: "cc|kopie|copie|copia|com cópia|kopia|kopi|dw|копия|копія|kopio|másolatot kap|másolat|bilgi|κοιν|עותק|نسخة|"
    "抄送|副本|참조|สำเนา|"
    "cópia|kópia|reply-to|antwort an|répondre à|responder a|importance|attachments|anlagen|priority|resent-from|bcc",
    SUBJECT: "subject|betreff|objet|sujet|asunto|assunto|oggetto|onderwerp|ämne|emne|temat|předmět|predmet|тема|"
    "относно|aihe|"
    "tárgy|subiect|konu|θέμα|נושא|الموضوع|موضوع|chủ đề|tiêu đề|subjek|主题|主題|主旨|件名|제목|เรื่อง|tema|teema|"
    "efni|naslov|assumpte",
}
#: The labels of a quoted header, and which field each is.
FIELDS = {label.casefold(): field for field, labels in _FIELDS.items() for label in labels.split("|")}

#: "-----Original Message-----" is one of the first and one of the second.
ORIGINAL = (
    *("original", "ursprüngliche", "reply", "antwort", "réponse", "origine", "oorspronkelijk", "oprindelig"),
    *("opprinnelig", "ursprungligt", "alkuperäinen", "oryginaln", "pierwotna", "původní", "pôvodn", "eredeti"),
    *("orijinal", "исходное", "оригинальн", "вихідне", "оригинално", "izvorn", "originaln", "αρχικό", "gốc", "asli"),
    *("ursprunglig", "המקורית", "الأصلية", "ต้นฉบับ"),
)
MESSAGE = (
    *("message", "nachricht", "mail", "mensaje", "mensagem", "mensatge", "missatge", "messaggio", "bericht"),
    *("meddel", "melding", "viesti", "wiadomość", "zpráva", "správa", "üzenet", "mesaj", "ileti", "сообщени"),
    *("письмо", "повідомлення", "съобщение", "poruka", "sporočilo", "μήνυμα", "thư", "pesan", "appointment"),
    *("termin", "הודעה", "رسالة", "ข้อความ", "skeyti"),
)
ORIGINAL_MESSAGE = ("原始邮件", "原始郵件", "原始訊息", "元のメッセージ", "원본 메시지", "원본 메일")
FORWARDED = (
    *("forwarded", "forward message", "weitergeleitete", "transféré", "réexpédié", "reenviado", "reenviada"),
    *("encaminhada", "inoltrato", "doorgestuurd", "vidarebefordra", "videresend", "videresendt", "välitetty"),
    *("przekazan", "przesłana dalej", "přeposlan", "preposlan", "továbbított", "redirecționat", "iletilen"),
    *("yönlendirilen", "пересылаем", "переадресован", "переслан", "пересланн", "препратено", "прослед"),
    *("proslijeđen", "chuyển tiếp", "diteruskan", "προωθημένο", "הועברה", "معاد توجيه", "转发", "轉寄", "転送"),
    *("전달",),
)
#: Without dashes it begins the line, and a colon ends it.
FORWARD_BEGINS = (
    *("begin forwarded message", "anfang der weitergeleiteten", "début du message", "inicio del mensaje reenviado"),
    *("início da mensagem", "inizio messaggio inoltrato", "begin doorgestuurd", "vidarebefordrat brev"),
    *("videresendt", "start på videresendt", "välitetty viesti", "początek przekazywanej", "začátek přeposlané"),
    *("továbbított levél", "начало переадресованного", "начало пересылаемого", "转发的邮件", "开始转发", "轉寄郵件"),
    *("転送されたメッセージ", "전달된 메시지"),
)
#: What help desks put over the history in their own mail.
REPLY_ABOVE = (
    *("reply above this", "reply above the line", "your reply above"),
    *("oberhalb dieser linie", "über dieser linie", "oberhalb dieser zeile"),
    *("au-dessus de cette ligne", "encima de esta línea", "acima desta linha", "sopra questa linea"),
    *("boven deze regel", "boven deze lijn", "ovanför denna rad", "powyżej tej linii", "выше этой линии"),
    *("выше этой строки",),
)
#: Somebody says that their answers stand between unmarked lines.
ANSWERS_BELOW = re.compile(
    r"\b(?:(?:answers?|comments?|repl(?:y|ies)|responses?) (?:are |is )?(?:in ?-?line\b|(?:in the text )?below\b|"
    r"in (?:red|blue|"
    r"green|bold)\b)|see in-?line\b|antworten? (?:steht |stehen |sind )?(?:unten|im text|in (?:rot|blau|grün))\b|"
    r"réponses? (?:ci-dessous|dans le texte|en (?:rouge|bleu))\b|respuestas? (?:abajo|en (?:rojo|azul))\b|"
    r"rispost[ae] (?:sotto|in (?:rosso|blu))\b|antwoorden? (?:hieronder|in het (?:rood|blauw))\b)",
    re.IGNORECASE,
)
