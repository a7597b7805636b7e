"""The fusion methods, in the order in which they are shown; importing one registers it."""

from fusionlab.methods import (  # noqa: I001  the order of the tabs
    ensemble,
    vote,
    self_consistency,
    debate,
    moe,
    solo,
)

__all__ = ["debate", "ensemble", "moe", "self_consistency", "solo", "vote"]
