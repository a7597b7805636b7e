"""The losses that models are trained with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, Self, TypeVar

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

IGNORED = -100
"""The label of tokens that are not learned: those of the prompt, and padding."""
PARTS = 4
"""The number of parts in which a batch is computed, by length, at most."""
ROWS = 4
"""Of each part, at least: fewer rows cost more in passes than they save in padding."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Sequences padded on the right; `labels` are the ids to be learned, elsewhere IGNORED.

    Every row has at least one token to learn.
    """

    ids: Int[Tensor, "batch seq"]
    labels: Int[Tensor, "batch seq"]
    tokens: int
    """The number of tokens, without padding."""
    positions: Int[Tensor, "batch seq"] | None = None
    """Of each token in its document, where rows hold several, which do not see one another."""
    reference: Float[Tensor, " batch"] | None = None
    """Where rows come in pairs, a preferred answer and another one: log-probability of each row's
    answer in the model that training began with."""

    @property
    def weight(self) -> int:
        """What the loss is a mean over: the pairs, or else the learned tokens."""
        if self.reference is not None:
            return len(self.ids) // 2
        return int((self.labels[:, 1:] != IGNORED).sum())

    def parts(self, count: int) -> Iterator[Self]:
        """The batch in up to so many parts, pairs kept together; `tokens` stays that of the whole.

        The mean of their losses, each counting by its weight, is the loss of the whole.
        """
        together = 1 if self.reference is None else 2
        for rows in torch.arange(len(self.ids)).view(-1, together).chunk(count):
            yield self.rows(rows.flatten())

    def rows(self, rows: Int[Tensor, " part"]) -> Self:
        """These rows only."""
        return replace(self, **{name: each[rows] for name, each in self._tensors()})

    def narrowed(self, width: int) -> Self:
        """The first so many tokens of each row only."""
        some = {name: each[:, :width] for name, each in self._tensors() if each.ndim > 1}
        return replace(self, **some)

    def to(self, device: torch.device) -> Self:
        """The same on this device."""
        return replace(self, **{name: each.to(device) for name, each in self._tensors()})

    def _tensors(self) -> Iterator[tuple[str, Any]]:
        named = ((each.name, getattr(self, each.name)) for each in fields(self))
        return ((name, value) for name, value in named if isinstance(value, Tensor))


B = TypeVar("B", bound=Batch)
Passed = Callable[[Bool[Tensor, " token"]], None]
"""Is told after each pass through a model which of its tokens are no padding, row by row."""


def _nobody(_: Bool[Tensor, " token"]) -> None:
    """Nobody listens."""


def batched(sequences: list[tuple[list[int], list[int]]], pad: int) -> Batch:
    """One row for each pair of a prompt's and an answer's ids; only the answer is learned."""
    width = max(len(prompt) + len(answer) for prompt, answer in sequences)
    ids = torch.full((len(sequences), width), pad)
    labels = torch.full_like(ids, IGNORED)
    for row, (prompt, answer) in enumerate(sequences):
        end = len(prompt) + len(answer)
        ids[row, :end] = torch.tensor(prompt + answer)
        labels[row, len(prompt) : end] = torch.tensor(answer)
    return Batch(ids, labels, sum(len(prompt) + len(answer) for prompt, answer in sequences))


def answer_loss(model: Any, batch: Batch, *, passed: Passed = _nobody) -> Float[Tensor, ""]:
    """Mean cross-entropy of the learned tokens, each given all before it, in nats."""
    said, _ = _in_parts(model, batch, routed=False, passed=passed)
    return said


def prefixed_loss(model: Any, batch: Batch) -> Float[Tensor, ""]:
    """The answer loss, with the common beginning of all rows computed once for the whole batch.

    The model must have a decoder apart from its output embeddings, which see only learned tokens.
    """
    alike = (batch.ids == batch.ids[0]).all(dim=0) & (batch.labels == IGNORED).all(dim=0)
    shared = (
        int(alike.int().cumprod(dim=0).sum()) - 1
    )  # the last one's logits are those of the next token
    if shared < 1:
        return answer_loss(model, batch)
    decoder, head = model.get_decoder(), model.get_output_embeddings()
    cache = decoder(input_ids=batch.ids[:1, :shared], use_cache=True).cache
    cache.batch_repeat_interleave(len(batch.ids))
    # Padding is on the right and attention is causal: no learned token sees any of it.
    out = decoder(input_ids=batch.ids[:, shared:], cache=cache, use_cache=True)
    labels = batch.labels[:, shared + 1 :]
    learned = labels != IGNORED
    logits = head(out.last_hidden_state[:, :-1][learned]).float()
    return torch.nn.functional.cross_entropy(logits, labels[learned])


def routed_loss(model: Any, batch: Batch, *, balance: float) -> Float[Tensor, ""]:
    """The answer loss of a mixture of experts, plus `balance` times its `unevenness`.

    The model must give its routers' logits, and choose the experts with the highest ones.
    """
    said, uneven = _in_parts(model, batch, routed=True)
    return said + balance * uneven


def preference_loss(
    model: Any, batch: Batch, *, beta: float, passed: Passed = _nobody
) -> Float[Tensor, ""]:
    """DPO's loss, the mean over pairs of −log σ(β·((log π(y⁺) − log π₀(y⁺)) − (… y⁻ …))).

    Log-probabilities are summed over the answer. Rafailov et al., https://arxiv.org/abs/2305.18290.
    """
    return -torch.nn.functional.logsigmoid(beta * margins(model, batch, passed=passed)).mean()


def margins(model: Any, batch: Batch, *, passed: Passed = _nobody) -> Float[Tensor, " pair"]:
    """By how many nats more than the reference the model prefers each pair's first answer."""
    if batch.reference is None:
        raise ValueError("a batch of pairs has a reference")
    gained = answer_logprobs(model, batch, passed=passed) - batch.reference
    return gained[0::2] - gained[1::2]


