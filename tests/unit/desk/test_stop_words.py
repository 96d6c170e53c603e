"""Does a mail say nothing but that the updates shall stop?"""

import pytest

from mailticket.desk.feedback_words import WORDS
from mailticket.desk.stop_words import is_stop


@pytest.mark.parametrize(
    "text",
    [
        "Stop updates", "stop updates.", "Please stop the updates!", "No more updates, please",
        "no more emails", "Keine Updates mehr", "Bitte keine Benachrichtigungen mehr.",
        "Ne plus recevoir de nouvelles, s'il vous plaît", "Merci, arrêtez les notifications",
        "No más avisos, por favor", "Basta notifiche", "Geen updates meer", "Inga fler uppdateringar",
        *(body for words in WORDS.values() for _, body in words[5:]),
    ],
)  # fmt: skip
def test_said_in_words(text: str) -> None:
    assert is_stop(text, of_update=False)


@pytest.mark.parametrize(
    "text",
    [
        "", "Updates", "Stop the delivery", "Please stop the updates, and send the vase", "Unsubscribe my newsletter",
        "No more updates?", "How do I unsubscribe", "stop updates 2611-0042", "Thanks", "please", "Bitte",
        "No updates from you, what is going on", "I want no more updates but an answer",
    ],
)  # fmt: skip
@pytest.mark.parametrize("of_update", [True, False])
def test_said_otherwise(text: str, of_update: bool) -> None:
    assert not is_stop(text, of_update=of_update)


@pytest.mark.parametrize(
    "text",
    [
        "Stop", "STOP!", "Please stop", "stopp", "Arrêtez", "basta", "Unsubscribe", "UNSUBSCRIBE ME", "abmelden",
        "Se désabonner", "desabonnement", "No updates", "Keine Updates",
        "Plus de nouvelles", "Darme de baja", "Afmelden", "Avmeld", "Odhlásit",
    ],
)  # fmt: skip
def test_what_may_be_about_something_else_counts_below_an_update_only(text: str) -> None:
    assert is_stop(text, of_update=True)
    assert not is_stop(text, of_update=False)
