"""Tokenizers of pieces, as Llama 2 and Gemma have them, made on the spot."""

from typing import Any

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers
from tokenizers.processors import TemplateProcessing
from transformers import PreTrainedTokenizerFast

from tests.tiny import CORPUS

SPECIAL = ("<unk>", "<s>", "</s>")
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
LONGEST = 4


def piece_tokenizer(style: str = "llama") -> PreTrainedTokenizerFast:
    """Every piece of up to four characters of the corpus, the frequent ones first.

    `style` is llama (a space before each text), first (before the first one only), never (none) or
    gemma.
    """
    text = "▁" + "▁".join(CORPUS).replace(" ", "▁")
    counts: dict[str, int] = {}
    for length in range(2, LONGEST + 1):
        for at in range(len(text) - length + 1):
            piece = text[at : at + length]
            counts[piece] = counts.get(piece, 0) + 1
    pieces = sorted(counts, key=lambda piece: (-counts[piece] * len(piece), piece))
    names = [*SPECIAL, *BYTES, *sorted(set(text)), *pieces]
    vocab = {name: place for place, name in enumerate(names)}
    merges = [
        (piece[:at], piece[at:])
        for piece in pieces
        for at in range(1, len(piece))
        if piece[:at] in vocab and piece[at:] in vocab
    ]
    model = models.BPE(vocab, merges, unk_token=SPECIAL[0], fuse_unk=True, byte_fallback=True)
    tokenizer = Tokenizer(model)
    _set_spaces(tokenizer, style)
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    )
    tokenizer.add_special_tokens([AddedToken(name, normalized=False) for name in SPECIAL])
    tokenizer.post_processor = TemplateProcessing("<s> $A", "<s> $A $B", [("<s>", 1)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token=SPECIAL[0], bos_token=SPECIAL[1], eos_token=SPECIAL[2]
    )


def _set_spaces(tokenizer: Any, style: str) -> None:
    blanks = normalizers.Replace(" ", "▁")
    if style == "llama":
        tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), blanks])
    elif style == "gemma":
        tokenizer.normalizer = blanks
        tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    else:
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace("▁", style, split=False)
