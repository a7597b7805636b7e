"""A model stands under its name whole or not at all, whoever makes it and whenever that stops."""

import shutil
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from fusionlab.encoding import event_to_json
from fusionlab.engines.memory import Pool
from fusionlab.errors import RecipeError, SourceError, UnknownName
from fusionlab.events import Event, ModelBuilt, Progress, Warned
from fusionlab.experts.mixtures import known_mixtures
from fusionlab.making import Order, Papers, made
from fusionlab.models.base import Level
from fusionlab.recipe import MemberRecipe, Recipe, Sampling
from fusionlab.registry import Plan
from fusionlab.run import run
from fusionlab.sources import store
from fusionlab.sources.known import known_models
from fusionlab.sources.references import base_of, spec_of
from fusionlab.trace import fold
from tests.drained import drained
from tests.faults.damage import DAMAGES, garbled
from tests.tiny import tiny_mixture

STEPS = 4
PLAN = Plan("twin", "models", "built:twin", ("smollm2-135m", "zoo/base"), "MIT", None)


@dataclass(frozen=True)
class Copying:
    """Makes a copy of a folder in four steps, each of which it takes only once."""

    source: Path
    steps: list[int] = field(default_factory=list)

    def order(self, **changes: Any) -> Order[int]:
        order = Order(PLAN, "0123456789abcdef", self._work, self._write)
        return replace(order, **changes)

    def _work(self, work: Path) -> Generator[Event, None, int]:
        state = work / "state"
        done = int(state.read_text()) if state.exists() else 0
        for step in range(done + 1, STEPS + 1):
            self.steps.append(step)
            state.write_text(str(step))
            yield Progress("copying", step, STEPS, "items")
        return STEPS

    def _write(self, steps: int, work: Path, part: Path) -> Generator[Event, None, Papers]:
        shutil.copytree(self.source, part, dirs_exist_ok=True)
        yield Progress("copied", steps)
        return Papers("seed = 1\n", "# Twin\n")


@pytest.fixture
def copying(tiny: Path) -> Copying:
    return Copying(tiny)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def shelf_files(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "models").iterdir())


def test_a_model_is_made_and_says_so(copying: Copying, home: Path, tiny: Path) -> None:
    events, folder = drained(made(copying.order()))
    built = events[-1]
    assert isinstance(built, ModelBuilt)
    assert (built.id, built.reference, built.lineage) == ("twin", "built:twin", PLAN.lineage)
    assert built.bytes == (tiny / "model.safetensors").stat().st_size
    assert built.parameters == (built.bytes - 8 - _header(tiny)) // 4  # fp32
    assert built.seconds > 0
    assert str(home) not in str(event_to_json(built))
    assert folder == home / "models" / "twin"
    assert shelf_files(home) == ["twin"]
    assert (folder / "recipe.toml").read_text() == "seed = 1\n"
    assert (folder / "README.md").read_text() == "# Twin\n"
    assert not (folder / "evaluation.json").exists()


def _header(folder: Path) -> int:
    with (folder / "model.safetensors").open("rb") as file:
        return int.from_bytes(file.read(8), "little")


def test_it_is_a_member_like_any_other(copying: Copying) -> None:
    drained(made(copying.order()))
    spec = spec_of("built:twin")
    assert (spec.level, spec.licence, spec.lineage) == (Level.INTERNALS, "MIT", PLAN.lineage)
    assert spec.revision == "0123456789abcdef"
    (row,) = (row for row in known_models() if row["id"] == "built:twin")
    assert (row["licence"], row["cached"], row["bytes"]) == ("MIT", True, spec.bytes)
    recipe = Recipe("solo", "one two", (MemberRecipe("built:twin"),), sampling=Sampling(3))
    pool = Pool()
    trace = fold(recipe, run(recipe, pool))
    pool.close()
    assert trace.status == "finished"
    assert base_of("built:twin").name == "built:twin"


