"""Does quoted or forwarded mail begin at this line: a separator, or the header fields of another mail?

The block that Outlook and its like put over history, and "-----Original Message-----", in any language.
"""

import re
from collections.abc import Sequence

from mailticket.mail import history_words
from mailticket.mail.own_words import OWN_GREETING, OWN_MAIL

_LONGEST = 400
#: So many lines are looked at for the fields of one header.
_WINDOW = 14
_LABEL = re.compile(r"[\s>*_|•]{0,4}([^\W\d_][^:：*_\n]{0,28}?)[ \t*_]{0,3}[:：][*_ \t]{0,3}(.{0,300})")
_CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}")
_DASHES = "-_=–—*: "
_PUNCTUATED = re.compile(r"[\W_]{2,}")


def is_rule(line: str) -> bool:
    """Whether `line` is nothing but a rule of dashes or the like."""
    return len(line) < _LONGEST and not line.strip("-_=*–— \t>") and sum(map(line.count, "-_=*–—")) >= 5


def forwarded_begins(line: str) -> bool:
    """Whether the bare `line` says that a forwarded mail follows: that is what the sender wants to show."""
    if not line or len(line) > 80 or line[-1] not in _DASHES:
        return False
    title = _title(line).casefold()
    if title:
        return any(word in title for word in history_words.FORWARDED)
    return line[-1] in ":：" and line.casefold().startswith(history_words.FORWARD_BEGINS)


def _title(line: str) -> str:
    """What stands between the dashes of a separator; empty where the bare `line` is none."""
    if len(line) > 120 or line[:2].strip(_DASHES) or line[-2:].strip(_DASHES):
        return ""
    title = line.strip(_DASHES)
    return title if (3 < len(title) <= 60 and line[-1:] != ":") or line[-3:-1] == "--" else ""


def history_begins(lines: Sequence[str], index: int) -> bool:
    """Whether line `index` of the bare `lines` is a separator or the first field of a quoted header.

    Nothing below it is new.
    """
    line = lines[index]
    return _is_separator(line) or _is_own_mail(lines, index, line) or _is_header(lines, index, line)


def has_reply_above(text: str) -> bool:
    """Whether `text` holds the words that help desks put over the history in their own mail."""
    folded = text.casefold()
    return any(phrase in folded for phrase in history_words.REPLY_ABOVE)


def _is_separator(line: str) -> bool:
    if has_reply_above(line):
        return _PUNCTUATED.match(line) is not None or len(line) < 80
    title = _title(line).casefold()
    if not title:
        return False
    if any(phrase in title for phrase in history_words.ORIGINAL_MESSAGE):
        return True
    return any(word in title for word in history_words.ORIGINAL) and any(
        word in title for word in history_words.MESSAGE
    )


def _is_own_mail(lines: Sequence[str], index: int, line: str) -> bool:
    """The greeting of our own confirmation or status mail, and behind it the sentence that only ours has."""
    if not OWN_GREETING.match(line):
        return False
    below = " ".join(lines[index + 1 : index + 5]).strip()
    return OWN_MAIL.match(below[:_LONGEST]) is not None


def _is_header(lines: Sequence[str], index: int, line: str) -> bool:
    if not (match := _LABEL.match(line)) or match[1].casefold().strip() not in history_words.FIELDS:
        return False
    fields = fields_from(lines, index)
    found = fields.keys() - {history_words.COPY}
    if len(found) < 2:
        return False
    addressed = any("@" in value for value in fields.values())
    if len(found) >= 3:
        return history_words.SUBJECT in found or history_words.SENT in found or addressed
    clock = any(_CLOCK.search(fields.get(name, "")) for name in (history_words.SENT, history_words.DATE))
    return clock and addressed and bool(found & {history_words.FROM, history_words.TO})


def fields_from(lines: Sequence[str], index: int) -> dict[str, str]:
    """The fields of the header that begins at `index`; its lines may be wrapped and have empty lines between.

    Empty where words stand there instead.
    """
    fields: dict[str, str] = {}
    name, strange = "", 0
    for line in (line[:_LONGEST] for line in lines[index : index + _WINDOW]):
        match = _LABEL.match(line)
        field = history_words.FIELDS.get(match[1].casefold().strip()) if match else None
        if match and field:
            if field in fields and field != history_words.COPY:
                break
            name, strange = field, 0
            fields[name] = match[2]
        elif line:
            # a value that is wrapped, or stands below its label
            strange += 1
            if not name or strange > 3 or line.startswith(">"):
                break
            fields[name] += " " + line
    return fields


def header_ends(lines: Sequence[str], index: int) -> int:
    """The index behind the last line of the header that begins at `index`; empty lines may stand between its fields."""
    last, known, open_ = index - 1, set[str](), False
    for at in range(index, min(index + _WINDOW, len(lines))):
        line = lines[at][:_LONGEST].strip("> \t")
        match = _LABEL.match(line)
        field = history_words.FIELDS.get(match[1].casefold().strip()) if match else None
        if match and field and (field not in known or field == history_words.COPY):
            known.add(field)
            last, open_ = at, not match[2].strip() or match[2].rstrip().endswith((",", ";", "<"))
        elif line and (at != last + 1 or not (open_ or "@" in line)):
            break
        elif line:
            # a value that is wrapped, or stands below its label
            last, open_ = at, line.endswith((",", ";", "<"))
    return last + 1
