"""What do we know of the way out without asking the relay?"""

import os
from datetime import datetime

from mailticket.checks.finding import Finding, fine, wrong
from mailticket.checks.site import NoStore, Site
from mailticket.outbound.relay import name_of
from mailticket.outbound.reverse_path import ASKED_AGAIN_AFTER
from mailticket.store import relays
from mailticket.store.relays import RefusedForm

#: Forms of reverse-path that a setting of `[outbound] envelope` asks for, and what they are to people.
_WANTED = {"auto": ("null", "token"), "null": ("null", "token"), "token": ("token",), "address": ()}
_FORMS = {"null": "the null reverse-path <>", "token": "reverse-paths of the form local+b-TOKEN@"}


def maildir(site: Site) -> Finding:
    """Where mail stays that goes nowhere."""
    folder = site.settings.outbound.maildir
    assert folder is not None  # the settings see to that
    there = next(above for above in (folder, *folder.parents) if above.exists())
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        mend = "let it be a folder, and let the service's user write there, or set [outbound] maildir to another one"
        return wrong(f"{folder} cannot be written: {there} is no folder of this user's", mend)
    return fine(f"into the Maildir {folder}; nothing leaves this machine")


def reverse_path(site: Site) -> Finding:
    """Which forms of reverse-path the relay is known to refuse."""
    envelope = site.settings.outbound.envelope
    found = refused(site)
    if not found:
        return fine(f'envelope = "{envelope}"; the relay has refused none of it')
    detail = "; ".join(
        f"the relay refuses {_FORMS[one.form]}, so the desk's address stands there ({one.reply}); "
        f"it is asked again after {due:%Y-%m-%d}"
        for one, due in found
    )
    return wrong(detail, f'let the relay accept {_FORMS[found[0][0].form]}, or set [outbound] envelope to "address"')


def refused(site: Site) -> list[tuple[RefusedForm, datetime]]:
    """Those of the wanted forms, and until when it is believed; none where there is no store yet."""
    outbound = site.settings.outbound
    try:
        with site.reading() as connection:
            known = relays.refused_forms(connection, name_of(outbound))
    except NoStore:
        return []
    until = [(one, one.at + ASKED_AGAIN_AFTER) for one in known if one.form in _WANTED[outbound.envelope]]
    return [(one, due) for one, due in until if due > site.now]
