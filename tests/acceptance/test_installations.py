"""Table: in each kind of installation an honest agent can work and a forger cannot, whatever the forger writes.

Mailboxes are Dovecot's with the header as each provider writes it; relays are real Postfixes; the DNS is a real one.
"""

import smtplib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.people import DESK, Customer, Written
from tests.acceptance.post import mailbox, relay
from tests.acceptance.waiting import PATIENCE
from tests.acceptance.world import World, free_port, until
from tests.senders import asks, signed, signer
from tests.servers.dovecot import Dovecot
from tests.servers.nsd import NameServer

pytestmark = pytest.mark.xdist_group("installations")

#: The clients of these stories: one that the agents' domain permits, and a forger's.
OWN_CLIENT, FORGERS_CLIENT = "127.0.0.2", "127.0.0.3"
RECORDS: dict[str, dict[str, Any]] = {
    # Ann's domain signs, names its clients, and wants its forgeries quarantined; Ben's knows nothing of all this
    **signer("signs.example"),
    **asks("signs.example", "p=quarantine"),
    "signs.example": {"TXT": [f"v=spf1 ip4:{OWN_CLIENT} -all"]},
    "silent.example": {"A": ["198.51.100.3"]},
}
ANN, BEN = "Ann <ann@signs.example>", "Ben <ben@silent.example>"
AGENTS = [{"name": "Ann", "address": "ann@signs.example"}, {"name": "Ben", "address": "ben@silent.example"}]

#: What each of them writes on top of a mail: of Ann's own, of a forgery in her name, of anybody at Ben's domain.
GOOGLE = {
    "own": b"Authentication-Results: mx.google.com;\r\n"
    b"       dkim=pass header.i=@signs.example header.s=s1 header.b=AbCdEf;\r\n"
    b"       spf=pass (google.com: domain of ann@signs.example designates 192.0.2.1 as permitted sender)"
    b" smtp.mailfrom=ann@signs.example;\r\n"
    b"       dmarc=pass (p=QUARANTINE sp=QUARANTINE dis=NONE) header.from=signs.example\r\n",
    "forged": b"Authentication-Results: mx.google.com;\r\n"
    b"       spf=softfail (google.com: domain of transitioning ann@signs.example does not designate 192.0.2.9 as"
    b" permitted sender) smtp.mailfrom=ann@signs.example;\r\n"
    b"       dmarc=fail (p=QUARANTINE sp=QUARANTINE dis=QUARANTINE) header.from=signs.example\r\n",
    "anybody": b"Authentication-Results: mx.google.com;\r\n"
    b"       spf=none (google.com: ben@silent.example does not designate permitted sender hosts)"
    b" smtp.mailfrom=ben@silent.example\r\n",
}
_ANONYMOUS = b"X-MS-Exchange-Organization-AuthAs: Anonymous\r\nX-MS-Exchange-CrossTenant-AuthAs: Anonymous\r\n"
MICROSOFT = {
    "own": b"Authentication-Results: dkim=none (message not signed)\r\n"
    b" header.d=none;dmarc=none action=none header.from=signs.example;\r\n"
    b"X-MS-Exchange-Organization-AuthAs: Internal\r\nX-MS-Exchange-CrossTenant-AuthAs: Internal\r\n",
    "forged": b"Authentication-Results: spf=fail (sender IP is 192.0.2.9)\r\n smtp.mailfrom=signs.example; dkim=none"
    b" (message not signed)\r\n header.d=none;dmarc=fail action=quarantine\r\n"
    b" header.from=signs.example;compauth=fail reason=000\r\n" + _ANONYMOUS,
    "anybody": b"Authentication-Results: spf=none (sender IP is 192.0.2.9)\r\n smtp.mailfrom=silent.example; dkim=none"
    b" (message not signed)\r\n header.d=none;dmarc=none action=none\r\n"
    b" header.from=silent.example;compauth=fail reason=001\r\n" + _ANONYMOUS,
}
OPENDMARC = {
    "own": b"Authentication-Results: mx.acme.example; dmarc=pass (p=quarantine dis=none) header.from=signs.example\r\n"
    b"Authentication-Results: mx.acme.example; dkim=pass (1024-bit key; unprotected) header.d=signs.example\r\n",
    "forged": b"Authentication-Results: mx.acme.example; dmarc=fail (p=quarantine dis=quarantine)"
    b" header.from=signs.example\r\n",
    "anybody": b"Authentication-Results: mx.acme.example; dmarc=none (p=none dis=none) header.from=silent.example\r\n",
}
#: What forgers write themselves, to look like what these write of Ann's and Ben's own mail.
LIES = {
    name: b"".join(found["own"].replace(b"signs.example", domain) for domain in (b"signs.example", b"silent.example"))
    for name, found in {"google": GOOGLE, "microsoft": MICROSOFT, "opendmarc": OPENDMARC}.items()
}

