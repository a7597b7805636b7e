"""`python -m fusionlab.cli` is `fusionlab`."""

import gc
import signal
import sys

from fusionlab.process import prepare


def start() -> int:
    """One command, in a process of its own; returns its exit status."""
    prepare()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: what there is, is kept
    from fusionlab.cli import main

    try:
        return main()
    finally:
        gc.freeze()  # cycles go with the process: to look for them takes half a second


if __name__ == "__main__":
    sys.exit(start())
