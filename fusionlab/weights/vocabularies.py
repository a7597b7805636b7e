"""One vocabulary for models that have several: the base's, or all of theirs.

Rows of embeddings and heads are put in the new order of tokens. A token that a model lacks has, in
all models that lack it, the row of the one that has it, or the mean of those of all that do, so
that it counts as no difference; where no model has it, zeros: mergekit's `tokenizer_source`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from fusionlab.sources.opening import open_tokenizer
from fusionlab.weights.blueprint import Blueprint
from fusionlab.weights.likeness import vocabulary_in
from fusionlab.weights.opened import Opened

UNION = "union"
BASE = "base"
NOWHERE = -1
"""The row of a token that a model does not have."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """The new vocabulary, and where each model has its tokens."""

    tokens: Mapping[str, int]
    rows: int
    """Of the new embeddings, padding included."""
    places: tuple[Int64[Tensor, " row"], ...]
    """For each source and new row, the source's row."""

    def aligned(
        self, tensors: Sequence[Float[Tensor, "..."]], sources: Sequence[int]
    ) -> list[Float[Tensor, "..."]]:
        """The tensors of these sources with their rows in the order of the new vocabulary."""
        where = [self.places[source] for source in sources]
        dtype = torch.float64 if any(t.dtype == torch.float64 for t in tensors) else torch.float32
        total = torch.zeros(self.rows, *tensors[0].shape[1:], dtype=dtype)
        count = torch.zeros(self.rows, dtype=dtype)
        for tensor, place in zip(tensors, where, strict=True):
            known = place >= 0
            total[known] += tensor[place[known]].to(dtype)
            count += known
        mean = total.div_(count.clamp(min=1).reshape(-1, *[1] * (total.ndim - 1)))
        return [self._row_by_row(*pair, mean) for pair in zip(tensors, where, strict=True)]

    def _row_by_row(
        self,
        tensor: Float[Tensor, "..."],
        place: Int64[Tensor, " row"],
        mean: Float[Tensor, "row ..."],
    ) -> Float[Tensor, "row ..."]:
        new = mean.to(tensor.dtype)
        known = place >= 0
        new = new.clone() if new is mean else new
        new[known] = tensor[place[known]]
        used = 1 + max(self.tokens.values())
        if used < len(new):  # padding: the mean, nearest to no token
            new[used:] = new[:used].float().mean(dim=0).to(new.dtype)
        return new


def alignment_of(blueprint: Blueprint, sources: Sequence[Opened]) -> Alignment | None:
    """The new vocabulary; None where the blueprint leaves the tokens as they are.

    Raises SourceError where a model has no tokenizer.json.
    """
    if not blueprint.tokenizer:
        return None
    own = [tokens_of(source) for source in sources]
    tokens = _new_tokens(blueprint, own)
    used = 1 + max(tokens.values())
    rows = -(-used // blueprint.pad_to) * blueprint.pad_to
    places = []
    for source, known in zip(sources, own, strict=True):
        rows_there = int(source.layout.config["vocab_size"])
        place = torch.full((rows,), NOWHERE)
        for token, row in tokens.items():
            there = known.get(token, NOWHERE)
            place[row] = there if there < rows_there else NOWHERE
        places.append(place)
    return Alignment(tokens, rows, tuple(places))


def tokens_of(source: Opened) -> dict[str, int]:
    """The ids of the tokens that the source has rows for; raises SourceError."""
    rows = int(source.layout.config["vocab_size"])
    return {token: row for token, row in vocabulary_in(source.folder).items() if row < rows}


def write_tokenizer(alignment: Alignment, folder: Path, sources: Sequence[Opened]) -> None:
    """The tokenizer in the folder, which is the donor's, knows all tokens of the new vocabulary."""
    tokenizer = open_tokenizer(folder)
    lacking = set(alignment.tokens) - set(tokenizer.get_vocab())
    if not lacking:
        return
    special: dict[str, Any] = {}
    for source in sources:
        for token in open_tokenizer(source.folder).added_tokens_decoder.values():
            special.setdefault(token.content, token)
    for token in sorted(lacking, key=lambda each: alignment.tokens[each]):
        tokenizer.add_tokens([special.get(token, token)])
    tokenizer.save_pretrained(folder)


def _new_tokens(blueprint: Blueprint, own: Sequence[Mapping[str, int]]) -> dict[str, int]:
    if blueprint.tokenizer not in (UNION, BASE):
        return dict(own[int(blueprint.tokenizer)])
    tokens = dict(own[blueprint.donor])
    if blueprint.tokenizer == UNION:
        for theirs in own:
            for token in sorted(set(theirs) - set(tokens), key=lambda each: theirs[each]):
                tokens[token] = 1 + max(tokens.values())
    return tokens
