"""A Hugging Face folder is opened whole, or refused with a sentence that says what is wrong.

What can be known from small files is looked at first: whether they can be read, whether every
shard is whole and there, and whether transformers knows the architecture. transformers itself would
fill in weights that are missing at random, skip a quantisation that it does not know, and ask at
the terminal whether to run a model's own code; none of that happens here.
"""

import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fusionlab.errors import FusionError, OutOfBudget, SourceError
from fusionlab.reading import read_json, read_plain

INDEX = "model.safetensors.index.json"
SMALL_FILES = ("config.json", "generation_config.json", "tokenizer_config.json", INDEX)
AGAIN = "copy or fetch the model again: the file was cut off, or changed"
TOKENIZER = "a tokenizer.json must stand beside the weights: copy or fetch it again"
ELSEWHERE = "run it in a server of your own and give its address as api:URL#model"
MOST_REPEATED = 10_000
"""Layers of a model, and experts of a layer."""
PACKED = 16
"""Weights that one stored element may hold, where a model is quantised."""
_REPEATED = re.compile(r"(?:num|n)_(?:\w+_)?(?:layers?|experts|blocks)")
_NO_MEMORY = re.compile("out of memory|alloc.*memory|bad_alloc", re.IGNORECASE)


def open_model(folder: Path, **options: Any) -> Any:
    """The causal language model in the folder, with all its weights; raises SourceError."""
    from transformers import AutoModelForCausalLM

    check_settings(folder)
    check_shards(folder)
    check_sizes(folder)
    with ours(folder):
        model, report = AutoModelForCausalLM.from_pretrained(
            folder,
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            ignore_mismatched_sizes=True,  # they are reported, and refused below by name
            output_loading_info=True,
            **options,
        )
    check_report(folder, model, report)
    return model


def open_tokenizer(folder: Path) -> Any:
    """The fast tokenizer in the folder; raises SourceError."""
    from transformers import AutoTokenizer

    check_settings(folder)
    with ours(folder, TOKENIZER):
        tokenizer = AutoTokenizer.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
    if not tokenizer.is_fast:
        raise SourceError(f"{folder} has no fast tokenizer", hint=TOKENIZER)
    return tokenizer


def check_settings(folder: Path) -> None:
    """The small files can be read, and transformers knows the architecture; raises SourceError."""
    from transformers import AutoConfig

    data = {name: _json(folder / name) for name in SMALL_FILES if (folder / name).exists()}
    config = data.get("config.json", {})
    _check_architecture(folder, config)
    _check_repeats(folder, config)
    with ours(folder):
        AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)


def check_shards(folder: Path) -> None:
    """Every file of weights is there and whole; raises SourceError."""
    shards = {file.name for file in folder.glob("*.safetensors")}
    if (folder / INDEX).exists():
        places = _json(folder / INDEX).get("weight_map")
        if not isinstance(places, Mapping) or not places:
            raise SourceError(f"{folder / INDEX} names no weights", hint=AGAIN)
        shards = {str(place) for place in places.values()}
    elif len(shards) > 1 and "model.safetensors" not in shards:
        raise SourceError(f"{folder} has several shards, but no {INDEX}", hint=AGAIN)
    for shard in sorted(shards):
        _check_shard(folder / shard)


def check_sizes(folder: Path) -> None:
    """The model is about as large as its weights; raises SourceError.

    transformers makes room for all that the config describes, before it says what is missing.
    """
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM
    from transformers.initialization import no_init_weights

    stored = _stored(folder)
    with ours(folder), torch.device("meta"), no_init_weights():
        config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        layers = getattr(config.get_text_config(), "num_hidden_layers", 0)
        if isinstance(layers, int) and layers > len(stored):
            raise _too_large(folder, f"{layers:,} layers", f"{len(stored):,} tensors")
        model = AutoModelForCausalLM.from_config(config, trust_remote_code=False)
    described, there = sum(p.numel() for p in model.parameters()), sum(stored.values())
    if described > PACKED * there:
        raise _too_large(folder, f"{described:,} weights", f"{there:,}")


def check_report(folder: Path, model: Any, report: Mapping[str, Any]) -> None:
    """Every weight of the model came from the folder, as it is meant; raises SourceError."""
    missing = sorted(report["missing_keys"])
    if missing:
        raise SourceError(
            f"{folder} lacks {len(missing)} of the weights of {type(model).__name__}, among them "
            f"{missing[0]}",
            hint="copy or fetch the model again, or give a folder whose config.json is its own",
        )
    for name, there, here in sorted(report["mismatched_keys"]):
        raise SourceError(
            f"{name} is {tuple(there)} in {folder}, but {tuple(here)} by its config.json",
            hint="copy or fetch the model again, or give a folder whose config.json is its own",
        )
    asked = getattr(model.config, "quantization_config", None)
    if asked and getattr(model, "hf_quantizer", None) is None:
        kind = asked.get("quant_method") if isinstance(asked, Mapping) else type(asked).__name__
        raise SourceError(
            f"{folder} is quantised as {kind}, which transformers {version('transformers')} "
            "does not know",
            hint=f"take the weights that are not quantised, or {ELSEWHERE}",
        )


