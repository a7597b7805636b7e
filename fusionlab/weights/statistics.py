"""What merge rules have to be told of a model, measured as it reads a text and kept on disk.

fisher: the diagonal Fisher information of the model's predictions, E[(∂ log p(y | x) / ∂θ)²] with
    y drawn from the model itself (Matena & Raffel, https://arxiv.org/abs/2111.09832). Labels of a
    row are drawn token by token, so that the square of one gradient a row, that of Σ log p over its
    tokens, has the sum of the tokens' information as its mean.
gram: XᵀX of the inputs of every linear layer (Jin et al., https://arxiv.org/abs/2212.09849), over
    all tokens that it reads. Layers that are fed one tensor, as q, k and v are, share theirs.

Both are means over tokens, so that no model counts more for having read more. Sums are kept in one
file for each model and text, first of some rows and at last of all: who is stopped goes on there.
"""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from fusionlab.engines.transformers import TransformersModel
from fusionlab.errors import RecipeError
from fusionlab.events import Progress
from fusionlab.models.base import Level, ModelSpec
from fusionlab.sources import store
from fusionlab.sources.opening import open_model, open_tokenizer
from fusionlab.weights.checkpoint import Checkpoint, headers_in, is_finite
from fusionlab.weights.material import LENGTH, Material, Row, rows_of
from fusionlab.weights.opened import Opened, fingerprint
from fusionlab.weights.papers import short
from fusionlab.weights.rule import seeded
from fusionlab.writing import putting

FORMAT = 1
"""Of what is measured: another one is another file."""
FOLDER = "statistics"
"""In FusionLab's home. All of it can be measured again."""
EVERY = 64
"""Rows after which the sums are written."""
SMALL = 20_000_000
"""Parameters of a model for which one thread is enough."""
BESIDE = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja")
"""Files by which a text becomes tokens."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be measured of a model."""

    statistic: str
    """fisher or gram."""
    names: frozenset[str]
    """Of the tensors in the model's files that it is wanted of."""
    material: Material
    rows: int
    """The most that are read."""
    seed: int


@dataclass(frozen=True, slots=True)
class Measured:
    """A finished measurement; any thread may read."""

    sums: Checkpoint
    tokens: int
    shared: Mapping[str, str]
    """Tensors whose sums are those of another one."""

    def has(self, name: str) -> bool:
        """Whether anything was measured of the tensor of this name."""
        return self.shared.get(name, name) in self.sums.tensors

    def read(self, name: str, first: int = 0, last: int | None = None) -> Tensor:
        """The mean over tokens, or its rows [first, last)."""
        return self.sums.read(self.shared.get(name, name), first, last).div_(self.tokens)


def measured(source: Opened, task: Task) -> Generator[Progress, None, Measured]:
    """What is found of the source, measured now unless it is on disk; closed, it frees the model.

    Raises RecipeError where the text is too short or a number is NaN or infinite, and what opening
    the model raises.
    """
    file = store.home() / FOLDER / f"{task.statistic}-{(yield from _key(source, task))}.safetensors"
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = yield from store.alone(file)
    try:
        state = _state(file)
        if state is None or state["done"] < state["rows"]:
            yield from _measure(source, task, file)
            state = _state(file)
    finally:
        lock.release()
    if state is None:
        raise OSError(f"{file} has gone")
    sums = Checkpoint(file.parent, {each.name: each for each in headers_in(file)})
    return Measured(sums, state["tokens"], state["shared"])


def loaded(source: Opened) -> TransformersModel:
    """The source in float32 with its adapter folded in, on the GPU where there is one."""
    module = open_model(source.folder, dtype=torch.float32)
    if source.adapter is not None:
        stored = source.stored
        with torch.no_grad():
            for name, parameter in module.named_parameters():
                parameter.copy_(source.weights.read(stored[name]))
    device = torch.accelerator.current_accelerator() or torch.device("cpu")
    spec = ModelSpec(short(source.ref), "transformers", Level.INTERNALS)
    return TransformersModel(spec, module.to(device).eval(), open_tokenizer(source.folder))


