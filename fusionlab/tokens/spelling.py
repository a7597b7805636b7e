"""Tokens of any tokenizer in one spelling, and where in a text they end.

A token is compared as characters: those that its bytes spell, and one for each byte that belongs to
no whole character in it. So the space is one character whatever a tokenizer writes for it, and a
Chinese word is as long for byte-level BPE as for SentencePiece.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
from jaxtyping import Int64

from fusionlab.errors import MemberError
from fusionlab.models.vocabulary import Vocabulary

SPACE = b" "


def characters(piece: bytes) -> str:
    """The token as characters, from which its bytes can be had back."""
    return piece.decode("utf-8", "surrogateescape")


def silent(vocabulary: Vocabulary, token: int) -> bool:
    """Whether the token is a control token, which is no text."""
    return token in vocabulary.special or token in vocabulary.ends


def fingerprint(vocabulary: Vocabulary) -> str:
    """A hash of all that maps and alignments depend on: equal ones give the same results."""
    digest = hashlib.sha256()
    for token, piece in enumerate(vocabulary.pieces):
        kind = (token in vocabulary.special) + 2 * (token in vocabulary.ends)
        digest.update(f"{kind} {len(piece)} ".encode())
        digest.update(piece)
    return digest.hexdigest()


def byte_ends(
    vocabulary: Vocabulary, ids: Sequence[int], text: str, name: str
) -> Int64[np.ndarray, " token"]:
    """Where in the text's UTF-8 each token ends; a control token ends where it stands.

    SentencePiece's space before the text counts for nothing. Raises MemberError, which speaks of
    the model as `name`, where the tokens are not the bytes of the text: the tokenizer rewrites what
    it reads, or has no token for some of it.
    """
    pieces = [vocabulary.said(token) for token in ids]
    spelled, wanted = b"".join(pieces), text.encode()
    ends = np.cumsum([len(piece) for piece in pieces], dtype=np.int64)
    if spelled == wanted:
        return ends
    if spelled == SPACE + wanted:
        return np.maximum(ends - len(SPACE), 0)
    pairs = enumerate(zip(spelled, wanted, strict=False))
    at = next((n for n, (ours, theirs) in pairs if ours != theirs), min(len(spelled), len(wanted)))
    raise MemberError(
        "tokens-not-the-text",
        name=name,
        at=at,
        text=repr(wanted[at : at + 16].decode("utf-8", "replace")),
        tokens=repr(spelled[at : at + 16].decode("utf-8", "replace")),
    )
