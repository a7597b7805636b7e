"""A small causal language model whose upper layers hold experts in groups, one group a domain.

PanGu-Σ (https://arxiv.org/abs/2303.10845) routes at two levels, neither of which is learned: the
domain names a group, and within it a fixed, seeded, balanced random map names the expert of each
token. Lifelong-MoE (https://arxiv.org/abs/2305.12281) lets a gate choose among the experts of all
groups; a new group brings its experts and the gate's columns for them. Attention, embeddings and
the lower layers are shared either way: groups are added, they are not.
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import cast

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from fusionlab.errors import SettingError, UnknownName
from fusionlab.experts.gating import balanced_map

INITIAL = 0.05
"""Standard deviation of random weights."""


@dataclass(frozen=True, slots=True)
class GroupedShape:
    """The sizes of a model with groups of experts."""

    vocab: int
    context: int
    hidden: int = 64
    heads: int = 4
    feed_forward: int = 128
    """Of a dense layer; a group's experts share this width out among them."""
    dense_layers: int = 1
    grouped_layers: int = 1
    experts: int = 2
    """In each group."""
    active: int = 2
    """Experts for each token where the gate chooses."""


class Attention(nn.Module):
    """Causal self-attention over a normalised residual stream."""

    def __init__(self, hidden: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(hidden)
        self.qkv = nn.Linear(hidden, 3 * hidden, bias=False)
        self.out = nn.Linear(hidden, hidden, bias=False)

    def forward(self, x: Float[Tensor, "batch seq hidden"]) -> Float[Tensor, "batch seq hidden"]:
        """What attention adds to the stream."""
        batch, seq, hidden = x.shape
        parts = self.qkv(self.norm(x)).view(batch, seq, 3, self.heads, -1)
        q, k, v = (parts[:, :, at].transpose(1, 2) for at in range(3))
        mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out(mixed.transpose(1, 2).reshape(batch, seq, hidden))  # type: ignore[no-any-return]


class Dense(nn.Module):
    """A feed-forward layer over a normalised residual stream."""

    def __init__(self, hidden: int, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(hidden)
        self.up = nn.Linear(hidden, width, bias=False)
        self.down = nn.Linear(width, hidden, bias=False)

    def forward(self, x: Float[Tensor, "batch seq hidden"]) -> Float[Tensor, "batch seq hidden"]:
        """What the layer adds to the stream."""
        return self.down(functional.gelu(self.up(self.norm(x))))  # type: ignore[no-any-return]


class Group(nn.Module):
    """The experts of one domain, the gate's columns for them, and the map of tokens to them."""

    tokens: Tensor

    def __init__(self, shape: GroupedShape, seed: int) -> None:
        super().__init__()
        count, hidden = shape.experts, shape.hidden
        width = shape.feed_forward // count
        self.up = nn.Parameter(torch.empty(count, hidden, width))
        self.down = nn.Parameter(torch.empty(count, width, hidden))
        self.columns = nn.Parameter(torch.empty(count, hidden))
        self.register_buffer("tokens", balanced_map(shape.vocab, count, seed))

    def expert(self, at: int, x: Float[Tensor, "token hidden"]) -> Float[Tensor, "token hidden"]:
        """What one of its experts makes of these tokens."""
        return functional.gelu(x @ self.up[at]) @ self.down[at]


class Grouped(nn.Module):
    """A layer of groups over a normalised residual stream."""

    def __init__(self, shape: GroupedShape) -> None:
        super().__init__()
        self.active = shape.active
        self.norm = nn.LayerNorm(shape.hidden)
        self.groups = nn.ModuleList()

    def by_domain(
        self, x: Float[Tensor, "token hidden"], ids: Int[Tensor, " token"], group: int
    ) -> Float[Tensor, "token hidden"]:
        """Each token through the expert that the group's map names."""
        own = cast(Group, self.groups[group])
        x, out = self.norm(x), torch.zeros_like(x)
        chosen = own.tokens[ids]
        for at in range(len(own.up)):
            rows = (chosen == at).nonzero()[:, 0]
            out = out.index_add(0, rows, own.expert(at, x[rows]))
        return out

    def by_gate(self, x: Float[Tensor, "token hidden"]) -> Float[Tensor, "token hidden"]:
        """Each token through the `active` experts of the highest logits, of all groups."""
        x, out = self.norm(x), torch.zeros_like(x)
        groups = [each for each in self.groups if isinstance(each, Group)]
        logits = torch.cat([x @ each.columns.T for each in groups], dim=-1)
        top, chosen = logits.topk(min(self.active, logits.shape[-1]), dim=-1)
        weights = top.softmax(dim=-1)
        number = 0
        for each in groups:
            for at in range(len(each.up)):
                rows, slots = (chosen == number).nonzero(as_tuple=True)
                made = each.expert(at, x[rows]) * weights[rows, slots, None]
                out = out.index_add(0, rows, made)
                number += 1
        return out


class GroupedModel(nn.Module):
    """The language model: shared dense layers below, layers of groups above, tied embeddings."""

    def __init__(self, shape: GroupedShape, domain: str, *, gated: bool = False) -> None:
        super().__init__()
        self.shape, self.gated = shape, gated
        self.domains = [domain]
        self.embedding = nn.Embedding(shape.vocab, shape.hidden)
        self.positions = nn.Embedding(shape.context, shape.hidden)
        depth = shape.dense_layers + shape.grouped_layers
        self.attention = nn.ModuleList(Attention(shape.hidden, shape.heads) for _ in range(depth))
        self.dense = nn.ModuleList(
            Dense(shape.hidden, shape.feed_forward) for _ in range(shape.dense_layers)
        )
        self.grouped = nn.ModuleList(Grouped(shape) for _ in range(shape.grouped_layers))
        for seed, layer in enumerate(self.layers()):
            layer.groups.append(Group(shape, seed))
        self.norm = nn.LayerNorm(shape.hidden)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=INITIAL)

    def forward(
        self, ids: Int[Tensor, "batch seq"], domain: str | None = None
    ) -> Float[Tensor, "batch seq vocab"]:
        """Logits of the next token; all rows are of one domain, by default the first one.

        A domain without a group of its own is answered by the first; the gate, where the model has
        one, chooses by the tokens alone.
        """
        batch, seq = ids.shape
        x = self.embedding(ids) + self.positions.weight[:seq]
        group = self.domains.index(domain) if domain in self.domains else 0
        for at, attention in enumerate(self.attention):
            x = x + attention(x)
            if at < len(self.dense):
                x = x + self.dense[at](x)
                continue
            layer = cast(Grouped, self.grouped[at - len(self.dense)])
            flat = x.reshape(batch * seq, -1)
            made = (
                layer.by_gate(flat) if self.gated else layer.by_domain(flat, ids.reshape(-1), group)
            )
            x = x + made.view_as(x)
        return self.norm(x) @ self.embedding.weight.T  # type: ignore[no-any-return]

    def layers(self) -> Iterator[Grouped]:
        """Its layers of groups, from below."""
        return (cast(Grouped, layer) for layer in self.grouped)

    def append(self, domain: str, like: str | None = None) -> None:
        """The domain has a group of its own, a copy of another domain's; no other group changes.

        The copy is of the first group where `like` is not given. The gate's new columns are the
        copied ones, so that at first a token finds the same experts twice.
        """
        if domain in self.domains:
            raise SettingError("lifelong-domain-twice", domain=repr(domain))
        source = self._at(like) if like is not None else 0
        for layer in self.layers():
            copy = deepcopy(layer.groups[source])
            copy.requires_grad_(requires_grad=True)
            layer.groups.append(copy)
        self.domains.append(domain)

    def freeze(self, *, shared: bool) -> None:
        """No group that there is now is trained on; the shared layers neither, if asked."""
        for name, parameter in self.named_parameters():
            if shared or ".groups." in name:
                parameter.requires_grad = False

    def extracted(self, domain: str) -> "GroupedModel":
        """A model of the shared layers and this domain's group alone: bit-equal there."""
        at = self._at(domain)
        small = GroupedModel(self.shape, domain, gated=self.gated)
        for layer, own in zip(small.layers(), self.layers(), strict=True):
            layer.load_state_dict(
                {
                    name.replace(f"groups.{at}.", "groups.0."): value
                    for name, value in own.state_dict().items()
                    if not name.startswith("groups.") or name.startswith(f"groups.{at}.")
                }
            )
        rest = {k: v for k, v in self.state_dict().items() if not k.startswith("grouped.")}
        small.load_state_dict(rest, strict=False)
        return small

    def sizes(self) -> dict[str, int]:
        """Parameters by what they are for, the gate's columns aside unless there is a gate."""
        count = {"embedding": 0, "attention": 0, "dense": 0, "experts": 0}
        for name, parameter in self.named_parameters():
            if name.endswith(".columns") and not self.gated:
                continue
            count[_part(name)] += parameter.numel()
        return count

    def _at(self, domain: str) -> int:
        if domain not in self.domains:
            raise UnknownName("kind-domain", domain, self.domains)
        return self.domains.index(domain)


def group_weights(model: GroupedModel, domains: Sequence[str]) -> list[Tensor]:
    """Copies of all weights of these domains' groups, to be compared with later ones."""
    return [
        parameter.detach().clone()
        for layer in model.layers()
        for domain in domains
        for parameter in layer.groups[model.domains.index(domain)].parameters()
    ]


def _part(name: str) -> str:
    if name.startswith(("embedding", "positions")):
        return "embedding"
    if ".groups." in name:
        return "experts"
    return "attention" if name.startswith("attention") else "dense"
