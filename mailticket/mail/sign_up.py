"""Does another service send a code or a link here, with which somebody signs up in the desk's name?

Whoever sees such a mail has the account, or a place among the desk's own people. Known by all three: a sender that is a
machine's by its name, the words that these mails have, and a code or a link to press.
"""

import re

from mailticket.mail.automatic import is_no_reply
from mailticket.mail.message import InboundMail

#: So much of a body is read: these mails are short, or come to the point.
_LENGTH = 5000

#: Words of a local part behind which a machine sits.
_SENDERS = frozenset(
    {
        "account", "accounts", "auth", "authentication", "confirm", "confirmation", "confirmations", "feedback",
        "identity", "invitation", "invitations", "login", "mailer", "notification", "notifications", "notify",
        "otp", "register", "registration", "security", "signin", "signup", "verification", "verifications",
        "verify",
    }
)  # fmt: skip
_WORDS = re.compile(
    # English
    r"\b(?:verification|confirmation|security|one-time|login|log-in|sign-in|signup|sign-up|access|activation) "
    r"(?:code|passcode|password|pin)\b|\bmagic link\b|\b(?:confirm|verify|validate) (?:your|this) (?:e-?mail|account)|"
    r"\bactivate your account|\b(?:complete|finish|confirm) (?:your )?(?:registration|sign-?up|signing up)|"
    r"\binvit(?:ed|es) you to join|\bbeen invited to join|"
    # German
    r"\b(?:bestätigungs|verifizierungs|verifikations|sicherheits|anmelde|zugangs|aktivierungs|einmal)-?"
    r"(?:code|passwort|kennwort|link)\b|"
    r"\b(?:bestätigen|verifizieren|bestätige|verifiziere) (?:sie )?(?:ihre?|deine?) (?:e-?mail|konto|registrierung)|"
    r"\be-?mail(?:-?adresse)? (?:bestätigen|verifizieren)|\b(?:konto|registrierung) (?:aktivieren|abschließen)|"
    # French
    r"\bcode (?:de (?:vérification|confirmation|sécurité|connexion)|à usage unique)|"
    r"\b(?:confirmez|confirmer|vérifiez|vérifier) votre (?:adresse|e-?mail|compte)|\bactivez votre compte|"
    # Spanish, Portuguese
    r"\bcódigo de (?:verificación|confirmación|seguridad|acceso|verificação|confirmação|segurança)|"
    r"\b(?:confirma|confirme|verifica|verifique) (?:tu|su|o seu|a sua|seu|sua) "
    r"(?:correo|dirección|cuenta|e-?mail|conta)|"
    # Italian
    r"\bcodice di (?:verifica|conferma|sicurezza|accesso)|"
    r"\b(?:conferma|verifica) (?:il tuo|la tua|il suo|la sua) (?:indirizzo|e-?mail|account)|"
    # Dutch, Polish, the North
    r"\b(?:verificatie|bevestigings|beveiligings)code\b|\b(?:bevestig|verifieer) (?:je|uw) (?:e-?mail|account)|"
    r"\bkod (?:weryfikacyjny|potwierdzający|jednorazowy)|\bpotwierdź (?:swój )?adres|"
    r"\b(?:verifierings|bekräftelse)kod\b|\b(?:verifikations|bekræftelses|bekreftelses|engangs)kode\b|"
    r"\b(?:bekräfta|bekræft|bekreft) din e-?(?:post|mail)"
)
_CODE = re.compile(r"\b\d{4,8}\b|\b\d{3}[ -]\d{3}\b|\b[a-z0-9]{3,4}-[a-z0-9]{3,4}\b|https?://")


def is_sign_up_mail(mail: InboundMail) -> bool:
    """Whether this is such a mail; rather not than by mistake."""
    if mail.from_ is None or not _is_a_machines(mail.from_.addr_spec):
        return False
    text = " ".join(f"{mail.subject}\n{mail.text[:_LENGTH]}".lower().split())
    return _WORDS.search(text) is not None and (_CODE.search(text) is not None or "href=" in (mail.html or ""))


def _is_a_machines(addr_spec: str) -> bool:
    local = addr_spec.rpartition("@")[0]
    return is_no_reply(addr_spec) or not _SENDERS.isdisjoint(re.split(r"[._+-]", local[:64]))
