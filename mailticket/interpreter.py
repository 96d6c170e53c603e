"""How is the interpreter set for a process that lives long and has a few busy threads?"""

import gc
import sys

#: Seconds after which a busy thread lets another one go on.
_SWITCH_INTERVAL = 0.0005
#: New objects between two looks of the garbage collector at the youngest; 700 by default.
_COLLECT_AFTER = 20_000


def tune() -> None:
    """Call this when everything that stays is there."""
    # The ledger gives the interpreter away at every statement, the loop at every read. By default a thread that
    # parses may then keep it for 5 ms: that many times a mail.
    sys.setswitchinterval(_SWITCH_INTERVAL)
    # Mails form no circles, and what is there by now stays: a tenth of the time went into looking for rubbish.
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, 10, 10)
