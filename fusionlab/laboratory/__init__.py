"""The studies: experiments on how experts share work, in the order in which they are shown."""

from fusionlab.laboratory import (  # noqa: I001  the order of the cards
    local_experts,
    cluster,
)

__all__ = ["cluster", "local_experts"]
