"""Stories: an agent writes for a customer: forwarded mail, a first letter, a telephone call."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from tests.acceptance.conftest import BOTH_STORES
from tests.acceptance.samples import PNG
from tests.acceptance.world import Customer, File, World, until

pytestmark = BOTH_STORES


def gmail(otto: Customer, words: str = "It is broken. Can I have a new one?") -> str:
    return (
        "---------- Forwarded message ---------\n"
        f"From: Otto Old <{otto.address}>\nDate: Sun, Nov 22, 2026 at 9:00 AM\nSubject: my vase\n"
        f"To: <ann@acme.example>\n\n\n{words}\n"
    )


def otto(world: World) -> Customer:
    number = world.somebody().address.rpartition("@")[2].removeprefix("shop")
    return world.customer(f"Otto Old <otto@old{number}>")


def test_a_forwarded_mail_is_a_ticket_of_whoever_wrote_it(world: World) -> None:
    customer, ann = otto(world), world.agent()
    own = len(world.tickets_of(ann.address))

    ann.writes("Fwd: my vase", f"#priority high\n\nHe called, too.\n\n{gmail(customer)}", files=[File("v.png", PNG)])

    confirmation = customer.waits_for("confirmation")
    assert "He called" not in confirmation.all_words and "ann@" not in confirmation.all_words
    ticket = confirmation.ticket
    until(lambda: len(confirmation.ticket.messages) == 2, "the note")
    ticket = confirmation.ticket
    words, note = ticket.messages
    assert (ticket.title, ticket.json["priority"], ticket.json["contact"]["name"]) == ("my vase", "high", "Otto Old")
    assert (words.sender, words.direction, words.text) == (
        customer.address, "inbound", "It is broken. Can I have a new one?",
    )  # fmt: skip
    assert [file.filename for file in words.files] == ["v.png"]
    assert (note.visibility, note.sender, note.text) == ("internal", ann.address, "He called, too.")
    assert ticket.detail("passed_on")["writer"] == customer.address
    assert len(world.tickets_of(ann.address)) == own


def test_the_customers_next_mail_comes_to_the_same_ticket(world: World) -> None:
    customer, ann = otto(world), world.agent()
    original = f"<original.{customer.address}>"
    ann.writes("Fwd: my vase", gmail(customer), fields={"References": original})
    number = customer.waits_for("confirmation").number

    customer.writes("Re: my vase", "Any news?\n", fields={"In-Reply-To": original})

    until(lambda: len(world.ticket(number).messages) == 2, "his mail to be there")
    assert [one.number for one in world.tickets_of(customer.address)] == [number]


def test_a_mail_that_hangs_on_the_forwarding_one_is_taken_as_it_is(world: World) -> None:
    customer, ann = otto(world), world.agent()
    inner = customer.drafts("my vase", "It is broken.\n", fields={"To": "ann@acme.example"}, files=[File("v.png", PNG)])
    outer = message_from_bytes(ann.drafts("Fwd: my vase", "See below.\n"), policy=default)
    assert isinstance(outer, EmailMessage)
    outer.add_attachment(message_from_bytes(inner, policy=default))

    ann.sends(outer.as_bytes())

    ticket = customer.waits_for("confirmation").ticket
    until(lambda: len(world.ticket(ticket.number).messages) == 2, "the note")
    words, note = world.ticket(ticket.number).messages
    assert (words.text.strip(), note.text) == ("It is broken.", "See below.")
    assert [file.filename for file in words.files] == ["v.png"]


def test_what_names_a_ticket_of_the_writers_is_added_to_it(world: World) -> None:
    customer, ann = otto(world), world.agent()
    customer.writes("my vase", "It is broken.\n")
    number = customer.waits_for("confirmation").number

    ann.writes(f"Fwd: [#{number}] my vase", gmail(customer, "Here is the number: 7."))

    until(lambda: len(world.ticket(number).messages) == 2, "the forwarded mail")
    message = world.ticket(number).messages[1]
    assert (message.sender, message.text) == (customer.address, "Here is the number: 7.")
    customer.hears_nothing_more()


def test_the_agent_can_say_whose_mail_it_is_and_that_nobody_is_told(world: World) -> None:
    customer, ann = otto(world), world.agent()

    ann.writes("Fwd: my vase", f"#requester {customer.address}\n#quiet\n\n{gmail(world.somebody())}")

    until(lambda: world.tickets_of(customer.address), "the ticket")
    (ticket,) = world.tickets_of(customer.address)
    assert ticket.title == "my vase"
    customer.hears_nothing_more()


def test_a_forward_that_names_nobody_is_asked_about_and_the_answer_opens_the_ticket(world: World) -> None:
    customer, ben = otto(world), world.agent("Ben Bauer <ben@acme.example>")
    ben.writes("Fwd: my vase", "It is broken, he says.\n")
    question = ben.waits_for("held")
    assert "#requester" in question.text

    ben.replies_to(question, f"#requester {customer.address}\n")

    ticket = customer.waits_for("confirmation").ticket
    assert (ticket.title, ticket.messages[0].sender) == ("my vase", customer.address)
    assert ticket.messages[0].text.strip() == "It is broken, he says."


def test_the_agent_names_the_writer_of_what_names_nobody(world: World) -> None:
    customer, ann = otto(world), world.agent()

    ann.writes("Fwd: my vase", f"#requester {customer.address}\n#high\n\nIt is broken, he says.\n")

    ticket = customer.waits_for("confirmation").ticket
    assert [one.text for one in ticket.messages] == ["It is broken, he says."]
    until(lambda: world.ticket(ticket.number).json["priority"] == "high", "the priority")


def test_a_wrong_command_above_a_forwarded_mail_opens_nothing(world: World) -> None:
    customer, ann = otto(world), world.agent()

    ann.writes("Fwd: my vase", f"#priortiy high\n\n{gmail(customer)}")

    assert "Did you mean" in ann.waits_for("receipt").text
    assert not world.tickets_of(customer.address)
    customer.hears_nothing_more()


def test_commands_in_the_forwarded_mail_are_its_writers_words(world: World) -> None:
    customer, ann = otto(world), world.agent()

    ann.writes("Fwd: my vase", gmail(customer, "#close\n#note all of this is internal"))

    ticket = customer.waits_for("confirmation").ticket
    assert (ticket.status, len(ticket.messages)) == ("open", 1)
    assert ticket.messages[0].text == "#close\n#note all of this is internal"


def test_an_agent_writes_to_a_customer_first(world: World) -> None:
    paul, ann = otto(world), world.agent()

    ann.writes("Your order", f"#to Paul <{paul.address}>\n#order 10023\n\nIt is late.\n", files=[File("v.png", PNG)])

    mail = paul.waits_for("reply")
    assert (
        mail.text.startswith("It is late.\n") and mail["From"] == '"Ann Ahlberg (Acme Support)" <support@acme.example>'
    )
    assert list(mail.files) == ["v.png"] and "#to" not in mail.all_words and b"ann@" not in mail.raw
    ticket = mail.ticket
    assert (ticket.title, ticket.status, ticket.assignee) == ("Your order", "pending_customer", ann.address)
    assert ticket.json["order_number"] == "10023"
    paul.replies_to(mail, "Thank you for telling me, when?\n")
    until(lambda: world.ticket(ticket.number).status == "pending_agent", "his answer")


def test_a_first_letter_without_words_is_not_sent(world: World) -> None:
    paul, ann = otto(world), world.agent()

    ann.writes("Your order", f"#to {paul.address}\n")

    assert (ann.became["receipt"], ann.became["reason"]) == ("held", "answer_without_words")
    assert not world.tickets_of(paul.address)
    paul.hears_nothing_more()


def test_a_call_is_a_ticket_with_the_words_as_a_note_and_nobody_is_written_to(world: World) -> None:
    rita, ann = otto(world), world.agent()

    ann.writes("Chair", f"#phone Rita Red, {rita.address}, +49 30 1234567\n#high\n\nBroken, call back.\n")

    until(lambda: world.tickets_of(rita.address), "the ticket")
    ticket = world.ticket(world.tickets_of(rita.address)[0].number)
    assert (ticket.title, ticket.json["source"], ticket.json["priority"]) == ("Chair", "phone", "high")
    assert ticket.json["contact"]["phone"] == "+49 30 1234567"
    assert [(one.visibility, one.text) for one in ticket.messages] == [("internal", "Broken, call back.")]
    assert (ticket.status, ticket.assignee) == ("in_progress", ann.address)
    rita.hears_nothing_more()


def test_a_plain_mail_of_an_agents_is_a_ticket_of_their_own(world: World) -> None:
    ann = world.agent("Ann Ahlberg <ann@home.example>")

    ann.writes("My chair", "It squeaks.\n")

    assert ann.waits_for("confirmation").ticket.json["contact"]["address"] == ann.address
