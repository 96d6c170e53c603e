"""How does a column keep a Notice? As plain values, and back."""

from collections.abc import Mapping
from typing import Any

from mailticket.desk.notice import Notice, NoticeKind
from mailticket.mail.message import Address


def person_json(address: Address) -> dict[str, str]:
    """Plain values, as columns keep people."""
    return {"name": address.name, "address": address.addr_spec}


def as_json(notice: Notice) -> dict[str, Any]:
    """Plain values, as the column keeps them."""
    return {
        "kind": notice.kind,
        "to": [person_json(address) for address in notice.to],
        "cc": [person_json(address) for address in notice.cc],
        "from_": person_json(notice.from_),
        "title": notice.title,
        "number": notice.number,
        "language": notice.language,
        "in_reply_to": notice.in_reply_to,
        "references": list(notice.references),
        "message": notice.message,
        "details": dict(notice.details),
    }


def from_json(plain: Mapping[str, Any]) -> Notice:
    """The inverse of `as_json`."""

    def person(value: Mapping[str, str]) -> Address:
        return Address(name=value["name"], addr_spec=value["address"])

    return Notice(
        kind=NoticeKind(plain["kind"]),
        to=tuple(map(person, plain["to"])),
        cc=tuple(map(person, plain["cc"])),
        from_=person(plain["from_"]),
        title=plain["title"],
        number=plain["number"],
        language=plain["language"],
        in_reply_to=plain["in_reply_to"],
        references=tuple(plain["references"]),
        message=plain["message"],
        details=plain["details"],
    )
