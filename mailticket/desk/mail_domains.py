"""Which domain was meant? A mail that came back may have gone to gmial.com; people then write to nobody for weeks.

Only the largest mail services are compared with: whoever mistypes another one has to be asked.
"""

#: Where most people have their mailboxes.
_LARGE = frozenset(
    {
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com"),
        *("ymail.com", "icloud.com", "me.com", "mac.com", "aol.com", "proton.me", "protonmail.com", "zoho.com"),
        *("fastmail.com", "mail.com", "email.com", "gmx.com", "gmx.net", "gmx.de", "gmx.at", "gmx.ch", "web.de"),
        *("t-online.de", "freenet.de", "posteo.de", "mailbox.org", "hotmail.de", "yahoo.de", "outlook.de"),
        *("hotmail.fr", "yahoo.fr", "orange.fr", "wanadoo.fr", "free.fr", "laposte.net", "sfr.fr", "hotmail.it"),
        *("yahoo.it", "libero.it", "virgilio.it", "tiscali.it", "hotmail.es", "yahoo.es", "telefonica.net"),
        *("hotmail.co.uk", "yahoo.co.uk", "btinternet.com", "ziggo.nl", "kpnmail.nl", "bluewin.ch", "telenet.be"),
        *("wp.pl", "onet.pl", "interia.pl", "seznam.cz", "mail.ru", "yandex.ru", "qq.com", "163.com", "126.com"),
        *("naver.com", "comcast.net", "verizon.net", "yahoo.co.jp", "uol.com.br", "bol.com.br"),
    }
)
#: Shorter domains are one letter away from somebody else's too easily.
_SHORTEST = 7


def meant(addr_spec: str) -> str:
    """The address with the large service's domain of which this one's is a likely mistyping; "" where it is none."""
    local, _, domain = addr_spec.rpartition("@")
    if not local or domain in _LARGE or len(domain) > 40:
        return ""
    near = [large for large in _LARGE if len(large) >= _SHORTEST and _is_one_slip(domain, large)]
    return f"{local}@{near[0]}" if len(near) == 1 else ""


def _is_one_slip(written: str, right: str) -> bool:
    """Whether one letter too many, too few, wrong or swapped with its neighbour makes the difference."""
    if abs(len(written) - len(right)) > 1:
        return False
    same = 0
    while same < min(len(written), len(right)) and written[same] == right[same]:
        same += 1
    one, other = written[same:], right[same:]
    swapped = len(one) > 1 and one[1::-1] == other[:2] and one[2:] == other[2:]
    return swapped or one[1:] == other[1:] or one[1:] == other or one == other[1:]
