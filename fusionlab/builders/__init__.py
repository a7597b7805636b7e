"""The builders, in the order in which they are shown; importing one registers it."""

from fusionlab.builders import (  # noqa: I001  the order in which they are shown
    zoo,
    adapter,
    graft,
    merge,
    upcycle,
    train,
    distil,
)

__all__ = ["adapter", "distil", "graft", "merge", "train", "upcycle", "zoo"]
