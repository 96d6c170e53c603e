"""How is a table of phrases looked for? As one regular expression; the tables have one phrase a line."""

import re


def any_of(phrases: str) -> re.Pattern[str]:
    """One pattern, blind to letter case, for the regular expressions that `phrases` has a line each."""
    return re.compile("|".join(filter(None, phrases.split("\n"))), re.IGNORECASE)
