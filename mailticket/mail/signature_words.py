"""Which words stand below the last words of a letter, in which language: greetings, telephones, lawyers, lists?

Data only, in lower case. A new language is a few words here, and no code.
"""

import re
from collections.abc import Iterable

#: How a line begins that a telephone, a mail program or a virus scanner adds by itself.
ADDED_BEGINS = (
    *("sent from my", "sent from a", "sent from mail", "sent from outlook", "sent from yahoo", "sent from samsung"),
    *("sent from proton", "sent from gmail", "sent from iphone", "sent from android", "sent from the"),
    *("sent from mymail", "sent from nine", "sent from blue", "sent from windows", "sent from workspace", "sent via"),
    *("via mobile", "sent with", "sent using", "sent on the go", "sent by", "get outlook for", "get bluemail"),
    *("yahoo mail:", "von meinem", "von unterwegs gesendet", "gesendet von", "gesendet mit", "gesendet über"),
    *("diese nachricht wurde von", "holen sie sich outlook", "outlook für", "envoyé de", "envoyé depuis"),
    *("envoyé à partir", "obtenez outlook", "télécharger outlook", "enviado desde", "enviado con", "enviado do"),
    *("enviado a partir", "enviado pelo", "enviado via", "obtener outlook", "obter o outlook", "enviat des"),
    *("inviato da", "inviato dal", "ottieni outlook", "scarica outlook", "verstuurd vanaf", "verzonden vanaf"),
    *("verzonden met", "outlook voor", "skickat från", "hämta outlook", "skickades från", "sendt fra"),
    *("hent outlook", "få outlook", "lähetetty", "hanki outlook", "wysłane z", "wysłano z", "pobierz outlook"),
    *("odesláno z", "odoslané z", "poslano z", "poslano s", "poslato sa", "elküldve", "trimis de", "trimis din"),
    *("отправлено с", "отправлено из", "надіслано з", "изпратено от", "скачать outlook", "στάλθηκε από"),
    *("απεσταλμένο από", "נשלח מ", "أُرسلت من", "أرسلت من", "مرسل من", "được gửi từ", "đã gửi từ", "gửi từ"),
    *("dikirim dari", "发自我的", "来自我的", "從我的", "从我的", "發自", "发自", "나의", "내 ", "ส่งจาก"),
    *("išsiųsta iš", "saadetud minu", "nosūtīts no", "virus-free", "this email has been checked for viruses"),
    *("this email was sent from a mobile", "virenfrei", "diese e-mail wurde von avast", "l'absence de virus"),
    *("este correo electrónico ha sido comprobado", "sans virus"),
)
ADDED_ENDS = (
    *("gesendet", "gesendet.", "から送信", "より送信", "傳送", "发送", "에서 보냄", "에서 보냈습니다", "gönderildi"),
    *("verzonden", "로부터 전송", "lähetetty", "bidalia", "küldve"),
)
#: What sends by itself; beside a verb that is not enough to say that somebody did not type the line.
DEVICES = re.compile(
    r"iphon|ipad|android|phone|telefon|handy|smartphone|mobil|móvil|celular|galaxy|samsung|huawei|xiaomi|pixel|"
    r"oneplus|nokia|"
    r"blackberry|outlook|mail|\bapp\b|windows|device|gerät|appareil|dispositivo|tablet|watch|mac\b|телефон|айфон|"
    r"почт|携帯|スマ|手机|手機|"
    r"핸드폰|휴대|superhuman|spark|hey\b|thunderbird|nine|virus|avast|avg|torch|bluemail|gmx|web\.de|toestel|enhet",
    re.IGNORECASE,
)

