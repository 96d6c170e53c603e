"""From a mailbox to a settings file that works: `mailticket setup` with a person, and with flags alone."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mailticket import config
from tests.acceptance.commands import Done, command
from tests.servers.authority import Authority
from tests.servers.dovecot import Dovecot
from tests.servers.nsd import NameServer
from tests.servers.postfix import Postfix
from tests.terminal import Terminal

ADDRESS, USER, PASSWORD = "support@acme.example", "support", "correct horse"
ANN = "Ann Ahlberg <ann@acme.example>"
#: Domains from which mail lies in the mailbox.
OUTSIDE = ("a.example", "b.example", "c.example")
#: The blank comes when the terminal shows no more what is typed.
HIDDEN = "(it is not shown): "


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosting:
    """A mailbox at somebody's, whose relay refuses the null reverse-path."""

    dovecot: Dovecot
    postfix: Postfix
    names: NameServer
    #: Trusts both servers.
    ca_file: Path


@pytest.fixture(scope="module")
def hosting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosting]:
    folder = tmp_path_factory.mktemp("hosting")
    authority = Authority(folder / "authority")
    with (
        Dovecot({USER: PASSWORD, "quiet": PASSWORD}, quota="storage=50M", folders={"Sent": r"\Sent"}) as dovecot,
        Postfix(
            {"acme.example": f"lmtp:inet:127.0.0.1:{dovecot.lmtp_port}"},
            refuse_senders={"<>": "550 5.7.1 not from nobody"},
            certificate=authority.issue(),
            settings={
                "recipient_delimiter": "+",
                "smtpd_sasl_auth_enable": "yes",
                "smtpd_sasl_type": "dovecot",
                "smtpd_sasl_path": f"inet:127.0.0.1:{dovecot.auth_port}",
                "smtpd_tls_auth_only": "yes",
            },
        ) as postfix,
        NameServer(
            {
                "_imaps._tcp.acme.example": {"SRV": [f"0 1 {dovecot.imaps_port} localhost."]},
                "_submission._tcp.acme.example": {"SRV": [f"0 1 {postfix.port} localhost."]},
                "_imaps._tcp.hosted.example": {"SRV": ["0 1 993 imap.hoster.example."]},
            }
        ) as names,
    ):
        for shop in OUTSIDE:
            dovecot.deliver(USER, mail_from_outside(shop))
        ca_file = folder / "ca.pem"
        ca_file.write_text(dovecot.ca_file.read_text() + authority.ca_file.read_text())
        yield Hosting(dovecot=dovecot, postfix=postfix, names=names, ca_file=ca_file)


def mail_from_outside(domain: str) -> bytes:
    return (
        f"Authentication-Results: mx.acme.example; dkim=pass header.d={domain}\r\n"
        f"Authentication-Results: mx.{domain}; dkim=pass header.d={domain}\r\n"
        f"From: Carla <carla@{domain}>\r\nTo: {ADDRESS}\r\nMessage-ID: <1@{domain}>\r\nSubject: vase\r\n\r\nBroken.\r\n"
    ).encode()


def setup(hosting: Hosting, file: Path, *more: str) -> Done:
    """By flags alone: standard input is no terminal."""
    return command("setup", "--output", str(file), "--dns", hosting.names.address, *more)


def flags(hosting: Hosting, password_file: Path, user: str = USER) -> list[str]:
    """A mailbox by STARTTLS and a relay without a login."""
    return [
        "--address", ADDRESS, "--imap-host", "localhost", "--imap-port", str(hosting.dovecot.imap_port),
        "--imap-user", user, "--password-file", str(password_file), "--ca-file", str(hosting.ca_file),
        "--smtp-host", "localhost", "--smtp-port", str(hosting.postfix.port), "--smtp-tls", "starttls",
        "--smtp-user", "-", "--incoming", "imap",
    ]  # fmt: skip


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    file = tmp_path / "given.password"
    file.write_text(PASSWORD + "\n")
    return file


