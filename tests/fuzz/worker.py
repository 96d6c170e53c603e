"""`python -m tests.fuzz.worker TARGET …`: one target in libFuzzer's hands, whose arguments follow.

Atheris counts which branches of our code an input takes; so what is imported below is imported under its eyes.
"""

import sys

import atheris

with atheris.instrument_imports(include=["mailticket", "mailparser"]):
    from tests.fuzz.targets import TARGETS

if __name__ == "__main__":
    atheris.Setup([sys.argv[0], *sys.argv[2:]], TARGETS[sys.argv[1]])
    atheris.Fuzz()