#: Hands a mail in: from whom, from which client.
Bring = Callable[[bytes, str, str], None]


class Place:
    """A desk that runs, and how mail comes to it."""

    def __init__(self, world: World, bring: Bring, stamps: Mapping[str, bytes]) -> None:
        self.world, self.bring, self.stamps = world, bring, stamps


class Writer(Customer):
    """Somebody whose mail takes the way of this installation; `found` is which of its stamps it gets."""

    def __init__(self, place: Place, name: str, found: str, *, client: str = OWN_CLIENT, signs: str = "") -> None:
        super().__init__(place.world, name, "none")
        self._place, self._found, self._client, self._signs = place, found, client, signs
        # (its own name a relay takes off, see attacks/test_forged_authentication_results.py)
        lies = [lie for name, lie in LIES.items() if (name, place.stamps) != ("opendmarc", OPENDMARC)]
        self._lies = b"".join(lies) if client == FORGERS_CLIENT else b""

    def sends(self, raw: bytes, *, mail_from: str | None = None, to: Sequence[str] = (DESK,)) -> int:
        """Returns once the desk has made something of it."""
        raw = self._lies + raw
        if self._signs:
            raw = signed(raw, self._signs)
        raw = self._place.stamps.get(self._found, b"") + raw
        self._place.bring(raw, self.address, self._client)
        self.written.append(Written(raw=raw, mail_from=self.address))
        id_ = self.written[-1].message_id
        until(lambda: self.world.cli("explain", id_).code == 0, lambda: f"{id_} to arrive: {self.world.troubles}")
        return 250


def handed_in(port: int) -> Bring:
    """By SMTP, from the client's own address."""

    def bring(raw: bytes, mail_from: str, client: str) -> None:
        with smtplib.SMTP("127.0.0.1", port, "client.example", PATIENCE, (client, 0)) as smtp:
            smtp.sendmail(mail_from, [DESK], raw)

    return bring


def in_mailbox(ends: ExitStack, settings: Mapping[str, Any], provider: str, stamps: Mapping[str, bytes]) -> Place:
    dovecot = ends.enter_context(Dovecot({"support": "secret"}))
    # who is in the tenant of Microsoft 365 is at the mailbox' own domain
    box = mailbox(dovecot, provider=provider, authserv_id="", user="support@signs.example")
    world = ends.enter_context(World({**settings, "intake": {"imap": [box]}}))
    return Place(world, lambda raw, mail_from, client: dovecot.deliver("support", raw), stamps)


def behind_postfix(ends: ExitStack, settings: Mapping[str, Any], folder: Path, stamps: Mapping[str, bytes]) -> Place:
    """With stamps, which stand for the work of its milters; else a stock one that says who was its client."""
    port = free_port()
    world = ends.enter_context(World({**settings, "intake": {"smtp": [{"listen": [f"127.0.0.1:{port}"]}]}}))
    if stamps:
        return Place(world, handed_in(port), stamps)
    postfix = ends.enter_context(relay(folder, {"acme.example": f"smtp:[127.0.0.1]:{port}"}, xforward=True))
    return Place(world, handed_in(postfix.port), {})


