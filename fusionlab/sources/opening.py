"""A Hugging Face folder is opened whole, or refused with a sentence that says what is wrong.

What can be known from small files is looked at first: whether they can be read, whether every
shard is whole and there, and whether transformers knows the architecture. transformers itself would
fill in weights that are missing at random, skip a quantisation that it does not know, and ask at
the terminal whether to run a model's own code; none of that happens here.
"""

import math
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fusionlab.errors import FusionError, OutOfBudget, SourceError
from fusionlab.reading import read_json, read_plain, reason

MODULES = threading.RLock()
"""Held by whoever makes the modules of a network. While transformers loads one, it switches off for
all threads that weights are drawn: another one made meanwhile would hold what memory held, and two
loads that end in another order than they began would leave it off for good.
"""
INDEX = "model.safetensors.index.json"
SMALL_FILES = ("config.json", "generation_config.json", "tokenizer_config.json", INDEX)
PICKLED = (".bin", ".pt", ".pth", ".ckpt")
"""What files of weights end in that are not plain data."""
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
    with MODULES, ours(folder):
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
    check_settings(folder)
    return open_alone(folder)


def open_alone(folder: Path) -> Any:
    """The same, of a folder that may have no model beside it."""
    from transformers import AutoTokenizer

    check_readable(folder)
    with ours(folder, "opening-tokenizer-failed"):
        tokenizer = AutoTokenizer.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
    if not tokenizer.is_fast:
        raise SourceError("tokenizer-slow", folder=str(folder))
    return tokenizer


def check_settings(folder: Path) -> None:
    """The small files can be read, and transformers knows the architecture; raises SourceError."""
    from transformers import AutoConfig

    config = check_readable(folder).get("config.json", {})
    _check_architecture(folder, config)
    _check_repeats(folder, config)
    with ours(folder):
        AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)


def check_readable(folder: Path) -> dict[str, dict[str, Any]]:
    """What the small files hold that are there, by their names; raises SourceError."""
    return {name: _json(folder / name) for name in SMALL_FILES if (folder / name).exists()}


def check_pickled(folder: Path) -> None:
    """The weights are not only there as pickles, which can run code; raises SourceError."""
    pickles = sorted(each for suffix in PICKLED for each in folder.glob(f"*{suffix}"))
    if pickles and not any(folder.glob("*.safetensors")):
        raise SourceError("weights-pickled", folder=str(folder), file=pickles[0].name)


def check_shards(folder: Path) -> None:
    """Every file of weights is there and whole; raises SourceError."""
    shards = {file.name for file in folder.glob("*.safetensors")}
    if (folder / INDEX).exists():
        places = _json(folder / INDEX).get("weight_map")
        if not isinstance(places, Mapping) or not places:
            raise SourceError("index-empty", file=str(folder / INDEX))
        shards = {str(place) for place in places.values()}
        for shard in sorted(shards):
            if shard != Path(shard).name:
                raise SourceError("shard-elsewhere", file=str(folder / INDEX), shard=shard)
    elif len(shards) > 1 and "model.safetensors" not in shards:
        raise SourceError("index-missing", folder=str(folder), index=INDEX)
    for shard in sorted(shards):
        _check_shard(folder / shard)


def check_sizes(folder: Path) -> None:
    """The model is about as large as its weights; raises SourceError.

    transformers makes room for all that the config describes, before it says what is missing.
    """
    from transformers import AutoConfig

    stored = elements_in(folder)
    with ours(folder):
        config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        layers = getattr(config.get_text_config(), "num_hidden_layers", 0)
        if isinstance(layers, int) and layers > len(stored):
            raise SourceError(
                "config-more-layers", folder=str(folder), layers=layers, tensors=len(stored)
            )
    model = weightless(config, folder)
    described, there = sum(p.numel() for p in model.parameters()), sum(stored.values())
    if described > PACKED * there:
        raise SourceError(
            "config-more-weights", folder=str(folder), described=described, stored=there
        )


def weightless(config: Any, place: Path) -> Any:
    """The model of a configuration of transformers on torch's meta device, its head not yet tied.

    Raises SourceError, which speaks of `place`, where transformers cannot build it.
    """
    import torch
    from transformers import AutoModelForCausalLM
    from transformers.initialization import no_init_weights

    with MODULES, ours(place), torch.device("meta"), no_init_weights():
        return AutoModelForCausalLM.from_config(config, trust_remote_code=False)


