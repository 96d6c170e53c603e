"""`python -m mailticket`: the same as the installed command."""

from mailticket.cli import main

if __name__ == "__main__":
    main()
