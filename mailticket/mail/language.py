"""In which language is this written? By its script, else by its commonest words; "" rather than a guess.

No model: the good ones cost a hundred megabytes in every process, and half a second at the first mail.
"""

import re
from collections import defaultdict

from mailticket.mail.language_words import LETTERS, WORDS

#: Characters that are looked at.
_LOOKED_AT = 1000
#: The best language needs so many points, and so many times those of the next one.
_FEWEST, _AHEAD = 1.5, 1.25

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LINK = re.compile(r"://|@|www\.")
#: Characters of a word before what makes it a link; more are words of a language without spaces.
_LINK_BEGINS = 40
_TAG = re.compile(r"[A-Za-z]{2,3}(?=[-_,; ]|$)")

_KANA, _HANGUL = re.compile("[\u3040-\u30ff]"), re.compile("[\uac00-\ud7af]")
#: Scripts that only one language of ours is written in.
_SCRIPTS = {
    "el": re.compile("[\u0370-\u03ff]"), "he": re.compile("[\u0590-\u05ff]"), "th": re.compile("[\u0e00-\u0e7f]"),
    "zh": re.compile("[\u4e00-\u9fff]"), "hi": re.compile("[\u0900-\u097f]"), "ka": re.compile("[\u10a0-\u10ff]"),
    "hy": re.compile("[\u0530-\u058f]"),
}  # fmt: skip


def _by_word() -> dict[str, tuple[tuple[str, float], ...]]:
    """Each word with the languages that have it; it is worth the less the more they are."""
    languages: dict[str, list[str]] = {}
    for language, words in WORDS.items():
        for word in set(words.split()):
            languages.setdefault(word, []).append(language)
    return {word: tuple((one, 1.0 / len(of) ** 0.5) for one in of) for word, of in languages.items()}


_BY_WORD = _by_word()
_BY_LETTER = {letter: language for language, letters in LETTERS.items() for letter in letters}


def language_of(words: str, declared: str = "") -> str:
    """ISO 639-1 code of the language of `words`; where they are too few, that of `declared` (RFC 3282), else ""."""
    text = " ".join(map(_unlinked, words[:_LOOKED_AT].split()))
    return (_by_script(text) if not text.isascii() else "") or _by_words(text) or _named(declared)


def _unlinked(word: str) -> str:
    link = _LINK.search(word)
    return word[: max(0, link.start() - _LINK_BEGINS)] if link else word


def _by_script(text: str) -> str:
    letters = sum(map(str.isalpha, text))
    if len(_KANA.findall(text)) * 10 > letters:
        return "ja"
    if len(_HANGUL.findall(text)) * 3 > letters:
        return "ko"
    counts = ((len(pattern.findall(text)), language) for language, pattern in _SCRIPTS.items())
    most, language = max(counts)
    return language if most >= 2 and most * 2 > letters else ""


def _by_words(text: str) -> str:
    points: defaultdict[str, float] = defaultdict(float)
    for word in set(_WORD.findall(text.casefold().replace("’", "'"))):
        for language, worth in _BY_WORD.get(word, ()):
            points[language] += worth
        if not word.isascii():
            for letter in set(word) & _BY_LETTER.keys():
                points[_BY_LETTER[letter]] += 1.0
    if not points:
        return ""
    *others, (most, best) = sorted((worth, language) for language, worth in points.items())
    return best if most >= _FEWEST and all(most >= _AHEAD * worth for worth, _ in others[-1:]) else ""


def _named(declared: str) -> str:
    match = _TAG.match(declared.strip())
    return match.group().lower() if match and len(match.group()) == 2 else ""