def answer_logprobs(
    model: Any, batch: Batch, *, passed: Passed = _nobody
) -> Float[Tensor, " batch"]:
    """The log-probability of the learned tokens of each row, all together, in nats."""
    wanted = (batch.labels[:, 1:] != IGNORED).any(dim=0).nonzero().flatten()
    if not len(wanted):
        return torch.zeros(len(batch.ids), device=batch.ids.device)
    width = int(wanted[-1]) + 1
    first = int(wanted[0])  # no logits of what is asked in every row
    said = model(
        input_ids=batch.ids[:, :width],
        use_cache=False,
        logits_to_keep=width - first,
        **_positions(batch, width),
    ).logits
    passed(_real(_ends(batch), width))
    labels = batch.labels[:, first + 1 : width + 1]
    lost = torch.nn.functional.cross_entropy(
        _precise(said.flatten(0, 1)), labels.flatten(), ignore_index=IGNORED, reduction="none"
    )
    return -lost.view(labels.shape).sum(dim=1)


def unevenness(
    logits: Float[Tensor, "token expert"], active: int, real: Bool[Tensor, " token"]
) -> Float[Tensor, ""]:
    """Switch's balance loss of one layer, E·Σ f·P, which is 1 if all experts are used equally.

    f is the share of the choices that fall on an expert, P its mean probability, both over the
    tokens that are `real`. Fedus, Zoph and Shazeer, https://arxiv.org/abs/2101.03961, with f
    divided by the number of active experts.
    """
    probs = logits.float().softmax(dim=-1)[real]
    return switch_balance(logits[real], probs.topk(active, dim=-1).indices)


def switch_balance(
    logits: Float[Tensor, "token expert"], chosen: Int[Tensor, "token k"]
) -> Float[Tensor, ""]:
    """The same of tokens whose choice is known."""
    probs = logits.float().softmax(dim=-1)
    f = torch.bincount(chosen.flatten(), minlength=probs.shape[-1]) / chosen.numel()
    return probs.shape[-1] * (f * probs.mean(dim=0)).sum()


def by_length(batch: B) -> Iterator[tuple[B, Int[Tensor, " part"]]]:
    """Rows of similar length, cut after the last token to learn; and where that is in each row.

    Padding is on the right and attention is causal: no learned token sees any of it.
    """
    ends = _ends(batch)
    count = min(PARTS, max(1, len(ends) // ROWS))
    for rows in ends.argsort(descending=True, stable=True).chunk(count):
        yield batch.rows(rows).narrowed(int(ends[rows[0]])), ends[rows]


def _ends(batch: Batch) -> Int[Tensor, " row"]:
    """After how many tokens of each row nothing is learned any more."""
    learned = batch.labels != IGNORED
    return (learned * torch.arange(1, learned.shape[1] + 1, device=learned.device)).amax(dim=1)


def _real(ends: Int[Tensor, " row"], width: int) -> Bool[Tensor, " token"]:
    """Of rows of this width the tokens before their ends, row by row."""
    return (torch.arange(width, device=ends.device) < ends[:, None]).flatten()


def _in_parts(
    model: Any, batch: Batch, *, routed: bool, passed: Passed = _nobody
) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
    """Mean loss of the learned tokens, and mean unevenness over parts and layers.

    Rows of similar length are computed together, which avoids most of the padding.
    """
    said, uneven = [], []
    for part, ends in by_length(batch):
        options = {"output_router_logits": True} if routed else {}
        width = part.ids.shape[1]
        told = _positions(part, width)
        out = model(input_ids=part.ids, use_cache=False, **options, **told)
        said.append(_summed(out.logits, part.labels))
        real = _real(ends, width)
        passed(real)
        if routed:
            active = model.config.num_experts_per_tok
            uneven += [unevenness(each, active, real) for each in out.router_logits]
    total = torch.stack(said).sum() / (batch.labels != IGNORED).sum()
    return total, torch.stack(uneven).mean() if routed else torch.zeros(())


def _positions(batch: Batch, width: int) -> dict[str, Tensor]:
    """What the model is told of positions: nothing where each row is one document."""
    return {} if batch.positions is None else {"position_ids": batch.positions[:, :width]}


def _summed(
    logits: Float[Tensor, "part seq vocab"], labels: Int[Tensor, "part seq"]
) -> Float[Tensor, ""]:
    return torch.nn.functional.cross_entropy(
        _precise(logits[:, :-1].flatten(0, 1)),
        labels[:, 1:].flatten(),
        ignore_index=IGNORED,
        reduction="sum",
    )


def _precise(logits: Float[Tensor, "row vocab"]) -> Float[Tensor, "row vocab"]:
    """In fp32 at least."""
    return logits.to(torch.promote_types(logits.dtype, torch.float32))
