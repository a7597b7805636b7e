"""Small tokenizers of every family, made on the spot."""

import json
from typing import Any

from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    trainers,
)
from transformers import PreTrainedTokenizerFast

from fusionlab.engines.tokenizer import vocabulary_of
from fusionlab.zoo.tokenizers import tokenizer
from tests.tiny import CORPUS, tiny_tokenizer

END, UNKNOWN, NO_WORD = "</s>", "<unk>", "[UNK]"
SPLIT = Regex(r"\p{N}{1,3}| ?\p{L}+| ?[^\s\p{L}\p{N}]+|\s+")


def _fast(backend: Tokenizer, unknown: str | None = None) -> PreTrainedTokenizerFast:
    return PreTrainedTokenizerFast(tokenizer_object=backend, eos_token=END, unk_token=unknown)


def _tiktoken() -> PreTrainedTokenizerFast:
    """As Llama 3's: its own split, then bytes."""
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(SPLIT, "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=330,
        special_tokens=["</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    backend.train_from_iterator([*CORPUS, "lighthouse keeper 12345 你好世界"] * 2, trainer)
    return _fast(backend)


def _sentencepiece() -> PreTrainedTokenizerFast:
    """As Llama 2's: BPE over characters, a space before the text, bytes for all that is rare."""
    special = ["<unk>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    trained = Tokenizer(models.BPE())
    trained.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
    )
    trainer = trainers.BpeTrainer(vocab_size=80, show_progress=False)
    trained.train_from_iterator([text[:40] for text in CORPUS], trainer)
    state: Any = json.loads(trained.to_str())["model"]
    learned = [piece for piece in state["vocab"] if piece not in special]
    vocab = {piece: at for at, piece in enumerate([*special, *learned])}
    merges = [tuple(pair) for pair in state["merges"]]
    backend = Tokenizer(
        models.BPE(vocab, merges, unk_token=UNKNOWN, byte_fallback=True, fuse_unk=True)
    )
    backend.normalizer = trained.normalizer
    backend.decoder = decoders.Sequence(
        [
            decoders.Replace("▁", " "),
            decoders.ByteFallback(),
            decoders.Fuse(),
            decoders.Strip(" ", 1, 0),
        ]
    )
    backend.add_special_tokens([AddedToken(each, special=True) for each in special[:2]])
    return _fast(backend, "<unk>")


def _wordpiece() -> PreTrainedTokenizerFast:
    backend = Tokenizer(models.WordPiece(unk_token=NO_WORD))
    backend.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=False)
    backend.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    backend.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(
        vocab_size=160, special_tokens=["[UNK]", "</s>"], show_progress=False
    )
    backend.train_from_iterator(CORPUS, trainer)
    return _fast(backend, "[UNK]")


def without_bytes() -> PreTrainedTokenizerFast:
    """Words, between which its decoder writes spaces that no token spells."""
    backend = Tokenizer(models.WordLevel({"</s>": 0, "<unk>": 1, "one": 2, "two": 3}, "<unk>"))
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    return _fast(backend, "<unk>")


BYTE_LEVEL, TIKTOKEN = tiny_tokenizer(), _tiktoken()
SENTENCEPIECE, WORDPIECE = _sentencepiece(), _wordpiece()
CHARACTERS = vocabulary_of(tokenizer("characters"), None)
TOKENIZERS = {
    "byte-level": BYTE_LEVEL,
    "tiktoken": TIKTOKEN,
    "sentencepiece": SENTENCEPIECE,
    "wordpiece": WORDPIECE,
    "zoo-pieces": tokenizer("pieces"),
    "zoo-characters": tokenizer("characters"),
}
FAMILIES = {name: vocabulary_of(each, None) for name, each in TOKENIZERS.items()}
