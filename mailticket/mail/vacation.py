"""Does a subject say that nobody is there? What vacation programs and mail services put before, in many languages.

Only subjects that begin so count: people write about automatic answers, too. RFC 3834 §3.1.5 suggests "Auto:".
"""

import re

from mailticket.mail.phrases import any_of

_BEGINNINGS = r"""
auto(?:matic|mated|mat)?[ -]?(?:reply|response|answer|respon[ds]er)
auto(?: ?re)? ?:
out[ -]of[ -](?:the )?office
ooo ?[:-]
(?:i am |i'm )?(?:currently )?(?:away|absent) from (?:the |my )?(?:office|desk|mail|e-mail)
(?:vacation|holiday|absence|away) (?:reply|response|notice|message|notification|auto)
automatische (?:antwort|abwesenheitsnotiz|e-mail-antwort|rückantwort)
autom\. antwort
abwesenheits?(?:notiz|nachricht|assistent|meldung|mitteilung|benachrichtigung|info)?
r[ée]ponse (?:automatique|auto)
(?:message|avis|notification) d['’]absence
mensaje de ausencia
fr[åa]nvaromeddelande
frav[æa]rs(?:besked|melding|assistent)
poissaoloilmoitus
absence du bureau
absent(?:e)? du bureau
respuesta autom[áa]tica
fuera de (?:la )?oficina
resposta autom[áàa]tica
(?:fora|ausente) d[oe] escrit[óo]rio
risposta automatica
autorisposta
fuori (?:sede|ufficio)
assen(?:te|za) (?:dall['’]ufficio|temporanea)
automatisch (?:antwoord|bericht)
afwezigheid(?:s(?:bericht|assistent|melding))?
autosvar
automatiskt? svar
ikke på kontoret
automaattinen (?:vastaus|poissaoloilmoitus)
odpowied[źz] automatyczna
automatyczna odpowied[źz]
autoodpowied[źz]
poza biurem
automatick[áa] odpov[ěe][ďd]
mimo kancel[áa][řr]
automatikus (?:válasz|üzenet)
h[áa]zon k[íi]v[üu]l
r[ăa]spuns automat
absent din birou
автоматичен отговор
автоматическ(?:ий|ое) (?:ответ|сообщение|уведомление)
автоответ(?:чик)?
отсутствие на рабочем месте
автоматична відповідь
автовідповідь
аутоматски одговор
automatski odgovor
samodejni odgovor
automatinis atsakymas
automātiskā atbilde
automaatvastus
otomatik (?:yan[ıi]t|cevap)
ofis d[ıi][şs][ıi]nda
αυτόματη απάντηση
εκτός γραφείου
תשובה אוטומטית
מענה אוטומטי
מחוץ למשרד
رد تلقائي
خارج المكتب
پاسخ خودکار
स्वचालित उत्तर
trả lời tự động
thư trả lời tự động
balasan otomatis
jawapan automatik
ตอบกลับอัตโนมัติ
การตอบกลับอัตโนมัติ
自动(?:回复|答复|应答)
自動(?:回覆|回復|答覆|返信|応答)
不在(?:通知|自動)
外出(?:通知|自动)
자동 ?(?:회신|응답)
부재 ?중
sjálfvirkt svar
resposta automàtica
erantzun automatikoa
"""
#: These stand alone, or a name, a day or the subject answered follows behind a sign: people write these words, too.
_ALONE = r"""
(?:i am |i'm )?on (?:vacation|holiday|annual leave|(?:maternity|parental|sick) leave)
abwesend
nicht im (?:büro|hause)
außer haus
(?:je suis )?en cong[ée]s?
absence
ausencia
aus[êe]ncia(?: tempor[áa]ria)?
assente
afwezig
niet aanwezig
fr[åa]nvaro
frav[æa]r
ikke til stede
poissaolo
poissa
nieobecno[śs][ćc]
nep[řr][íi]tomnost
neprítomnos[ťt]
нет на работе
휴가
"""
_END = r"(?=\s*(?:$|[:(,–—-]|until\b|till\b|bis\b|vom\b|jusqu|hasta\b|fino\b|tot\b|til\b|do\b|до\b))"
_ANSWERED = r"(?:(?:re|aw|antw|sv|vs|tr|rv|odp|回复|答复) ?[:\uff1a] ?)?[\[(*]{0,2}"
_VACATION = re.compile(
    rf"{_ANSWERED}(?:{any_of(_BEGINNINGS).pattern}|(?:{any_of(_ALONE).pattern}){_END})", re.IGNORECASE
)


def is_vacation(subject: str) -> bool:
    """Whether a subject is one that vacation programs give to their answers."""
    return _VACATION.match(subject) is not None
