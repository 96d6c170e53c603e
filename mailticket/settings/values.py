"""What may a setting hold? The kinds of values beyond text and numbers; each refusal says what is allowed."""

import difflib
import re
from datetime import date, datetime
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from mailticket.desk.hours import knows_holidays_of, read_week

#: (Costs that a login can bear: up to 999 MB and 99 rounds.)
_ARGON2ID = re.compile(r"\$argon2id\$v=19\$m=\d{1,6},t=\d{1,2},p=\d{1,2}\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{22,}")


def _address(value: str) -> str:
    try:
        validate_email(value, check_deliverability=False, test_environment=True, allow_smtputf8=True)
    except EmailNotValidError:
        # special-use domains (.example, .local, .lan) are fine for a desk inside a company
        if not re.fullmatch(r"[^@\s<>\"(),:;]{1,64}@[^@\s<>\"(),:;.]+(\.[^@\s<>\"(),:;.]+)*", value):
            raise ValueError("is not a mail address such as support@acme.example") from None
    return value.lower()


def _timezone(value: str) -> str:
    if value not in available_timezones():
        close = difflib.get_close_matches(value, available_timezones(), n=1)
        hint = f'  Did you mean "{close[0]}"?' if close else ""
        raise ValueError(f"is not a time zone such as UTC or Europe/Berlin.{hint}")
    return str(ZoneInfo(value))


def _business_hours(value: str) -> str:
    try:
        read_week(value)
    except ValueError as error:
        example = '"Mon-Fri 09:00-17:00" or "Mon-Thu 8:30-12:00 13:00-17:00, Fri 9:00-14:00"'
        raise ValueError(f"{error}; write it like {example}") from None
    return value


def _holidays(value: str) -> str:
    if value and not knows_holidays_of(value):
        raise ValueError('is no country or region whose holidays are known, such as "DE", "DE-BY" or "US-NY"')
    return value


def _subject_tag(value: str) -> str:
    if value.count("{number}") != 1 or not (value.startswith("[") and value.endswith("]")):
        raise ValueError('must hold {number} once between square brackets, such as "[#{number}]"')
    if not value.isprintable() or len(value) > 60:
        raise ValueError("must be one short printable line")
    return value


def _date_pattern(value: str) -> str:
    written = date(2026, 11, 22).strftime(value)
    if not re.fullmatch(r"[0-9A-Za-z.-]*", written):
        raise ValueError(f'writes today as "{written}"; only letters, digits, dot and hyphen can stand in a number')
    return value


def _number_text(value: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z./_-]*", value):
        raise ValueError("may hold letters, digits and . / _ - only")
    return value


def _network(value: str) -> str:
    try:
        ip_network(value, strict=False)
    except ValueError:
        raise ValueError("is not an address or network such as 192.0.2.0/24") from None
    return value


def _name_server(value: str) -> str:
    host, port = value, "53"
    if value.startswith("[") or value.count(":") == 1:
        host, _, port = value.rpartition(":")
    try:
        ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        raise ValueError('is neither "IP" nor "IP:PORT" (IPv6: "[IP]:PORT"), such as 192.0.2.53') from None
    if not (port.isascii() and port.isdigit() and 0 < int(port) <= 65535):
        raise ValueError("has no port between 1 and 65535 behind the colon")
    return value


def _domain(value: str) -> str:
    if not re.fullmatch(r"(?:[a-z0-9_-]{1,63}\.)+[a-z0-9-]{2,63}", value.lower()):
        raise ValueError("is not a domain such as lists.example.org")
    return value.lower()


def _listen(value: str) -> str:
    if value.startswith("systemd:") and len(value) > len("systemd:"):
        return value
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise ValueError('is neither "HOST:PORT" nor "systemd:NAME"')
    return value


def _dns_labels(value: str) -> str:
    if value and not re.fullmatch(
        r"(?=.{1,253}$)[0-9A-Za-z_]([0-9A-Za-z_-]{0,62})(\.[0-9A-Za-z_][0-9A-Za-z_-]{0,62})*", value
    ):
        raise ValueError("is not a name in DNS such as acme.example (an international one: in its xn-- form)")
    return value.lower()


def _socket_place(value: str) -> str:
    host, _, port = value.rpartition(":")
    if value and not value.startswith("/") and not (host and port.isdigit() and 0 < int(port) <= 65535):
        raise ValueError('is neither the path of a socket such as "/run/clamav/clamd.ctl" nor "HOST:PORT"')
    return value


def _host_port(value: str) -> str:
    host, _, port = value.rpartition(":")
    if value and not (host and port.isascii() and port.isdigit() and int(port) <= 65535):
        raise ValueError('is not "HOST:PORT" such as 127.0.0.1:9104')
    return value


