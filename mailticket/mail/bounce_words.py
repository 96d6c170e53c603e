"""How do mail servers say that a mail came back? Phrases of many programs and languages, one regular expression a line.

Facts only: bounce_signs.py weighs them, bounce_status.py draws the status from the reasons.
"""

#: Senders that only mail servers have.
SERVERS = r"""
mailer[-_. ]?d(?:ae|e)mon
mail[-_. ]?daemon
\bmdaemon@
mail[-_. ]deliver(?:y)?[-_. ](?:sub)?system
mail[-_. ]delivery[-_. ]service
internet mail delivery
mail(?:delivery|zustellungs)system@
"""

#: Senders that people who care for a mail server have, too.
OPERATORS = r"""
post[-_]?master
mail[-_ ]?admin
(?:system|ndr)[-_ ]administrator
delivery subsystem
smtp[-_]mail[-_]service
mail ?system
interscan|imss@
"""

SUBJECTS = r"""
undeliver
returned[ -]mail
return(?:ing|ed)? (?:message )?to sender
(?:mail|message) (?:system )?(?:error|failure|failed)
failure notice
delivery (?:status )?(?:notification|report|error|failure)
delivery (?:has |was )?failed
fail(?:ed|ure) delivery
non[- ]?deliver
(?:could|can|was|is)(?: ?not|n't)(?: be)? deliver
not delivered
delivery problem
processing error
rejected mail
mail rejected
permanent (?:delivery )?(?:error|failure)
unzustellbar
nicht zustellbar
nicht zugestellt
zustellung.{0,20}fehl
zustell(?:ungs)?(?:fehler|bericht)
non (?:remis|distribu|d[ée]livr)
[ée]chec d.{0,12}(?:remise|distribution|envoi)
no (?:se )?(?:ha )?(?:podido |pudo )?entreg
devuelto
mancat[ao] (?:recapito|consegna)
non recapitabil
onbestelbaar
niet (?:afgeleverd|bezorgd)
n[ãa]o (?:foi |p[ôo]de ser )?entreg
falha na entrega
не ?доставлен
nedoru[čc]
nie ?dostarcz
ej levererad
kunde inte levereras
ikke leveres
toimitus ep[äa]onnist
teslim edilemedi
退信
传输失败|傳輸失敗
无法(?:投递|送达)|無法傳遞
(?:配信|配送)不能
エラー(?:通知|メール)
(?:送信|配信)できません
배달되지
전송 실패
"""

ANNOUNCEMENTS = r"""
(?:could|can|was|were|has|have|is|be)(?: ?not|n['’]t)(?: been| be)?(?: successfully)? (?:delivered|sent|processed)
not been delivered
not deliverable
(?:unable|not able|failed) to (?:deliver|transfer|send)
(?:couldn't|could not|cannot|can't) deliver
error delivering
(?:trouble|problem|error|failure|attempting) (?:delivering|to deliver|with delivery)
undeliver(?:able|ed)
deliver[ey]y? (?:to [^.]{0,120} )?(?:has )?failed
failed delivery
did(?: ?not|n['’]t) (?:reach|receive)
could(?: ?not|n['’]t) be reached
not reachable
(?:e-?mail|mail|message) (?:has been |was |is being |below was )?(?:returned|rejected|bounced|blocked)
was(?: permanently)? rejected by
automatically rejected
rejected recipient
returned because
permanent(?:ly)? (?:fatal )?(?:delivery )?(?:error|failure)
fatal errors
had delivery (?:errors|problems)
transcript of (?:the )?session
(?:failed|affected) (?:recipients?|addresses)
recipients? (?:were|was) affected
address(?:\(es\)|es)? failed
(?:has|have) failed
failure reasons
no valid recipients
incorrectly constructed
error (?:message )?(?:below|description)
problem with the e-?mail address
is not .{0,20}e-?mail users?
processing the enclosed
unknown (?:local )?user
user unknown
mail(?:box|folder) (?:is full|exceeds)
account is (?:disabled|limited)
invalid final delivery
nicht (?:zugestellt|zustellbar|übermittelt|ausgeliefert)
unzustellbar
pas (?:pu|[ée]t[ée]) .{0,12}(?:d[ée]livr|remis|distribu|livr)
no (?:se )?(?:ha )?(?:podido|pudo) .{0,12}(?:entreg|envia)
non (?:[èe]|[èe] stato) possibile (?:consegn|recapit)
impossibile recapit
n[ãa]o (?:p[ôo]de|foi poss[íi]vel|foi) .{0,8}entreg
niet .{0,8}(?:afgeleverd|bezorgd)
onbestelbaar
не (?:удалось|может быть|можем|было) .{0,8}достав
невозможно доставить
не доставлено
nie (?:mo[żz]na|uda[łl]o) .{0,16}dostarczy
nie zosta[łl]a? dostarczon
kunde inte levereras
kunne ikke leveres
nemohla? b[ýy]t doru[čc]en
teslim edilemedi
无法(?:投递|发送|送达)|無法傳遞
(?:送信|配信|配送)できません
届けることができません|お届けできません
배달되지|전송되지
"""

