"""What does a button's page say? Its sentences by language; desk/button_words.py has what stands on the button."""

from typing import NamedTuple


class PageWords(NamedTuple):
    """One language."""

    ticket: str
    #: Nothing has happened yet.
    ask: str
    done: str
    not_done: str
    #: Expired, used, unknown: the page does not tell which.
    gone: str
    #: Too much at once.
    later: str


_WORDS = {
    "en": PageWords(
        ticket="Ticket", ask="Nothing has happened yet. Press the button to go on.",
        done="Done. You can close this page.", not_done="This was not done:",
        gone="This link does nothing (any more). Answer the desk’s mail instead, or use a newer one.",
        later="Too much at once. Try again in a minute.",
    ),
    "de": PageWords(
        ticket="Ticket", ask="Noch ist nichts geschehen. Drücken Sie den Knopf, um es zu tun.",
        done="Erledigt. Sie können diese Seite schließen.", not_done="Das wurde nicht getan:",
        gone="Dieser Link bewirkt nichts (mehr). Antworten Sie stattdessen auf die E-Mail, oder nehmen Sie eine neue.",
        later="Zu viel auf einmal. Versuchen Sie es in einer Minute noch einmal.",
    ),
    "fr": PageWords(
        ticket="Ticket", ask="Rien ne s’est encore passé. Appuyez sur le bouton pour continuer.",
        done="C’est fait. Vous pouvez fermer cette page.", not_done="Cela n’a pas été fait :",
        gone="Ce lien n’a pas (ou plus) d’effet. Répondez plutôt au message, ou prenez-en un plus récent.",
        later="Trop de demandes à la fois. Réessayez dans une minute.",
    ),
    "es": PageWords(
        ticket="Ticket", ask="Todavía no ha pasado nada. Pulse el botón para continuar.",
        done="Hecho. Puede cerrar esta página.", not_done="No se ha hecho:",
        gone="Este enlace no tiene (o ya no tiene) efecto. Responda al mensaje o use uno más reciente.",
        later="Demasiado a la vez. Inténtelo de nuevo en un minuto.",
    ),
}  # fmt: skip


def page_words(language: str) -> PageWords:
    """Those of `language` or its base, else the English ones."""
    return _WORDS.get(language) or _WORDS.get(language.partition("-")[0]) or _WORDS["en"]
