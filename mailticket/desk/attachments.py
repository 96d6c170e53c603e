"""Which files of a mail are kept? Extension *and* content must be allowed; what is not is set aside, never lost.

Names are normalised before anything looks at them, and are for display only: bytes are stored by their hash.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mailticket.desk.policy import AttachmentRules
from mailticket.mail.message import Attachment

#: Extension -> media types that libmagic gives for genuine files of it. A container is what old libmagic
#: says of office files whose insides it does not know.
MEDIA_TYPES: dict[str, frozenset[str]] = {
    extension: frozenset(types.split())
    for extension, types in {
        "jpg": "image/jpeg",
        "jpeg": "image/jpeg",
        "png": "image/png",
        "gif": "image/gif",
        "webp": "image/webp",
        "bmp": "image/bmp image/x-ms-bmp",
        "tif": "image/tiff",
        "tiff": "image/tiff",
        "heic": "image/heic image/heif",
        "pdf": "application/pdf",
        "doc": "application/msword application/vnd.ms-office application/x-ole-storage application/cdfv2 text/rtf",
        "xls": "application/vnd.ms-excel application/vnd.ms-office application/x-ole-storage application/cdfv2",
        "ppt": "application/vnd.ms-powerpoint application/vnd.ms-office application/x-ole-storage application/cdfv2",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document application/zip "
        "application/octet-stream",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet application/zip "
        "application/octet-stream",
        "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation application/zip "
        "application/octet-stream",
        "odt": "application/vnd.oasis.opendocument.text application/zip",
        "ods": "application/vnd.oasis.opendocument.spreadsheet application/zip",
        "rtf": "text/rtf",
        "csv": "text/csv text/plain application/csv",
        "txt": "text/plain application/csv text/csv",
        "log": "text/plain",
        "json": "application/json text/plain",
        "xml": "text/xml application/xml text/plain",
        "zip": "application/zip",
        "eml": "message/rfc822 text/plain text/html",
        "ics": "text/calendar text/plain",
        "vcf": "text/vcard text/x-vcard text/plain",
        "mp3": "audio/mpeg",
        "m4a": "audio/x-m4a audio/mp4 video/mp4",
        "wav": "audio/x-wav audio/wav",
        "mp4": "video/mp4",
        "mov": "video/quicktime",
    }.items()
}

#: Plain text by name: libmagic guesses all kinds of programs and logs into it; only what a browser would run is out.
_TEXT = frozenset({"txt", "csv", "log"})
_RUN_BY_BROWSERS = frozenset({"text/html", "text/xml", "text/javascript"})

#: Endings of OOXML that libmagic calls octet-stream must at least be zip archives.
_ZIP_BASED = frozenset({"docx", "xlsx", "pptx", "odt", "ods"})

#: What a mail program can show within the text. SVG is not among them: it runs scripts.
INLINE_IMAGES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp", "image/x-ms-bmp"})

#: Bytes of a picture in a signature: one that stands in it, and one that the mail program has made a file of.
_LARGEST_LOGO, _LARGEST_ATTACHED_LOGO = 256 * 1024, 16 * 1024
#: A picture that a person attached has a name of its own.
_NAMED_BY_PROGRAM = re.compile(
    r"(?:(?:image|img|logo|pastedgraphic|outlook|signature|att|untitled)[-_ .\d()a-z]{0,24}\.[a-z]{3,4})?",
    re.IGNORECASE,
)

#: Set aside without a word: the customer did not attach these on purpose.
_NOT_WORTH_NAMING = frozenset({"p7s", "asc", "sig", "vcf", "p7m"})

_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})
_NAME_LENGTH = 120
#: Characters at both ends of a longer name that are looked at.
_LOOKED_AT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A file with its verdict."""

    attachment: Attachment
    #: Normalised, never empty.
    filename: str
    #: Media type by content.
    media_type: str
    #: "" where the file is kept; else why it is set aside, for the customer to read.
    withheld: str
    #: Whether a confirmation names it.
    worth_naming: bool
    #: A picture of the sender's signature: kept, and shown to nobody who does not ask for it.
    logo: bool = False
    #: A virus scanner does not let it through.
    unclean: bool = False


def may_be_logo(attachment: Attachment) -> bool:
    """Whether this could be a picture of a signature: then it is worth asking who has sent it before."""
    if attachment.media_type not in INLINE_IMAGES or not attachment.size:
        return False
    if attachment.inline:
        return attachment.size <= _LARGEST_LOGO
    return attachment.size <= _LARGEST_ATTACHED_LOGO and _NAMED_BY_PROGRAM.fullmatch(attachment.filename) is not None


