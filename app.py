"""Starts FusionLab in the browser."""

import os
import signal
import sys

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # until `serve` knows what there is to stop
    from fusionlab.errors import FusionError
    from fusionlab.process import prepare, serve_behind_proxies

    prepare()
    serve_behind_proxies()
    from fusionlab.ui.app import serve

    try:
        ended = serve()
    except FusionError as error:
        sys.exit(f"FusionLab: {error}")
    if not ended:
        os._exit(0)  # a thread that still computes would crash as the interpreter goes
