"""Starts FusionLab in the browser."""

import os
import sys

from fusionlab.errors import FusionError
from fusionlab.process import prepare, serve_behind_proxies

if __name__ == "__main__":
    prepare()
    serve_behind_proxies()
    try:
        from fusionlab.ui.app import serve

        ended = serve()
    except FusionError as error:
        sys.exit(f"FusionLab: {error}")
    except KeyboardInterrupt:  # before it was served
        sys.exit(130)
    if not ended:
        os._exit(0)  # a thread that still computes would crash as the interpreter goes
