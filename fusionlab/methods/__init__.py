"""The fusion methods, in the order in which they are shown; importing one registers it."""

from fusionlab.methods import ensemble, vote, solo  # noqa: I001  the order of the tabs

__all__ = ["ensemble", "solo", "vote"]
