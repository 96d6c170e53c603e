"""How mail programs write an agent's reply to a notification (tests/mail/agents), and what the customer shall get."""

from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parents[2] / "mail" / "agents"

#: What no customer may ever read: it stands in the quoted notification of every one of these mails.
SECRET = "Carla has complained twice, be careful"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A reply as a mail program sends it."""

    #: Name of the file.
    name: str
    #: What the customer shall read, by hand.
    text: str
    #: What the customer's HTML holds of the form; () where it is text only.
    form: tuple[str, ...] = ()
    #: Content-IDs of pictures that go along.
    shown: tuple[str, ...] = ()

    @property
    def raw(self) -> bytes:
        """The mail."""
        return (_FOLDER / f"{self.name}.eml").read_bytes()


ALL = (
    Reply(
        name="gmail",
        text=(
            "Hello Carla,\n"
            "\n"
            "we send you:\n"
            "\n"
            "- one new vase\n"
            "- a label <https://acme.example/label?id=7>, for the way back\n"
            "\n"
            "[vase.png]\n"
            "\n"
            "Best regards,\n"
            "Ann"
        ),
        form=(
            "<ul><li><b>one</b> new vase</li>",
            '<a href="https://acme.example/label?id=7">label</a>',
            "cid:ii_mabc1",
        ),
        shown=("ii_mabc1",),
    ),
    Reply(
        name="gmail_android",
        text="Hello Carla, it leaves today.\n\nAnn",
        form=("<i>today</i>",),
    ),
    Reply(
        name="gmail_ios",
        text="Hello Carla, it leaves today.",
        form=("<div>Hello Carla, it leaves today.</div>",),
    ),
    Reply(
        name="outlook_desktop",
        text=(
            "Hello Carla,\n"
            "\n"
            "we send you:\n"
            "\n"
            "- one new vase\n"
            "- a label <https://acme.example/label>\n"
            "\n"
            "Kind regards\n"
            "Ann Ahlberg"
        ),
        form=(
            "<ul><li><b>one</b> new vase</li>",
            '<a href="https://acme.example/label">label</a>',
            "cid:image001.png@01",
        ),
        shown=("image001.png@01DC5C2A.1F0B2C30",),
    ),
    Reply(
        name="outlook_web",
        text="Hello Carla,\n\n1. one new vase\n2. a label\n\nPlease use the new address.",
        form=('<ol start="1"><li>', "<b><u>new</u></b> address"),
    ),
    Reply(
        name="outlook_new_html_only",
        text="Hello Carla,\n\nit leaves today.",
        form=("<div>Hello Carla,</div>", "<div>it leaves today.</div>"),
    ),
    Reply(
        name="outlook_mobile",
        text="",
    ),
    Reply(
        name="outlook_android",
        text="Hello Carla, it leaves today.",
        form=("<div>Hello Carla, it leaves today.</div>",),
    ),
    Reply(
        name="apple_mail",
        text="Hello Carla,\n\nhere is the new one:\n\n[vase.png]\n\nand it leaves today.\n\nBest wishes,\nAnn",
        form=("<b>new</b>", "cid:7C2F@apple", "<div>Best wishes,</div>"),
        shown=("7C2F@apple",),
    ),
    Reply(
        name="apple_iphone",
        text="Hello Carla, it leaves today.",
        form=("Hello Carla, it leaves today.",),
    ),
    Reply(
        name="thunderbird",
        text="Hello Carla,\n\n- one new vase\n- a label <https://acme.example/label>\n\nAnn",
        form=("<p>Hello Carla,</p>", "<li><b>one</b> new vase</li>", "<p>Ann"),
    ),
    Reply(
        name="thunderbird_below_the_quotation",
        text="Hello Carla, it leaves today.",
        form=("leaves <b>today</b>.",),
    ),
    Reply(
        name="yahoo",
        text="Hello Carla,\n\n- one new vase\n- a label",
        form=("<li><b>one</b> new vase</li>",),
    ),
    Reply(
        name="proton",
        text="Hello Carla, it leaves today.",
        form=("<em>today</em>",),
    ),
    Reply(
        name="k9",
        text="Hello Carla, it leaves today.",
        form=("Hello Carla, it leaves today.",),
    ),
    Reply(
        name="neomutt",
        text="Hello Carla,\n\n- one new vase\n- a label: https://acme.example/label\n\nBest regards,\nAnn",
    ),
)

#: ALL by name.
BY_NAME = {reply.name: reply for reply in ALL}
