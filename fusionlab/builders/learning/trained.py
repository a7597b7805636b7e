"""A planned training is carried out: the steps, what they go on from, and where the result stands.

An adapter that the source has goes on as it is, or is folded into the weights where all of them are
trained.
"""

import hashlib
import json
from collections.abc import Generator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from fusionlab.assets import has_asset
from fusionlab.builders.data.own import PAIRS, Own, sampled
from fusionlab.builders.data.taught import taught
from fusionlab.builders.learning.quiz import examiner_for
from fusionlab.builders.learning.tuned import written
from fusionlab.errors import RecipeError
from fusionlab.events import Event, Warned
from fusionlab.making import Making, Order, made
from fusionlab.registry import Plan
from fusionlab.sources.opening import open_model, open_tokenizer
from fusionlab.sources.references import adapter_of, base_of
from fusionlab.training import together
from fusionlab.training.adapters import resumed_adapter, with_adapter
from fusionlab.training.losses import answer_loss, preference_loss
from fusionlab.training.precision import computed_in
from fusionlab.training.records import read
from fusionlab.training.routers import Learning, Passing, freeze, routers_taught
from fusionlab.training.samples import sampler_for
from fusionlab.training.tuning import Company, Outcome, Teaching, Tuning, lessons, tuned
from fusionlab.weights.folding import Folded
from fusionlab.weights.opened import Opened, fetched, fingerprint

FORMAT = 1
"""Of what training writes: another one makes other models of the same plan."""
LINEAR = "all-linear"


@dataclass(frozen=True, slots=True)
class Training:
    """What is trained, on what, and how."""

    source: str
    tuning: Tuning
    data: str
    """As it is typed."""
    questions: int
    """Of a generated corpus."""
    file: str
    """What the data are called."""
    sha256: str
    """Of the data."""
    rank: int
    """Of the adapter; 0 where all weights are trained."""
    alpha: int
    whole: bool
    """Whether an adapter is added to the weights at the end, so that a model stands there."""
    own: Own | None
    """What the model is asked for pairs of answers; None where the data are given."""
    examples: int
    tokens: int
    held_out: int
    """Of the data: examples and tokens to learn from, and examples that are held out; of pairs that
    the model is yet to make, none."""
    sample: str = ""
    """What the model is asked as it learns, in place of what is held out."""
    shown: int = 0
    """How many of the held-out prompts it is asked."""
    quiz: Own | None = None
    """What the model is asked as it learns; None where it is asked nothing."""
    shard: bool = False
    """Whether each of several processes holds a part of the weights only."""
    weights: Learning = "all"
    """Those that learn."""
    balance: float = 0.0
    """How much the routers' auxiliary loss counts, where they learn apart from the rest."""

    @property
    def leaves_adapter(self) -> bool:
        """Whether an adapter is what stands there at the end."""
        return bool(self.rank) and not self.whole


def execute(plan: Plan[Training], shelf: Path | None = None) -> Making:
    """The steps of training what is planned; returns the new model's folder, or the adapter's.

    `Stop`, thrown in between two steps, ends the training there: the model stands as it is, and the
    same plan goes on from it. Raises RecipeError where the plan is refused, another model has its
    id, the data are others by now or the loss is no number; SourceError where the source cannot be
    had or a file cannot be written.
    """
    plan.check()
    details = plan.details
    if details.leaves_adapter and is_shipped(plan.id):
        raise RecipeError("train-adapter-name-taken", id=plan.id)
    source = yield from fetched(details.source)
    if together.rank():
        work = together.shared_folder()
        if work is not None:
            yield from _work(plan, source, work)
        return work or Path()
    begun: list[Path] = []
    order = Order(
        plan,
        (yield from _made_by(details, source)),
        work=partial(_led, plan, source, begun),
        write=partial(written, plan, source),
        base=weights_of(source) if details.leaves_adapter else {},
    )
    try:
        return (yield from made(order, shelf))
    finally:
        if not begun:
            together.shared_folder()  # nothing is left to do for the others


def _made_by(details: Training, source: Opened) -> Generator[Event, None, str]:
    """A hash of all that decides the new weights."""
    tuning = {**asdict(details.tuning), "precision": str(computed_in(details.tuning.precision))}
    adapter: list[int | str] = [details.rank, details.alpha] if details.rank else []
    adapter += ["whole"] if details.whole else []
    adapter += [details.weights, str(details.balance)] if details.weights != "all" else []
    base = yield from fingerprint(source)
    told = ["train", FORMAT, tuning, details.sha256, adapter, base]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _led(
    plan: Plan[Training], source: Opened, begun: list[Path], work: Path
) -> Generator[Event, None, tuple[Any, Outcome]]:
    """The same as `_work`, in which the processes that follow this one take part."""
    if own := plan.details.own:  # before the others begin: they read what is found
        yield from sampled(own, source.ref, work)
    begun.append(work)
    together.shared_folder(work)
    return (yield from _work(plan, source, work))


