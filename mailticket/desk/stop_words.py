"""Does somebody write nothing but that the updates shall stop? In the words of many languages, the whole mail.

A bare "stop" or "no updates" may be an answer to an agent's question, "unsubscribe" one about a newsletter of the
shop's, and "plus de nouvelles" says "no news" and "more news"; only below an update of ours they are about that.
"""

from mailticket.desk.thanks import words_of

#: Whatever it answers; | between them.
_PLAIN = (
    "stop updates | stop the updates | stop these updates | stop all updates | stop sending updates | stop "
    "sending me updates | no more updates | stop notifications | stop the notifications | stop these "
    "mails | stop these emails | stop sending me emails | do not send me updates | no more mails | no more emails "
    "| send me no more updates | send me no more updates about this | keine updates mehr | keine "
    "zwischenstände mehr | keine benachrichtigungen mehr | keine mails mehr | keine e-mails mehr | "
    "benachrichtigungen abbestellen | updates abbestellen | schicken sie mir hierzu keine zwischenstände mehr | "
    "schicken sie mir keine updates mehr | ne plus recevoir de nouvelles | "
    "arrêtez les notifications | arrêtez les mises à jour | arrêter les notifications | de ne plus m'envoyer de "
    "nouvelles à ce sujet | no más avisos | no más actualizaciones | no más notificaciones | no me envíen más "
    "avisos | no me envíen más avisos sobre esto | cancelar avisos | basta notifiche | basta aggiornamenti | "
    "niente più aggiornamenti | geen updates meer | geen meldingen meer | proszę nie wysyłać powiadomień | "
    "rezygnuję z powiadomień | sem mais atualizações | inga fler uppdateringar | ikke flere opdateringer | ikke "
    "flere oppdateringer | ei enää päivityksiä | už žádné aktualizace | bildirimleri durdur"
)
#: Below an update of ours.
_SHORT = (
    "no updates | keine updates | plus de nouvelles | plus de notifications | plus de mises à jour | stop | stop it | "
    "stop this | quit | end | stopp | bitte stoppen | ende | arrêt | arrêter | arrêtez | alto | basta | parar | "
    "unsubscribe | unsubscribe me | opt out | abbestellen | abmelden | se désabonner | me désabonner | désabonner | "
    "désabonnement | désinscription | désinscrire | darme de baja | darse de baja | cancelar suscripción | baja | "
    "disiscrivimi | cancellami | annulla iscrizione | disiscrizione | afmelden | uitschrijven | wypisz mnie | "
    "cancelar subscrição | cancelar inscrição | avregistrera | avregistrera mig | avsluta prenumeration | afmeld | "
    "afmeld mig | meld meg av | avmeld | peruuta tilaus | odhlásit | odhlásit odběr | abonelikten çık"
)
#: What may stand before or behind.
_KIND = (
    "please | bitte | s'il vous plaît | merci | por favor | thank you | thanks | danke | gracias | per favore | graag"
)


def is_stop(text: str, *, of_update: bool) -> bool:
    """Whether this is all that `text` (new words only) says. `of_update`: it answers a status update."""
    words = words_of(text)
    if words is None:
        return False
    for kind in _KINDS:
        if words[: len(kind)] == kind:
            words = words[len(kind) :]
        if kind and words[-len(kind) :] == kind:
            words = words[: -len(kind)]
    return words in _STOPS or (of_update and words in _BARE)


def _read(phrases: str) -> frozenset[tuple[str, ...]]:
    return frozenset(words_of(phrase) or () for phrase in phrases.split("|"))


_STOPS, _BARE, _KINDS = _read(_PLAIN), _read(_SHORT), _read(_KIND)