#: Subjects, and phrases of the notice itself, of a server that goes on trying.
LATE_SUBJECTS = r"""
\bdelayed\b
\(delay\)
delivery delay
^warning:
still being retried
temporarily undeliver
verzöger(?:t|ung)
retard[ée]
遅延
"""
STILL_TRYING = r"""
not yet been delivered
this is (?:a )?(?:only )?(?:a )?(?:warning|notification about a delay)
is a warning (?:message )?only
has been delayed
not need to resend
no need to resend
will (?:continue|keep) (?:trying|to try)
will be retried
delivery attempts will continue
noch nicht zugestellt
"""

#: Reasons, each with the subject and detail of RFC 3463 that it means. The first that fits counts.
REASONS = (
    (
        "1.1",
        r"""
user(?:name)? (?:is )?(?:unknown|not found|does(?: not|n't) exist|doesn't have)
unknown (?:user|recipient|or illegal)
no such (?:user|recipient|mailbox|person|address)
(?:invalid|bad|unknown) (?:recipient|mailbox|user|address|final delivery userid)
mailbox (?:not found|unavailable|does(?: not|n't) exist)
no mailbox (?:here )?by that name
recipient (?:name )?(?:is )?(?:not (?:found|recognized)|unknown)
not listed in
address(?:ee)? unknown
does(?: not|n't) have an? \S{1,80} account
not a (?:registered|valid)\b
utilisateur inconnu
unbekannter empf
""",
    ),
    (
        "2.2",
        r"""
(?:mail(?:box|folder)|inbox|account|user|postfach) (?:is )?(?:full|over(?: its)? quota|überfüllt)
quota (?:is )?exceeded
(?:over|exceed\w{0,3}|reached) (?:\w{1,12} ){0,3}quota
exceeds allowed size
out of storage
too much mail
boîte pleine
ящик переполнен
postfach (?:ist )?voll
mailbox .{0,20}(?:limit|quota)
""",
    ),
    (
        "2.1",
        r"(?:account|mailbox|user|recipient)\b.{0,20} (?:disabled|inactive|suspended|discontinued|locked|deactivated)",
    ),
    (
        "1.2",
        r"""
host(?: name)? (?:not found|unknown|lookup fail)
unknown host
domain (?:not found|does(?: not|n't) exist)
no such (?:host|domain)
name service error
dns lookup fail
couldn't find any host
unrouteable
nxdomain
""",
    ),
    (
        "3.4",
        r"""
(?:message|mail) (?:is |size )?(?:too (?:big|large)|exceeds|limit exceeded)
size limit
""",
    ),
    ("7.1", r"spam|black ?list|block(?:ed|list)|dmarc|reputation|policy|reverse dns|ptr record|denied|relay"),
    ("1.3", r"malformed address|incorrectly constructed|syntax error"),
    ("4.6", r"\bloop(?:ing|s)?\b|too many hops"),
    ("4.7", r"timed? ?out|expired|too long|giving up"),
    ("4.1", r"unreachable|connection refused|socket error|not accept our requests to connect|unable to connect"),
)
