"""A sentence embedder of two layers with random weights, made on the spot."""

import json
from pathlib import Path
from typing import Literal

import torch
from tokenizers import BertWordPieceTokenizer
from transformers import BertConfig, BertModel, BertTokenizerFast

from fusionlab.sources.opening import MODULES
from fusionlab.text.embedding_export import SENTENCES


def tiny_embedder(
    folder: Path, *, pooling: Literal["mean", "max"] = "mean", window: int = 32
) -> Path:
    """A folder of sentence-transformers: BERT, its tokens pooled, at length one."""
    words = BertWordPieceTokenizer()
    words.train_from_iterator(SENTENCES, vocab_size=300, show_progress=False)
    tokenizer = BertTokenizerFast(tokenizer_object=words._tokenizer, model_max_length=window)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=window,
    )
    with MODULES, torch.random.fork_rng():
        torch.manual_seed(0)
        model = BertModel(config)
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                if parameter.dim() == 1:  # norms and biases, which begin as 1 and 0
                    parameter += 0.2 * torch.randn_like(parameter)
                elif "dense" in name or "self" in name:  # else attention is all but even
                    parameter.mul_(5)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    parts = {"Transformer": "", "Pooling": "1_Pooling", "Normalize": "2_Normalize"}
    modules = [
        {"idx": at, "name": str(at), "path": path, "type": f"sentence_transformers.models.{part}"}
        for at, (part, path) in enumerate(parts.items())
    ]
    pooled = {"word_embedding_dimension": 64, f"pooling_mode_{pooling}_tokens": True}
    settings: dict[str, object] = {
        "modules.json": modules,
        "sentence_bert_config.json": {"max_seq_length": window},
        "1_Pooling/config.json": pooled,
    }
    (folder / "1_Pooling").mkdir()
    for name, setting in settings.items():
        (folder / name).write_text(json.dumps(setting))
    return folder