@contextmanager
def as_many_threads(model: TransformersModel) -> Iterator[None]:
    """A small model computes in one thread meanwhile: several would wait for one another longer."""
    before = torch.get_num_threads()
    if sum(each.numel() for each in model.module.parameters()) < SMALL:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def logits_of(model: TransformersModel, row: Row) -> Tensor:
    """What the model says of the row's tokens that are to be predicted; raises RecipeError.

    [token, vocab], and the gradient of it can be had.
    """
    ids = torch.tensor([row.ids], device=model.model.device)
    said: Tensor = model.model(input_ids=ids, use_cache=False).logits[0, row.first - 1 : -1]
    if not is_finite(said.detach()):
        raise RecipeError("merge-data-no-numbers", source=model.spec.id)
    return said


class _Watch(ABC):
    """Sums up what is wanted as a model reads one row after another."""

    def __init__(self, source: Opened, task: Task, model: TransformersModel) -> None:
        self.sums: dict[str, Tensor] = {}
        self.shared: dict[str, str] = {}
        self.task, self.model = task, model
        self._by_parameter = source.stored

    def name_of(self, parameter: str) -> str:
        """The wanted tensor that this parameter is in the files; empty where it is none."""
        name = self._by_parameter.get(parameter, "")
        return name if name in self.task.names else ""

    @abstractmethod
    def read(self, row: Row, number: int) -> int:
        """Adds the row of this number; how many tokens it counts for."""


class _Fisher(_Watch):
    def __init__(self, source: Opened, task: Task, model: TransformersModel) -> None:
        super().__init__(source, task, model)
        for parameter, tensor in model.module.named_parameters():
            name = self.name_of(parameter)
            tensor.requires_grad_(bool(name))
            if name:
                self.sums[name] = torch.zeros_like(tensor, requires_grad=False)
                tensor.register_post_accumulate_grad_hook(  # type: ignore[no-untyped-call]
                    self._adding(name)
                )

    def read(self, row: Row, number: int) -> int:
        said = logits_of(self.model, row)
        logprobs = said.float().log_softmax(dim=-1)
        generator = seeded(self.task.seed, f"labels of row {number}")
        drawn = logprobs.detach().exp().cpu().multinomial(1, generator=generator)
        logprobs.gather(1, drawn.to(logprobs.device)).sum().backward()  # type: ignore[no-untyped-call]
        return row.predicted

    def _adding(self, name: str) -> Any:
        def add(parameter: Tensor) -> None:
            if parameter.grad is not None:  # it is let go at once: no two gradients are held
                self.sums[name].addcmul_(parameter.grad, parameter.grad)
                parameter.grad = None

        return add


