"""How long did the desk's mails to itself take, the last time, and are any late? The store knows."""

from mailticket import assembly
from mailticket.checks.finding import Finding, fine, wrong
from mailticket.checks.site import Site
from mailticket.desk import canary
from mailticket.desk.canary import Probe, Side
from mailticket.store import probes

_OUT = 'as "outgoing mail" above says; then look with: mailticket canary'


def last_probes(site: Site) -> Finding:
    """What the last probe of each desk says."""
    settings = site.settings
    if settings.outbound.transport == "maildir":
        return wrong(
            f"mail goes into {settings.outbound.maildir}, so no probe can come back",
            "set [canary] every_minutes = 0, or [outbound] transport",
        )
    rules, words, late = assembly.canary_of(settings), [], []
    with site.reading() as connection:
        for desk in assembly.desks_of(settings):
            found = probes.newest(connection, desk.address)
            words.append(f"{desk.address}: {_words(found, site)}")
            sides = canary.late(found, site.now, rules.late_after)
            side = next((side for side in (Side.OUT, Side.IN) if side in sides), None)
            if side is not None:
                late.append(canary.trouble(side, desk.address, sides[side], rules))
    if not late:
        return fine("; ".join(words))
    detail = "; ".join(f"{one.headline} since {one.since:%Y-%m-%d %H:%M} UTC. {one.happened}" for one in late)
    return wrong(detail, " ".join(step for step in late[0].mend if "mailticket check" not in step) or _OUT)


def _words(found: list[Probe], site: Site) -> str:
    last = next((one for one in found if one.arrived_at and one.left_at), None)
    if last is None:
        return f"no probe came back so far; the service sends one every {site.settings.canary.every_minutes:g} minutes"
    return (
        f"the last probe ({last.sent_at:%Y-%m-%d %H:%M} UTC) left after {last.out_seconds:.1f} s "
        f"and was back {last.in_seconds:.1f} s later"
    )
