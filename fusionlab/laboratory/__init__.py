"""The studies: experiments on how experts share work, watched while they go on."""

from fusionlab.laboratory import cluster, gates, lifelong, local_experts, tokenizers

__all__ = ["cluster", "gates", "lifelong", "local_experts", "tokenizers"]
