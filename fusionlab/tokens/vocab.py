"""Whether members mean the same by the same token id."""

from collections.abc import Sequence

from fusionlab.errors import VocabularyMismatch
from fusionlab.models.base import LogitModel
from fusionlab.models.vocabulary import shown


def differing(
    models: Sequence[tuple[str, LogitModel]],
) -> tuple[tuple[str, LogitModel], tuple[str, LogitModel]] | None:
    """The first model, and the first other one that spells some id otherwise."""
    first = models[0][1].vocabulary.pieces
    for other in models[1:]:
        theirs = other[1].vocabulary.pieces
        size = min(len(first), len(theirs))
        if first[:size] != theirs[:size]:
            return models[0], other
    return None


def check_shared(models: Sequence[tuple[str, LogitModel]]) -> None:
    """All models, given with their members' names, spell every id alike; a longer tail is allowed.

    The tokens are compared, not the vocabulary's size: models pad their logits. Raises
    VocabularyMismatch with the number of ids that differ and an example.
    """
    unlike = differing(models)
    if unlike is None:
        return
    (first, one), (second, other) = unlike
    ours, theirs = one.vocabulary.pieces, other.vocabulary.pieces
    differ = [i for i, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b]
    at = differ[len(differ) // 2]
    raise VocabularyMismatch(
        "vocabularies-differ",
        first=first,
        second=second,
        differ=len(differ),
        ids=min(len(ours), len(theirs)),
        id=str(at),
        ours=repr(shown(ours[at])),
        theirs=repr(shown(theirs[at])),
    )
