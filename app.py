"""Starts FusionLab in the browser."""

from fusionlab.ui.app import launch

if __name__ == "__main__":
    launch()
