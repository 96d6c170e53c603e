"""What does a provider in the settings stand for? Servers and limits; what is written down wins."""

from pathlib import Path
from typing import Any, get_args

import pytest

from mailticket import config
from mailticket.config import Settings
from mailticket.errors import ConfigError
from mailticket.presets import PRESETS, Provider


def built(imap: dict[str, Any], outbound: dict[str, Any]) -> Settings:
    return config.build({"intake": {"imap": [{"name": "a", **imap}]}, "outbound": outbound}, "file", Path())


@pytest.mark.parametrize("name", sorted(set(get_args(Provider)) - {""}))
def test_every_provider_fills_in_both_servers(name: str) -> None:
    settings, preset = built({"provider": name}, {"provider": name}), PRESETS[name]

    box, outbound = settings.intake.imap[0], settings.outbound
    assert (box.host, box.port, box.tls) == (preset.imap_host, 993, "implicit")
    assert (outbound.host, outbound.port, outbound.tls) == (preset.smtp_host, preset.smtp_port, preset.smtp_tls)


def test_the_limits_of_microsoft() -> None:
    outbound = built({"provider": "microsoft365"}, {"provider": "microsoft365"}).outbound

    assert (outbound.connections, outbound.rate_per_minute, outbound.per_day) == (3, 30, 10_000)


def test_a_limit_that_nobody_publishes_is_left_to_the_default() -> None:
    outbound = built({"provider": "google"}, {"provider": "google"}).outbound

    assert (outbound.connections, outbound.rate_per_minute, outbound.per_day) == (4, 0, 2000)


def test_what_is_written_down_wins() -> None:
    settings = built(
        {"provider": "google", "port": 1993}, {"provider": "google", "host": "relay.example", "per_day": 9}
    )

    assert (settings.intake.imap[0].host, settings.intake.imap[0].port) == ("imap.gmail.com", 1993)
    assert (settings.outbound.host, settings.outbound.per_day) == ("relay.example", 9)


def test_the_environment_wins_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILTICKET__OUTBOUND__PER_DAY", "7")

    assert built({"provider": "google"}, {"provider": "google"}).outbound.per_day == 7


@pytest.mark.parametrize("name", ["hosting", "postfix-local"])
def test_what_only_setup_knows_stands_in_no_file(name: str) -> None:
    with pytest.raises(ConfigError, match="is not one of"):
        built({"host": "imap.example"}, {"provider": name})


def test_without_a_provider_a_host_is_needed() -> None:
    with pytest.raises(ConfigError, match="host is missing"):
        built({}, {})
