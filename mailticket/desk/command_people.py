"""Whom does a command name? An address with or without a name, as mail programs turn it into links."""

import re
import unicodedata

from mailticket.desk.confirmation import is_own
from mailticket.desk.orders import PhoneCall, WriteTo
from mailticket.desk.policy import Policy
from mailticket.errors import NotValid
from mailticket.mail.clean import plain_line
from mailticket.mail.message import Address

_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"'“”„‘’\\]{1,64}@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"(?<!\w)\+?\(?\d[\d ()/.-]{3,24}\d(?!\w)")
_LONGEST = 500
_NAME_LENGTH = 100
_AROUND = " \t,;:.-–—<>()[]\"'“”„‘’"


def person(word: str, value: str, example: str) -> Address:
    """The one person whom `value` names by address. Raises NotValid, for the command `word`."""
    value = plain_line(value[:_LONGEST])
    found = addresses(value)
    if len(found) != 1:
        several = f"names {len(found)} addresses; take one line for each: {example}"
        raise NotValid(word, several if found else f"needs an address: {example}")
    return Address(name=_name_in(value), addr_spec=found[0])


def addressee(word: str, value: str, example: str, policy: Policy) -> WriteTo:
    """The customer who is written to. Raises NotValid, for the command `word`."""
    who = person(word, value, example)
    if is_own(who.addr_spec, policy):
        raise NotValid(word, f"{who.addr_spec} is the desk itself")
    return WriteTo(person=who)


def caller(value: str) -> PhoneCall:
    """Who called: name, address and number in any order. Raises NotValid where there is nothing of it."""
    value = plain_line(value[:_LONGEST])
    reached = addresses(value)
    if len(reached) > 1:
        raise NotValid("phone", "names two addresses; one caller has one ticket")
    numbers = _NUMBER.findall(_ADDRESS.sub(" ", value))
    name = _name_in(_NUMBER.sub(" ", value))
    if not (reached or numbers or name):
        raise NotValid("phone", "needs who called, such as: #phone Carla Customer, +49 30 1234567, carla@shop.example")
    return PhoneCall(name=name, address=reached[0] if reached else "", number=numbers[0].strip() if numbers else "")


def addresses(value: str) -> list[str]:
    """Every address once; a link repeats its own: `x@y <mailto:x@y>`."""
    plain = unicodedata.normalize("NFKC", value)
    return list(dict.fromkeys(one.lower().rstrip(".") for one in _ADDRESS.findall(plain) if one.isprintable()))


def _name_in(value: str) -> str:
    bare = re.sub(r"\b(?:mailto|tel):", " ", _ADDRESS.sub(" ", value), flags=re.IGNORECASE)
    return " ".join(re.sub(r"[<>()\[\]]", " ", bare).split()).strip(_AROUND)[:_NAME_LENGTH]
