"""The pool holds a model once, within its budget, as long as somebody uses it."""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from fusionlab.engines import memory, table
from fusionlab.engines.memory import Pool, default_pool
from fusionlab.errors import LevelTooLow, OutOfBudget, SourceError, UnknownName
from fusionlab.events import Warned
from fusionlab.models.base import Chunk, LanguageModel, Level, ModelSpec, Prompt
from fusionlab.recipe import Sampling
from fusionlab.sources.schemes import gguf
from tests.drained import drained

SIZE = 1000


class Fake:
    """A model that weighs `SIZE` bytes and knows whether it was closed."""

    def __init__(self, spec: ModelSpec) -> None:
        self.spec = replace(spec, bytes=SIZE)
        self.closed = False

    def generate(self, prompts: Sequence[Prompt], sampling: Sampling) -> Iterator[Chunk]:
        return iter(())

    def close(self) -> None:
        self.closed = True


class Loads:
    """An engine of fakes, and what it was asked to load."""

    def __init__(self, seconds: float = 0.0, level: Level | None = None) -> None:
        self.seconds = seconds
        self.level = level
        self.specs: list[ModelSpec] = []
        self.at_once = self.most_at_once = 0

    def __call__(self, *parts: object) -> LanguageModel:
        spec = parts[-1]
        assert isinstance(spec, ModelSpec)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        time.sleep(self.seconds)
        self.at_once -= 1
        self.specs.append(spec)
        return Fake(spec if self.level is None else replace(spec, level=self.level))


@pytest.fixture
def models(tmp_path: Path) -> list[str]:
    """References of four folders of `SIZE` bytes."""
    for name in "abcd":
        folder = tmp_path / name
        folder.mkdir()
        (folder / "config.json").write_text("{}")
        (folder / "model.safetensors").write_bytes(bytes(SIZE))
    return [f"path:{tmp_path / name}" for name in "abcd"]


def pool_of(budget: int, loads: Loads | None = None) -> Pool:
    engine = loads or Loads()
    return Pool(
        budget, dict.fromkeys(("transformers", "llamacpp", "remote", "led", "replay"), engine)
    )


def borrowed(pool: Pool, ref: str) -> Fake:
    """The model, given back at once."""
    with pool.borrow() as loan:
        _, model = drained(loan.load(ref, Level.TEXT))
    assert isinstance(model, Fake)
    return model


def test_two_members_over_one_model_hold_it_once(models: list[str], tmp_path: Path) -> None:
    loads = Loads()
    pool = pool_of(SIZE, loads)
    with pool.borrow() as loan:
        _, first = drained(loan.load(models[0], Level.TEXT))
        _, again = drained(loan.load(models[0], Level.INTERNALS))
        _, other_way = drained(loan.load(f"path:{tmp_path}/b/../a", Level.TEXT))
    assert first is again is other_way
    assert (len(loads.specs), pool.held) == (1, SIZE)


def test_a_model_that_was_changed_on_disk_is_loaded_again(models: list[str]) -> None:
    pool = pool_of(2 * SIZE)
    first = borrowed(pool, models[0])
    Path(models[0].removeprefix("path:"), "model.safetensors").write_bytes(b"1" * SIZE)
    assert borrowed(pool, models[0]) is not first


def test_the_least_recently_used_makes_room(models: list[str]) -> None:
    pool = pool_of(2 * SIZE)
    a, b = borrowed(pool, models[0]), borrowed(pool, models[1])
    assert borrowed(pool, models[0]) is a
    borrowed(pool, models[2])
    assert (a.closed, b.closed) == (False, True)
    assert pool.held == 2 * SIZE


def test_a_borrowed_model_stays_until_its_last_loan_ends(models: list[str]) -> None:
    pool = pool_of(SIZE)
    first, second = pool.borrow(), pool.borrow()
    _, model = drained(first.load(models[0], Level.TEXT))
    drained(second.load(models[0], Level.TEXT))
    assert isinstance(model, Fake)
    first.close()
    with pytest.raises(OutOfBudget):
        borrowed(pool, models[1])
    assert not model.closed
    second.close()
    borrowed(pool, models[1])
    assert model.closed


def test_what_cannot_fit_is_refused_with_figures_before_it_is_loaded(models: list[str]) -> None:
    loads = Loads()
    pool = Pool(SIZE - 1, {"transformers": loads})
    with pytest.raises(OutOfBudget, match=r"needs 1\.0 kB of memory.*budget of 999 B") as caught:
        borrowed(pool, models[0])
    assert caught.value.hint
    assert not loads.specs


def test_a_catalog_model_that_cannot_fit_is_not_even_fetched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    coming_as(monkeypatch, folder=None)
    with (
        pool_of(100_000_000).borrow() as loan,
        pytest.raises(OutOfBudget, match=r"needs 269\.0 MB of memory; 100\.0 MB"),
    ):
        drained(loan.load("smollm2-135m", Level.LOGITS))


def test_a_quantised_file_counts_with_its_own_size(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "a.gguf").write_bytes(bytes(SIZE))
    coming_as(monkeypatch, gguf=lambda: _given((tmp_path / "a.gguf",)))
    loads = Loads()
    borrowed(pool_of(SIZE, loads), "smollm2-135m")
    assert (loads.specs[0].engine, loads.specs[0].bytes) == ("llamacpp", SIZE)


