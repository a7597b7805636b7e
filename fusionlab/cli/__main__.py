"""`python -m fusionlab.cli` is `fusionlab`."""

import signal
import sys

from fusionlab.process import prepare


def start() -> int:
    """One command, in a process of its own; returns its exit status."""
    prepare()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: what there is, is kept
    from fusionlab.cli import main

    return main()


if __name__ == "__main__":
    sys.exit(start())
