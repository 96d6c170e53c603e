"""Which words of a text are new? Everything but quoted history and signature, by the habits of mail programs.

Line by line and linear: patterns see one line of bounded length. When in doubt, words stay.
"""

import re

#: Further down nothing is looked for: nobody writes so much above a quotation.
_MOST_LINES = 5000
#: A longer line is prose: no pattern looks at it.
_LONGEST_LINE = 400
#: An attribution may be wrapped over so many lines.
_WRAPPED = 4

#: The line above a quotation: it begins like this, and ends like that.
_ATTRIBUTION_BEGINS = re.compile(
    r"(?:on|am|le|el|il|op|em|den|dne|w dniu|dnia|pe|à|at|på|vào|ngày|quoting|zitat von|citando|-+ ?on)\b"
    r"|\d{1,4}[-./年 ]|(?:mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|jeu|ven|sam|dim|пн|вт|ср|чт|пт|сб|вс)\b"
    r"|\W{0,2}\S+@\S+",
    re.IGNORECASE,
)
_ATTRIBUTION_ENDS = re.compile(
    r"(?:wrote|writes|said|schrieb|schrieb folgendes|a écrit|a ecrit|escribió|escribio|ha scritto|escreveu|schreef|"
    r"skrev|kirjoitti|napsal(?:\(a\))?|napisał(?:\(a\))?|írta|a scris|yazdı|написала?|пише|đã viết|"
    r"のメール|寫道|写道|作成)"
    r"[^:\uff1a]{0,80}[:\uff1a]$"
    r"|<[^<>\s]+@[^<>\s]+>[^:\uff1a]{0,40}[:\uff1a]$",
    re.IGNORECASE,
)
#: Without quote marks below it, an attribution must at least name a time and somebody to be one.
_NAMES_SOMEBODY = re.compile(r"\d.*[@,:]|@")
_SEPARATOR = re.compile(
    r"-{2,} ?(?:original message|original appointment|forwarded message|ursprüngliche nachricht|originalnachricht|"
    r"original-nachricht|weitergeleitete nachricht|message d'origine|message original|mensaje original|"
    r"messaggio originale|mensagem original|oorspronkelijk bericht|oprindelig meddelelse|originalmeddelande|"
    r"opprinnelig melding|исходное сообщение|"
    r"原始邮件|原始郵件|reply above this line)\b",
    re.IGNORECASE,
)
#: The block that Outlook puts over history: several of these in a row.
_HEADER_LINE = re.compile(
    r"\W{0,2}(?:from|sent|date|to|cc|subject|von|gesendet|datum|an|betreff|de|envoyé|à|objet|enviado(?: el)?|para|"
    r"asunto|assunto|da|inviato|data|a|oggetto|van|verzonden|aan|onderwerp|från|skickat|till|ämne|fra|sendt|til|emne|"
    r"od|wysłano|do|temat|от|отправлено|кому|тема|"
    r"发件人|发送时间|收件人|主题|差出人|送信日時|宛先|件名) ?\W{0,2}[:\uff1a]",
    re.IGNORECASE,
)
_RULE = re.compile(r"_{20,}$|-{40,}$")
_SENT_FROM = re.compile(
    r"(?:sent from (?:my|mail|outlook|yahoo|samsung|proton)|get outlook for|von meinem .{1,40} gesendet|"
    r"gesendet (?:von|mit)|envoyé de(?:puis)? mon|"
    r"enviado desde mi|inviato da(?:l mio)?|verstuurd vanaf mijn|skickat från min)\b.{0,80}$",
    re.IGNORECASE,
)


def new_words(text: str) -> str:
    """What the sender has written in `text`; never empty where `text` is not.

    Quoted lines go, wherever they are, so that answers between them stay; a history without quote marks and a
    signature go down to the end.
    """
    lines = text.split("\n", _MOST_LINES)
    kept: list[str] = []
    index = 0
    while index < len(lines):
        line = lines[index].strip()
        if lines[index].rstrip(" ") == "--":
            index = _behind_signature(lines, index)
            continue
        if line.startswith(">"):
            index += 1
            continue
        if len(line) <= _LONGEST_LINE and line:
            if _begins_history(lines, index):
                break
            if length := _attribution(lines, index):
                if _quotes_follow(lines, index + length):
                    index += length
                    continue
                if _NAMES_SOMEBODY.search(" ".join(lines[index : index + length])):
                    break
        kept.append(lines[index].rstrip())
        index += 1
    return _without_sent_from(kept) or text.strip() or text


def _begins_history(lines: list[str], index: int) -> bool:
    """A separator, or a block of header lines with or without a rule above it; nothing below is new."""
    line = lines[index].strip()
    if _SEPARATOR.match(line):
        return True
    if _RULE.match(line):
        following = [candidate for candidate in lines[index + 1 : index + 4] if candidate.strip()]
        return bool(following) and _header_lines(lines, index + 1) >= 3
    return _HEADER_LINE.match(line) is not None and _header_lines(lines, index) >= 3


def _header_lines(lines: list[str], index: int) -> int:
    window = [line.strip()[:_LONGEST_LINE] for line in lines[index : index + 9] if line.strip()]
    return sum(1 for line in window[:6] if _HEADER_LINE.match(line))


def _attribution(lines: list[str], index: int) -> int:
    """How many lines from `index` on are one "On … somebody wrote:", 0 for none."""
    if not _ATTRIBUTION_BEGINS.match(lines[index].strip()):
        return 0
    joined = ""
    for length, line in enumerate(lines[index : index + _WRAPPED], start=1):
        joined = f"{joined} {line.strip()}".strip()
        if len(joined) > _LONGEST_LINE or not line.strip():
            return 0
        if _ATTRIBUTION_ENDS.search(joined[-160:]):
            return length
    return 0


def _quotes_follow(lines: list[str], index: int) -> bool:
    return any(line.lstrip().startswith(">") for line in lines[index : index + 4])


def _behind_signature(lines: list[str], index: int) -> int:
    """A signature ends where quoted history begins: who writes above it signs above it."""
    for at in range(index + 1, len(lines)):
        if lines[at].startswith(">"):
            return at
    return len(lines)


def _without_sent_from(lines: list[str]) -> str:
    text = "\n".join(lines).strip()
    head, _, last = text.rpartition("\n")
    if head.strip() and len(last) <= _LONGEST_LINE and _SENT_FROM.match(last.strip()):
        return head.strip()
    return text
