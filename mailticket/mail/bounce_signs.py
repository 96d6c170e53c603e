"""Does a mail server speak here, and does it say that a mail came back? The words by which it is known.

Reports that follow RFC 3464 need none of this. The others come from many programs in many languages; what they have
in common is who sends them, what their subject says, and how they begin. Facts only: nothing here decides alone.
"""

import re

from mailticket.mail.automatic import is_no_reply
from mailticket.mail.fields import Fields

#: Characters of a From field and of a subject that are looked at.
_MAX_LINE = 500

#: Names and addresses that only mail servers bear.
_SERVER = re.compile(
    r"mailer[-_. ]?d(?:a?e)mon|mail[-_. ]?daemon|\bmdaemon@|mail[-_. ]deliver(?:y)?[-_. ](?:sub)?system"
    r"|mail(?:zustellungs|delivery)?system@|mail[-_. ]delivery[-_. ]service|internet mail delivery",
    re.IGNORECASE,
)
#: Names and addresses that people behind mail servers bear, too.
_OPERATOR = re.compile(
    r"post[-_]?master|mail[-_ ]?admin|system[-_ ]administrator|ndr administrator|delivery subsystem|smtp[-_]mail[-_]service"
    r"|imss@|interscan|mailsystem|mail system",
    re.IGNORECASE,
)
#: A null reverse-path, also as some servers write it down.
_NOBODY = re.compile(r"|<?mailer-daemon(?:@.{0,255})?>?", re.IGNORECASE)

_SUBJECT = re.compile(
    r"undeliver|returned[ -]mail|returning (?:message )?to sender|return(?:ed)? to sender|(?:mail|message) (?:system )?(?:error|"
    r"failure|failed)|failure notice|delivery (?:status )?(?:notification|report|error|failure)|delivery (?:has |was )?failed"
    r"|fail(?:ed|ure) delivery|non[- ]?deliver|(?:could|can|was|is)(?: ?not|n't)(?: be)? deliver|not delivered"
    r"|processing error|rejected mail|mail rejected|permanent (?:delivery )?(?:error|failure)|delivery problem"
    r"|unzustellbar|nicht zugestellt|nicht zustellbar|zustellung.{0,20}fehl|zustell(?:ungs)?(?:fehler|bericht)"
    r"|non (?:remis|distribu|d[ée]livr)|[ée]chec d.{0,12}(?:remise|distribution|envoi)|no (?:se )?(?:ha )?(?:podido |pudo )?entreg"
    r"|devuelto|mancat[ao] (?:recapito|consegna)|non recapitabil|onbestelbaar|niet (?:afgeleverd|bezorgd)"
    r"|n[ãa]o (?:foi |p[ôo]de ser )?entreg|falha na entrega|недоставлен|не доставлен|nedoru[čc]|niedostarcz|nie dostarczon"
    r"|ej levererad|kunde inte levereras|ikke leveres|toimitus ep[äa]onnist|teslim edilemedi"
    r"|退信|传输失败|傳輸失敗|无法投递|無法傳遞|无法送达|配信不能|配送不能|エラー通知|エラーメール|送信できません|配信できません|배달되지|전송 실패",
    re.IGNORECASE,
)