def elements_in(folder: Path) -> dict[str, int]:
    """How many elements each tensor in the folder has, by the headers of its files."""
    from safetensors import safe_open

    found: dict[str, int] = {}
    for file in folder.glob("*.safetensors"):
        with safe_open(file, "pt") as weights:
            for name in weights.keys():  # noqa: SIM118  it cannot be iterated
                found[name] = math.prod(weights.get_slice(name).get_shape())
    return found


def check_report(folder: Path, model: Any, report: Mapping[str, Any]) -> None:
    """Every weight of the model came from the folder, as it is meant; raises SourceError."""
    missing = sorted(report["missing_keys"])
    if missing:
        raise SourceError(
            "weights-lacking",
            folder=str(folder),
            count=len(missing),
            architecture=type(model).__name__,
            first=missing[0],
        )
    for name, there, here in sorted(report["mismatched_keys"]):
        raise SourceError(
            "weights-of-another-shape",
            name=name,
            there=str(tuple(there)),
            folder=str(folder),
            here=str(tuple(here)),
        )
    asked = getattr(model.config, "quantization_config", None)
    if asked and getattr(model, "hf_quantizer", None) is None:
        kind = asked.get("quant_method") if isinstance(asked, Mapping) else type(asked).__name__
        raise SourceError(
            "quantisation-unknown",
            folder=str(folder),
            quantisation=str(kind),
            version=version("transformers"),
        )


@contextmanager
def ours(place: Path, key: str = "opening-failed") -> Iterator[None]:
    """transformers prints nothing, and whatever it raises becomes a FusionError with a hint.

    `key` names the sentence for causes that the error does not reveal.
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
        raise _named(place, cause, key) from cause
    finally:
        logging.set_verbosity(before)


def _named(place: Path, cause: Exception, key: str) -> FusionError:
    """What a library's error means for somebody who wants to use the model."""
    if isinstance(cause, MemoryError) or _NO_MEMORY.search(str(cause)):
        return OutOfBudget("opening-no-memory", place=str(place))
    if "trust_remote_code" in str(cause):
        return SourceError("own-code", place=str(place))
    said = " ".join(line.strip() for line in str(cause).strip().splitlines()[:2])
    said = said or type(cause).__name__
    if isinstance(cause, ImportError):
        return SourceError("opening-needs-package", place=str(place), said=said)
    return SourceError(key, place=str(place), said=said, version=version("transformers"))


def _json(file: Path) -> dict[str, Any]:
    try:
        data = read_json(read_plain(file))
    except (OSError, ValueError) as cause:
        raise SourceError("settings-unreadable", file=str(file), said=reason(cause)) from cause
    if not isinstance(data, dict):
        raise SourceError("settings-of-another-form", file=str(file))
    return data


def _check_architecture(folder: Path, config: Mapping[str, Any]) -> None:
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING_NAMES
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    kind = config.get("model_type")
    if kind == "doge" and config.get("is_moe"):
        raise SourceError("experts-chosen-by-others", folder=str(folder))
    if not isinstance(kind, str) or not kind:
        raise SourceError("architecture-unnamed", file=str(folder / "config.json"))
    if kind in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
        return
    if kind in CONFIG_MAPPING_NAMES:
        raise SourceError("architecture-writes-nothing", folder=str(folder), architecture=kind)
    if "auto_map" in config:
        raise SourceError("own-code", place=str(folder))
    raise SourceError(
        "architecture-unknown",
        version=version("transformers"),
        architecture=kind,
        folder=str(folder),
    )


def _check_shard(file: Path) -> None:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, "pt"):
            pass
    except FileNotFoundError:
        raise SourceError("shard-missing", file=str(file)) from None
    except (OSError, SafetensorError) as cause:
        raise SourceError("shard-damaged", file=str(file), said=str(cause)) from cause


def _check_repeats(folder: Path, config: Mapping[str, Any]) -> None:
    """Each of them is made, one by one, when a config is read or a model is laid out."""
    for name, value in config.items():
        if isinstance(value, Mapping):
            _check_repeats(folder, value)
        elif isinstance(value, int) and value > MOST_REPEATED and _REPEATED.fullmatch(name):
            raise SourceError(
                "config-too-many",
                file=str(folder / "config.json"),
                name=name,
                value=value,
                most=MOST_REPEATED,
            )
