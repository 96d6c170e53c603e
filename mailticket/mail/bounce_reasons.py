"""What do the words of a diagnosis mean? Phrases of many servers and languages, one regular expression a line.

bounce_status.py draws the status from them where a server gives none (RFC 3463).
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
address(?:es)? (?:was|were|is|are) unknown
recipient (?:name )?(?:is )?(?:not (?:found|recognized)|unknown)
not listed in
address(?:ee)? unknown
does(?: not|n't) have an? \S{1,80} account
not a (?:registered|valid)\b
(?:utilisateur|destinataire|adresse) inconnue?
unbekannter empf
empfänger (?:ist )?unbekannt
(?:usuario|destinatario|usu[áa]rio) (?:desconocid|desconhecid|inexistente|no existe|n[ãa]o existe|sconosciut)
nieznany (?:adresat|odbiorca|u[żz]ytkownik)
(?:пользователь|адресат?|ящик) не (?:найден|существует)
(?:用户|使用者|收件人|邮箱|信箱)不存在
宛先不明
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
ящик переполнен
postfach (?:ist )?voll
bo[îi]te .{0,20}pleine
buz[óo]n (?:est[áa] )?lleno
caixa (?:postal |de correio )?(?:est[áa] )?cheia
casella (?:postale )?(?:[èe] )?piena
(?:postvak|mailbox) (?:is |zit )?vol\b
skrzynka .{0,20}(?:pe[łl]na|przepe[łl]niona)
(?:邮箱|信箱|郵箱)(?:已|空间)?[满滿]
メールボックス.{0,12}(?:いっぱい|超過)
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
domain name .{0,80}not appear to be registered
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
    (
        "7.2",
        r"""
rejected by the list
not (?:a )?members? of (?:this|the) (?:mailing )?list
not allowed to (?:post|send) .{0,30}list
""",
    ),
    ("7.1", r"spam|black ?list|block(?:ed|list)|dmarc|reputation|policy|reverse dns|ptr record|denied|relay"),
    ("1.3", r"malformed address|incorrectly constructed|syntax error"),
    ("4.6", r"\bloop(?:ing|s)?\b|too many hops"),
    ("4.7", r"timed? ?out|expired|too long|giving up"),
    ("4.1", r"unreachable|connection refused|socket error|not accept our requests to connect|unable to connect"),
    ("1.1", r"no valid recipients"),
)