def by_ourselves(ends: ExitStack, settings: Mapping[str, Any]) -> Place:
    port = free_port()
    listener = {"listen": [f"127.0.0.1:{port}"], "trusted_peers": []}
    world = ends.enter_context(World({**settings, "intake": {"smtp": [listener]}}))
    return Place(world, handed_in(port), {})


INSTALLATIONS = ("Gmail", "Microsoft 365", "hosted mailbox", "stock Postfix", "Postfix with OpenDMARC", "own MX")


@pytest.fixture(scope="module")
def names() -> Iterator[NameServer]:
    with NameServer(RECORDS) as server:
        yield server


@pytest.fixture(scope="module", params=INSTALLATIONS)
def place(
    request: pytest.FixtureRequest, names: NameServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """Each of them in turn."""
    settings = {"desk": {"notify": "all"}, "agent": AGENTS, "identity": {"dns": [names.address]}}
    folder = tmp_path_factory.mktemp("postfix")
    with ExitStack() as ends:
        match request.param:
            case "Gmail":
                yield in_mailbox(ends, settings, "google", GOOGLE)
            case "Microsoft 365":
                yield in_mailbox(ends, settings, "microsoft365", MICROSOFT)
            case "hosted mailbox":
                yield in_mailbox(ends, settings, "", {})
            case "stock Postfix":
                yield behind_postfix(ends, settings, folder, {})
            case "Postfix with OpenDMARC":
                yield behind_postfix(ends, settings, folder, OPENDMARC)
            case _:
                yield by_ourselves(ends, settings)


@pytest.fixture
def carla(place: Place) -> Customer:
    """A customer with a ticket."""
    somebody = place.world.somebody()
    carla = Writer(place, somebody.name.replace("shop", "silent"), "")
    carla.writes("Broken vase")
    carla.waits_for("confirmation")
    return carla


def test_agent_whose_domain_proves_it_answers_from_anywhere(place: Place, carla: Customer) -> None:
    # within a tenant of Microsoft 365 nothing is signed
    signs = "" if "Internal" in str(place.stamps) else "signs.example"
    ann = Writer(place, ANN, "own", signs=signs)

    ann.writes(f"Re: [#{carla.ticket.number}] Broken vase", "We send a new one.\n")

    assert ann.became["why"]["verdict"] == "pass"
    assert carla.waits_for("reply").text.startswith("We send a new one.\n")


def test_agent_whose_domain_proves_nothing_answers_the_own_notification(place: Place, carla: Customer) -> None:
    ben = Writer(place, BEN, "anybody")
    notification = until(
        lambda: next((one for one in ben.world.mails_to(ben.address) if one.subject.endswith("Broken vase")
                      and one.number == carla.ticket.number), None), "the notification",
    )  # fmt: skip

    ben.replies_to(notification, "We send a new one.\n")

    assert ben.became["why"]["verdict"] == "none"
    assert carla.waits_for("reply").text.startswith("We send a new one.\n")


@pytest.mark.parametrize(
    ("name", "found", "verdict", "reason"),
    [(ANN, "forged", "fail", "failed_verdict"), (BEN, "anybody", "none", "agent_not_verified")],
    ids=["of a domain that asks for it", "of a domain that says nothing"],
)
def test_forger_of_an_agent_does_nothing(
    place: Place, carla: Customer, name: str, found: str, verdict: str, reason: str
) -> None:
    forger = Writer(place, name, found, client=FORGERS_CLIENT)

    forger.writes(f"Re: [#{carla.ticket.number}] Broken vase", "#status closed\n\nWe send nothing.\n")

    became = forger.became
    assert (became["why"]["verdict"], became["receipt"], became["reason"]) == (verdict, "held", reason)
    assert len(carla.ticket.messages) == 1
    carla.hears_nothing_more()
