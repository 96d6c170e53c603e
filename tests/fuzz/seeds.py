"""What the fuzzer begins with: the mails of tests/mail, and for each target the smallest things of its kind."""

from collections.abc import Iterator
from pathlib import Path

from mailticket.mail.walk import walk
from tests.shards import SHARDS
from tests.winmail import BODY, HTML, LONG_FILENAME, RTF, attached, compressed, embedded, winmail

MAILS = Path(__file__).parents[1] / "mail"

#: Mail that wants to be costly, in small.
_BOMBS = (
    b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(30)),
    b"From: " + b"(" * 200 + b"a@b.example\r\nContent-Type: text/plain" + b";" * 500 + b"\r\n\r\nx",
    b"Subject: " + b"=?utf-8?b?w?= =?utf-7?q?+2D0-?=\r\n " * 40 + b"\r\n\r\nx",
    b"Content-Disposition: attachment" + b";filename*9999*=a;filename*0*=''b" * 20 + b"\r\n\r\nx",
    b"Content-Type: message/delivery-status\r\n\r\n" + b"Final-Recipient: rfc822;a@b\r\nStatus: 5.1.1\r\n\r\n" * 20,
    b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n" + b"\x1b$B\x0e" * 50,
    b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\nM\x01\r\n" * 10,
)
_TEXTS = (
    "Blue.\n\nOn Sun, 22 Nov 2026, Acme <a@b.example> wrote:\n> Which one?\n",
    "Blau\n\nAm 22.11.2026 um 10:00 schrieb Acme:\n> Welche?\n\nGern\n-- \nCarla\n",
    "> one?\nyes\n> two?\nno\n\nVon meinem iPhone gesendet",
    "See below\n-----Original Message-----\nFrom: Acme\nSent: Sunday\nTo: Carla\nSubject: Vase\n\nHello",
    "---------- Forwarded message ---------\nVon: a@b.example\nBetreff: Vase\n\nfor you",
    "________________________________\nDe : Acme\nEnvoyé : dimanche\nÀ : Carla\nObjet : Vase\n",
)
_MARKUP = (
    "<p>Blue</p><div class=gmail_quote>On Sunday wrote:<blockquote>Which?</blockquote></div>",
    "<div><div id=appendonsend></div><hr><b>From:</b> a<br><b>Sent:</b> b</div>",
    "<table><tr><td><ul><li>1<li>2</ul><pre>x</pre><img src=cid:a><a href='https://b.example'>c</a></table>",
    "<style>a{}</style><script>b</script><svg onload=c><math><mi//xlink:href='javascript:d'>",
    "<b><i><u><p>" * 20,
    "&#0;&#xD800;&lt;&amp;lt;<!-- -->",
)
_SUBJECTS = (
    "Re: [#2611-0042] Broken vase\n<a@b.example>\n<mfxgk4tfojwgyzlooq2tmnzyhe4dgmztgq2tmnzyhe4dgmzt@b.example>",
    "[# 2611-0042][#[#1]2]",
    "{mt-mfxgk4tfojwgyzlooq2tmnzyhe4dgmztgq2tmnzyhe4dgmzt}",
)
_CALENDAR = (
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nDTSTART;TZID=Europe/Berlin:20261122T100000\r\n"
    "DURATION:PT1H30M\r\nRRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20270101\r\nSUMMARY:Vase\\, blue\r\n"
    'ORGANIZER;CN="Ann":mailto:a@b.example\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:c@d.example\r\n'
    "BEGIN:VALARM\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261122\nDTEND:99991231T235959Z\nSUMMARY:a\n  b\n",
)


def seeds(target: str) -> Iterator[bytes]:
    """The seeds of one target."""
    match target:
        case "mail" | "desk":
            yield from (path.read_bytes() for path in sorted(MAILS.glob("*.eml")))
            yield from _BOMBS
        case "reply":
            yield from (text.encode() for text in _TEXTS)
            yield from (bytes(walk(path.read_bytes()).body) for path in sorted(MAILS.glob("*.eml")))
        case "markup":
            yield from (text.encode() for text in _MARKUP)
        case "subject":
            yield from (text.encode() for text in _SUBJECTS)
        case "calendar":
            yield from (text.encode() for text in _CALENDAR)
        case "winmail":
            yield winmail(attached("a.txt", b"b", {LONG_FILENAME: "c.txt"}), properties={BODY: "d", HTML: b"<p>e"})
            yield winmail(embedded("a", winmail(properties={RTF: compressed(rb"{\rtf1\ansi\fromhtml1 b\'f6\u8364?}")})))
            yield winmail(properties={BODY: "f"}, message_class="IPM.Microsoft Schedule.MtgReq")
        case _:
            raise ValueError(f"there is no target {target}")


def dictionary() -> str:
    """The shards of mail as libFuzzer reads them."""
    return "".join('"' + "".join(f"\\x{byte:02x}" for byte in shard) + '"\n' for shard in SHARDS)
