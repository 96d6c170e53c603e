"""Which ticket numbers does a subject name, and what is it about without them?

The number routes, it never authorises: what is found here is only looked up. RFC 5322 §3.6.5 for "Re:".
"""

import re
from functools import lru_cache

#: "Fwd:" as mail programs of many languages write it.
_FORWARDS = (
    "fw|fwd|wg|wtr|rv|weitergeleitet|tr|trs|vb|vl|doorst|fs|enc|i|ilt|iletildi|pd|továbbítás|továbbít|tov|vá|pren|trasl|"
    "inoltra|пересл|πρθ|προωθ|na|转发|轉寄|轉發|転送|전달|פו|העברה|הועבר|إعادة توجيه|chuyển tiếp|terusan"
)
#: "Re:" likewise.
_REPLIES = "re|aw|antw|antwort|sv|vs|rép|rif|r|res|odp|ynt|отв|回复|回覆|答复|返信|הש|ath"
#: (\uff1a is the colon of Chinese keyboards)
_COUNT_AND_COLON = r"(?: ?[\[(]\d{1,3}[\])]|\*\d{1,3})? ?[:\uff1a] ?"
_FORWARD = re.compile(rf"(?:{_FORWARDS}){_COUNT_AND_COLON}", re.IGNORECASE)
_PREFIXES = re.compile(rf"(?:(?:{_REPLIES}|{_FORWARDS}){_COUNT_AND_COLON})+", re.IGNORECASE)

#: Tags that are looked up; more of them are no accident.
_MOST_TAGS = 20


def tag_numbers(subject: str, tag: str) -> tuple[str, ...]:
    """The numbers of the first tags of the form `tag` ("[#{number}]") in `subject`, in their order, each once.

    White space inside a tag and the case of its letters do not count; numbers are returned as they stand there.
    """
    found: dict[str, str] = {}
    for number in _pattern(tag).findall(_folded(subject)):
        found.setdefault(number.lower(), number)
    return tuple(found.values())[:_MOST_TAGS]


def without_tags(subject: str, tag: str) -> str:
    """`subject` without every tag of the form `tag`, whether or not there is such a ticket."""
    pattern = _pattern(tag)
    subject = _folded(subject)
    # what stood around a tag may join to the next one
    while (cut := _folded(pattern.sub(" ", subject))) != subject:
        subject = cut
    return subject


def says_forwarded(subject: str) -> bool:
    """Whether `subject` begins by the prefix of a forwarded mail, not by that of a reply to one."""
    return _FORWARD.match(_folded(subject)) is not None


def without_prefixes(subject: str) -> str:
    """`subject` without every "Re:" and "Fwd:" that it begins by."""
    subject = _folded(subject)
    found = _PREFIXES.match(subject)
    return subject[found.end() :] if found else subject


@lru_cache(maxsize=16)
def _pattern(tag: str) -> re.Pattern[str]:
    before, _, behind = tag.partition("{number}")
    before, behind = (
        r"\s?".join(re.escape(letter) for letter in side if not letter.isspace()) for side in (before, behind)
    )
    return re.compile(rf"{before}\s?([0-9A-Za-z./_-]{{1,64}})\s?{behind}", re.IGNORECASE)


def _folded(subject: str) -> str:
    return " ".join(subject.split())
