"""What did somebody mean who mistyped a word? The nearest of those that are known."""

import difflib
import unicodedata
from collections.abc import Iterable

#: Nothing that is longer is a mistyped word, and comparing costs its square.
_LONGEST = 60
_ALIKE = 0.6


def nearest(word: str, known: Iterable[str]) -> str:
    """The one of `known` that `word` most likely stands for, "" where none is like it. Capitals and accents aside."""
    folded = fold(word)
    if not folded or len(folded) > _LONGEST:
        return ""
    candidates = {fold(one): one for one in known}
    if begun := [one for one in candidates if len(folded) > 1 and one.startswith(folded)]:
        return candidates[min(begun, key=len)]
    if "@" in folded:
        # people of one house are not alike because their domain is
        local = folded.partition("@")[0]
        locals_ = {one.partition("@")[0] for one in candidates}
        near = difflib.get_close_matches(local, locals_, n=1, cutoff=_ALIKE)
        candidates = {one: meant for one, meant in candidates.items() if one.partition("@")[0] in near}
    close = difflib.get_close_matches(folded, candidates, n=1, cutoff=_ALIKE)
    return candidates[close[0]] if close else ""


def fold(text: str) -> str:
    """`text` as it is compared: without accents and capitals."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