def test_a_mixture_that_was_built_is_known_as_one(tmp_path: Path) -> None:
    drained(made(Copying(tiny_mixture(tmp_path / "mixture")).order()))
    assert "built:twin" in known_mixtures()


@pytest.mark.parametrize("stopped_at", range(1, STEPS + 2))
def test_what_was_stopped_has_no_name_and_goes_on(
    stopped_at: int, copying: Copying, home: Path
) -> None:
    making = made(copying.order())
    for _ in range(stopped_at):
        next(making)
    making.close()
    assert shelf_files(home) == [".twin-0123456789ab.building"]
    drained(made(copying.order()))
    assert copying.steps == list(range(1, STEPS + 1))
    assert shelf_files(home) == ["twin"]


def test_a_failure_leaves_nothing_under_the_name(copying: Copying, home: Path) -> None:
    def failing(*_: Any) -> Generator[Event, None, Papers]:
        yield Progress("writing")
        raise OSError("no space left")

    with pytest.raises(SourceError, match="no space left"):
        drained(made(copying.order(write=failing)))
    assert shelf_files(home) == [".twin-0123456789ab.building"]


def test_a_model_that_stands_there_is_not_made_again(copying: Copying) -> None:
    first, folder = drained(made(copying.order()))
    (built,), again = drained(made(copying.order()))
    assert again == folder
    assert built == replace(first[-1], seconds=0.0)
    assert len(copying.steps) == STEPS


def test_whoever_comes_second_waits_and_finds_it(copying: Copying) -> None:
    first, second = made(copying.order()), made(copying.order())
    next(first)
    waiting = next(second)
    assert isinstance(waiting, Progress)
    assert waiting.what == "waiting for twin"
    drained(first)
    events, _ = drained(second)
    assert isinstance(events[-1], ModelBuilt)
    assert events[-1].seconds == 0
    assert len(copying.steps) == STEPS


def test_another_model_of_the_name_is_left_alone(copying: Copying) -> None:
    drained(made(copying.order()))
    with pytest.raises(RecipeError, match="a model that another recipe has made") as caught:
        drained(made(copying.order(made_by="fedcba9876543210")))
    assert "fusionlab built remove" in caught.value.hint  # in the app it is removed on the page


@pytest.mark.parametrize("name", ["cut weights", "a garbled config", "no tokenizer"])
def test_a_damaged_model_is_not_used_and_is_made_anew(name: str, copying: Copying) -> None:
    _, folder = drained(made(copying.order()))
    DAMAGES[name](folder)
    pool = Pool()
    with pool.borrow() as loan, pytest.raises(SourceError, match="cannot be used") as caught:
        drained(loan.load("built:twin", Level.TEXT))
    pool.close()
    assert "build the model again" in caught.value.hint
    events, _ = drained(made(copying.order()))
    (warning,) = (event for event in events if isinstance(event, Warned))
    assert warning.message.endswith("the model is built anew")
    assert drained(store.fault(folder)) == ([], None)


def test_an_evaluation_may_change(copying: Copying) -> None:
    _, folder = drained(made(copying.order()))
    garbled(folder / "README.md")
    (folder / "evaluation.json").write_text("[")
    (built,), _ = drained(made(copying.order()))
    assert built.report == {"scores": []}


def test_elsewhere_it_has_no_reference(copying: Copying, tmp_path: Path) -> None:
    events, folder = drained(made(copying.order(), tmp_path / "mine"))
    assert folder == tmp_path / "mine" / "twin"
    assert events[-1].reference == ""


@pytest.mark.parametrize("name", ["", "..", "../twin", "a/b", "Twin", ".part", "x" * 65, "a\\b"])
def test_a_reference_never_leads_off_the_shelf(name: str) -> None:
    with pytest.raises(SourceError, match="names no model that was built"):
        spec_of(f"built:{name}")


def test_a_model_that_was_not_built_names_the_nearest(copying: Copying) -> None:
    drained(made(copying.order()))
    with pytest.raises(UnknownName, match="did you mean 'twin'"):
        spec_of("built:twim")