def conversation(hosting: Hosting) -> Iterator[tuple[str, str | None]]:
    """What is shown, and what the person types then; None for nothing, "" for Enter alone."""
    yield "Address that customers write to:", "not an address"
    yield "is not a mail address such as", None
    yield "Address that customers write to:", ADDRESS
    yield "Name in From of our mail [Support]:", "Acme Support"
    yield "the SRV records of acme.example name them", None
    yield "How does mail come in", ""
    yield "fetched [localhost]:", ""
    yield f"Port [{hosting.dovecot.imaps_port}]:", ""
    yield f"User [{ADDRESS}]:", USER
    yield HIDDEN, "wrong horse"
    yield "its certificate is not trusted", None
    yield "fetched [localhost]:", ""
    yield "Port [", ""
    yield "TLS: ", ""
    yield "the system's):", str(hosting.ca_file)
    yield "refused the login of support", None
    yield "User [support]:", ""
    yield HIDDEN, PASSWORD
    yield "IDLE, MOVE, UIDPLUS; 0 of 50 MB used; keeps marks of ours", None
    yield "Verdicts on senders are written by mx.acme.example, and are believed.", None
    yield "by hand as well? [y/N]:", "y"
    yield "sends our mail [localhost]:", ""
    yield f"Port [{hosting.postfix.port}]:", ""
    yield "Not from <>, though (550 5.7.1 <>: Sender address rejected: not from nobody)", None
    yield "to see whether it arrives? [Y/n]:", ""
    yield "support+anything@acme.example arrives: we use it.", None
    yield "First agent, who answers", ADDRESS
    yield "the desk's own address", None
    yield "First agent, who answers", ANN
    yield "mailbox support    fine", None
    yield "Mail leaves, and comes", None
    yield "1. mailticket run --dry-run", None


def test_a_person_answers_and_mistypes_the_password_first(hosting: Hosting, tmp_path: Path) -> None:
    file = tmp_path / "desk" / "mailticket.toml"

    with Terminal("setup", "--dns", hosting.names.address, "--output", str(file)) as person:
        for shown, typed in conversation(hosting):
            person.await_(shown)
            if typed is not None:
                person.type(typed)
        assert person.end() == 0
        assert "horse" not in person.shown

    values = tomllib.loads(file.read_text(encoding="utf-8"))
    assert values == {
        "desk": {"name": "Acme Support", "address": ADDRESS, "plus_addressing": True, "data_dir": "data"},
        "identity": {"dns": [hosting.names.address]},
        "intake": {
            "imap": [
                {
                    "name": "support", "host": "localhost", "port": hosting.dovecot.imaps_port, "tls": "implicit",
                    "user": USER, "password_file": "mailticket.password", "ca_file": str(hosting.ca_file),
                    "authserv_id": "mx.acme.example", "mark_seen": False, "sent_folder": "auto",
                }
            ]
        },
        "outbound": {
            "host": "localhost", "port": hosting.postfix.port, "tls": "starttls", "ca_file": str(hosting.ca_file),
            "user": USER, "password_file": "mailticket.password", "envelope": "token",
        },
        "agent": [{"name": "Ann Ahlberg", "address": "ann@acme.example"}],
        "canary": {"every_minutes": 15},
    }  # fmt: skip
    assert config.secret_of(config.load(file).intake.imap[0]) == PASSWORD
    assert {one.stat().st_mode & 0o777 for one in (file, file.with_name("mailticket.password"))} == {0o600}
    with hosting.dovecot.imap(USER) as client:
        client.select_folder("INBOX")
        assert len(client.search(["ALL"])) == len(OUTSIDE)


def test_flags_alone_do_it_too(hosting: Hosting, tmp_path: Path, password_file: Path) -> None:
    file = tmp_path / "mailticket.toml"

    done = setup(hosting, file, *flags(hosting, password_file), "--agent", ANN, "--no-probe", "--alone", "--json")

    assert done.code == 0, done.err
    assert done.json["file"] == str(file)
    assert done.json["mailbox"]["capabilities"] == ["IDLE", "MOVE", "UIDPLUS"]
    assert done.json["mailbox"]["sent"] == "Sent"
    assert done.json["relay"] == {"takes_null": False, "takes_token": True, "plus_addressing": False}
    assert done.json["password_files"] == []
    assert {check["name"] for check in done.json["checks"] if check["ok"]} >= {"mailbox support", "outgoing mail"}
    settings = config.load(file)
    assert settings.intake.imap[0].tls == "starttls"
    assert settings.intake.imap[0].password_file == password_file
    assert settings.outbound.envelope == "address"
    assert settings.agent[0].name == "Ann Ahlberg"


def test_a_mailbox_without_mail_names_nobody_who_judges(hosting: Hosting, tmp_path: Path, password_file: Path) -> None:
    file = tmp_path / "mailticket.toml"

    done = setup(hosting, file, *flags(hosting, password_file, "quiet"), "--no-probe")

    assert done.code == 0, done.err
    assert "No server writes its verdict" in done.out
    assert config.load(file).intake.imap[0].authserv_id == ""


