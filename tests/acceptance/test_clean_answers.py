"""Stories: what an agent's mail program sends is a person's mail when the customer gets it."""

import email
import re
from email.message import EmailMessage
from email.policy import default

import pytest

from tests.acceptance.people import AUTHSERV, VERDICTS
from tests.acceptance.world import Customer, Received, World
from tests.unit.desk.agents_clients import BY_NAME, SECRET


@pytest.fixture
def carla(world: World) -> Customer:
    """A customer with one ticket, confirmed."""
    carla = world.somebody()
    carla.writes("Broken vase", "My vase arrived broken.\nIt was a present.\n")
    return carla


@pytest.fixture
def confirmation(carla: Customer) -> Received:
    return carla.waits_for("confirmation")


def sent_by(agent: Customer, program: str, number: str) -> int:
    """The agent's reply as this program writes it."""
    verdict = VERDICTS["pass"].format(authserv=AUTHSERV, domain="acme.example")
    raw = BY_NAME[program].raw.replace(b"2611-0042", number.encode()).replace(b"\n", b"\r\n")
    return agent.sends(f"Authentication-Results: {verdict}\r\n".encode() + raw)


def parsed(mail: Received) -> EmailMessage:
    found = email.message_from_bytes(mail.raw, policy=default)
    assert isinstance(found, EmailMessage)
    return found


def test_picture_of_the_words_travels_within_them_and_the_logo_stays(
    world: World, carla: Customer, confirmation: Received
) -> None:
    assert sent_by(world.agent(), "outlook_desktop", confirmation.number) == 250

    mail = carla.waits_for("reply")
    root = parsed(mail)
    text, shown = root.iter_parts()
    html, picture = shown.iter_parts()
    assert (root.get_content_type(), shown.get_content_type()) == ("multipart/alternative", "multipart/related")
    assert isinstance(html, EmailMessage) and isinstance(picture, EmailMessage) and isinstance(text, EmailMessage)
    content_id = picture["Content-ID"].strip("<>")
    assert f'src="cid:{content_id}"' in html.get_content()
    assert content_id.endswith("@acme.example") and "01DC5C2A" not in mail.raw.decode()
    assert (picture.get_content_type(), picture.get_filename()) == ("image/png", "image001.png")
    assert "<li><b>one</b> new vase</li>" in html.get_content()
    for words in (text.get_content(), html.get_content()):
        assert "Kind regards" in words
        assert not {"#resolved", "Senior Support", SECRET, "_MailAutoSig"} & {
            hidden for hidden in ("#resolved", "Senior Support", SECRET, "_MailAutoSig") if hidden in words
        }


def test_answer_is_followed_by_what_it_answers(world: World, carla: Customer, confirmation: Received) -> None:
    sent_by(world.agent(), "thunderbird", confirmation.number)

    mail = carla.waits_for("reply")

    words, _, below = mail.text.partition("\n-- \n")
    answer, _, solved = words.partition("\n\nWith this ")
    assert answer == "Hello Carla,\n\n- one new vase\n- a label <https://acme.example/label>\n\nAnn"
    assert f"your request {confirmation.number} is solved" in solved and "mailto:" not in below
    assert re.search(r"On .+, .+ wrote:\n> My vase arrived broken\.\n> It was a present\.\n", below)
    assert "<blockquote" in mail.html and "It was a present." in mail.html


def test_nobody_is_shown_what_they_have_not_been_sent(world: World, carla: Customer, confirmation: Received) -> None:
    paul, ann = world.somebody(), world.agent()
    ann.writes(f"[#{confirmation.number}]", "It leaves today.\n", fields={"Cc": paul.address})
    assert "present" in carla.waits_for("reply").all_words

    ann.writes(f"[#{confirmation.number}]", "It has left.\n")

    # one mail for both, and Paul has never seen what Carla wrote
    assert {carla.address, paul.address} <= set(paul.waits_for("reply").to)
    assert "present" not in paul.mailbox.text + carla.waits_for("reply").all_words


def test_what_nothing_proves_is_not_quoted(world: World) -> None:
    dora = world.somebody(verdict="none")
    dora.writes("Broken vase", "Buy at evil.example!\n")

    world.run("ticket", "reply", dora.waits_for("confirmation").number, "Please tell us more.")

    assert "evil.example" not in dora.waits_for("reply").all_words


def test_ticket_shows_the_answer_as_the_customer_got_it(world: World, carla: Customer, confirmation: Received) -> None:
    sent_by(world.agent(), "gmail", confirmation.number)
    carla.waits_for("reply")

    message = confirmation.ticket.json["messages"][-1]

    assert message["text"] == message["reply"] == BY_NAME["gmail"].text
    assert "<li><b>one</b> new vase</li>" in message["html"]
    assert [(file["filename"], file["inline"]) for file in message["attachments"]] == [("vase.png", True)]
    assert SECRET not in str(message)


def test_signature_without_any_mark_is_known_by_its_third_time(
    world: World, carla: Customer, confirmation: Received
) -> None:
    ann = world.agent()
    for words in ("Hello Carla.", "It leaves today.", "You are welcome."):
        signed = (
            f"{words}\n\nAnn Ahlberg\nReturns and refunds for the north and for the west, and all between\nAcme Ltd\n"
        )
        ann.writes(f"[#{confirmation.number}]", signed)
        mail = carla.waits_for("reply")
    assert mail.text.startswith("You are welcome.\n\n-- \n")
