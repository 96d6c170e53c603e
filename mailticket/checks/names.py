"""Does the DNS answer us?"""

from mailticket.checks.finding import Finding, fine, wrong
from mailticket.checks.site import Site
from mailticket.mail.lookup import Unanswered


def resolver(site: Site) -> Finding:
    """Whether senders can be proven by DKIM and SPF."""
    servers = ", ".join(site.settings.identity.dns) or "the system's resolver"
    try:
        site.resolver.ask(site.domains_of(site.settings)[0], "MX")
    except Unanswered:
        detail = f"{servers} answers nothing: no sender can be proven by DKIM and SPF"
        return wrong(detail, "name resolvers that this machine reaches: [identity] dns")
    return fine(f"{servers} answers; DKIM, SPF and DMARC are looked up")