_NOT = r"(?: ?not|n't|n’t)"
_MAIL = r"(?:e-?mail|mail|message)"
_ANNOUNCEMENT = re.compile(
    rf"(?:could|can|was|were|has|have|is|be){_NOT}(?: been| be)?(?: successfully)? (?:delivered|sent|processed)|not been delivered"
    rf"|(?:unable|not able|failed) to (?:deliver|transfer|send)|(?:couldn't|could not|cannot|can't) deliver|error delivering"
    rf"|undeliver(?:able|ed)|not deliverable|deliver[ey]y? (?:to [^.]{{0,120}} )?(?:has )?failed|delivery failed|failed delivery"
    rf"|did{_NOT} (?:reach|receive)|could{_NOT} be reached|{_MAIL} (?:has been|was|is being|below was) (?:returned|rejected|bounced)"
    r"|returned because|permanent(?:ly)? (?:fatal )?(?:delivery )?(?:error|failure)|fatal errors|had delivery (?:errors|problems)"
    r"|transcript of (?:the )?session|(?:failed|affected) (?:recipients?|addresses)|recipients? (?:were|was) affected|failure reasons"
    r"|(?:trouble|problem|error|failure|while attempting) (?:delivering|deliver |to deliver|with delivery)|not reachable|was(?: permanently)?"
    r" rejected by|rejected recipient|(?:message|mail) (?:was |has been )?blocked|undelivered to|account is (?:disabled|limited)"
    r"|no valid recipients|incorrectly constructed|automatically rejected|(?:has|have) failed|error (?:message )?(?:below|description)"
    r"|address(?:\(es\)|es)? failed|problem with the e-?mail address|is not .{0,20}e-?mail users?|processing the enclosed"
    r"|unknown (?:local )?user|user unknown|mail(?:box|folder) is full|mailbox exceeds|invalid final delivery"
    r"|nicht (?:zugestellt|zustellbar|übermittelt|ausgeliefert)|unzustellbar|pas (?:pu|[ée]t[ée]) .{0,12}(?:d[ée]livr|remis|distribu|livr)"
    r"|no (?:se )?(?:ha )?(?:podido|pudo) .{0,12}(?:entreg|envia)|non (?:[èe] stato|[èe]) possibile (?:consegn|recapit)|impossibile recapit"
    r"|n[ãa]o (?:p[ôo]de|foi poss[íi]vel|foi) .{0,8}entreg|(?:niet|kon niet) .{0,8}(?:afgeleverd|bezorgd)|onbestelbaar"
    r"|не (?:удалось|может быть|можем|было) .{0,8}достав|невозможно доставить|не доставлено|nie (?:mo[żz]na|uda[łl]o) .{0,16}dostarczy"
    r"|nie zosta[łl]a? dostarczon|kunde inte levereras|kunne ikke leveres|nemohla? b[ýy]t doru[čc]en|teslim edilemedi"
    r"|无法投递|无法发送|无法送达|無法傳遞|无法避免的错误|送信できません|配信できません|配送できません|届けることができません|お届けできません|배달되지|전송되지",
    re.IGNORECASE,
)
#: The answer of an SMTP server on a line of its own: somebody shows what happened.
_TRANSCRIPT = re.compile(r"(?m)^[ \t]*(?:<<< )?[45][0-5]\d[ -](?:#?[45]\.|.{0,60}(?:user|mailbox|recipient|host|reject|denied|<))")

_LATE = re.compile(
    r"\bdelayed\b|\(delay\)|^warning: |still being retried|verzögert|verzögerung|retardé|delivery delay|запоздал|遅延"
    r"|temporarily undeliver",
    re.IGNORECASE,
)
_STILL_TRYING = re.compile(
    r"not yet been delivered|this is (?:a )?(?:only )?(?:a )?(?:warning|notification about a delay)|is a warning (?:message )?only"
    r"|has been delayed|do(?:es)? not need to resend|no need to resend|will (?:continue|keep) (?:trying|to try)|will be retried"
    r"|delivery attempts will continue|noch nicht zugestellt",
    re.IGNORECASE,
)


def sender_weight(fields: Fields, addr_spec: str, return_path: str | None) -> int:
    """How sure it is that a mail server sent this, 0 (not at all) to 3."""
    sender = fields.text("from")[:_MAX_LINE]
    if "x-failed-recipients" in fields or _SERVER.search(sender):
        return 3
    if _OPERATOR.search(sender) or (return_path is not None and _NOBODY.fullmatch(return_path[:_MAX_LINE])):
        return 2
    return 1 if is_no_reply(addr_spec) else 0


def says_failed(subject: str) -> bool:
    """Whether a subject tells of a mail that came back."""
    return _SUBJECT.search(subject[:_MAX_LINE]) is not None


def announcement(notice: str) -> int:
    """Where in the notice it is said that a mail did not arrive; -1 where it is not."""
    # words that a line break parts are still next to each other, and every offset stays what it was
    found = _ANNOUNCEMENT.search(notice.replace("\n", " ")) or _TRANSCRIPT.search(notice)
    return found.start() if found else -1


def is_only_late(subject: str, notice: str) -> bool:
    """Whether the server goes on trying."""
    return _LATE.search(subject[:_MAX_LINE]) is not None or _STILL_TRYING.search(notice.replace("\n", " ")) is not None
