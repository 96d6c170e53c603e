"""Stories: who hears nothing from us: machines, lists, forgers, ourselves."""

from collections.abc import Mapping

import pytest

from tests.acceptance.draft import Value
from tests.acceptance.world import World

LIST: Mapping[str, Value] = {"List-Id": "<talk.lists.example>"}


@pytest.mark.parametrize(
    ("sender", "fields", "mail_from", "reason"),
    [
        ("null@quiet.example", {}, "", "null_reverse_path"),
        ("cron@quiet.example", {"Auto-Submitted": "auto-generated"}, None, "automatic_mail"),
        ("bulk@quiet.example", {"Precedence": "bulk"}, None, "automatic_mail"),
        ("list@quiet.example", LIST, None, "mailing_list"),
        ("no-reply@quiet.example", {}, None, "no_reply_address"),
        ("mailer-daemon@quiet.example", {}, None, "no_reply_address"),
        ("support@acme.example", {}, None, "own_address"),
        ("support+x@acme.example", {}, None, "own_address"),
        ("other@quiet.example", {"X-Mailticket-Loop": "somebody-elses-desk"}, None, "automatic_mail"),
        ("two@quiet.example", {"From": "two@quiet.example, three@quiet.example"}, None, "no_unambiguous_sender"),
        ("twice@quiet.example", {"From": ["twice@quiet.example", "b@quiet.example"]}, None, "no_unambiguous_sender"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_these_open_their_ticket_in_silence(
    world: World, sender: str, fields: Mapping[str, Value], mail_from: str | None, reason: str
) -> None:
    somebody = world.customer(sender)

    assert somebody.writes("Nightly report", fields=fields, mail_from=mail_from) == 250

    assert somebody.ticket.detail("confirmation_suppressed") == {"reason": reason}
    world.silence_for(sender)


def test_our_own_mail_that_comes_back_is_ignored(world: World) -> None:
    carla = world.customer("carla@loop.example")
    carla.writes("Broken vase")
    confirmation = carla.waits_for("confirmation")

    carla.replies_to(confirmation, fields={"X-Mailticket-Loop": confirmation["X-Mailticket-Loop"]})

    assert (carla.became["receipt"], carla.became["reason"]) == ("ignored", "own_loop")
    assert len(confirmation.ticket.messages) == 1


@pytest.mark.parametrize(
    ("subject", "fields"),
    [
        ("Automatic reply: your newsletter", {}),
        ("Abwesenheitsnotiz: Ihr Angebot", {}),
        ("I am away", {"Auto-Submitted": "auto-replied"}),
    ],
)
def test_an_answering_machine_that_answers_nothing_of_ours_opens_no_ticket(
    world: World, subject: str, fields: Mapping[str, Value]
) -> None:
    vera = world.customer("vera@away.example")

    assert vera.writes(subject, fields=fields, mail_from="") == 250

    assert vera.became["reason"] == "automatic_answer_without_ticket"
    vera.hears_nothing_more()


def test_a_failed_verdict_is_held_and_nothing_is_sent(world: World) -> None:
    forged = world.customer("ceo@bank.example", verdict="fail")

    assert forged.writes("Urgent") == 250

    assert (forged.became["receipt"], forged.became["reason"]) == ("held", "failed_verdict")
    forged.hears_nothing_more()
