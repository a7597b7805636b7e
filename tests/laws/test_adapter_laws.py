"""Members over one base, with or without adapters, are rows of one pass; no more changes."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from fusionlab.engines.transformers import TransformersModel, load_adapted
from fusionlab.events import Event, Measured, TokenChosen
from fusionlab.methods.ensemble import ensemble
from fusionlab.models.base import Level, Member, Message, ModelSpec
from fusionlab.recipe import Sampling
from fusionlab.registry import Request
from tests.counted import Counted, counted, member
from tests.tiny_lora import tiny_lora

REQUEST = Request("the capital of France is", Sampling(max_tokens=12))


@pytest.fixture(scope="module")
def folders(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    shelf = tmp_path_factory.mktemp("adapters")
    return [tiny_lora(tiny, shelf / f"{seed}", seed=seed) for seed in range(3)]


def specialists(base: Counted, folders: Sequence[Path]) -> list[TransformersModel]:
    spec = ModelSpec("special", "transformers", Level.INTERNALS)
    return [load_adapted(folder, base, spec) for folder in folders]


def chosen(events: Sequence[Event]) -> list[TokenChosen]:
    return [event for event in events if isinstance(event, TokenChosen)]


def same(ours: Sequence[Event], theirs: Sequence[Event]) -> None:
    assert [step.id for step in chosen(ours)] == [step.id for step in chosen(theirs)]
    for one, other in zip(chosen(ours), chosen(theirs), strict=True):
        assert one.p == pytest.approx(other.p, abs=1e-4)
        for name in one.members:
            assert one.members[name].p_chosen == pytest.approx(
                other.members[name].p_chosen, abs=1e-4
            )


def test_adapters_and_base_are_one_batch_and_equal_to_batches_of_their_own(
    tiny: Path, folders: list[Path]
) -> None:
    shared = counted(tiny)
    models = [*specialists(shared, folders), shared]
    together = list(ensemble([member(m, f"{n}") for n, m in enumerate(models)], REQUEST))
    alone = [specialists(counted(tiny), [folder])[0] for folder in folders] + [counted(tiny)]
    apart = list(ensemble([member(m, f"{n}") for n, m in enumerate(alone)], REQUEST))
    same(together, apart)
    batches = [{e.batch for e in run if isinstance(e, Measured)} for run in (together, apart)]
    assert batches == [{4}, {1}]
    assert shared.running == 0


def test_two_members_with_one_adapter_and_two_instructions(tiny: Path, folders: list[Path]) -> None:
    (special,) = specialists(counted(tiny), folders[:1])
    (again,) = specialists(counted(tiny), folders[:1])
    wordy = "one two three four five six"
    together = list(ensemble([member(special, "a"), member(special, "b", wordy)], REQUEST))
    apart = list(ensemble([member(special, "a"), member(again, "b", wordy)], REQUEST))
    same(together, apart)


def test_an_ensemble_of_one_adapter_is_its_own_generate(tiny: Path, folders: list[Path]) -> None:
    (special,) = specialists(counted(tiny), folders[1:2])
    chunks = special.generate([[Message("user", REQUEST.prompt)]], REQUEST.sampling)
    said = "".join(chunk.text for chunk in chunks).strip()
    events = list(ensemble([Member("only", special)], REQUEST))
    assert events[-1].answer == said  # type: ignore[union-attr]
