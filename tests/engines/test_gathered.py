"""Runs that share batches say what they say alone, and none holds up another."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from torch.testing import assert_close

import fusionlab.methods  # noqa: F401  registers them
from fusionlab.encoding import event_to_json
from fusionlab.engines.gathered import Ended, Gathering
from fusionlab.errors import MemberError, PromptTooLong
from fusionlab.events import Event, RunFinished
from fusionlab.methods import vote
from fusionlab.models.base import LogitModel, Member
from fusionlab.recipe import Sampling
from fusionlab.registry import Request, get_method
from tests.contract.test_methods import no_embedder
from tests.counted import Counted, counted
from tests.scripted import scripted

WORDS = ("one", "two", "three", "four", "five", "the", "capital", "of", "France", "is", "Paris")
PROMPTS = [" ".join(WORDS[at % 5 : at % 5 + 2 + at % 7]) + f" {at}" for at in range(16)]


@pytest.fixture(autouse=True)
def _no_embedder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vote, "embedder", no_embedder)


@pytest.fixture(scope="module")
def models(tiny: Path, tiny_twin: Path) -> list[Counted]:
    """Two models in double precision: what a batch changes in a float can turn a sample over."""
    both = [counted(tiny, "a"), counted(tiny_twin, "b")]
    for model in both:
        model.model.double()
    return both


def asked(method: str, members: list[Member], at: int, tokens: int = 6) -> Iterator[Event]:
    known = get_method(method)
    sampling = Sampling(max_tokens=tokens, temperature=known.temperature, seed=100 * at)
    return known.run(members, Request(PROMPTS[at], sampling), **known.check({}))


def members_of(method: str, models: list[Any]) -> list[Member]:
    """Two models, one of them twice; only one for methods that take one."""
    all_of_them = [
        Member("ann", models[0]),
        Member("bob", models[1], "one two", 2.0),
        Member("cat", models[0], "three"),
    ]
    return all_of_them[: get_method(method).max_members]


def gathered(runs: list[Iterator[Event]], gathering: Gathering) -> dict[int, list[Event]]:
    said: dict[int, list[Event]] = {number: [] for number in range(len(runs))}
    for number, news in gathering.together(runs):
        if isinstance(news, Ended):
            assert news.error is None
        else:
            said[number].append(news)
    return said


def alike(a: Any, b: Any) -> bool:
    """Whether two events are one, but for the size and time of batches and the last digits."""
    match a, b:
        case dict(), dict():
            return a.keys() == b.keys() and all(
                key in ("batch", "seconds") or alike(a[key], b[key]) for key in a
            )
        case list(), list():
            return len(a) == len(b) and all(map(alike, a, b))
        case float(), float():
            return abs(a - b) < 1e-4
        case _:
            return bool(a == b)


@pytest.mark.parametrize("method", ["solo", "vote", "self_consistency", "ensemble"])
def test_gathered_runs_say_what_they_say_alone(method: str, models: list[Counted]) -> None:
    gathering = Gathering()
    together = members_of(method, [gathering.model(model) for model in models])
    said = gathered([asked(method, together, at) for at in range(16)], gathering)
    for at in range(16):
        alone = list(asked(method, members_of(method, list(models)), at))
        assert len(said[at]) == len(alone)
        for mine, other in zip(said[at], alone, strict=True):
            assert alike(event_to_json(mine), event_to_json(other)), (mine, other)
    assert [model.running for model in models] == [0, 0]


def passes(model: Counted, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each of its passes has, from now on."""
    seen = []
    forward = model.model.forward

    def counting(*arguments: Any, **named: Any) -> Any:
        seen.append(len(named["input_ids"]))
        return forward(*arguments, **named)

    monkeypatch.setattr(model.model, "forward", counting)
    return seen


