"""An adapter is a model of the catalog: named, found, refused on another base, held once."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fusionlab.engines.memory import Pool
from fusionlab.engines.transformers import TransformersModel
from fusionlab.errors import LevelTooLow, OutOfBudget, SourceError, UnknownName
from fusionlab.models.base import Level
from fusionlab.sources import store
from fusionlab.sources.known import known_models
from fusionlab.sources.references import fetch, gguf_for, has_gguf, spec_of
from fusionlab.sources.schemes import Reference, parse
from tests.drained import drained
from tests.tiny import tiny_llama
from tests.tiny_lora import tiny_lora

BASE = "zoo/tiny"


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with two models in its zoo and adapters for them."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FUSIONLAB_HOME", str(home))
        for seed, name in enumerate(("tiny", "twin")):
            folder = tiny_llama(home / "zoo" / name, seed=seed)
            _, sha256 = drained(store.hash_of(folder / "model.safetensors"))
            store.write_origin(folder, "a test", "", {"model.safetensors": sha256})
        tiny_lora(folder, home / "adapters" / "days", name=BASE, targets=("q_proj",))
        tiny_lora(folder, home / "adapters" / "sums", name=BASE, seed=1)
        tiny_lora(folder, home / "elsewhere", name=BASE, seed=2)
        yield home


def loaded(pool: Pool, *refs: str) -> list[TransformersModel]:
    """The models, given back at once."""
    with pool.borrow() as loan:
        models = [drained(loan.load(ref, Level.TEXT))[1] for ref in refs]
    assert all(isinstance(model, TransformersModel) for model in models)
    return models  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("ref", "parts"),
    [
        ("smollm2-135m+maths", Reference("catalog", "smollm2-135m", adapter="maths")),
        ("smollm2-135m+~/my/folder", Reference("catalog", "smollm2-135m", adapter="~/my/folder")),
        ("smollm2-135m+C:\\a", Reference("catalog", "smollm2-135m", adapter="C:\\a")),
        ("zoo/tiny+days", Reference("zoo", "tiny", adapter="days")),
        ("path:/models/a+b", Reference("path", "/models/a+b")),
        ("hub:org/name+../mine", Reference("hub", "org/name", adapter="../mine")),
        ("hub:org/name@v1+days", Reference("hub", "org/name", "v1", "days")),
    ],
)
def test_an_adapter_stands_after_its_base(ref: str, parts: Reference) -> None:
    assert parse(ref) == parts


@pytest.mark.parametrize(
    ("ref", "hint"),
    [
        (f"{BASE}+dyas", "did you mean 'days'"),
        ("smolm2-135m+days", "did you mean 'smollm2-135m'"),
        ("zoo/tinny+days", "did you mean 'tiny'"),
    ],
)
def test_an_unknown_name_suggests_the_nearest(ref: str, hint: str) -> None:
    with pytest.raises(UnknownName) as caught:
        spec_of(ref)
    assert hint in caught.value.hint


def test_a_folder_may_have_an_adapter_and_a_plus_in_its_name(tmp_path: Path) -> None:
    for name in ("a", "a+b", "c+d"):
        (tmp_path / name).mkdir()
    found = {
        name: Reference("path", f"{tmp_path}/{place}", adapter=adapter)
        for name, place, adapter in (
            ("a", "a", ""), ("a+b", "a+b", ""), ("a+x+y", "a", "x+y"), ("a+b+c", "a+b", "c"),
            ("c+d+./e+f", "c+d", "./e+f"), ("g+h", "g+h", ""),
        )
    }  # fmt: skip
    assert {name: parse(f"path:{tmp_path}/{name}") for name in found} == found
    with pytest.raises(SourceError, match="names no adapter"):
        parse(f"path:{tmp_path}/a+")


def test_a_folder_takes_an_adapter_that_names_it(home: Path, tmp_path: Path) -> None:
    base = home / "zoo" / "tiny"
    adapter = tiny_lora(base, tmp_path / "mine", name="org/Tiny", targets=("q_proj",))
    ref = f"path:{base}+{adapter}"
    pool = Pool()
    special, plain = loaded(pool, ref, f"path:{base}")
    assert special.trunk is plain
    assert (special.spec.id, special.spec.lineage) == (ref, (f"path:{base}",))
    pool.close()
    with pytest.raises(SourceError, match="was trained for org/Tiny, not") as caught:
        spec_of(f"path:{home / 'zoo' / 'twin'}+{adapter}")
    assert "base_model_name_or_path" in caught.value.hint
    config = adapter / "adapter_config.json"
    data = json.loads(config.read_text())
    config.write_text(json.dumps(data | {"base_model_name_or_path": str(home / "zoo" / "twin")}))
    assert spec_of(f"path:{home / 'zoo' / 'twin'}+{adapter}")


def test_a_model_of_the_hub_takes_an_adapter_of_that_name(home: Path, tmp_path: Path) -> None:
    adapter = tiny_lora(home / "zoo" / "tiny", tmp_path / "mine", name="org/tiny")
    assert spec_of(f"hub:org/tiny@main+{adapter}").lineage == ("hub:org/tiny@main",)
    with pytest.raises(SourceError, match="trained for org/tiny, not org/other"):
        spec_of(f"hub:org/other+{adapter}")


def test_an_adapter_that_cannot_be_read_hides_no_other(home: Path) -> None:
    broken = tiny_lora(home / "zoo" / "tiny", home / "adapters" / "broken", name=BASE)
    (broken / "adapter_config.json").write_text('{"r": ')
    with pytest.raises(SourceError, match="cannot be read") as caught:
        spec_of(f"{BASE}+broken")
    assert caught.value.hint
    known = {row["id"] for row in known_models()}
    assert f"{BASE}+days" in known
    assert f"{BASE}+broken" not in known
    for file in broken.iterdir():
        file.unlink()
    broken.rmdir()


def test_a_home_of_nobody_is_no_folder() -> None:
    with pytest.raises(SourceError, match="there is no folder ~nobody-of-this-name/x"):
        spec_of("path:~nobody-of-this-name/x")


def test_what_names_no_adapter_says_so(home: Path) -> None:
    with pytest.raises(SourceError, match="names no adapter"):
        spec_of(f"{BASE}+")
    with pytest.raises(SourceError, match=r"is not an adapter: it has no adapter_config\.json"):
        spec_of(f"{BASE}+{home / 'zoo' / 'tiny'}")
    with pytest.raises(LevelTooLow, match="does not answer"):
        spec_of("all-minilm-l6-v2+days")


def test_its_spec_names_its_base_and_counts_the_adapter_alone(home: Path) -> None:
    spec = spec_of(f"{BASE}+days")
    assert (spec.id, spec.engine, spec.level) == (f"{BASE}+days", "transformers", Level.INTERNALS)
    assert spec.lineage == (BASE,)
    file = home / "adapters" / "days" / "adapter_model.safetensors"
    assert spec.bytes == file.stat().st_size < spec_of(BASE).bytes


@pytest.mark.parametrize("other", ["zoo/twin", "smollm2-135m"])
def test_an_adapter_of_another_base_is_refused_before_anything_is_loaded(other: str) -> None:
    pool = Pool(10**9, {})
    with pool.borrow() as loan, pytest.raises(SourceError) as caught:
        drained(loan.load(f"{other}+days", Level.TEXT))
    assert "was trained for zoo/tiny, not" in caught.value.message
    assert caught.value.hint


def test_an_adapter_of_other_weights_is_refused(home: Path) -> None:
    folder = home / "adapters" / "days"
    tiny = store.origin_of(home / "zoo" / "tiny")["sha256"]["model.safetensors"]
    for hashes, refused in (({"a": "of others"}, True), ({"b": tiny}, False)):
        store.write_origin(folder, "a test", "", {}, hashes)
        if refused:
            with pytest.raises(SourceError, match="on other weights of zoo/tiny"):
                spec_of(f"{BASE}+days")
        else:
            assert spec_of(f"{BASE}+days").source == "a test"
    (folder / "origin.json").unlink()


def test_an_adapter_of_another_shape_is_refused_with_what_differs(home: Path) -> None:
    folder = tiny_lora(tiny_llama(home / "deep", layers=3), home / "adapters" / "deep", name=BASE)
    pool = Pool()
    with pool.borrow() as loan, pytest.raises(SourceError, match=r"no projection model\.layers\.2"):
        drained(loan.load(f"{BASE}+deep", Level.TEXT))
    assert pool.held == spec_of_loaded(pool)
    pool.close()
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()


def spec_of_loaded(pool: Pool) -> int:
    """Bytes of the base alone."""
    return loaded(pool, BASE)[0].spec.bytes


def test_known_models_have_their_adapters() -> None:
    rows: dict[str, dict[str, Any]] = {row["id"]: row for row in known_models()}
    assert rows[f"{BASE}+days"]["level"] == "internals"
    assert rows[f"{BASE}+days"]["cached"] is True
    assert "zoo/twin+days" not in rows


def test_base_and_adapters_hold_the_base_once(home: Path) -> None:
    pool = Pool()
    first, base, second, outside = loaded(
        pool, f"{BASE}+days", BASE, f"{BASE}+sums", f"{BASE}+{home / 'elsewhere'}"
    )
    assert first.trunk is second.trunk is outside.trunk is base
    sizes = [model.spec.bytes for model in (first, base, second, outside)]
    assert pool.held == sum(sizes)
    assert sizes[0] < sizes[2] == sizes[3] < sizes[1] / 2
    assert loaded(pool, f"{BASE}+days") == [first]
    pool.close()


def test_a_base_stays_as_long_as_its_adapter_is_borrowed() -> None:
    sizes = [model.spec.bytes for model in loaded(Pool(), f"{BASE}+days", BASE)]
    pool = Pool(sizes[1] + spec_of(f"{BASE}+days").bytes)
    with pool.borrow() as loan:
        _, special = drained(loan.load(f"{BASE}+days", Level.TEXT))
        with pytest.raises(OutOfBudget):
            loaded(pool, "zoo/twin")
        assert pool.held == sum(sizes)
    loaded(pool, "zoo/twin")
    assert pool.held == sizes[1]
    (again,) = loaded(pool, f"{BASE}+days")
    assert again is not special
    pool.close()


def test_an_adapter_may_go_without_its_base() -> None:
    days, sums, base = loaded(Pool(), f"{BASE}+days", f"{BASE}+sums", BASE)
    pool = Pool(base.spec.bytes + spec_of(f"{BASE}+sums").bytes)
    loaded(pool, f"{BASE}+days")
    (kept,) = loaded(pool, BASE)
    with pool.borrow() as loan:
        drained(loan.load(BASE, Level.TEXT))
        loaded(pool, f"{BASE}+sums")
    assert pool.held == base.spec.bytes + sums.spec.bytes
    assert loaded(pool, BASE) == [kept]
    assert days.spec.bytes < sums.spec.bytes


def test_an_adapter_never_runs_in_llama_cpp() -> None:
    assert has_gguf("smollm2-135m")
    assert not has_gguf("smollm2-135m+days")
    with pytest.raises(SourceError, match="does not come as GGUF"):
        drained(gguf_for("smollm2-135m+days"))


def test_fetching_it_fetches_its_base(home: Path) -> None:
    assert drained(fetch(f"{BASE}+days"))[1] == home / "zoo" / "tiny"


def test_a_config_without_a_base_is_refused(home: Path, tmp_path: Path) -> None:
    folder = tiny_lora(home / "zoo" / "tiny", tmp_path / "a", targets=("q_proj",))
    config = folder / "adapter_config.json"
    config.write_text(
        json.dumps(json.loads(config.read_text()) | {"base_model_name_or_path": None})
    )
    with pytest.raises(SourceError, match="a base it does not name"):
        spec_of(f"{BASE}+{folder}")
