"""What can a person type? The commands of contract.md, one file a group; they say things, the parts below decide."""

import os
import sys

from mailticket.cli import (
    aliases,
    answering,
    authorizing,
    canary,
    checking,
    demo,
    explaining,
    ingest,
    macros,
    outbox,
    parse,
    passwords,
    relating,
    senders,
    service,
    templates,
    tickets,
    waiting,
)
from mailticket.cli.app import app
from mailticket.cli.output import complain
from mailticket.cli.setup import command as setting_up
from mailticket.errors import ConfigError, MailticketError

#: Importing a module above registers its commands.
GROUPS = (
    service, demo, setting_up, checking, authorizing, ingest, parse, tickets, answering, relating, explaining, waiting,
    outbox, senders, aliases, passwords, canary, macros, templates,
)  # fmt: skip


def main() -> None:
    """Runs the command line. Exit status: 0 done, 1 it did not work, 2 wrong use or wrong settings."""
    umask = os.umask(0o077)  # what is kept here is customers' mail
    try:
        app()
    except ConfigError as error:
        complain(str(error))
        sys.exit(2)
    except MailticketError as error:
        complain(str(error))
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)
    finally:
        os.umask(umask)
