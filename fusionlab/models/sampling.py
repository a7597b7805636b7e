"""Drawing the next token: greedy, or by temperature, top-k and top-p, in this order.

Top-p (nucleus sampling): Holtzman et al., https://arxiv.org/abs/1904.09751.
"""

from hashlib import blake2s

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.recipe import Sampling


def draw(logprobs: Float[Tensor, " vocab"], sampling: Sampling, generator: torch.Generator) -> int:
    """The id of the next token; temperature 0 takes the most probable, first on ties."""
    if sampling.temperature == 0:
        return int(logprobs.argmax())
    # The best stays at 0, however small the temperature is.
    temperature = max(sampling.temperature, torch.finfo(logprobs.dtype).tiny)
    logits = (logprobs - logprobs.max()) / temperature
    probs = truncated(logits, sampling).softmax(dim=-1)
    return int(torch.multinomial(probs, 1, generator=generator))


def truncated(logits: Float[Tensor, " vocab"], sampling: Sampling) -> Float[Tensor, " vocab"]:
    """The logits, −∞ outside the top_k best and outside the smallest set that holds top_p."""
    if sampling.top_k:
        kth = logits.topk(min(sampling.top_k, logits.shape[-1])).values[-1]
        logits = logits.masked_fill(logits < kth, -torch.inf)
    if sampling.top_p < 1:
        ordered, order = logits.sort(descending=True)
        probs = ordered.softmax(dim=-1)
        before = probs.cumsum(dim=-1) - probs
        beyond = before >= sampling.top_p
        beyond[0] = False  # the best stays, however small top_p is
        cut = torch.zeros_like(beyond).scatter(0, order, beyond)
        logits = logits.masked_fill(cut, -torch.inf)
    return logits


def skip(draws: int, vocab: int, sampling: Sampling, generator: torch.Generator) -> None:
    """The generator is where it would be after so many draws from a vocabulary of this size."""
    if sampling.temperature:  # else nothing is drawn
        for _ in range(draws):
            torch.multinomial(torch.ones(vocab), 1, generator=generator)


def spread(seed: int, place: int) -> int:
    """A seed of 31 bits, far from that of any neighbour: rows counted up from it meet no others."""
    digest = blake2s(f"{seed} {place}".encode(), digest_size=4).digest()
    return int.from_bytes(digest) >> 1


def seeded(seed: int) -> torch.Generator:
    """A generator of its own; nothing global is touched."""
    return torch.Generator().manual_seed(seed)