#: A name follows, and the letter is over.
VALEDICTIONS = frozenset(
    [
        "thanks",
        "thank you",
        "thanks again",
        "many thanks",
        "thanks a lot",
        "thank you very much",
        "thanks in advance",
        "thank you in advance",
        "thx",
        "thanks and regards",
        "thanks & regards",
        "best",
        "best regards",
        "best wishes",
        "all the best",
        "regards",
        "kind regards",
        "kindest regards",
        "warm regards",
        "warmest regards",
        "with kind regards",
        "with best regards",
        "cheers",
        "sincerely",
        "yours sincerely",
        "sincerely yours",
        "yours faithfully",
        "yours truly",
        "respectfully",
        "mit freundlichen grüßen",
        "mit freundlichen grüssen",
        "mit freundlichen gruessen",
        "mit freundlichem gruß",
        "freundliche grüße",
        "freundliche grüsse",
        "viele grüße",
        "viele grüsse",
        "liebe grüße",
        "beste grüße",
        "herzliche grüße",
        "schöne grüße",
        "mit besten grüßen",
        "mfg",
        "lg",
        "vg",
        "cordialement",
        "bien cordialement",
        "très cordialement",
        "bien à vous",
        "salutations distinguées",
        "meilleures salutations",
        "sincères salutations",
        "saludos",
        "saludos cordiales",
        "un saludo",
        "un cordial saludo",
        "atentamente",
        "atenciosamente",
        "att",
        "cumprimentos",
        "com os melhores cumprimentos",
        "abraços",
        "cordiali saluti",
        "distinti saluti",
        "saluti",
        "un saluto",
        "met vriendelijke groet",
        "met vriendelijke groeten",
        "vriendelijke groet",
        "groeten",
        "groetjes",
        "mvg",
        "med vänlig hälsning",
        "med vänliga hälsningar",
        "vänliga hälsningar",
        "mvh",
        "hälsningar",
        "med venlig hilsen",
        "venlig hilsen",
        "med vennlig hilsen",
        "vennlig hilsen",
        "hilsen",
        "ystävällisin terveisin",
        "terveisin",
        "z poważaniem",
        "pozdrawiam",
        "s pozdravem",
        "s pozdravom",
        "üdvözlettel",
        "tisztelettel",
        "cu stimă",
        "cu respect",
        "с уважением",
        "з повагою",
        "с уважение",
        "saygılarımla",
        "με εκτίμηση",
        "lep pozdrav",
        "srdačan pozdrav",
        "pagarbiai",
        "trân trọng",
        "בברכה",
        "مع التحية",
        "此致",
        "谢谢",
        "以上",
        "よろしくお願いいたします",
        "감사합니다",
    ]
)

#: How the last paragraphs begin that lawyers write, and mailing lists.
FOOTERS = re.compile(
    r"[\W_]{0,6}(?:confidentiality(?: notice)?\b|confidential(?:ity)?:|disclaimer\b|legal (?:notice|disclaimer)\b|"
    r"th(?:is|e information (?:contained )?in this) (?:e-?mail|message|communication|"
    r"transmission)(?: message)?,?(?:[^.]{0,90})\b"
    r"(?:confidential|privileged|intended|virus)|"
    r"(?:please|bitte|pensez|por favor|antes de|prima di)\b[^.]{0,60}\b(?:environment|umwelt|environnement|"
    r"medio ?ambiente|ambiente)\b|"
    r"diese (?:e-?mail|nachricht)\b[^.]{0,90}\bvertraulich|vertraulichkeit|der inhalt dieser e-?mail|"
    r"(?:ce message|ce courriel|cet e-?mail)\b[^.]{0,120}\b(?:confidentiel|destinataire|usage exclusif)|"
    r"(?:este (?:mensaje|correo|e-?mail)|esta mensagem)\b[^.]{0,120}\b(?:confidencial|destinatario|destinatário)|"
    r"(?:questo messaggio|questa e-?mail|le informazioni contenute)\b[^.]{0,120}\b(?:riservat|confidenzial|"
    r"destinatari)|"
    r"(?:dit bericht|deze e-?mail)\b[^.]{0,120}\b(?:vertrouwelijk|bestemd)|"
    r"(?:you received this message because you are subscribed|to unsubscribe from this (?:group|list)|"
    r"you are receiving this because you|reply to this e-?mail directly or view it on))",
    re.IGNORECASE,
)
LIST_FOOTER = re.compile(
    r"mailing ?list|listinfo|mailman|unsubscribe|google groups|list archive|abmelden|désabonn", re.IGNORECASE
)


def any_of(words: Iterable[str]) -> str:
    """A pattern for one of `words`, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
