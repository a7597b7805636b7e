"""The zoo's two vocabularies: one token a character, and byte-level BPE trained on the tasks.

Both read any text: the first knows printable ASCII and takes anything else for `<unk>`. A prompt
begins with `<bos>`, an answer ends with `<eos>`.
"""

import random
import string
from collections.abc import Iterator
from typing import Any, Literal, get_args

from fusionlab.errors import UnknownName
from fusionlab.zoo.tasks import TASKS

Vocabulary = Literal["characters", "pieces"]

PAD, BOS, EOS, UNKNOWN = SPECIAL = ("<pad>", "<bos>", "<eos>", "<unk>")
"""In the order of their ids."""
PIECES = 384
"""Tokens of the second vocabulary: 4 special ones, 256 bytes, and what was merged."""
CORPUS_SEED = 0
CORPUS_PROBLEMS = 500
"""Of each task; the merges are learned from them."""


def tokenizer(vocabulary: Vocabulary) -> Any:
    """The fast tokenizer of this vocabulary, the same at every call."""
    match vocabulary:
        case "characters":
            backend = _characters()
        case "pieces":
            backend = _pieces()
        case _:
            raise UnknownName("kind-vocabulary", vocabulary, get_args(Vocabulary))
    return _fast(backend)


def _characters() -> Any:
    """BPE without merges: every character stays alone."""
    from tokenizers import Tokenizer, decoders, models

    symbols = (*SPECIAL, "\n", *sorted(set(string.printable) - set(string.whitespace) | {" "}))
    ids = {symbol: id_ for id_, symbol in enumerate(symbols)}
    backend = Tokenizer(models.BPE(vocab=ids, merges=[], unk_token=UNKNOWN))
    backend.decoder = decoders.Fuse()
    return backend


def _pieces() -> Any:
    """Byte-level BPE that leaves every digit alone, so that columns of a sum stay in line."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=PIECES,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    backend.train_from_iterator(_corpus(), trainer)
    return backend


def _corpus() -> Iterator[str]:
    rng = random.Random(CORPUS_SEED)  # noqa: S311  problems are no secrets
    for task in TASKS.values():
        for problem in task.problems(rng, "train", CORPUS_PROBLEMS):
            yield problem.prompt + problem.answer


def _fast(backend: Any) -> Any:
    from tokenizers import processors
    from transformers import PreTrainedTokenizerFast

    backend.add_special_tokens(list(SPECIAL))
    backend.post_processor = processors.TemplateProcessing(
        single=f"{BOS} $A", special_tokens=[(BOS, SPECIAL.index(BOS))]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        bos_token=BOS,
        eos_token=EOS,
        pad_token=PAD,
        unk_token=UNKNOWN,
        clean_up_tokenization_spaces=False,
    )
