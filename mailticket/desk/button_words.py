"""What do agents' buttons say? By language; the mail that a button opens carries it in its subject."""

from collections.abc import Mapping

from mailticket.desk.buttons import Act, Word

#: In the order of `Act`, then Note, Assign, and what stands in a mail that is complete as it is.
_WORDS: Mapping[str, tuple[str, ...]] = {
    "en": (
        "Take it", "Resolve", "Close", "Snooze for 2 days", "Spam", "Join them", "Note", "Assign",
        "Just send this mail; nothing written here is read.",
    ),
    "de": (
        "Übernehmen", "Lösen", "Abschließen", "In 2 Tagen wieder", "Spam", "Zusammenführen", "Notiz", "Zuweisen",
        "Einfach absenden; was hier geschrieben wird, liest niemand.",
    ),
    "fr": (
        "Prendre en charge", "Résoudre", "Clore", "Reporter de 2 jours", "Indésirable", "Réunir", "Note", "Attribuer",
        "Envoyez simplement ce message ; rien de ce qui y est écrit n’est lu.",
    ),
    "es": (
        "Asignármelo", "Resolver", "Cerrar", "Posponer 2 días", "Spam", "Unir", "Nota", "Asignar",
        "Solo envíe este mensaje; lo que se escriba aquí no se lee.",
    ),
}  # fmt: skip

#: About mail that waits, in the order of `_HELD`.
_HELD = (
    Word.RELEASE, Word.JOIN, Word.DISCARD, Word.DISCARD_FAILED, Word.SEND, Word.CORRECTED, Word.WITHOUT, Word.UNDO,
    Word.ADD_ALIAS,
)  # fmt: skip
_HELD_WORDS: Mapping[str, tuple[str, ...]] = {
    "en": (
        "Let it through", "Put it on the ticket", "Throw it away", "Throw them away", "Send it", "Send it corrected",
        "Send it without", "Cancel it", "It is mine: add it",
    ),
    "de": (
        "Durchlassen", "Zum Ticket legen", "Verwerfen", "Alle verwerfen", "Senden", "Berichtigt senden",
        "Ohne das senden", "Zurücknehmen", "Meine Adresse: hinzufügen",
    ),
    "fr": (
        "Laisser passer", "Ajouter au ticket", "Supprimer", "Tout supprimer", "Envoyer", "Envoyer corrigé",
        "Envoyer sans cela", "Annuler l’envoi", "C’est la mienne : l’ajouter",
    ),
    "es": (
        "Dejar pasar", "Añadir al ticket", "Descartar", "Descartar todo", "Enviar", "Enviar corregido",
        "Enviar sin eso", "Cancelar el envío", "Es mía: añadirla",
    ),
}  # fmt: skip

NOTE, ASSIGN = "note", "assign"
_NAMES = (*Act, NOTE, ASSIGN)


def label(name: str, language: str) -> str:
    """What stands on the button of this name: an Act's, or of a mail with words."""
    return _of(_WORDS, language)[_NAMES.index(name)]


def held_label(word: Word, language: str) -> str:
    """What a button about mail that waits puts into the subject."""
    return _of(_HELD_WORDS, language)[_HELD.index(word)]


def just_send(language: str) -> str:
    """What stands in the mail of a button."""
    return _of(_WORDS, language)[-1]


def _of(words: Mapping[str, tuple[str, ...]], language: str) -> tuple[str, ...]:
    return words.get(language) or words.get(language.partition("-")[0]) or words["en"]
