"""By whose permission do we open a mailbox, since when, and until when?"""

from mailticket.checks.finding import Finding, fine, wrong
from mailticket.checks.site import Site
from mailticket.oauth.expiry import WARNED, End, days_of_warning, ends_of
from mailticket.oauth.grant import Grant
from mailticket.store import grants
from mailticket.store.grants import Kept


def sign_in(grant: Grant, site: Site) -> list[Finding]:
    """How one grant stands, by what is kept of it; that it works, mailbox and relay say."""
    kept = _kept(grant, site) if site.has_store else None
    return [_state(grant, kept), *(_ending(grant, end) for end in ends_of(grant, kept) if _is_near(end, site))]


def _kept(grant: Grant, site: Site) -> Kept | None:
    with site.reading() as connection:
        return grants.find(connection, grant.key)


def _state(grant: Grant, kept: Kept | None) -> Finding:
    if kept is not None and kept.failed_at:
        return wrong(f"refused since {kept.failed_at:%Y-%m-%d %H:%M} UTC: {kept.failure}", _mend(grant))
    if not grant.is_delegated:
        used = f", used last at {kept.renewed_at:%Y-%m-%d %H:%M} UTC" if kept and kept.renewed_at else ", not used yet"
        return fine(f"{grant.endpoints.title}, {grant.user}, by the app's own right{used}{_until(grant, kept)}")
    if kept is None or kept.granted_at is None:
        return wrong(f"nobody has signed in for {grant.user} yet", _mend(grant))
    who = f"{kept.account or 'somebody'} signed in on {kept.granted_at:%Y-%m-%d}"
    return fine(f"{grant.endpoints.title}, {grant.user}: {who}{_until(grant, kept)}")


def _until(grant: Grant, kept: Kept | None) -> str:
    return "".join(f"; {end.what} good until {end.at:%Y-%m-%d}" for end in ends_of(grant, kept))


def _is_near(end: End, site: Site) -> bool:
    return end.at <= site.now or days_of_warning(end, site.now) > 0


def _ending(grant: Grant, end: End) -> Finding:
    words = f"the {end.what} for {grant.user} ends on {end.at:%Y-%m-%d} (warnings come from {WARNED[0]} days before)"
    if end.what == "client secret":
        return wrong(words, "make a new secret for the app, and put it and its last day into the settings")
    return wrong(words, _mend(grant))


def _mend(grant: Grant) -> str:
    return f"as the service's user: mailticket authorize {grant.names[0]}"
