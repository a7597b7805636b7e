"""Starts FusionLab in the browser."""

import sys

from fusionlab.errors import FusionError
from fusionlab.process import prepare, serve_behind_proxies

if __name__ == "__main__":
    prepare()
    serve_behind_proxies()
    from fusionlab.ui.app import launch

    try:
        launch()
    except FusionError as error:
        sys.exit(f"FusionLab: {error}")
