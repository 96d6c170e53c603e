"""Story: people of the desk block and allow senders, and a filter of the relay calls mail spam."""

from tests.acceptance.world import World

SPAM = {"X-Spam-Flag": "YES", "X-Spam-Status": "Yes, score=12.3 required=5.0"}


def test_spam_waits_and_nobody_hears_of_it(world: World) -> None:
    carla = world.somebody()

    assert carla.writes("Cheap watches", fields=SPAM) == 250

    assert (carla.became["receipt"], carla.became["reason"]) == ("held", "spam")
    carla.hears_nothing_more()
    assert [one["reason"] for one in world.json("held", "list")["held"] if one["from"] == carla.address] == ["spam"]


def test_what_a_stranger_says_of_spam_counts_for_nothing(world: World) -> None:
    with World({"intake": {"smtp": [{"listen": [f"127.0.0.1:{world.port}"]}]}}, start=False) as other:
        other.configure({"intake": {"smtp": [{"listen": [f"127.0.0.1:{other.port}"], "trusted_peers": []}]}})
        other.start()
        carla = other.somebody()
        carla.writes("No spam at all", fields=SPAM)

        assert carla.became["receipt"] == "opened"


def test_blocked_sender_is_ignored_until_taken_off_the_list(world: World) -> None:
    carla = world.somebody()
    domain = carla.address.partition("@")[2]
    world.run(
        "block", "add", f"@{domain}", "--reason", "sells lists", "--until", "2099-12-31", "--as", "ann@acme.example"
    )
    [listed] = [one for one in world.json("block", "list")["block"] if one["pattern"] == domain]

    assert carla.writes("Buy my lists") == 250

    assert (carla.became["receipt"], carla.became["reason"]) == ("ignored", f"blocked: {domain}: sells lists")
    carla.hears_nothing_more()
    assert (listed["by"], listed["until"]) == ("ann@acme.example", "2100-01-01T00:00:00.000Z")

    world.run("allow", "add", carla.address, "--reason", "a customer after all")
    carla.writes("A question", fields=SPAM)
    assert carla.became["receipt"] == "opened"

    world.run("allow", "remove", carla.address)
    world.run("block", "remove", domain)
    carla.writes("Another question")
    assert carla.became["receipt"] == "opened"


def test_mistakes_are_explained(world: World) -> None:
    for arguments, said in [
        (("block", "add", "no address", "--reason", "x"), "neither an address"),
        (("block", "add", "x.example", "--reason", "x", "--until", "2020-01-01"), "is over already"),
        (("block", "add", "x.example", "--reason", "x", "--until", "soon"), "is not a date"),
        (("allow", "remove", "nobody@x.example"), "is not on the list"),
    ]:
        done = world.cli(*arguments)
        assert (done.code, said in done.err) == (1, True)