@contextmanager
def ours(place: Path, hint: str = "") -> Iterator[None]:
    """transformers says nothing, and whatever it raises becomes a FusionError with a hint.

    The hint is for what cannot be told from the error.
    """
    from transformers.utils import logging

    logging.disable_progress_bar()  # the run's own Progress events take its place
    before = logging.get_verbosity()
    logging.set_verbosity(logging.CRITICAL)
    try:
        yield
    except FusionError:
        raise
    except Exception as cause:  # every kind of error comes out of foreign files
        raise _named(place, cause, hint) from cause
    finally:
        logging.set_verbosity(before)


def _named(place: Path, cause: Exception, hint: str) -> FusionError:
    """What a library's error means for somebody who wants to use the model."""
    said = " ".join(line.strip() for line in str(cause).strip().splitlines()[:2])
    what = f"{place} cannot be opened: {said or type(cause).__name__}"
    if isinstance(cause, MemoryError) or _NO_MEMORY.search(str(cause)):
        return OutOfBudget(
            f"memory ran out while {place} was opened",
            hint="remove members, or choose a smaller or quantised model",
        )
    if "trust_remote_code" in str(cause):
        return _own_code(place)
    if isinstance(cause, ImportError):
        return SourceError(
            what, hint=f"install what it names, or take weights that do without, or {ELSEWHERE}"
        )
    usual = (
        "compare its files with where they come from: they may be incomplete or changed, or of "
        f"another version than transformers {version('transformers')}"
    )
    return SourceError(what, hint=hint or usual)


def _json(file: Path) -> dict[str, Any]:
    try:
        data = read_json(read_plain(file))
    except (OSError, ValueError) as cause:
        raise SourceError(f"{file} cannot be read: {cause}", hint=AGAIN) from cause
    if not isinstance(data, dict):
        raise SourceError(f"{file} is not a table of settings", hint=AGAIN)
    return data


def _check_architecture(folder: Path, config: Mapping[str, Any]) -> None:
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING_NAMES
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    kind = config.get("model_type")
    if kind == "doge" and config.get("is_moe"):
        raise SourceError(
            f"the experts of {folder} are chosen for a token by other tokens too, later ones and "
            "those of other rows among them, so that no answer would be its own",
            hint="choose another mixture",
        )
    if kind in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
        return
    if not isinstance(kind, str) or not kind:
        raise SourceError(f"{folder / 'config.json'} names no model_type", hint=AGAIN)
    if kind in CONFIG_MAPPING_NAMES:
        raise SourceError(
            f"{folder} holds a {kind}, which is not a model that writes on from a text",
            hint="members are causal language models, such as smollm2-135m",
        )
    if "auto_map" in config:
        raise _own_code(folder)
    raise SourceError(
        f"transformers {version('transformers')} does not know the architecture {kind} of {folder}",
        hint=f"a newer transformers may; or {ELSEWHERE}",
    )


def _check_shard(file: Path) -> None:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, "pt"):
            pass
    except FileNotFoundError:
        raise SourceError(f"{file} is missing", hint="copy or fetch the model again") from None
    except (OSError, SafetensorError) as cause:
        raise SourceError(f"{file} is damaged: {cause}", hint=AGAIN) from cause


def _check_repeats(folder: Path, config: Mapping[str, Any]) -> None:
    """Each of them is made, one by one, when a config is read or a model is laid out."""
    for name, value in config.items():
        if isinstance(value, Mapping):
            _check_repeats(folder, value)
        elif isinstance(value, int) and value > MOST_REPEATED and _REPEATED.fullmatch(name):
            raise SourceError(
                f"{folder / 'config.json'} has {name} = {value:,}; up to {MOST_REPEATED:,} are "
                "opened",
                hint=AGAIN,
            )


def _stored(folder: Path) -> dict[str, int]:
    """How many elements each tensor in the folder has."""
    from safetensors import safe_open

    found: dict[str, int] = {}
    for file in folder.glob("*.safetensors"):
        with safe_open(file, "pt") as weights:
            for name in weights.keys():  # noqa: SIM118  it cannot be iterated
                found[name] = math.prod(weights.get_slice(name).get_shape())
    return found


def _too_large(folder: Path, described: str, stored: str) -> SourceError:
    return SourceError(
        f"the config.json of {folder} describes {described}; its files hold {stored}",
        hint="copy or fetch the model again, or give a folder whose config.json is its own",
    )


def _own_code(place: Path) -> SourceError:
    return SourceError(
        f"{place} brings program code of its own, and foreign code is not run here",
        hint=f"choose a model whose architecture transformers knows, or {ELSEWHERE}",
    )
