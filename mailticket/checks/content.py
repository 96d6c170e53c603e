"""Can we read what is in mails, and write those that we send?"""

from mailticket import assembly
from mailticket.antivirus import Clamd, NoScanner
from mailticket.checks.finding import Finding, fine, wrong
from mailticket.checks.site import Site
from mailticket.macro_folder import read_folder
from mailticket.mail.sniff import sniff


def file_types(site: Site) -> Finding:
    """Whether libmagic is there and knows its trade."""
    found = sniff(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n")
    if found != "application/pdf":
        return wrong(f"libmagic takes a PDF for {found}", "apt install libmagic1")
    return fine("libmagic recognises files by content")


def antivirus(site: Site) -> Finding:
    """Whether clamd answers."""
    place = site.settings.attachments.antivirus
    try:
        return fine(f"{Clamd(place).version()} at {place}")
    except NoScanner as error:
        return wrong(f"{error} Mail with files is not taken until it does", "start clamd, or correct antivirus")


def templates(site: Site) -> Finding:
    """Whether every mail template can be used."""
    problems = assembly.templates_of(site.settings, site.origin).check()
    if problems:
        detail = "; ".join(f"{problem.template}: {problem.message}" for problem in problems)
        return wrong(detail, "mend the template; until then the built-in one is used")
    return fine("the built-in ones, and the overrides that there are")


def macros(site: Site) -> Finding:
    """Whether every prepared answer can be used."""
    folder = site.settings.desk.macros
    good, bad = read_folder(folder, assembly.rules_of(site.settings, ""))
    if bad:
        detail = "; ".join(f"{problem.file}: {problem.message}" for problem in bad)
        return wrong(detail, f"mend the file in {folder}, or take it away; until then #macro does not know it")
    if not good:
        return fine(f"none: there is no NAME.md in {folder}")
    return fine(", ".join(macro.name for macro in good))
