"""The studies: experiments on how experts share work, watched while they go on."""

from fusionlab.laboratory import cluster, local_experts

__all__ = ["cluster", "local_experts"]