def test_a_server_hands_mail_over(hosting: Hosting, tmp_path: Path) -> None:
    file = tmp_path / "mailticket.toml"
    port = hosting.postfix.port

    done = setup(
        hosting, file, "--address", ADDRESS, "--incoming", "lmtp", "--smtp-host", "127.0.0.1",
        "--smtp-port", str(port), "--smtp-tls", "none",
    )  # fmt: skip

    assert done.code == 0, done.err
    values = tomllib.loads(file.read_text())
    assert values["intake"] == {"smtp": [{"listen": ["127.0.0.1:2525"], "protocol": "lmtp"}]}
    assert values["outbound"] == {"host": "127.0.0.1", "port": port, "tls": "none", "envelope": "address"}


def test_oauth2_is_written_down_and_left_to_authorize(hosting: Hosting, tmp_path: Path) -> None:
    file = tmp_path / "mailticket.toml"

    done = setup(
        hosting, file, "--address", ADDRESS, "--provider", "microsoft365", "--client-id", "1234", "--tenant", "acme",
        "--imap-host", "localhost", "--imap-port", "1", "--smtp-host", "localhost", "--smtp-port", "1",
    )  # fmt: skip

    assert done.code == 0, done.err
    assert "1. mailticket authorize" in done.out
    settings = config.load(file)
    assert settings.intake.imap[0].provider == settings.outbound.provider == "microsoft365"
    assert settings.intake.imap[0].oauth2 == settings.outbound.oauth2
    assert (settings.outbound.oauth2.client_id, settings.outbound.oauth2.tenant) == ("1234", "acme")
    assert settings.outbound.rate_per_minute == 30


@pytest.mark.parametrize(
    ("words", "names"),
    [
        pytest.param([], "--address is missing", id="no address"),
        pytest.param(["--address", "acme"], "--address acme", id="no address at all"),
        pytest.param(["--address", ADDRESS, "--provider", "gogle"], "--provider gogle", id="an unknown provider"),
        pytest.param(["--address", ADDRESS, "--incoming", "pop3"], "--incoming pop3", id="an unknown way in"),
        pytest.param(["--address", "a@nowhere.example"], "--imap-host is missing", id="no server to be found"),
        pytest.param(
            ["--address", "a@hosted.example"], "--imap-host is missing", id="a host elsewhere, seen by nobody"
        ),
        pytest.param(
            ["--address", ADDRESS, "--imap-host", "localhost", "--imap-port", "x"], "--imap-port x", id="port"
        ),
        pytest.param(
            ["--address", ADDRESS, "--imap-host", "imap.acme.example", "--imap-tls", "none"],
            "--imap-tls none\n  To imap.acme.example nothing goes without TLS",
            id="in clear to another machine",
        ),
        pytest.param(
            ["--address", ADDRESS, "--imap-host", "localhost"], "--password-file is missing", id="no password"
        ),
        pytest.param(
            ["--address", ADDRESS, "--provider", "microsoft365"], "--client-id is missing", id="no app registration"
        ),
        pytest.param(["--address", ADDRESS, "--ca-file", "/nowhere"], "--ca-file /nowhere", id="no authority"),
    ],
)
def test_a_missing_or_wrong_answer_names_its_flag(
    hosting: Hosting, tmp_path: Path, words: list[str], names: str
) -> None:
    file = tmp_path / "mailticket.toml"

    done = setup(hosting, file, *words)

    assert done.code == 2
    assert names in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_password_writes_nothing(hosting: Hosting, tmp_path: Path, password_file: Path) -> None:
    file = tmp_path / "mailticket.toml"
    password_file.write_text("wrong horse\n")

    done = setup(hosting, file, *flags(hosting, password_file))

    assert done.code == 1
    assert "refused the login of support" in done.err
    assert "Nothing was written" in done.err
    assert not file.exists()


def test_what_is_there_is_not_replaced_unless_forced(hosting: Hosting, tmp_path: Path, password_file: Path) -> None:
    file = tmp_path / "mailticket.toml"
    file.write_text("mine = true\n")

    refused = setup(hosting, file, *flags(hosting, password_file))
    kept = file.read_text()
    forced = setup(hosting, file, *flags(hosting, password_file), "--no-probe", "--force")

    assert (refused.code, kept) == (1, "mine = true\n")
    assert "--force replaces it" in refused.err
    assert forced.code == 0, forced.err
    assert config.load(file).desk.address == ADDRESS
    assert [one.read_text() for one in tmp_path.glob("mailticket.toml.2*")] == ["mine = true\n"]


def test_the_reference_is_the_project_s_own() -> None:
    done = command("setup", "--reference")

    assert done.out == (Path(__file__).parents[2] / "config" / "mailticket.toml").read_text(encoding="utf-8")
