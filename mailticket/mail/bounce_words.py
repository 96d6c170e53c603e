"""How do mail servers say that a mail came back? Phrases of many programs and languages, one regular expression a line.

Facts only: bounce_signs.py weighs them. Why a mail came back stands in bounce_reasons.py.
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
no (?:se )?(?:ha )?(?:podido |pudo |puede )?entreg
devuelto
mancat[ao] (?:recapito|consegna)
non recapitabil
onbestelbaar
niet (?:afgeleverd|bezorgd)
n[ãa]o (?:foi |[ée] |p[ôo]de ser )?(?:poss[íi]vel )?entreg
falha na entrega
не ?(?:уда[её]тся |удалось )?доставл?(?:ен|ить)
не вдалося доставити
nedoru[čc]
nie ?dostarcz
ej levererad
olevererba
kunde inte levereras
ikke leveres
lever\w{0,10} misly[kc]
toimit\w{0,10} ep[äa]onnist
ei voi toimittaa
k[ée]zbes[íi]thetetlen
(?:nelivra|nu (?:se poate|a putut fi) livr)
δεν είναι δυνατή η παράδοση
teslim edilemedi
退信
未送达
無法傳送
传输失败|傳輸失敗
无法(?:投递|送达)|無法傳遞
(?:配信|配送)不能
エラー(?:通知|メール)
(?:送信|配信)できません
배달되지
전송 실패
غير قابل للتسليم
לא ניתן למסירה
không thể gửi
tidak dapat dikirim
^\[bounce\]
(?:message|mail|posting) to .{1,80} (?:has been |was )rejected
request to mailing list .{1,80} rejected
are not (?:a )?member
^loop alert
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
account is (?:temporarily )?(?:disabled|limited)
invalid final delivery
nicht (?:zugestellt|zustellbar|übermittelt|ausgeliefert)
unzustellbar
pas (?:pu|[ée]t[ée]) .{0,12}(?:d[ée]livr|remis|distribu|livr)
no (?:se )?(?:ha )?(?:podido|pudo) .{0,12}(?:entreg|envia)
error en la entrega
non (?:[èe]|[èe] stato) possibile (?:consegn|recapit)
impossibile recapit
n[ãa]o (?:p[ôo]de|(?:foi|[ée]) poss[íi]vel|foi) .{0,8}entreg
entrega falhou
niet .{0,8}(?:afgeleverd|bezorgd)
onbestelbaar
не (?:удалось|может быть|можем|было) .{0,8}достав
невозможно доставить
не доставлено
nie (?:mo[żz]na|uda[łl]o) .{0,16}dostarczy
nie zosta[łl]a? dostarczon
kunde inte levereras
gick inte att leverera
kunne ikke leveres
lever\w{0,10} misly[kc]
nemohla? b[ýy]t doru[čc]en
teslim edilemedi
не вда(?:лося|ється) .{0,8}достав
toimit\w{0,10} ep[äa]onnist
nem (?:sikerült|lehet) .{0,12}k[ée]zbes[íi]t
nu (?:se poate|a putut fi) livr
δεν είναι δυνατή η παράδοση
无法(?:投递|发送|送达)|無法傳遞
(?:送信|配信|配送)できません
届けることができません|お届けできません
배달되지|전송되지
(?:message|mail|posting) to (?:the )?\S{1,100} (?:mailing[ -]list )?(?:has been|was) rejected
rejected by the list (?:moderator|owner)
not (?:a )?members? of (?:this|the) (?:mailing )?list
not allowed to (?:post|send) .{0,30}list
duplicated message-id
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
retrasad[oa]
ritardat[oa]
vertraagd
atrasad[oa]
op[óo][źz]nion
zpo[žz]d[ěe]n
f[öo]rdr[öo]jd|f[öo]rsenad
forsinket
viiv[äa]sty
задерж(?:ан|ка)
gecik(?:ti|me)
遅延
延[迟遲]
지연
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
pas encore (?:pu )?[êée]t[rée]{1,2} .{0,12}(?:remis|distribu|d[ée]livr)
a[úu]n no se ha (?:podido )?entreg
non [èe] ancora stat[oa] (?:consegn|recapit)
ainda n[ãa]o foi entreg
nog niet (?:afgeleverd|bezorgd)
jeszcze nie zosta[łl]a? dostarcz
(?:пока|ещ[её]) не доставлен
"""

#: Somebody's program wants a word before it lets a mail through: the mail waits there.
CHALLENGES = r"""
verif(?:y|ication|ied) (?:that )?(?:you|your|#|request|code)
requires verification
(?:confirm|prove) (?:that )?(?:you|your|this)
until you confirm
(?:real|live) human
awaits? (?:\w{1,20} )?approval
(?:being|is|was) held (?:for|until|by)
on (?:my|the) (?:white|allow)[- ]?list
bestätigen sie
confirme[rz] (?:votre|su|que)
"""
