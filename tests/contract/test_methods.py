"""What every registered method keeps, over members that recite and over tiny models."""

import json
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast, get_args

import pytest

import fusionlab.methods  # noqa: F401  registers them
from fusionlab.encoding import event_from_json, event_to_json
from fusionlab.engines.transformers import TransformersModel
from fusionlab.errors import SourceError
from fusionlab.events import (
    Event,
    Measured,
    MemberChosen,
    Progress,
    Record,
    RunFailed,
    RunFinished,
    TextDelta,
    Unknown,
)
from fusionlab.methods import vote
from fusionlab.models.base import Level, Member, Message, Prompt
from fusionlab.recipe import MemberRecipe, Recipe, Sampling
from fusionlab.registry import Method, Request, all_methods
from fusionlab.trace import Trace
from fusionlab.views.stages import stage_for
from tests.counted import Counted, counted, member
from tests.scripted import Scripted, scripted
from tests.tiny import tiny_mixture

TALK = Request(
    sampling=Sampling(max_tokens=4, temperature=1.0, seed=3),
    messages=(
        Message("user", "one two?"),
        Message("assistant", "three"),
        Message("user", "the capital of Italy?"),
    ),
)
WARM = Request("the capital of France?", Sampling(max_tokens=4, temperature=1.0, seed=3))
CASES = [
    pytest.param(method, kind, id=f"{method.name}-{kind}")
    for method in all_methods()
    for kind in ("tiny", *(["scripted"] if method.needs == Level.TEXT else []))
]
each_method = pytest.mark.parametrize("method", all_methods(), ids=lambda method: method.name)
each_case = pytest.mark.parametrize(("method", "kind"), CASES)

Cast = Callable[[Method, str], list[Member]]


def no_embedder() -> Generator[Progress, None, Any]:
    yield Progress("looking for it")
    raise SourceError("zoo-untrained", name="embedder")


@pytest.fixture(autouse=True)
def _no_embedder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vote, "embedder", no_embedder)


@pytest.fixture(scope="module")
def models(tiny: Path, tiny_twin: Path) -> list[Counted]:
    return [counted(tiny, "a"), counted(tiny_twin, "b")]


@pytest.fixture(scope="module")
def mixture(tmp_path_factory: pytest.TempPathFactory) -> Counted:
    return counted(tiny_mixture(tmp_path_factory.mktemp("mixture") / "m"), "mixture")


@pytest.fixture
def members(models: list[Counted], mixture: Counted) -> Iterator[Cast]:
    """As many members as the method takes, up to three; afterwards none is at work.

    Methods that look inside are given a mixture of experts, all others dense models.
    """
    used: list[Counted | Scripted] = [*models, mixture]

    def cast_of(method: Method, kind: str) -> list[Member]:
        count = max(method.min_members, min(3, method.max_members or 3))
        if kind == "scripted":
            result = [scripted(name, f"It is {name} é.", "Rome 🦊.") for name in "abc"[:count]]
            used.extend(cast(Scripted, each.model) for each in result)
            return result
        systems = ("", "one two", "three")[:count]
        able = [mixture] if method.needs == Level.INTERNALS else models
        return [
            member(able[at % len(able)], f"m{at}", system, 1.0 + at)
            for at, system in enumerate(systems)
        ]

    yield cast_of
    assert [model.running for model in used] == [0] * len(used)


def begun(method: Method, members: Sequence[Member], request: Request = WARM) -> Iterator[Event]:
    return method.run(members, request, **method.check(needed(method, members)))


def needed(method: Method, members: Sequence[Member]) -> dict[str, Any]:
    """The settings without which the method cannot run."""
    if method.name == "member_routing":
        return {"by": "spelling", "strengths": [member.name for member in members]}
    return {}


def held(method: Method, members: Sequence[Member], request: Request = WARM) -> list[Event]:
    """All events; times are left out."""
    return [
        replace(event, seconds=0.0) if isinstance(event, Measured) else event
        for event in begun(method, members, request)
    ]


@each_case
def test_it_yields_events_and_nothing_else(method: Method, kind: str, members: Cast) -> None:
    for event in held(method, members(method, kind)):
        assert isinstance(event, get_args(Event))
        assert not isinstance(event, Unknown | RunFailed)


@each_case
def test_each_of_its_events_survives_json(method: Method, kind: str, members: Cast) -> None:
    for event in begun(method, members(method, kind)):
        line = json.dumps(event_to_json(event), allow_nan=False, ensure_ascii=False)
        assert event_from_json(json.loads(line.encode())) == event


@each_case
def test_it_ends_once_and_at_the_end(method: Method, kind: str, members: Cast) -> None:
    events = held(method, members(method, kind))
    assert [isinstance(event, RunFinished) for event in events] == [False] * (len(events) - 1) + [
        True
    ]


@each_case
def test_it_measures_every_member(method: Method, kind: str, members: Cast) -> None:
    """Where one was chosen, all that have written: choosing may spare the others."""
    taking_part = members(method, kind)
    events = held(method, taking_part)
    wrote = {event.author for event in events if isinstance(event, TextDelta)}
    chosen = any(isinstance(event, MemberChosen) for event in events)
    assert wrote or not chosen
    for each in [each for each in taking_part if not chosen or each.name in wrote]:
        costs = [e for e in events if isinstance(e, Measured) and e.member == each.name]
        assert sum(cost.tokens_in for cost in costs) > 0
        assert sum(cost.tokens_out for cost in costs) > 0
        assert sum(cost.forward_passes for cost in costs) > 0
        spec = each.model.spec
        assert {(c.model, c.engine, c.bytes) for c in costs} == {(spec.id, spec.engine, spec.bytes)}


