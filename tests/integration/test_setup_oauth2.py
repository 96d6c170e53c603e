"""From a mailbox without a password to a settings file that works: `mailticket setup` where OAuth2 opens it."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mailticket import config
from tests.acceptance.commands import command
from tests.servers.authority import Authority
from tests.servers.dovecot import Dovecot
from tests.servers.oauth2 import OAuth2
from tests.servers.postfix import Postfix
from tests.terminal import Terminal

ADDRESS = "support@acme.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A mailbox and a relay that ask their OAuth2 server about every login."""

    oauth2: OAuth2
    dovecot: Dovecot
    postfix: Postfix
    ca_file: Path

    def flags(self, file: Path, client: str, *more: str) -> list[str]:
        """All but the sign-in."""
        return [
            "--output", str(file), "--address", ADDRESS, "--incoming", "imap", "--ca-file", str(self.ca_file),
            "--imap-host", "localhost", "--imap-port", str(self.dovecot.imaps_port), "--imap-tls", "implicit",
            "--smtp-host", "localhost", "--smtp-port", str(self.postfix.port), "--smtp-tls", "starttls",
            "--imap-user", "support", "--issuer", self.oauth2.issuer, "--scope", "imap", "--scope", "smtp",
            "--client-id", client, "--agent", "Ann Ahlberg <ann@acme.example>", "--alone", *more,
        ]  # fmt: skip


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    folder = tmp_path_factory.mktemp("provider")
    authority = Authority(folder / "authority")
    with OAuth2() as oauth2, Dovecot(oauth2=oauth2.introspection(), folders={"Sent": r"\Sent"}) as dovecot:
        demands = {
            "recipient_delimiter": "+",
            "smtpd_sasl_auth_enable": "yes",
            "smtpd_sasl_type": "dovecot",
            "smtpd_sasl_path": f"inet:127.0.0.1:{dovecot.auth_port}",
            "smtpd_tls_auth_only": "yes",
            "smtpd_relay_restrictions": "permit_sasl_authenticated, reject",
        }
        with Postfix(
            {"acme.example": f"lmtp:inet:127.0.0.1:{dovecot.lmtp_port}"},
            refuse_senders={"<>": "550 5.7.1 not from nobody"}, certificate=authority.issue(), settings=demands,
        ) as postfix:  # fmt: skip
            ca_file = folder / "ca.pem"
            known = (dovecot.ca_file, authority.ca_file, oauth2.ca_file)
            ca_file.write_text("".join(one.read_text() for one in known))
            yield Provider(oauth2=oauth2, dovecot=dovecot, postfix=postfix, ca_file=ca_file)


def code_of(person: Terminal, provider: Provider, user: str) -> None:
    """Does in a browser what the terminal says."""
    person.await_("Type this code:")
    person.await_("Waiting until you have done that")
    address = re.findall(r"(https://\S+/device)\s", person.shown)[-1]
    code = re.findall(r"code: +(\S+)\s", person.shown)[-1]
    assert "Sign-in Success" in provider.oauth2.type_code(address, code, user)


def test_a_person_signs_in_on_the_way_and_all_is_looked_at(provider: Provider, tmp_path: Path) -> None:
    file = tmp_path / "desk" / "mailticket.toml"

    with Terminal("setup", *provider.flags(file, "desk")) as person:
        person.await_("Name in From")
        person.type("Acme Support")
        person.await_("Grant:")
        person.type("")
        person.await_("Sign in at the provider now? [Y/n]:")
        person.type("")
        code_of(person, provider, "somebody")
        person.await_("Signed in as somebody@acme.example")
        person.await_("That did not work. localhost")
        person.await_("skip it and look at it later")
        assert not file.parent.exists()  # nothing is kept before the settings are
        person.type("anew")
        code_of(person, provider, "support")
        person.await_("In: 0 mails; IDLE, MOVE, UIDPLUS")
        person.await_("Not from <>, though (550 5.7.1")
        person.await_("to see whether it arrives? [Y/n]:")
        person.type("")
        person.await_("support+anything@acme.example arrives: we use it.")
        person.await_("The sign-in is kept, encrypted.")
        person.await_("sign-in support    fine")
        person.await_("Mail leaves, and comes")
        person.await_("1. mailticket run --dry-run")
        assert person.end() == 0

    values = tomllib.loads(file.read_text(encoding="utf-8"))
    assert values["desk"]["plus_addressing"] is True
    assert values["outbound"]["envelope"] == "token"
    assert values["intake"]["imap"][0]["oauth2"] == values["outbound"]["oauth2"] == {
        "issuer": provider.oauth2.issuer, "scopes": ["imap", "smtp"], "client_id": "desk",
        "ca_file": str(provider.ca_file),
    }  # fmt: skip
    assert {one.stat().st_mode & 0o077 for one in (file, *(file.parent / "data").iterdir())} == {0}


def test_a_right_of_the_app_itself_needs_nobody(provider: Provider, tmp_path: Path) -> None:
    file, secret = tmp_path / "mailticket.toml", tmp_path / "client.secret"
    secret.write_text("app-secret\n")

    more = ("--grant", "application", "--client-secret-file", str(secret), "--no-probe", "--json")
    done = command("setup", *provider.flags(file, "app", *more))

    assert done.code == 0, done.err
    assert done.json["mailbox"]["sent"] == "Sent"
    assert done.json["relay"] == {"takes_null": False, "takes_token": True, "plus_addressing": False}
    assert config.load(file).outbound.envelope == "address"
    assert done.json["next"][0].startswith("mailticket run --dry-run")


def test_a_refused_right_writes_nothing(provider: Provider, tmp_path: Path) -> None:
    file, secret = tmp_path / "mailticket.toml", tmp_path / "client.secret"
    secret.write_text("wrong-secret\n")

    done = command("setup", *provider.flags(file, "app", "--grant", "application", "--client-secret-file", str(secret)))

    assert done.code == 1
    assert "refuses the right to support (invalid_client" in done.err
    assert not file.exists()


def test_a_sign_in_that_is_left_for_later_is_the_first_of_the_next_steps(provider: Provider, tmp_path: Path) -> None:
    file = tmp_path / "mailticket.toml"

    done = command("setup", *provider.flags(file, "desk", "--no-probe"))

    assert done.code == 0, done.err
    assert "1. mailticket authorize" in done.out
    assert "2. mailticket check" in done.out
