"""What is known of a new model when it has been made: whether it works, and how it differs.

Its weights are read once, piece by piece, beside those of its parents; then it and its parents
read one fixed text. Everything found is plain data (`Proof`), of which `verdict` is the summary.
"""

import math
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

import torch
from pydantic import JsonValue

from fusionlab.engines.memory import Pool
from fusionlab.engines.scoring import Scored, kl, scored
from fusionlab.engines.transformers import TransformersModel
from fusionlab.errors import FusionError, OutOfBudget
from fusionlab.events import Event, Progress
from fusionlab.intervals import rate
from fusionlab.models.base import Level
from fusionlab.weights.grafting import Taken
from fusionlab.weights.kinds import kind_of
from fusionlab.weights.likeness import tokens_that_differ, vocabulary_in
from fusionlab.weights.opened import Opened, fetched, opened
from fusionlab.weights.pairs import Pairing, paired
from fusionlab.weights.papers import short
from fusionlab.weights.shifts import Accord, Shift, shifts
from fusionlab.weights.verdict import Evidence, Heard, Verdict, judged
from fusionlab.words import Sentence, hint_in_all, in_all

FORMAT = 1
"""Of a proof as JSON; fields are only added."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A piece of the text: what is said, and what is asked before it, if anything."""

    topic: str
    """A language, or a task of the zoo."""
    asked: str
    text: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A model that is looked at, and where it comes from."""

    ref: str
    parents: tuple[str, ...]
    base: str = ""
    """What all parents come from; empty where that is not known."""
    taken: Mapping[str, Taken] | None = None
    """Of a graft: where each of its tensors is from, by parent."""
    experts: tuple[str, ...] = ()
    """Of an upcycled mixture: the parent that each expert began as a copy of."""


@dataclass(frozen=True, slots=True)
class Read:
    """How well a model knows the text, in nats per byte."""

    nats_per_byte: float | None
    """None where its logits are no numbers."""
    topics: Mapping[str, float | None]
    interval: tuple[float, float] | None = None
    """Of the nats per byte, at 95%, over the pieces of the text."""


@dataclass(frozen=True, slots=True)
class Gap:
    """The difference of two readers in nats per byte, piece by piece of one text."""

    nats_per_byte: float
    low: float
    high: float
    """The interval at 95%. It is narrower than what both vary by: a hard piece is so for both."""


@dataclass(frozen=True, slots=True)
class Parent:
    """What the model was held against."""

    ref: str
    read: Read | None
    kl: float | None
    """KL(parent ‖ model) in nats a token; None where there is a reason why not."""
    why: Sentence | None
    """Why there is no KL, or nothing at all; None also where the model itself reads nothing."""
    shifts: tuple[Shift, ...] = ()
    unlike: tuple[str, ...] = ()
    """Tensors of another shape, which are not compared."""
    gap: Gap | None = None
    """What the model needs more than the parent; None where they do not read the same bytes."""


@dataclass(frozen=True, slots=True)
class Proof:
    """All that was found."""

    model: str
    layers: int
    read: Read
    unread: Sentence | None
    """Why it cannot read the text at all."""
    chance: float
    """Nats per byte of whoever takes all tokens to be equally probable."""
    bytes: int
    tokens: int
    """Of the text, as the model reads it."""
    rows: int
    """Of the embeddings."""
    ids_beyond: tuple[str, ...]
    """Tokens whose id is beyond those rows."""
    text: str = ""
    """What kind of text was read: prose, or problems of the zoo."""
    parents: tuple[Parent, ...] = ()
    not_finite: tuple[str, ...] = ()
    """Tensors that hold NaN or Inf."""
    seams: tuple[int, ...] = ()
    """Of a graft: layers that follow another one than they were trained to follow."""
    base: str = ""
    """The ancestor that the parents' task vectors begin at; empty without one."""
    accord: Accord | None = None
    accords: tuple[tuple[int, Accord], ...] = ()
    verdict: Verdict = field(default_factory=lambda: Verdict("works", ()))
    seconds: float = 0.0


