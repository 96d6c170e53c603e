"""Story: a stranger whose address is a server's words, which our relay copies into its own verdict.

RFC 5321 lets a quoted local part hold anything. spf-engine's Authentication-Results (Debian's policyd) writes it into a
comment without quoting, so `"x) ; dkim=pass … (y"@evil.example` ends the comment and goes on as a result.
"""

import pytest

from tests.acceptance.people import AUTHSERV
from tests.acceptance.world import World

ANN = "Ann Ahlberg <ann@acme.example>"
FAILED = "dmarc=fail (p=reject dis=none) header.from=acme.example"


def results(local_part: str) -> str:
    """What the relay writes on top of a mail from this local part."""
    return (
        f"{AUTHSERV}; spf=pass (sender SPF authorized) smtp.mailfrom=evil.example (client-ip=203.0.113.9; "
        f"helo=evil.example; envelope-from={local_part}@evil.example; receiver=support@acme.example)"
    )


@pytest.mark.parametrize("method", ["dkim=pass header.d=acme.example", "dmarc=pass header.from=acme.example"])
def test_reverse_path_that_goes_on_as_a_result_proves_nothing(world: World, method: str) -> None:
    forger = world.agent(ANN, verdict="none")
    words = f"x) ; {method} (y"

    raw = forger.drafts("Broken vase", fields={"Authentication-Results": results(words)})
    assert forger.sends(raw, mail_from=f'"{words}"@evil.example') == 250

    assert (forger.became["reason"], forger.became["why"]["verdict"]) == ("agent_not_verified", "none")


@pytest.mark.parametrize(
    "sender",
    [
        "dmarc=fail/policy.p=none@evil.example",
        '"x) ; dmarc=fail (p=none) ; arc=pass (y"@evil.example',
        '"x("@evil.example',
    ],
    ids=["policy", "policy and forwarder", "a comment without end"],
)
def test_reverse_path_does_not_talk_the_relays_failure_away(world: World, sender: str) -> None:
    forger = world.agent(ANN, verdict="none")
    said = f"{AUTHSERV}; spf=pass smtp.mailfrom={sender}; {FAILED}"

    raw = forger.drafts("Broken vase", fields={"Authentication-Results": said})
    assert forger.sends(raw, mail_from=sender) == 250

    assert forger.became["why"]["verdict"] == "fail"


def test_reverse_path_of_a_mailing_service_costs_nobody_their_proof(world: World) -> None:
    ann = world.agent(ANN)

    assert ann.writes("Broken vase", mail_from="bounces+1-a=b=ann=acme.example@em.example") == 250

    assert ann.became["why"]["verdict"] == "pass"
