"""Commands as they are typed, beside a node that takes mail."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailticket import assembly, config
from mailticket.actions.context import Context
from mailticket.cli import main
from mailticket.store.engine import Store
from tests.factories import ANN
from tests.integration.commands.typed import Answer, Run
from tests.integration.nodes import Node, node
from tests.servers import nsd


@pytest.fixture
def settings_file(tmp_path: Path, store: Store) -> Path:
    """Settings of a desk on `store`."""
    file = tmp_path / "mailticket.toml"
    file.write_text(
        f"""
[desk]
name = "Acme Support"
address = "support@acme.example"
notify = "assignee"

[store]
url = "{"" if store.is_sqlite else store.url}"

[[intake.smtp]]

[outbound]
transport = "maildir"
maildir = "outgoing"

[identity]
trusted_authserv = ["mx.acme.example"]
dns = ["{nsd.empty().address}"]

[[team]]
name = "returns"

[[agent]]
name = "{ANN.name}"
address = "{ANN.address}"
""",
        encoding="utf-8",
    )
    return file


@pytest.fixture
def run(settings_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`run("ticket", "list", "--json")`: as if it had been typed."""
    monkeypatch.setenv("MAILTICKET_CONFIG", str(settings_file))

    def typed(*words: str) -> Answer:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["mailticket", *words])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return Answer(code=code, out=said.out, err=said.err)

    return typed


@pytest.fixture
def desk(store: Store, settings_file: Path, tmp_path: Path) -> Iterator[Node]:
    """A node beside the commands."""
    settings = config.load(settings_file)
    with node(store, tmp_path / "data" / "blobs") as running:
        context = assembly.context_of(settings, store)
        running.context = running.ledger.context = Context(
            policy=context.policy, key=context.key, blobs=running.context.blobs
        )
        yield running