def proved(
    subject: Subject, text: str, samples: Sequence[Sample], pool: Pool
) -> Generator[Event, None, Proof]:
    """What is found of the model; a parent that is not to be had is told with the reason why.

    `text` says of what kind the samples are. Raises what opening the model itself raises.
    """
    began = time.monotonic()
    model = opened(subject.ref)
    sources, refused = yield from _parents(subject)
    known = [ref for ref in subject.parents if ref in sources]
    files = [sources[ref] for ref in known]
    if refused:  # then it is not known whose the copied tensors are
        subject = replace(subject, taken=None)
    pairing = paired(model, files, subject.taken, subject.experts)
    what = f"proving {short(subject.ref)}"
    moved = yield from shifts(model, files, pairing, sources.get(subject.base), what)
    own, unread = yield from _own(subject.ref, samples, pool)
    parents = []
    for ref, unlike, rows in zip(known, pairing.unlike, moved.parents, strict=True):
        heard = yield from _parent(ref, sources[ref], model, samples, own, pool)
        parents.append(replace(heard, shifts=rows, unlike=unlike))
    found = replace(
        _of_itself(model, samples, own, unread),
        text=text,
        parents=(*parents, *(Parent(short(ref), None, None, refused[ref]) for ref in refused)),
        not_finite=moved.not_finite,
        seams=_seams(subject, pairing),
        base=short(subject.base) if subject.base in sources else "",
        accord=moved.accord,
        accords=moved.accords,
    )
    in_place = tuple(map(pairing.is_in_place, range(len(known))))
    verdict = judged(_evidence(found, in_place))
    return replace(found, verdict=verdict, seconds=time.monotonic() - began)


def _of_itself(
    model: Opened, samples: Sequence[Sample], own: Sequence[Scored], unread: Sentence | None
) -> Proof:
    """What is found of the model without looking at its parents."""
    size = sum(each.bytes for each in own)
    rows, beyond = _ids(model)
    return Proof(
        model=short(model.ref),
        layers=len(model.layers),
        read=read_of(samples, own) if own else Read(None, {}),
        unread=unread,
        chance=sum(each.chance for each in own) / size if size else 0.0,
        bytes=size,
        tokens=sum(len(each.ids) for each in own),
        rows=rows,
        ids_beyond=beyond,
    )


def _evidence(found: Proof, in_place: tuple[bool, ...]) -> Evidence:
    """What the verdict goes by."""
    known = found.parents[: len(in_place)]
    return Evidence(
        found.read.nats_per_byte,
        found.unread,
        tuple(Heard(each.ref, _nats(each.read), each.kl) for each in known),
        found.chance,
        found.not_finite,
        found.ids_beyond,
        tuple(each.shifts for each in known),
        in_place,
        found.seams,
        found.layers,
    )


def _nats(read: Read | None) -> float | None:
    return None if read is None else read.nats_per_byte


def proof_to_json(proof: Proof) -> dict[str, JsonValue]:
    """The proof as plain data; what is to be read as `{"key", "values", "message", "hint"}`."""
    plain: dict[str, JsonValue] = {"format": FORMAT, **_plain(proof)}
    return plain


def sentence_to_json(sentence: Sentence) -> dict[str, JsonValue]:
    """The sentence as plain data: its key and values, and what it says in every language."""
    plain: dict[str, JsonValue] = {
        "key": sentence.key,
        "values": _plain(sentence.values),
        "message": {**in_all(sentence)},
        "hint": {**hint_in_all(sentence)},
    }
    return plain


def _plain(value: Any) -> Any:
    match value:
        case Sentence():
            return sentence_to_json(value)
        case Mapping():
            return {str(key): _plain(each) for key, each in value.items()}
        case tuple() | list():
            return [_plain(each) for each in value]
        case _ if is_dataclass(value):
            return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
        case _:
            return value


def _parents(
    subject: Subject,
) -> Generator[Event, None, tuple[dict[str, Opened], dict[str, Sentence]]]:
    """The parents and the base that are to be had, and why others are not."""
    found: dict[str, Opened] = {}
    refused: dict[str, Sentence] = {}
    for ref in dict.fromkeys([*subject.parents, *([subject.base] if subject.base else [])]):
        try:
            found[ref] = yield from fetched(ref)
        except FusionError as error:
            refused[ref] = error.sentence
    return found, refused