def _work(
    plan: Plan[Training], source: Opened, work: Path
) -> Generator[Event, None, tuple[Any, Outcome]]:
    """The trained model, and what the training came to."""
    details = plan.details
    tuning, tokenizer = details.tuning, open_tokenizer(source.folder)
    if details.own is None:
        records = taught(details.data, tuning.objective, details.questions)
        if records.sha256 != details.sha256:
            raise RecipeError("train-data-changed", file=records.name)
    else:
        records = read(str(work / PAIRS), tuning.objective, 0)
    found = lessons(
        records, tokenizer, source.ref, tuning.objective, tuning.length, tuning.held_out
    )
    if details.own and found.left_out:  # of other data the plan has said so
        values = {"count": found.left_out, "all": found.records, "length": tuning.length}
        yield Warned.of("train-left-out", **values)
    model = learner(details, source)
    sampler = sampler_for(
        found, tokenizer, source.ref, tuning.objective, details.sample, details.shown
    )
    examiner = examiner_for(details.quiz, tokenizer, source.ref, adapted=bool(details.rank))
    company = Company(sampler, examiner)
    pad = padding(tokenizer)
    with _teaching(details, model) as teaching:
        outcome = yield from tuned(
            model, found, tuning, pad, work, plan.id, company, teaching=teaching
        )
    return _gathered(model, source), outcome


def _teaching(details: Training, model: Any) -> AbstractContextManager[Teaching | None]:
    """What routers are taught beside the lessons, where they learn apart from the rest."""
    if details.weights == "all":
        return nullcontext()
    tuning = details.tuning
    prefers = partial(preference_loss, beta=tuning.beta)
    said: Passing = prefers if tuning.objective == "prefer" else answer_loss
    steps = tuning.schedule.steps
    return routers_taught(model, details.source, said, balance=details.balance, steps=steps)


def learner(details: Training, source: Opened) -> Any:
    """The model that is to be trained, or the source with the adapter on it that is."""
    import torch

    tuning = details.tuning
    low = details.rank and computed_in(tuning.precision) == torch.bfloat16
    model = open_model(source.folder, dtype=torch.bfloat16 if low else torch.float32)
    if details.rank:
        model = _adapted(model, details, source)
    else:
        _fold(model, source)
    if details.weights != "all":
        freeze(model, details.weights, source.ref)
    if details.shard:
        return together.sharded(model)
    return model.to("cuda") if torch.cuda.is_available() else model


def padding(tokenizer: Any) -> int:
    """The token that rows are filled up with."""
    marks = (tokenizer.pad_token_id, tokenizer.eos_token_id)
    return next((each for each in marks if each is not None), 0)


def _gathered(model: Any, source: Opened) -> Any:
    """The model with all its weights, of which each process may have had a part."""
    if not together.is_sharded(model):
        return model
    whole = open_model(source.folder, dtype=model.dtype)
    whole.load_state_dict(
        {name: together.whole(each).cpu() for name, each in model.state_dict().items()}
    )
    return whole


def _adapted(model: Any, details: Training, source: Opened) -> Any:
    """The model with the adapter that is trained: the source's own one, or a fresh one."""
    name = base_name(source)
    if source.adapter is not None:
        return resumed_adapter(model, source.adapter, name)
    seed = details.tuning.schedule.seed
    return with_adapter(
        model, rank=details.rank, alpha=details.alpha, targets=LINEAR, seed=seed, name=name
    )


def _fold(model: Any, source: Opened) -> None:
    """The model's weights have what the source's adapter adds to them."""
    import torch

    if not isinstance(source.weights, Folded):
        return
    parameters = dict(model.named_parameters())
    with torch.no_grad():
        for name, stored in source.stored.items():
            if delta := source.weights.deltas.get(stored):
                parameters[name] += delta.rows(0, None)


def base_ref(source: Opened) -> str:
    """The reference of the source, or of its base where it has an adapter."""
    adapted = adapter_of(source.ref)
    return adapted[0] if adapted else source.ref


def base_name(source: Opened) -> str:
    """What an adapter calls this model: of a folder its name only."""
    base = base_of(base_ref(source))
    return base.folder.resolve().name if base.folder is not None else base.name


def weights_of(source: Opened) -> dict[str, str]:
    """Hashes of the files that hold the model's weights, as an adapter names them."""
    known = dict(base_of(base_ref(source)).sha256)
    here = {name: known[name] for name in known if (source.folder / name).exists()}
    return here or known


def is_shipped(name: str) -> bool:
    """Whether an adapter of this name, or its recipe, came with FusionLab."""
    return has_asset(f"adapters/{name}") or has_asset(f"adapters/recipes/{name}.toml")
