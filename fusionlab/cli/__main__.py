"""`python -m fusionlab.cli` is `fusionlab`."""

import sys

from fusionlab.process import prepare


def start() -> int:
    """One command, in a process of its own; returns its exit status."""
    prepare()
    from fusionlab.cli import main

    return main()


if __name__ == "__main__":
    sys.exit(start())