def _passages(
    ref: str, samples: Sequence[Sample], pool: Pool
) -> Generator[Event, None, list[Scored]]:
    """The text as the model reads it."""
    found = []
    with pool.borrow() as loan:
        model = yield from loan.load(ref, Level.INTERNALS)
        if not isinstance(model, TransformersModel):
            raise TypeError(f"{ref} is no model of transformers")
        yield Progress(f"reading with {short(ref)}", 0, len(samples), "items")
        for each in scored(model, [(sample.asked, sample.text) for sample in samples]):
            found.append(each)
            yield Progress(f"reading with {short(ref)}", len(found), len(samples), "items")
    return found


def _own(
    ref: str, samples: Sequence[Sample], pool: Pool
) -> Generator[Event, None, tuple[list[Scored], Sentence | None]]:
    """The text as the new model reads it, or why it cannot; raises OutOfBudget."""
    try:
        return (yield from _passages(ref, samples, pool)), None
    except OutOfBudget:
        raise  # which is not the model's fault
    except FusionError as error:
        return [], error.sentence


def _parent(
    ref: str,
    parent: Opened,
    model: Opened,
    samples: Sequence[Sample],
    own: Sequence[Scored],
    pool: Pool,
) -> Generator[Event, None, Parent]:
    """How the parent reads the text, how far the model is from it, and why one is not known."""
    name = short(ref)
    try:
        theirs = yield from _passages(ref, samples, pool)
    except FusionError as error:
        return Parent(name, None, None, error.sentence)
    heard = Parent(name, read_of(samples, theirs), None, None, gap=_gap(own, theirs))
    if not own:
        return heard
    if tokens_that_differ(vocabulary_in(parent.folder), vocabulary_in(model.folder)):
        return replace(heard, why=Sentence("proof-other-vocabulary", {"parent": name}))
    apart = [kl(p.logprobs, q.logprobs) for p, q in zip(theirs, own, strict=True)]
    mean = float(torch.cat(apart).mean())
    if not math.isfinite(mean):
        return replace(heard, why=Sentence("proof-kl-no-number", {"parent": name}))
    return replace(heard, kl=mean)


def _gap(own: Sequence[Scored], theirs: Sequence[Scored]) -> Gap | None:
    sizes = [each.bytes for each in own]
    if not own or sizes != [each.bytes for each in theirs]:
        return None
    more = [mine.nats - other.nats for mine, other in zip(own, theirs, strict=True)]
    found = rate(more, sizes)
    return None if found is None else Gap(sum(more) / sum(sizes), *found)


def read_of(samples: Sequence[Sample], passages: Sequence[Scored]) -> Read:
    """How well whoever read the samples so knows them."""
    topics: dict[str, list[Scored]] = {}
    for sample, each in zip(samples, passages, strict=True):
        topics.setdefault(sample.topic, []).append(each)
    by_topic = {name: _per_byte(each) for name, each in topics.items()}
    spread = rate([each.nats for each in passages], [each.bytes for each in passages])
    return Read(_per_byte(passages), by_topic, spread and (max(0.0, spread[0]), spread[1]))


def _per_byte(passages: Sequence[Scored]) -> float | None:
    """Nats per byte; None where they are no number."""
    size = sum(each.bytes for each in passages)
    found = sum(each.nats for each in passages) / size if size else math.nan
    return found if math.isfinite(found) else None


def _ids(model: Opened) -> tuple[int, tuple[str, ...]]:
    """Rows of the embeddings, and the tokens whose id is beyond them."""
    embedded = [
        header.shape[0]
        for name, header in model.weights.tensors.items()
        if kind_of(name) == "embed" and len(header.shape) == 2
    ]
    rows = max(embedded, default=int(model.layout.config["vocab_size"]))
    tokens = vocabulary_in(model.folder)
    return rows, tuple(
        sorted((t for t, at in tokens.items() if at >= rows), key=tokens.__getitem__)
    )


def _seams(subject: Subject, pairing: Pairing) -> tuple[int, ...]:
    """Layers of a graft that follow another one than they did where they are from."""
    if subject.taken is None:
        return ()
    origins: dict[int, tuple[int, int]] = {}
    for number, parent in enumerate(pairing.parents):
        for name, each in parent.items():
            at = pairing.places[name].layer
            if at is not None and each.layer is not None:
                origins[at] = (number, each.layer)
    following = {at: (number, layer + 1) for at, (number, layer) in origins.items()}
    return tuple(at for at in sorted(origins) if at and following.get(at - 1) != origins[at])
