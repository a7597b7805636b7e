"""The studies: experiments on how experts share work, watched while they go on."""

from fusionlab.laboratory import cluster, lifelong, local_experts

__all__ = ["cluster", "lifelong", "local_experts"]
