"""What do customers' buttons write for them? Subject and text of each by language; a mail with nothing else says no
more than the button."""

from collections.abc import Mapping

#: In the order of `Press`: solved, broken, great, ok, bad, stop; each the subject, and the text.
WORDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "en": (
        ("Solved, thank you", "It is solved, thank you."),
        ("Still broken", "It is not solved yet. What is still wrong:"),
        ("Great", "The help was great."),
        ("OK", "The help was OK."),
        ("Bad", "The help was bad. What went wrong (if you like to say):"),
        ("No more updates", "Please send me no more updates about this."),
    ),
    "de": (
        ("Gelöst, danke", "Es ist gelöst, danke."),
        ("Noch nicht gelöst", "Es ist noch nicht gelöst. Was noch nicht stimmt:"),
        ("Sehr gut", "Die Hilfe war sehr gut."),
        ("In Ordnung", "Die Hilfe war in Ordnung."),
        ("Schlecht", "Die Hilfe war schlecht. Was schiefging (wenn Sie es sagen möchten):"),
        ("Keine Zwischenstände mehr", "Bitte schicken Sie mir hierzu keine Zwischenstände mehr."),
    ),
    "fr": (
        ("Résolu, merci", "C’est résolu, merci."),
        ("Pas encore résolu", "Ce n’est pas encore résolu. Ce qui ne va toujours pas :"),
        ("Très bonne", "L’aide était très bonne."),
        ("Correcte", "L’aide était correcte."),
        ("Mauvaise", "L’aide était mauvaise. Ce qui n’a pas été (si vous souhaitez le dire) :"),
        ("Ne plus recevoir de nouvelles", "Merci de ne plus m’envoyer de nouvelles à ce sujet."),
    ),
    "es": (
        ("Resuelto, gracias", "Está resuelto, gracias."),
        ("Aún sin resolver", "Aún no está resuelto. Lo que sigue mal:"),
        ("Muy bien", "La ayuda fue muy buena."),
        ("Bien", "La ayuda fue correcta."),
        ("Mal", "La ayuda fue mala. Qué salió mal (si desea decirlo):"),
        ("No más avisos", "Por favor, no me envíen más avisos sobre esto."),
    ),
}