@pytest.mark.parametrize("method", ["solo", "ensemble"])
def test_they_share_their_passes(
    method: str, models: list[Counted], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = passes(models[0], monkeypatch)
    gathering = Gathering()
    together = members_of(method, [gathering.model(model) for model in models])
    gathered([asked(method, together, at) for at in range(16)], gathering)
    assert seen[0] == 16 * (1 if method == "solo" else 2)
    assert len(seen) <= 6


def failing(members: list[Member], at: int, after: int) -> Iterator[Event]:
    """A run that breaks in the middle."""
    with closing(asked("solo", members, at)) as events:  # type: ignore[type-var]
        for count, event in enumerate(events):
            if count == after:
                raise MemberError("server-broke-off", server="it")
            yield event


def test_a_run_that_fails_holds_nobody_up(models: list[Counted]) -> None:
    gathering = Gathering()
    ann = [Member("ann", gathering.model(models[0]))]
    runs = [asked("solo", ann, 0), failing(ann, 1, 2), asked("solo", ann, 2)]
    ends = {n: news for n, news in gathering.together(runs) if isinstance(news, Ended)}
    assert [type(ends[number].error) for number in range(3)] == [
        type(None),
        MemberError,
        type(None),
    ]
    assert models[0].running == 0


def test_each_run_has_its_own_error(models: list[Counted]) -> None:
    gathering = Gathering()
    ann = [Member("ann", gathering.model(models[0]))]
    runs = [asked("solo", ann, 0), asked("solo", ann, 1, tokens=5000), asked("solo", ann, 2)]
    ends = {n: news for n, news in gathering.together(runs) if isinstance(news, Ended)}
    assert isinstance(ends[1].error, PromptTooLong)
    assert (ends[0].error, ends[2].error) == (None, None)


def test_an_opening_that_fails_fails_alone(models: list[Counted]) -> None:
    gathering = Gathering()
    model = gathering.logit_model(models[0])

    def opening(prompts: list[list[int]]) -> Iterator[int]:
        with closing(model.open(prompts)) as rows:
            yield len(rows.logits())

    runs = [opening([[5, 6]]), opening([[10**9]]), opening([[7], [8, 9]])]
    news = list(gathering.together(runs))
    assert [(n, each) for n, each in news if isinstance(each, int)] == [(0, 1), (2, 2)]
    errors = {n: each.error for n, each in news if isinstance(each, Ended)}
    assert [errors[n] is None for n in range(3)] == [True, False, True]


def test_closing_midway_closes_every_run(models: list[Counted]) -> None:
    for taken in range(0, 60, 7):
        gathering = Gathering()
        together = members_of("ensemble", [gathering.model(model) for model in models])
        news = gathering.together([asked("ensemble", together, at) for at in range(3)])
        for _ in range(taken):
            next(news, None)
        news.close()
        assert [model.running for model in models] == [0, 0]


def test_batches_that_wait_for_one_another_come_apart(models: list[Counted]) -> None:
    gathering = Gathering()
    first, second = (gathering.logit_model(model) for model in models)

    def crossed(at: int) -> Iterator[list[int]]:
        """Two batches, grown in another order by every run."""
        ids = models[0].encode(Member("ann", first).prompt(Request(PROMPTS[at])))
        with closing(first.open([ids])) as one, closing(second.open([ids])) as two:
            for rows in (one, two) * 3 if at else (two, two, one, one, two, one):
                token = int(rows.logits()[0].argmax())
                rows.feed([[token]])
                yield [token, rows.usage[0].forward_passes]

    def alone(model: LogitModel, other: LogitModel, at: int) -> list[list[int]]:
        ids = models[0].encode(Member("ann", first).prompt(Request(PROMPTS[at])))
        said = []
        with closing(model.open([ids])) as one, closing(other.open([ids])) as two:
            for rows in (one, two) * 3 if at else (two, two, one, one, two, one):
                token = int(rows.logits()[0].argmax())
                rows.feed([[token]])
                said.append([token, rows.usage[0].forward_passes])
        return said

    said: dict[int, list[Any]] = {0: [], 1: []}
    for number, news in gathering.together([crossed(0), crossed(1)]):
        said[number] += [] if isinstance(news, Ended) else [news]
    assert said == {at: alone(models[0], models[1], at) for at in range(2)}
    assert [model.running for model in models] == [0, 0]


def test_rows_fed_several_times_before_looking_are_what_they_are_alone(
    models: list[Counted],
) -> None:
    gathering = Gathering()
    model = gathering.logit_model(models[0])
    prompts = [[5, 6, 7], [9]]
    walks = (((1,), (0, 1)), ((), (1, 0, 1)), ((2, 3), (1,)))

    def fed(opened: LogitModel, at: int) -> Iterator[Any]:
        """Two ids, those rows, and so many ids more before anybody looks."""
        more, kept = walks[at]
        with closing(opened.open(prompts)) as rows:
            rows.feed([[40], [50]])
            rows.feed([[41 + at], [51]])
            rows.keep(kept)
            for token in more:
                rows.feed([[60 + token]] * len(kept))
            yield rows.logits()

    found = {n: news for n, news in gathering.together([fed(model, at) for at in range(3)])
             if not isinstance(news, Ended)}  # fmt: skip
    for at, (more, kept) in enumerate(walks):
        whole = [[*prompts[row], *((40, 41 + at), (50, 51))[row], *(60 + each for each in more)]
                 for row in kept]  # fmt: skip
        with closing(models[0].open(whole)) as rows:
            assert_close(found[at], rows.logits(), atol=1e-4, rtol=1e-4)


def test_rows_at_their_own_pace_are_what_they_are_alone(models: list[Counted]) -> None:
    gathering = Gathering()
    model = gathering.logit_model(models[0])
    prompts = [[5, 6, 7], [9, 10]]

    def walked(opened: LogitModel, at: int) -> Iterator[Any]:
        """Rows that are fed unlike numbers of ids, rewound and kept, at other times in each run."""
        with closing(opened.open(prompts)) as rows:
            for step in range(4):
                rows.feed([[40 + at] * ((step + at) % 3), [50 + at]])
                if step % 2 == at % 2:
                    yield rows.logits()
                rows.rewind([len(ids) - (at == 1) for ids in rows.ids])
            rows.keep([1, 0, 1][at:])
            rows.feed([[60 + row] * row for row in range(len(rows.ids))])
            yield rows.logits()
            yield rows.ids

    said: dict[int, list[Any]] = {0: [], 1: [], 2: []}
    for number, news in gathering.together([walked(model, at) for at in range(3)]):
        said[number] += [] if isinstance(news, Ended) else [news]
    for at in range(3):
        *logits, ids = said[at]
        *expected, theirs = walked(models[0], at)
        assert ids == theirs
        for mine, alone in zip(logits, expected, strict=True):
            assert_close(mine, alone, atol=1e-4, rtol=1e-4)
    assert models[0].running == 0


def test_an_answer_is_led_in_a_gathered_run_as_it_is_alone(models: list[Counted]) -> None:
    gathering = Gathering()
    model = gathering.logit_model(models[0])

    def led(opened: LogitModel, at: int) -> Iterator[Any]:
        ids = opened.encode(Member("ann", opened).prompt(Request(PROMPTS[at])))
        with closing(opened.begin(ids)) as one:
            for _ in range(4):
                ((best, logprob),) = one.top(1)
                one.say(best)
                yield best, round(logprob, 3)

    said: dict[int, list[Any]] = {at: [] for at in range(3)}
    for number, news in gathering.together([led(model, at) for at in range(3)]):
        said[number] += [] if isinstance(news, Ended) else [news]
    assert said == {at: list(led(models[0], at)) for at in range(3)}


def test_models_without_logits_are_used_in_turn() -> None:
    member = scripted("ann", "one", "two")
    gathering = Gathering()
    assert gathering.model(member.model) is member.model
    said = gathered([asked("solo", [member], at) for at in range(2)], gathering)
    assert [each[-1] for each in said.values()] == [RunFinished("one"), RunFinished("one")]


def test_a_gathered_model_is_for_its_runs_only(models: list[Counted]) -> None:
    with pytest.raises(RuntimeError, match="outside of its runs"):
        Gathering().logit_model(models[0]).open([[5]]).logits()
