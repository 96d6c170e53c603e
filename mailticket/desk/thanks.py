"""Is this nothing but "thanks"? Then what is done stays done. Any other word, a question or a number is not.

The whole text has to fall into phrases of one language (thanks_words.py) and names, and one of them has to thank.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from mailticket.desk.likeness import fold
from mailticket.desk.thanks_words import THANKS

#: Words at most, and characters that are looked at.
_MOST_WORDS, _MOST = 15, 300

_WORD = re.compile(r"[^\W\d_]+(?:['’‘`-][^\W\d_]+)*")
#: Smiling ones only: whoever writes ":-(" is not content.
_SMILE = re.compile(r"(?<!\w)(?:[:;=][-'o]?[)D*]+|[xX]D+|\^_?\^|<3)(?!\w)")
_EMOJI = frozenset("👍🙏😊🙂😀😃😄😁☺😍🤗🙌👌👏💐🌹🌸🌷🎉🥳❤♥💙💚💛🧡💜🤝✅✌😇😉💪⭐🌟")
#: Skin tones, joiner and the mark that makes a sign an emoji.
_MARKS = frozenset("\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff\u200d\ufe0f")
_POINTS = frozenset(" \t\n\r.,;:!…-–—*\"'“”„«»¡·•~_|&/\\\u00a0\u200b")


def is_thanks(text: str, *names: str) -> bool:
    """Whether `text` (new words only) thanks and says nothing else. `names` of people may stand in it."""
    words = words_of(text)
    if not words or len(words) > _MOST_WORDS:
        return False
    known = {_plain(part) for name in names for part in _WORD.findall(name)}
    return any(_thanks(words, phrases, known) for phrases in _PHRASES.values())


def is_content(reaction: str) -> bool:
    """Whether the sign clicked below a mail of ours says that all is well."""
    return reaction[:1] in _EMOJI


def words_of(text: str) -> tuple[str, ...] | None:
    """The words of a short text without capitals and accents; None where it holds more than words, points, smiles."""
    if len(text) > _MOST:
        return None
    text = _SMILE.sub(" ", text)
    rest = set(_WORD.sub(" ", text)) - _EMOJI - _MARKS - _POINTS
    return None if rest else tuple(map(_plain, _WORD.findall(text)))


def _thanks(words: Sequence[str], phrases: Mapping[tuple[str, ...], bool], names: set[str]) -> bool:
    """Whether `words` fall into `phrases` and names; those that thank are True, and one of them has to be there."""
    #: After so many words: None where there is no way so far, else whether a way there has thanked.
    ways: list[bool | None] = [False, *[None] * len(words)]
    for at in range(len(words)):
        way = ways[at]
        if way is None:
            continue
        if words[at] in names:
            ways[at + 1] = bool(ways[at + 1]) or way
        for end in range(at + 1, min(at + _LONGEST, len(words)) + 1):
            thanked = phrases.get(tuple(words[at:end]))
            if thanked is not None:
                ways[end] = bool(ways[end]) or way or thanked
    return ways[-1] is True


def _plain(word: str) -> str:
    return fold(word.translate(_ALIKE)).translate(_ALIKE)


#: Letters that Unicode does not take apart, and what people without them on their keyboard write.
_ALIKE = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "ı": "i", "đ": "d", "’": "'", "‘": "'", "`": "'"})
_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue"}


def _spelled(phrases: str) -> Iterable[tuple[str, ...]]:
    """Each phrase as a tuple of words, with umlauts as one and as two letters."""
    for phrase in phrases.split("|"):
        written = phrase.strip()
        without = written
        for umlaut, letters in _UMLAUTS.items():
            without = without.replace(umlaut, letters)
        for spelling in {written, without}:
            yield tuple(_plain(word) for word in _WORD.findall(spelling))


_PHRASES = {
    language: dict.fromkeys(_spelled(others), False) | dict.fromkeys(_spelled(thanks), True)
    for language, (thanks, others) in THANKS.items()
}
_LONGEST = max(len(phrase) for phrases in _PHRASES.values() for phrase in phrases)
