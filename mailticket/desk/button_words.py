"""What do agents' buttons on tickets say? By language; the mail that a button opens carries it in its subject."""

from collections.abc import Mapping

from mailticket.desk.buttons import Act

#: In the order of `Act`, then Note, Assign, and what stands in a mail that is complete as it is.
_WORDS: Mapping[str, tuple[str, ...]] = {
    "en": (
        "Take it", "Resolve", "Close", "Snooze for 2 days", "Spam", "Join them", "Note", "Assign",
        "Just send this mail; nothing written here is read.",
    ),
    "de": (
        "Übernehmen", "Lösen", "Schließen", "In 2 Tagen wieder", "Spam", "Zusammenführen", "Notiz", "Zuweisen",
        "Einfach absenden; was hier geschrieben wird, liest niemand.",
    ),
    "fr": (
        "Prendre en charge", "Résoudre", "Fermer", "Reporter de 2 jours", "Indésirable", "Réunir", "Note", "Attribuer",
        "Envoyez simplement ce message ; rien de ce qui y est écrit n’est lu.",
    ),
    "es": (
        "Asignármelo", "Resolver", "Cerrar", "Posponer 2 días", "Spam", "Unir", "Nota", "Asignar",
        "Solo envíe este mensaje; lo que se escriba aquí no se lee.",
    ),
}  # fmt: skip

NOTE, ASSIGN = "note", "assign"
_NAMES = (*Act, NOTE, ASSIGN)


def label(name: str, language: str) -> str:
    """What stands on the button of this name: an Act's, or of a mail with words."""
    return _of(language)[_NAMES.index(name)]


def just_send(language: str) -> str:
    """What stands in the mail of a button."""
    return _of(language)[-1]


def _of(language: str) -> tuple[str, ...]:
    return _WORDS.get(language) or _WORDS.get(language.partition("-")[0]) or _WORDS["en"]