def _extension(value: str) -> str:
    if not re.fullmatch(r"\.?[0-9A-Za-z_+-]{1,16}", value):
        raise ValueError("is not a file extension such as pdf")
    return value.lower().lstrip(".")


def _language(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Z]{2})?", value):
        raise ValueError('is not a language such as "en" or "pt-BR"')
    return value


def _optional_address(value: str) -> str:
    return value and _address(value)


def _optional_language(value: str) -> str:
    return value and _language(value)


def _optional_timezone(value: str) -> str:
    return value and _timezone(value)


def _template_folder(value: str) -> str:
    if value and not re.fullmatch(r"[A-Za-z0-9_-]+", value):
        raise ValueError('is the name of one folder in templates/: letters, digits, "-" and "_"')
    if re.fullmatch(r"[a-z]{2,3}(-[A-Z]{2})?", value):
        raise ValueError(f'could be taken for the language "{value}"; give the folder a longer name')
    return value


def _public_url(value: str) -> str:
    parts = urlsplit(value)
    # (links with a right in them go over no wire that others can read)
    is_local = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    is_plain = not (parts.query or parts.fragment or parts.username) and re.fullmatch(r"[!-~]*", value)
    if value and not (is_plain and parts.hostname and (parts.scheme == "https" or is_local)):
        raise ValueError("is no address such as https://desk.acme.example")
    return value.rstrip("/")


def _store_url(value: str) -> str:
    try:
        port = urlsplit(value).port
    except ValueError:
        port = -1
    if port == -1 or (value and not value.startswith(("postgresql://", "sqlite:///"))):
        raise ValueError('is neither "" (SQLite in data_dir) nor postgresql://USER@HOST/DATABASE nor sqlite:///FILE')
    return value


def _folder(value: Any) -> Any:
    if isinstance(value, str) and "://" in value:
        raise ValueError("is no folder on this machine; other places are not supported")
    return None if value == "" else value


def _mailbox_name(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_.@-]+", value):
        raise ValueError("must have letters, digits and . _ @ - only, at least one of them")
    return value


def _type_name(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", value):
        raise ValueError('must be a word such as refund: small letters, digits, "-", "_", 40 at most, a letter first')
    return value


def _start(value: Any) -> Any:
    if value in ("now", "all") or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError('is none of: "now", "all", a date such as 2026-11-01') from None


def _password_hash(value: SecretStr) -> SecretStr:
    if value.get_secret_value() and not _ARGON2ID.fullmatch(value.get_secret_value()):
        raise ValueError('is no line of `mailticket password`, which begins with "$argon2id$"')
    return value


MailAddress = Annotated[str, AfterValidator(_address)]
#: `""` in the file is the same as no word at all.
OptionalPath = Annotated[Path | None, BeforeValidator(lambda value: None if value == "" else value)]
OptionalFolder = Annotated[Path | None, BeforeValidator(_folder)]
Domain = Annotated[str, AfterValidator(_domain)]
NameServer = Annotated[str, AfterValidator(_name_server)]
Network = Annotated[str, AfterValidator(_network)]
NumberText = Annotated[str, AfterValidator(_number_text)]
DatePattern = Annotated[str, AfterValidator(_date_pattern)]
TimeZone = Annotated[str, AfterValidator(_timezone)]
BusinessHours = Annotated[str, AfterValidator(_business_hours)]
Holidays = Annotated[str, AfterValidator(_holidays)]
Language = Annotated[str, AfterValidator(_language)]
OptionalAddress = Annotated[str, AfterValidator(_optional_address)]
OptionalLanguage = Annotated[str, AfterValidator(_optional_language)]
OptionalTimeZone = Annotated[str, AfterValidator(_optional_timezone)]
TemplateFolder = Annotated[str, AfterValidator(_template_folder)]
SubjectTag = Annotated[str, AfterValidator(_subject_tag)]
SocketPlace = Annotated[str, AfterValidator(_socket_place)]
StoreUrl = Annotated[str, AfterValidator(_store_url)]
PublicUrl = Annotated[str, AfterValidator(_public_url)]
HostPort = Annotated[str, AfterValidator(_host_port)]
DnsLabels = Annotated[str, AfterValidator(_dns_labels)]
Listen = Annotated[str, AfterValidator(_listen)]
TypeName = Annotated[str, AfterValidator(_type_name)]
MailboxName = Annotated[str, AfterValidator(_mailbox_name)]
Extension = Annotated[str, AfterValidator(_extension)]
Start = Annotated[date | Literal["now", "all"], BeforeValidator(_start)]
PasswordHash = Annotated[SecretStr, AfterValidator(_password_hash)]
Tls = Literal["implicit", "starttls", "none"]
Port = Annotated[int, Field(ge=1, le=65535)]