class _Gram(_Watch):
    def __init__(self, source: Opened, task: Task, model: TransformersModel) -> None:
        super().__init__(source, task, model)
        self._last: tuple[Tensor | None, str] = (None, "")
        embeddings = model.model.get_input_embeddings().weight
        for path, module in model.module.named_modules():
            name = self.name_of(f"{path}.weight") if isinstance(module, nn.Linear) else ""
            if name and module.weight is not embeddings:
                size = int(module.weight.shape[-1])
                module.register_forward_pre_hook(self._adding(name, size))

    def read(self, row: Row, number: int) -> int:  # noqa: ARG002  nothing is drawn
        with torch.no_grad():
            logits_of(self.model, row)
        self._last = (None, "")
        return len(row.ids)

    def _adding(self, name: str, size: int) -> Any:
        def add(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            given, owner = self._last
            if inputs[0] is given and name not in self.sums:
                self.shared[name] = owner
                return
            self._last = (inputs[0], name)
            tokens = inputs[0].detach().reshape(-1, size)
            if name not in self.sums:
                self.sums[name] = torch.zeros(size, size, device=tokens.device)
            self.sums[name].addmm_(tokens.mT, tokens)

        return add


WATCHES: Mapping[str, type[_Watch]] = {"fisher": _Fisher, "gram": _Gram}


def _measure(source: Opened, task: Task, file: Path) -> Generator[Progress, None, None]:
    """The file has the sums over all rows; those that it has already are not read again."""
    what = f"measuring {short(source.ref)}"
    yield Progress(what, 0, 0, "items")
    with closing(loaded(source)) as model:
        rows = rows_of(model, task.material, task.rows)
        watch = WATCHES[task.statistic](source, task, model)
        state = _resumed(file, watch)
        for number in range(state["done"], len(rows)):
            yield Progress(what, number, len(rows), "items")
            with as_many_threads(model):
                state["tokens"] += watch.read(rows[number], number)
            if (number + 1) % EVERY == 0 or number + 1 == len(rows):
                state |= {"done": number + 1, "rows": len(rows), "shared": watch.shared}
                _keep(file, watch, state)
        yield Progress(what, len(rows), len(rows), "items")


def _resumed(file: Path, watch: _Watch) -> dict[str, Any]:
    """How far an earlier attempt came; its sums are the watch's."""
    state = _state(file)
    if state is None:
        return {"done": 0, "tokens": 0}
    kept = Checkpoint(file.parent, {each.name: each for each in headers_in(file)})
    device = watch.model.model.device
    watch.sums |= {name: kept.read(name).to(device) for name in kept.tensors}
    watch.shared |= state["shared"]
    # A Fisher hook adds to the tensor of this name in `sums`, whichever that is.
    return state


def _keep(file: Path, watch: _Watch, state: Mapping[str, Any]) -> None:
    for name, each in watch.sums.items():
        if not is_finite(each):
            source = watch.model.spec.id
            raise RecipeError("merge-data-not-finite", source=source, name=name)
    plain = {name: each.cpu().contiguous() for name, each in sorted(watch.sums.items())}
    with store.saving(file.parent), putting(file) as part:
        save_file(plain, part, metadata={"state": json.dumps(state)})


def _state(file: Path) -> dict[str, Any] | None:
    """How far the file's measurement has come; None where there is no whole file."""
    try:
        with safe_open(file, "pt") as stored:
            state: dict[str, Any] = json.loads((stored.metadata() or {})["state"])
    except (OSError, SafetensorError, ValueError, KeyError):
        return None
    return state


def _key(source: Opened, task: Task) -> Generator[Progress, None, str]:
    """A hash of all that decides the sums."""
    beside = [source.folder / name for name in BESIDE]
    tokens = [hashlib.sha256(f.read_bytes()).hexdigest() for f in beside if f.is_file()]
    decides = [
        *(FORMAT, (yield from fingerprint(source)), tokens, task.material.digest),
        *(sorted(task.names), LENGTH, task.rows, task.seed if task.statistic == "fisher" else 0),
    ]
    return hashlib.sha256(json.dumps(decides).encode()).hexdigest()[:32]


# What it takes


def room_for(source: Opened, statistic: str, names: Collection[str]) -> int:
    """Bytes of the file with the sums, at most."""
    headers = [source.weights.tensors[name] for name in names]
    if statistic == "fisher":
        return sum(4 * header.elements for header in headers)
    return sum(4 * header.shape[-1] ** 2 for header in headers if len(header.shape) == 2)


def pass_memory(source: Opened, rows: int = 1) -> int:
    """About how many bytes the model holds in float32 as it reads so many rows and looks back."""
    config = source.layout.config
    width = int(config.get("hidden_size") or config.get("n_embd") or 0)
    elements = sum(header.elements for header in source.weights.tensors.values())
    token = 4 * (3 * int(config["vocab_size"]) + 40 * len(source.layers) * width)
    return 4 * elements + rows * LENGTH * token
