"""The vocabulary of a Hugging Face tokenizer, as bytes.

Byte-level BPE, tiktoken's included, writes each byte as one printable character (GPT-2's table);
SentencePiece writes a space as "▁" and a lone byte as `<0x0A>`; WordPiece writes "##" before what
goes on a word, and a space before all else goes without saying. Added tokens are spelled as they
are. Whether all this holds is tried out: a few tokens have to decode to the bytes they stand for.
"""

import re
from collections.abc import Callable, Collection, Sequence
from functools import cache
from typing import Any

from fusionlab.errors import SourceError
from fusionlab.models.vocabulary import Vocabulary

TRIED = 64
"""Tokens, about, that are decoded to see whether they are spelled as expected."""
_BYTE = re.compile(r"<0x([0-9A-Fa-f]{2})>")


def vocabulary_of(
    tokenizer: Any, eos: int | Sequence[int] | None, embedded: int | None = None
) -> Vocabulary:
    """What each id of a fast tokenizer stands for; `eos` adds to the ids that end an answer.

    Only ids below `embedded` count: a tokenizer may know more than the weights do.
    """
    size = min(len(tokenizer), embedded or len(tokenizer))
    added = tokenizer.added_tokens_decoder
    decoder = _decoder(tokenizer)
    to_bytes = next((way for name, way in _WAYS.items() if name in decoder), sentencepiece_bytes)
    pieces = tuple(
        added[i].content.encode() if i in added else to_bytes(token or "")
        for i, token in enumerate(tokenizer.convert_ids_to_tokens(list(range(size))))
    )
    ends = {tokenizer.eos_token_id, *([eos] if isinstance(eos, int) else eos or ())} - {None}
    unknown = tokenizer.unk_token_id
    return Vocabulary(
        pieces,
        frozenset(ends),
        frozenset(i for i, token in added.items() if token.special),
        None if unknown in ends or unknown is None or unknown >= size else unknown,
        _decodes(tokenizer, pieces, added, spaced="WordPiece" not in decoder),
        lambda text: tokenizer.backend_tokenizer.encode(text, add_special_tokens=False).ids,
    )


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


def wordpiece_bytes(token: str) -> bytes:
    """The bytes of a WordPiece token: a word begins with its space."""
    return token[2:].encode() if token.startswith("##") else f" {token}".encode()


_WAYS: dict[str, Callable[[str], bytes]] = {
    "ByteLevel": byte_level_bytes,
    "WordPiece": wordpiece_bytes,
}
"""How tokens are spelled, by the decoder that reads them."""


@cache
def _byte_alphabet() -> dict[str, int]:
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {
        chr(256 + n): byte for n, byte in enumerate(others)
    }


def _decoder(tokenizer: Any) -> str:
    """The tokenizer's decoder as it describes itself."""
    decoder = tokenizer.backend_tokenizer.decoder
    return "" if decoder is None else decoder.__getstate__().decode()


def _decodes(
    tokenizer: Any, pieces: Sequence[bytes], added: Collection[int], *, spaced: bool
) -> bool:
    """Whether some tokens of whole characters, in a row, decode to their bytes.

    Spaces at the ends do not count, and nowhere if it is not `spaced`: decoders strip them.
    """
    whole = [i for i, piece in enumerate(pieces) if i not in added and piece and _is_text(piece)]
    tried = whole[:: max(1, len(whole) // TRIED)]
    wanted = b"".join(pieces[i] for i in tried).decode()
    decoded = tokenizer.backend_tokenizer.decode(tried, skip_special_tokens=False)
    if not spaced:
        wanted, decoded = wanted.replace(" ", ""), decoded.replace(" ", "")
    return bool(wanted.strip(" ") == decoded.strip(" "))


def _is_text(piece: bytes) -> bool:
    try:
        return bool(piece.decode())
    except UnicodeDecodeError:
        return False
