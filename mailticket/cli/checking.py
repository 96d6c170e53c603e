"""`mailticket check`: looks at everything that the service will need."""

import re
import shutil
import textwrap

import typer

from mailticket import config, log
from mailticket.checks import looks
from mailticket.checks.finding import Finding
from mailticket.cli.app import ConfigFile, Json, app
from mailticket.cli.output import console, print_json, say

_NAME, _WIDTH = 18, 100
_RECORD = re.compile(r"\S+\. IN [A-Z]+ ")


@app.command()
def check(as_json: Json = False, config_file: ConfigFile = None) -> None:
    """Look at everything that the service will need. Says for each: fine, or what is wrong and the mend."""
    origin = config.find(config_file)
    settings = config.load(origin)
    log.configure("console", "error")
    findings = []
    for finding in looks.look(settings, origin):
        findings.append(finding)
        if not as_json:
            print_finding(finding)
    wrong = [finding for finding in findings if not finding.ok]
    if as_json:
        checks = [{"name": one.name, "ok": one.ok, "detail": one.detail, "mend": one.mend} for one in findings]
        print_json({"ok": not wrong, "checks": checks})
    else:
        things = "1 thing" if len(wrong) == 1 else f"{len(wrong)} things"
        say(f"{things} to look at." if wrong else "Everything is fine.")
    if wrong:
        raise typer.Exit(1)


def print_finding(finding: Finding) -> None:
    """Name, fine or LOOK, and the words, which keep their column."""
    words = finding.detail + (f"\nMend: {finding.mend}" if finding.mend else "")
    head = f"{finding.name:<{_NAME}} {'fine' if finding.ok else 'LOOK'}   "
    width = min(_WIDTH, shutil.get_terminal_size((_WIDTH, 0)).columns) - len(head)
    lines = [line for text in words.split("\n") for line in _wrapped(text, width)]
    console().print(head + ("\n" + " " * len(head)).join(lines), soft_wrap=True)


def _wrapped(text: str, width: int) -> list[str]:
    """A line of words in lines of `width`; a record to be pasted into a zone file stays in one piece."""
    if _RECORD.match(text):
        return [text]
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]
