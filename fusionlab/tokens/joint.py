"""One vocabulary for members that have different ones: what is drawn from, and what it is to each.

Tokens are compared as bytes. `exact`, `mined` and `relative` draw from the first member's
vocabulary, the pivot; `gac` and `union` from the pivot's and, after it, every token of the others
that it lacks. That is GaC's union (https://arxiv.org/abs/2406.12585), in which a lone byte of
byte-level BPE and one of SentencePiece's byte fallback are the same token, since both are that
byte.
"""

import threading
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from jaxtyping import Bool, Int64
from torch import Tensor

from fusionlab.errors import VocabularyMismatch
from fusionlab.events import Progress
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.text.steps import finished, told_if_slow
from fusionlab.tokens.maps import NOWHERE, TokenMap, exact_map, token_map_steps
from fusionlab.tokens.spelling import silent

Alignment = Literal["auto", "shared", "exact", "mined", "union", "gac", "relative", "bytes"]
Rule = Literal["exact", "mined", "union", "gac", "relative"]
"""Those with a joint vocabulary."""
_PIVOTAL: tuple[Rule, ...] = ("exact", "mined", "relative")
"""Those whose joint vocabulary is the first member's."""
MOST = 4
"""Joint vocabularies that stay in memory."""


@dataclass(frozen=True, slots=True, eq=False)
class Seat:
    """One member's tokens in the joint vocabulary."""

    here: Int64[Tensor, " token"]
    """The joint token that each of its own is, or counts as; NOWHERE where it counts for none."""
    back: Int64[Tensor, " joint"]
    """Its own token with the bytes of each joint one; NOWHERE where it has none."""
    known: Bool[Tensor, " token"]
    """Whether the joint vocabulary has a token with the same bytes."""


@dataclass(frozen=True, slots=True, eq=False)
class Joint:
    """What members with different vocabularies draw from together."""

    vocabulary: Vocabulary
    seats: tuple[Seat, ...]
    """In the order of the members."""
    places: Mapping[bytes, int]
    """The joint tokens that are text; of equal ones the last."""


_found: dict[tuple[tuple[Vocabulary, ...], Rule], Joint] = {}
"""The last ones, the most recent last."""
_lock = threading.Lock()


def joint(members: Sequence[tuple[str, Vocabulary]], rule: Rule) -> Joint:
    """The joint vocabulary of members, given with their names.

    Raises VocabularyMismatch where a tokenizer's bytes are not known, or where a member has no
    token of text in common with the first.
    """
    return finished(joint_told(members, rule))


def joint_told(
    members: Sequence[tuple[str, Vocabulary]], rule: Rule
) -> Generator[Progress, None, Joint]:
    """The same, with progress where a map takes long to find; closing it ends the search.

    The last ones stay in memory, so that who asks for one of them again does not wait.
    """
    check_bytes(members)
    key = tuple(vocabulary for _, vocabulary in members), rule
    with _lock:
        found = _found.pop(key, None)
    if found is None:
        found = yield from _joint(members, rule)
    with _lock:
        _found[key] = found
        for oldest in list(_found)[:-MOST]:
            del _found[oldest]
    _check_common(members, found)
    return found


def _check_common(members: Sequence[tuple[str, Vocabulary]], found: Joint) -> None:
    first = members[0][1]
    for (name, vocabulary), seat in zip(members, found.seats, strict=True):
        ours = seat.back[: len(first.pieces)] != NOWHERE
        common = np.flatnonzero(ours.numpy()).tolist()
        if not any(first.pieces[token] and not silent(first, token) for token in common):
            raise VocabularyMismatch(
                "vocabularies-disjoint",
                first=members[0][0],
                second=name,
                ours=len(first.pieces),
                theirs=len(vocabulary.pieces),
            )


def check_bytes(members: Sequence[tuple[str, Vocabulary]]) -> None:
    """Every tokenizer's tokens are known as bytes; raises VocabularyMismatch else."""
    for name, vocabulary in members:
        if not vocabulary.in_bytes:
            raise VocabularyMismatch("tokens-without-bytes", name=name)


def _joint(
    members: Sequence[tuple[str, Vocabulary]], rule: Rule
) -> Generator[Progress, None, Joint]:
    vocabularies = [vocabulary for _, vocabulary in members]
    whole = vocabularies[0] if rule in _PIVOTAL else united(vocabularies)
    size = len(whole.pieces)
    seats = []
    for number, (name, vocabulary) in enumerate(members):
        same = np.arange(len(vocabulary.pieces)) if not number else exact_map(vocabulary, whole)
        near = same
        if rule == "mined" and number:
            search = token_map_steps(vocabulary, whole, "mined")
            near = yield from told_if_slow(search, f"mapping the tokens of {name}")
        seats.append(_seat(same, near, size))
    places = {whole.said(token): token for token in range(size)}
    return Joint(whole, tuple(seats), {piece: token for piece, token in places.items() if piece})


def _seat(same: TokenMap, near: TokenMap, size: int) -> Seat:
    known = same != NOWHERE
    back = np.full(size, NOWHERE, dtype=np.int64)
    back[same[known]] = np.flatnonzero(known)  # of several equal tokens the last one stays
    return Seat(torch.from_numpy(near.copy()), torch.from_numpy(back), torch.from_numpy(known))


def united(vocabularies: Sequence[Vocabulary]) -> Vocabulary:
    """The first vocabulary, and after it all tokens of the others that it lacks."""
    whole = vocabularies[0]
    for vocabulary in vocabularies[1:]:
        lacking = [
            token
            for token in np.flatnonzero(exact_map(vocabulary, whole) == NOWHERE).tolist()
            if vocabulary.pieces[token]
        ]
        places = {token: len(whole.pieces) + at for at, token in enumerate(lacking)}
        whole = Vocabulary(
            (*whole.pieces, *(vocabulary.pieces[token] for token in lacking)),
            whole.ends | {places[token] for token in lacking if token in vocabulary.ends},
            whole.special | {places[token] for token in lacking if token in vocabulary.special},
        )
    return whole