def judge(
    files: Iterable[Attachment],
    rules: AttachmentRules,
    max_count: int,
    logos: Collection[str] = (),
    unclean: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Judged, ...]:
    """One verdict a file, in the mail's order. `logos`: digests of files that are known from signatures;
    `unclean`: digests of files that a virus scanner does not let through, each with the reason."""
    judged: list[Judged] = []
    names: dict[str, int] = {}
    counted = 0
    for attachment in files:
        media_type = attachment.media_type
        filename = _unique(display_name(attachment, media_type), names)
        extension = filename.rpartition(".")[2].lower()
        logo = attachment.sha256 in logos and may_be_logo(attachment)
        if attachment.sha256 in unclean:
            reason, names_it, logo = unclean[attachment.sha256], True, False
        elif logo or (attachment.inline and media_type in INLINE_IMAGES and attachment.size <= rules.max_size):
            reason, names_it = "", False
        elif attachment.content_type == "message/rfc822":
            reason, names_it = ("too large" if attachment.size > rules.max_size else ""), True
        else:
            reason = _refusal(filename, extension, attachment, media_type, rules)
            if not reason and counted >= max_count:
                reason = f"more than {max_count} files"
            counted += not reason
            # what a mail program made (an invitation) or added is told otherwise, or of no use
            names_it = extension not in _NOT_WORTH_NAMING and not attachment.inline and not attachment.summary
        judged.append(
            Judged(
                attachment=attachment,
                filename=filename,
                media_type=media_type,
                withheld=reason,
                worth_naming=names_it,
                logo=logo,
                unclean=attachment.sha256 in unclean,
            )
        )
    return tuple(judged)


def _refusal(filename: str, extension: str, attachment: Attachment, media_type: str, rules: AttachmentRules) -> str:
    if "." not in filename or extension not in rules.allowed:
        return "type not allowed"
    if attachment.size == 0:
        return "empty"
    if attachment.size > rules.max_size:
        return f"larger than {_in_words(rules.max_size)}"
    if extension in _TEXT and media_type.startswith("text/") and media_type not in _RUN_BY_BROWSERS:
        return ""
    genuine = MEDIA_TYPES.get(extension)
    if genuine is None or media_type not in genuine:
        return f"content is not {extension}"
    if extension in _ZIP_BASED and not attachment.data.startswith(b"PK\x03\x04"):
        return f"content is not {extension}"
    return ""


def _in_words(size: int) -> str:
    return f"{size / 1048576:.3g} MB" if size >= 1048576 else f"{size / 1024:.3g} KB"


def display_name(attachment: Attachment, media_type: str) -> str:
    """The sender's file name made harmless: no path, no control, bidi or zero-width characters, no reserved or
    hidden name, at most 120 characters with its extension kept. An unnamed file is named by its content."""
    hidden = ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp")
    name = attachment.filename
    if len(name) > 2 * _LOOKED_AT:
        # normalising takes seconds for tens of thousands of combining characters
        name = name[:_LOOKED_AT] + name[-_LOOKED_AT:]
    name = "".join(c for c in name if unicodedata.category(c) not in hidden)
    name = unicodedata.normalize("NFC", name)
    name = re.sub(r"\s+", " ", re.split(r"[/\\]", name)[-1])
    name = re.sub(r'[<>:"|?*]', "_", name).strip(" .")
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    if stem.partition(".")[0].strip().lower() in _RESERVED:
        stem = "_" + stem
    if not stem:
        stem = "message" if attachment.content_type == "message/rfc822" else "unnamed"
        if not extension:
            extension = _extension_of(media_type, attachment.content_type)
    extension = extension[:16].rstrip()
    stem = stem[: _NAME_LENGTH - len(extension) - 1].rstrip(" .")
    return f"{stem}.{extension}" if extension else stem


def _extension_of(media_type: str, declared: str) -> str:
    if declared == "message/rfc822":
        return "eml"
    return next((extension for extension, types in MEDIA_TYPES.items() if media_type in types), "")


def _unique(name: str, taken: dict[str, int]) -> str:
    """`taken`: names so far, each with the number that was given out last for it, so that ten thousand are no work."""
    stem, dot, extension = name.rpartition(".")
    candidate, count = name, taken.get(name.lower(), 1)
    while candidate.lower() in taken:
        count += 1
        candidate = f"{stem} ({count}){dot}{extension}" if dot else f"{name} ({count})"
    taken[name.lower()] = count
    taken[candidate.lower()] = 1
    return candidate
