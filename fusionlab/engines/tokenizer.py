"""The vocabulary of a Hugging Face tokenizer, as bytes.

Byte-level BPE writes each byte as one printable character (GPT-2's table); SentencePiece writes a
space as "▁" and a lone byte as `<0x0A>`. Added tokens are spelled as they are.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from fusionlab.errors import SourceError
from fusionlab.models.vocabulary import Vocabulary

_BYTE = re.compile(r"<0x([0-9A-Fa-f]{2})>")


def vocabulary_of(
    tokenizer: Any, eos: int | Sequence[int] | None, embedded: int | None = None
) -> Vocabulary:
    """What each id of a fast tokenizer stands for; `eos` adds to the ids that end an answer.

    Only ids below `embedded` count: a tokenizer may know more than the weights do.
    """
    size = min(len(tokenizer), embedded or len(tokenizer))
    added = tokenizer.added_tokens_decoder
    to_bytes = byte_level_bytes if _is_byte_level(tokenizer) else sentencepiece_bytes
    pieces = tuple(
        added[i].content.encode() if i in added else to_bytes(token or "")
        for i, token in enumerate(tokenizer.convert_ids_to_tokens(list(range(size))))
    )
    ends = {tokenizer.eos_token_id, *([eos] if isinstance(eos, int) else eos or ())} - {None}
    special = {i for i, token in added.items() if token.special}
    return Vocabulary(pieces, frozenset(ends), frozenset(special))


def check_embedded(tokenizer: Any, ids: Sequence[int], rows: int, name: str) -> None:
    """The model `name` has weights for all ids; raises SourceError with the first that it lacks."""
    if ids and max(ids) >= rows:
        token = repr(tokenizer.decode([max(ids)]))
        raise SourceError(
            "tokenizer-beyond-weights", name=name, id=str(max(ids)), token=token, rows=rows
        )


def byte_level_bytes(token: str) -> bytes:
    """The bytes of a token in GPT-2's alphabet."""
    table = _byte_alphabet()
    if all(char in table for char in token):
        return bytes(table[char] for char in token)
    return token.encode()


def sentencepiece_bytes(token: str) -> bytes:
    """The bytes of a SentencePiece token."""
    if match := _BYTE.fullmatch(token):
        return bytes([int(match[1], 16)])
    return token.replace("▁", " ").encode()


@cache
def _byte_alphabet() -> dict[str, int]:
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {
        chr(256 + n): byte for n, byte in enumerate(others)
    }


def _is_byte_level(tokenizer: Any) -> bool:
    state: bytes = tokenizer.backend_tokenizer.decoder.__getstate__()
    return b"ByteLevel" in state
