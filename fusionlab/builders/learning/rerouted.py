"""A mixture whose routers learned apart from the rest: what refuses it, and how it is written.

All weights that did not learn are copied as the files hold them, so that they are equal to the bit.
"""

from collections.abc import Generator, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from torch import Tensor

from fusionlab.errors import FusionError
from fusionlab.events import Progress
from fusionlab.experts.mixtures import has_experts
from fusionlab.plans import Finding
from fusionlab.sources import store
from fusionlab.sources.opening import check_settings, ours, weightless
from fusionlab.training.routers import Learning, learning_names
from fusionlab.weights.checkpoint import DTYPES, RUN, config_in, row_runs
from fusionlab.weights.mixture_forms import FORMS
from fusionlab.weights.opened import Opened
from fusionlab.weights.papers import put_beside, short
from fusionlab.weights.writing import written

CHOSEN = ("num_experts_per_tok", "num_experts_per_token")


def rerouted_refusals(source: Opened, learning: Learning) -> list[Finding]:
    """Why the routers of this model cannot learn apart from the rest; empty where they can."""
    if not has_experts(source.config):
        return [Finding.of("refused", "train-routers-dense", source=source.ref)]
    try:
        names = _learning(source, learning)
    except FusionError as error:
        return [Finding("refused", error.sentence)]
    stored = _stored(source, names)
    if odd := [name for name in names if name not in stored]:
        return [Finding.of("refused", "train-routers-unstored", source=source.ref, name=odd[0])]
    if _is_always_one(source.layout.config):
        return [Finding.of("refused", "train-routers-of-one", source=source.ref)]
    return []


def learning_size(source: Opened, learning: Learning) -> int:
    """How many numbers of the model learn."""
    headers = source.weights.tensors
    if learning == "all":
        return sum(each.elements for each in headers.values())
    stored = _stored(source, _learning(source, learning))
    return sum(headers[name].elements for name in stored.values())


def write_rerouted(
    model: Any, source: Opened, learning: Learning, part: Path
) -> Generator[Progress, None, None]:
    """The folder `part` has the source's files, and in them the model's weights that learned."""
    stored = _stored(source, _learning(source, learning))
    parameters = dict(model.named_parameters())
    learned = {place: parameters[name].detach().cpu() for name, place in stored.items()}
    headers = source.weights.tensors

    def make(name: str) -> Iterator[Tensor]:
        if name in learned:
            yield learned[name].to(DTYPES[headers[name].dtype])
            return
        for first, last in row_runs(headers[name], RUN):
            yield source.weights.read(name, first, last)

    with store.saving(part):
        yield from written(part, [*headers.values()], make, f"writing {short(source.ref)}")
        put_beside(source.folder, source.config, part)


def _is_always_one(config: Mapping[str, Any]) -> bool:
    """Whether a token is read by one expert whose weight is 1, whatever the router finds."""
    chosen = next((config[key] for key in CHOSEN if config.get(key)), 0)
    forms = {form.model_type for form in FORMS.values() if form.always_normalised}
    normalised = config.get("norm_topk_prob") or config["model_type"] in forms
    return chosen == 1 and bool(normalised)


def _learning(source: Opened, learning: Learning) -> tuple[str, ...]:
    return _learning_in(source.folder, str(sorted(config_in(source.folder).items())), learning)


@lru_cache(maxsize=16)
def _learning_in(folder: Path, _config: str, learning: Learning) -> tuple[str, ...]:
    """The parameters that learn of the model whose config this is; raises what opening raises."""
    from transformers import AutoConfig

    check_settings(folder)
    with ours(folder):
        config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    return learning_names(weightless(config, folder), learning, folder.name)


def _stored(source: Opened, names: tuple[str, ...]) -> dict[str, str]:
    """Where in the files these parameters are: under their own names, or in the same layer the one
    tensor that ends as they do, for files may call the feed-forward part otherwise.
    """
    known, found = source.stored, {}
    for name in names:
        if name in known:
            found[name] = known[name]
            continue
        number, _, rest = name.removeprefix(f"{source.layout.path}.").partition(".")
        if not number.isdigit():
            continue
        end = ".".join(rest.split(".")[-2:])
        layer = source.layers[int(number)]
        alike = [place for inside, place in layer.items() if inside.endswith(f".{end}")]
        if len(alike) == 1:
            found[name] = alike[0]
    return found
