"""Starts FusionLab in the browser."""

import sys

from fusionlab.errors import FusionError
from fusionlab.ui.app import launch

if __name__ == "__main__":
    try:
        launch()
    except FusionError as error:
        sys.exit(f"FusionLab: {error}")
