"""Did a machine send this mail, or a list? Then nothing of ours may answer it by itself.

RFC 3834 §2 (Auto-Submitted), RFC 2919 and RFC 2369 (lists), and what vendors do instead; contract.md, JSON of parse.
"""

import re

from mailticket.mail.fields import Fields

_LIST_FIELDS = (
    "list-id",
    "list-post",
    "list-unsubscribe",
    "list-subscribe",
    "list-help",
    "list-owner",
    "list-archive",
    "mailing-list",
)

#: Subjects that vacation programs begin with.
_VACATION = re.compile(
    r"(?:re: ?|aw: ?)?(?:"
    r"auto(?:matic|mated)?[ -]?(?:reply|response|answer)|out of (?:the )?office|on vacation|"
    r"away from (?:the|my) (?:office|desk|mail)|"
    r"automatische (?:antwort|abwesenheitsnotiz)|abwesenheits(?:notiz|nachricht|assistent)|abwesend|"
    r"réponse automatique|reponse automatique|absence du bureau|message d'absence|"
    r"respuesta automática|respuesta automatica|fuera de (?:la )?oficina|"
    r"risposta automatica|fuori sede|assente|"
    r"resposta automática|resposta automatica|"
    r"automatisch antwoord|afwezig|autosvar|automatiskt svar|frånvaro|automatisk svar|fravær|automaattinen vastaus|"
    r"odpowiedź automatyczna|automatická odpověď|automatikus válasz|răspuns automat|otomatik yanıt|"
    r"автоответ|автоматический ответ|αυτόματη απάντηση|自动回复|自動回覆|自動返信|自動応答|자동 회신"
    r")",
    re.IGNORECASE,
)

_NO_REPLY = re.compile(
    r"(?:.*[._+-])?(?:no[._-]?reply|(?:do[._-]?not|dont)[._-]?reply|nicht[._-]?antworten|keine[._-]?antwort)(?:[._+-].*)?"
)
_DAEMONS = frozenset({"mailer-daemon", "mail-daemon", "maildaemon", "mdaemon", "bounce", "bounces"})


def is_auto_submitted(fields: Fields, subject: str, return_path: str | None) -> bool:
    """Whether a mail with these header fields must not be answered automatically."""
    return (
        (fields.token("auto-submitted") or "no") != "no"
        or any(name in fields for name in ("x-autoreply", "x-autorespond"))
        or any(value.strip().lower() in ("bulk", "junk", "auto_reply") for value in fields.all("precedence"))
        or return_path == ""
        # alone it only asks for silence, and Exchange puts it on mail that people write
        or ("x-auto-response-suppress" in fields and "x-ms-exchange-inbox-rules-loop" in fields)
        or _VACATION.match(subject) is not None
    )


def is_automatic_answer(fields: Fields, subject: str) -> bool:
    """Whether a machine answered some mail with this one: a vacation notice, an acknowledgement of receipt."""
    return (
        fields.token("auto-submitted") == "auto-replied"
        or any(name in fields for name in ("x-autoreply", "x-autorespond"))
        or any(value.strip().lower() == "auto_reply" for value in fields.all("precedence"))
        or _VACATION.match(subject) is not None
    )


def is_list(fields: Fields) -> bool:
    """Whether a mail with these header fields came through a mailing list."""
    return any(name in fields for name in _LIST_FIELDS) or fields.token("precedence") == "list"


def is_no_reply(addr_spec: str) -> bool:
    """Whether an address says by its name that nobody reads what is sent to it."""
    local = addr_spec.rpartition("@")[0][:64].lower()
    return local in _DAEMONS or _NO_REPLY.fullmatch(local) is not None