def test_without_its_quantised_file_a_model_runs_from_its_own_weights_and_says_so(
    monkeypatch: pytest.MonkeyPatch, tiny: Path
) -> None:
    coming_as(monkeypatch, gguf=_refusing, folder=lambda: _given((tiny,)))
    loads = Loads()
    with pool_of(10**9, loads).borrow() as loan:
        events, _ = drained(loan.load("smollm2-135m", Level.TEXT))
    assert loads.specs[0].engine == "transformers"
    why = SourceError("gguf-none", ref="smollm2-135m").sentence
    warned = Warned.of("engine-next", why=why, ref="smollm2-135m", engine="transformers")
    assert warned.message == (
        "smollm2-135m does not come as GGUF; running smollm2-135m in transformers, "
        "from its own weights"
    )
    assert warned in events


def test_a_model_that_turns_out_larger_than_its_files_is_closed_and_refused(
    models: list[str],
) -> None:
    made: list[Fake] = []

    def wider(*parts: object) -> LanguageModel:
        assert isinstance(parts[-1], ModelSpec)
        made.append(Fake(parts[-1]))
        made[0].spec = replace(made[0].spec, bytes=2 * SIZE)
        return made[0]

    pool = Pool(SIZE, {"transformers": wider})
    with pytest.raises(OutOfBudget):
        borrowed(pool, models[0])
    assert made[0].closed
    assert pool.held == 0


def test_two_visitors_at_once_load_a_model_once_and_one_after_another(models: list[str]) -> None:
    loads = Loads(seconds=0.1)
    pool = pool_of(4 * SIZE, loads)
    found: list[Fake] = []
    threads = [
        threading.Thread(target=lambda ref=ref: found.append(borrowed(pool, ref)))
        for ref in (models[0], models[0], models[1])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, found))) == 2
    assert (len(loads.specs), loads.most_at_once) == (2, 1)


def test_stopping_while_a_model_loads_leaves_it_idle(models: list[str]) -> None:
    pool = pool_of(SIZE, Loads(seconds=0.6))
    with pool.borrow() as loan:
        loading = loan.load(models[0], Level.TEXT)
        next(loading)
        loading.close()
    while not pool.held:
        time.sleep(0.05)
    borrowed(pool, models[1])  # there is room: nobody borrows the first
    assert pool.held == SIZE


def test_closing_the_pool_closes_every_model(models: list[str]) -> None:
    pool = pool_of(4 * SIZE)
    held = [borrowed(pool, ref) for ref in models]
    pool.close()
    assert all(model.closed for model in held)
    assert pool.held == 0


def test_a_level_that_the_reference_cannot_give_is_refused_before_loading() -> None:
    loads = Loads()
    with pool_of(SIZE, loads).borrow() as loan, pytest.raises(LevelTooLow):
        drained(loan.load("api:http://127.0.0.1:1#m", Level.LOGITS))
    assert not loads.specs


def test_a_server_that_gives_less_than_it_might_is_refused_after_loading() -> None:
    pool = pool_of(SIZE, Loads(level=Level.TEXT))
    with pool.borrow() as loan, pytest.raises(LevelTooLow, match="gives only text"):
        drained(loan.load("api:http://127.0.0.1:1#m", Level.LOGPROBS))


def test_an_unknown_model_is_refused() -> None:
    with pool_of(SIZE).borrow() as loan, pytest.raises(UnknownName):
        drained(loan.load("gpt-7", Level.TEXT))


def test_a_folder_that_no_engine_opens_is_a_source_error(models: list[str]) -> None:
    pool = Pool(SIZE)
    with pytest.raises(SourceError, match="names no model_type"):
        borrowed(pool, models[0])
    assert pool.held == 0


@pytest.mark.parametrize(
    ("level", "engine", "reached"),
    [
        (Level.TEXT, "llamacpp", Level.LOGPROBS),
        (Level.LOGPROBS, "llamacpp", Level.LOGPROBS),
        (Level.LOGITS, "transformers", Level.INTERNALS),
        (Level.INTERNALS, "transformers", Level.INTERNALS),
    ],
)
def test_the_level_chooses_the_engine_of_a_gguf_file(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    level: Level,
    engine: str,
    reached: Level,
    tiny: Path,
) -> None:
    file = tmp_path / "a.gguf"
    file.write_bytes(b"GGUF and more")
    monkeypatch.setattr(gguf, "dequantised", lambda gguf, target: _given(tiny))
    loads = Loads()
    with pool_of(10**7, loads).borrow() as loan:
        drained(loan.load(f"gguf:{file}", level))
    assert (loads.specs[0].engine, loads.specs[0].level) == (engine, reached)


def test_a_real_model_of_two_layers_answers(tiny: Path) -> None:
    pool = Pool()
    with pool.borrow() as loan:
        _, model = drained(loan.load(f"path:{tiny}", Level.INTERNALS))
        assert (model.spec.engine, model.spec.level) == ("transformers", Level.INTERNALS)
        assert pool.held == model.spec.bytes > 0
    pool.close()
    assert pool.held == 0


def test_the_default_pool_is_one_and_takes_part_of_the_memory() -> None:
    assert default_pool() is default_pool()
    assert 0 < default_pool().budget < psutil.virtual_memory().total


def coming_as(monkeypatch: pytest.MonkeyPatch, **forms: object) -> None:
    """Every model comes in these forms."""
    for module in (memory, table):
        monkeypatch.setattr(module, "forms_of", lambda _: forms)


def _refusing() -> Iterator[object]:
    yield from ()
    raise SourceError("gguf-none", ref="smollm2-135m")


def _given(what: object) -> Iterator[object]:
    yield from ()
    return what  # type: ignore[return-value]