@each_case
def test_it_measures_nobody_else(method: Method, kind: str, members: Cast) -> None:
    taking_part = members(method, kind)
    events = held(method, taking_part)
    measured = {e.member for e in events if isinstance(e, Measured)}
    names = {each.name for each in taking_part}
    chosen = any(isinstance(event, MemberChosen) for event in events)
    assert measured <= names if chosen else measured == names


@each_case
def test_the_same_seed_gives_the_same_events(method: Method, kind: str, members: Cast) -> None:
    assert held(method, members(method, kind)) == held(method, members(method, kind))


@each_case
def test_another_seed_gives_other_events(method: Method, kind: str, members: Cast) -> None:
    other = replace(WARM, sampling=replace(WARM.sampling, seed=1234))
    assert held(method, members(method, kind)) != held(method, members(method, kind), other)


@each_case
def test_members_read_the_whole_conversation(
    method: Method, kind: str, members: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The earlier turns stand, in their order, before whatever the method makes of the question."""
    read: list[Prompt] = []
    encode = TransformersModel.encode

    def encoded(model: TransformersModel, prompt: Prompt) -> list[int]:
        read.append(prompt)
        return encode(model, prompt)

    monkeypatch.setattr(TransformersModel, "encode", encoded)
    taking_part = members(method, kind)
    events = held(method, taking_part, TALK)
    assert isinstance(events[-1], RunFinished)
    for each in taking_part:
        if isinstance(each.model, Scripted):
            read += [prompt for prompts, _ in each.model.calls for prompt in prompts]
    assert read
    for prompt in read:
        turns = [turn for turn in prompt if turn.role != "system"]
        assert turns[:2] == list(TALK.earlier)
        assert TALK.question in turns[2].content
    assert held(method, taking_part, TALK) == events


@each_case
def test_a_conversation_of_one_turn_is_a_prompt(method: Method, kind: str, members: Cast) -> None:
    one = Request(sampling=WARM.sampling, messages=WARM.conversation)
    assert held(method, members(method, kind), one) == held(method, members(method, kind))


@each_case
def test_text_comes_in_whole_characters(method: Method, kind: str, members: Cast) -> None:
    for event in held(method, members(method, kind)):
        if isinstance(event, TextDelta):
            assert event.text
            event.text.encode()


@each_case
def test_its_picture_is_found_by_the_first_text_and_stays(
    method: Method, kind: str, members: Cast
) -> None:
    taking_part = members(method, kind)
    cast_list = tuple(MemberRecipe("x", name=each.name) for each in taking_part)
    trace = Trace(Recipe(method.name, WARM.prompt, cast_list))
    seen = []
    for event in begun(method, taking_part):
        trace.add(Record(0.0, event))
        stage = stage_for(trace)
        json.dumps(stage.drawn(trace, "run"), allow_nan=False)
        if trace.texts:
            seen.append(stage.component)
    assert len(set(seen)) == 1


@each_case
def test_closing_at_any_event_frees_all(
    method: Method, kind: str, members: Cast, models: list[Counted]
) -> None:
    length = len(held(method, members(method, kind)))
    beat = max(1, length // 20)  # each event of short runs; of long ones the ends, and some between
    for taken in sorted({*range(min(8, length)), *range(0, length, beat), length - 1, length}):
        taking_part = members(method, kind)
        events = begun(method, taking_part)
        for _ in range(taken):
            next(events)
        cast(Generator[Event, None, None], events).close()
        assert {cast(Counted, each.model).running for each in taking_part} <= {0}


class Gripped(Scripted):
    """Somebody else holds on to its generations: they end only when they are closed."""

    def __init__(self, *answers: str) -> None:
        super().__init__(answers, "gripped")
        self.begun: list[Iterator[Any]] = []

    def generate(self, prompts: Sequence[Sequence[Message]], sampling: Sampling) -> Iterator[Any]:
        chunks = super().generate(prompts, sampling)
        self.begun.append(chunks)
        return chunks


@pytest.mark.parametrize(
    "method",
    [method for method in all_methods() if method.needs == Level.TEXT],
    ids=lambda method: method.name,
)
def test_whoever_opens_closes(method: Method) -> None:
    model = Gripped("one two three four five")
    events = begun(method, [Member(f"ann {i}", model) for i in range(method.min_members or 1)])
    for event in events:
        if isinstance(event, TextDelta):
            break
    assert model.running == 1
    cast(Generator[Event, None, None], events).close()
    assert model.running == 0


@each_method
def test_its_defaults_are_valid_and_complete(method: Method) -> None:
    defaults = method.check({})
    assert list(defaults) == list(method.settings.model_fields)
    assert method.check(defaults) == defaults
    assert method.check(json.loads(json.dumps(defaults))) == defaults


@each_method
def test_its_settings_are_described(method: Method) -> None:
    for name, schema in method.settings.model_json_schema().get("properties", {}).items():
        assert schema["description"], name
        assert "default" in schema, name


@each_method
def test_its_summary_is_one_sentence(method: Method) -> None:
    assert method.summary.endswith(".")
    assert "." not in method.summary[:-1]
    assert method.summary[0].isupper()
    assert "\n" not in method.summary
    assert len(method.summary) <= 120


@each_method
def test_what_is_said_of_it_is_so(method: Method) -> None:
    assert method.name.isidentifier()
    assert method.family
    assert method.paper.startswith("https://") or not method.paper
    assert 0 <= method.min_members <= (method.max_members or method.min_members)
    Sampling(temperature=method.temperature)


@each_method
def test_it_touches_no_global_seed(method: Method, members: Cast) -> None:
    import torch

    before = torch.random.get_rng_state()
    held(method, members(method, "tiny"))
    assert torch.random.get_rng_state().equal(before)
