"""Stories: an agent's mail program logs in at the desk's own door (RFC 6409), with smtplib for a mail program."""

import signal
import smtplib
import ssl
from collections.abc import Iterator

import pytest

from tests.acceptance.people import Written
from tests.acceptance.world import DESK, Customer, World, free_port, until
from tests.servers.authority import Authority

PASSWORD = "canary horse 4711"
ANN, BEN = "ann@acme.example", "ben@acme.example"


class Door:
    """Where agents hand in mail."""

    def __init__(self, port: int, authority: Authority) -> None:
        self._port = port
        self._tls = ssl.create_default_context(cafile=str(authority.ca_file))

    def client(self, *, tls: bool = True) -> smtplib.SMTP:
        """One that has greeted, and has agreed on TLS."""
        client = smtplib.SMTP("127.0.0.1", self._port, timeout=30)
        client.ehlo("home.example")
        if tls:
            client.starttls(context=self._tls)
            client.ehlo("home.example")
        return client

    def hands_in(self, raw: bytes, mail_from: str = ANN, user: str = ANN, to: str = DESK) -> None:
        """Raises what smtplib raises."""
        with self.client() as client:
            client.login(user, PASSWORD)
            client.sendmail(mail_from, [to], raw)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Authority]:
    return free_port(), Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def world(door: tuple[int, Authority]) -> Iterator[World]:
    """A desk where Ann may log in, and Ben may not."""
    port, authority = door
    chain, key = authority.issue()
    world = World(start=False)
    line = world.cli("password", stdin=f"{PASSWORD}\n")
    password_hash = line.out.removeprefix('password_hash = "').rstrip('"\n')
    smtp = world.settings["intake"]["smtp"]
    agents = [{**agent, "password_hash": password_hash if agent["address"] == ANN else ""}
              for agent in world.settings["agent"]]  # fmt: skip
    own = {"listen": [f"127.0.0.1:{port}"], "protocol": "submission", "tls_cert": chain, "tls_key": key}
    world.configure({"agent": agents, "intake": {"smtp": [*smtp, own]}})
    with world:
        world.start()
        yield world


@pytest.fixture
def submission(world: World, door: tuple[int, Authority]) -> Door:
    return Door(*door)


@pytest.fixture
def carla(world: World) -> Customer:
    """A customer with one ticket, confirmed."""
    carla = world.somebody()
    carla.writes("Broken vase", "It arrived in pieces.\n")
    carla.waits_for("confirmation")
    return carla


def test_the_answer_of_an_agent_who_has_logged_in_goes_to_the_customer(
    world: World, submission: Door, carla: Customer
) -> None:
    ann = world.agent("Ann Ahlberg <ann@home.example>", verdict="none")
    raw = ann.drafts(f"Re: [#{carla.ticket.number}] Broken vase", "A new one is on its way.\n")

    submission.hands_in(raw, mail_from="ann@home.example", user="ann@home.example")

    assert carla.waits_for("reply").text.startswith("A new one is on its way.\n")
    why = world.explain(Written(raw=raw, mail_from=ANN).message_id)["why"]
    assert (why["verdict"], why["evidence"]) == ("pass", [f"authenticated submission by {ANN}"])


def test_a_password_that_is_soon_guessed_is_not_taken(world: World) -> None:
    done = world.cli("password", stdin="short\n")

    assert (done.code, done.out) == (1, "") and "at least 10 characters" in done.err
    assert world.cli("password", "--json", stdin=f"{PASSWORD}\n").json["password_hash"].startswith("$argon2id$")


def test_a_wrong_password_opens_nothing(submission: Door) -> None:
    with submission.client() as client, pytest.raises(smtplib.SMTPAuthenticationError, match="535"):
        client.login(ANN, "wrong")


@pytest.mark.parametrize("user", [BEN, "eve@acme.example"], ids=["an agent without a password", "nobody"])
def test_who_has_no_password_hears_the_same(submission: Door, user: str) -> None:
    with submission.client() as client, pytest.raises(smtplib.SMTPAuthenticationError) as refused:
        client.login(user, PASSWORD)
    assert refused.value.smtp_error == b"5.7.8 User or password is wrong"


def test_without_tls_nobody_can_log_in(submission: Door) -> None:
    with submission.client(tls=False) as client:
        assert not client.has_extn("auth")
        assert client.docmd("AUTH", "PLAIN AGFubkBhY21lLmV4YW1wbGUAeA==")[0] == 538
        assert client.docmd("MAIL", f"FROM:<{ANN}>")[0] == 530


@pytest.mark.parametrize(
    ("mail_from", "from_"),
    [(BEN, ANN), (ANN, BEN), (ANN, "carla@shop.example"), (ANN, f"{ANN}, {BEN}")],
    ids=["another agent's envelope", "another agent's From", "a customer's From", "two in From"],
)
def test_nobody_writes_in_another_name(world: World, submission: Door, mail_from: str, from_: str) -> None:
    raw = world.agent(ANN, verdict="pass").drafts("Hello", fields={"From": from_})

    with pytest.raises((smtplib.SMTPSenderRefused, smtplib.SMTPDataError)) as refused:
        submission.hands_in(raw, mail_from=mail_from)

    assert refused.value.smtp_code == 553


def test_it_is_no_relay(world: World, submission: Door) -> None:
    raw = world.agent(ANN).drafts("Hello")

    with pytest.raises(smtplib.SMTPRecipientsRefused):
        submission.hands_in(raw, to="carla@shop.example")


def test_check_says_who_can_log_in_and_no_password_is_in_the_log(world: World) -> None:
    found = {one["name"]: one for one in world.cli("check", "--json").json["checks"]}

    assert (found["submission"]["ok"], found["submission"]["detail"]) == (True, "1 of 2 agents can log in")
    assert PASSWORD.encode() not in (world.folder / "log").read_bytes()


def test_a_new_password_is_taken_up_at_a_reload(world: World, submission: Door) -> None:
    line = world.run("password", stdin="another horse\n").removeprefix('password_hash = "').rstrip('"\n')
    agents = [{**agent, "password_hash": line} for agent in world.settings["agent"]]
    world.configure({"agent": agents})
    assert world.process is not None
    world.process.send_signal(signal.SIGHUP)
    until(lambda: any(event["event"] == "settings_taken_up" for event in world.log), "the settings to be taken up")

    with submission.client() as client:
        assert client.login(BEN, "another horse")[0] == 235
