"""Is there somebody to answer, and does what comes reach the right people?"""

from collections.abc import Mapping, Sequence

from mailticket.checks.finding import Finding, fine, wrong
from mailticket.checks.house import is_of_the_house
from mailticket.checks.site import Site
from mailticket.config import Settings
from mailticket.mail.compose import ascii_address
from mailticket.mail.lookup import Lookup, Unanswered
from mailticket.settings.desk import AgentSettings

#: People told of one mail: with more, everybody waits for somebody else, and the relay counts each of them.
_MANY = 8


def agents(site: Site) -> list[Finding]:
    """Whether agents can be reached, every team has people, and no mail disturbs too many of them."""
    return judged(site.settings, site.resolver.ask)


def judged(settings: Settings, lookup: Lookup) -> list[Finding]:
    """One line where all is fine, else one for each thing."""
    people = settings.agent
    if not people and any(box.sent_folder for box in settings.intake.imap):
        words = "no [[agent]]: people answer from the mailbox itself (sent_folder)"
        detail = f"{words}; nobody hears when that cannot be read, or of held mail"
        mend = 'add an [[agent]] with a private address and role = "lead"; [desk] notify = "assignee" keeps new '
        return [wrong(detail, mend + "tickets from being mailed there as well")]
    if not people:
        return [wrong("there is no [[agent]]: nobody hears of new mail", "add an [[agent]] with name and address")]
    found = []
    if lost := [one.address for one in people if _leads_nowhere(ascii_address(one.address).rpartition("@")[2], lookup)]:
        detail = f"the DNS knows no server that takes mail for {', '.join(lost)}"
        found.append(wrong(detail, "correct their addresses in [[agent]]"))
    members = {team.name: [one for one in people if team.name in one.teams] for team in settings.team}
    if empty := [name for name, those in members.items() if not those]:
        detail = f"nobody is in the team {', '.join(empty)}: all agents are told of its tickets"
        found.append(wrong(detail, "set teams of an [[agent]], or remove the [[team]]"))
    if (told := _told(settings, members)) > _MANY:
        detail = f'one mail notifies {told} people ([desk] notify = "{settings.desk.notify}")'
        found.append(wrong(detail, 'make teams smaller, or set notify = "team" with teams, or "assignee"'))
    leads = sum(one.role == "lead" for one in people)
    teams = "1 team" if len(members) == 1 else f"{len(members)} teams"
    words = f"{len(people)} ({leads} in charge), {teams}; one mail notifies {told} at most"
    return found or [fine(words)]


def _told(settings: Settings, members: Mapping[str, Sequence[AgentSettings]]) -> int:
    """How many hear of one new ticket at most."""
    match settings.desk.notify:
        case "assignee":
            return 1
        case "team":
            # mail for a desk that is no team's concerns everybody
            desks = {settings.desk.team, *(team.name for team in settings.team if team.address)}
            return max(len(members.get(team) or settings.agent) for team in desks)
        case _:
            return len(settings.agent)


def _leads_nowhere(domain: str, lookup: Lookup) -> bool:
    """Whether the DNS is sure that no mail can go there; names of the house are not its business."""
    if is_of_the_house(domain):
        return False
    try:
        return not any(lookup(domain, kind).values for kind in ("MX", "A", "AAAA"))
    except Unanswered:
        return False
