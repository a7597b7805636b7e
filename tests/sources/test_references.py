"""A reference says at once what it can give, and what is wrong with it."""

from pathlib import Path

import pytest

from fusionlab.errors import LevelTooLow, SourceError, UnknownName
from fusionlab.models.base import Level
from fusionlab.models.catalog import CATALOG, EMBEDDERS
from fusionlab.sources.known import known_models
from fusionlab.sources.references import folder_here, spec_of
from fusionlab.sources.schemes import Reference, parse


@pytest.mark.parametrize(
    ("ref", "parts"),
    [
        ("smollm2-135m", Reference("catalog", "smollm2-135m")),
        ("hub:org/name", Reference("hub", "org/name")),
        ("hub:org/name@v1.0", Reference("hub", "org/name", "v1.0")),
        ("path:/models/a", Reference("path", "/models/a")),
        ("gguf:~/a.gguf", Reference("gguf", "~/a.gguf")),
        ("api:http://localhost:8080/v1#m", Reference("api", "http://localhost:8080/v1", "m")),
        ("api:https://host/v1#org/name:free", Reference("api", "https://host/v1", "org/name:free")),
        ("api:http://localhost:8080", Reference("api", "http://localhost:8080")),
        ("replay:runs/a.jsonl#Ann", Reference("replay", "runs/a.jsonl", "Ann")),
        ("replay:runs/#1.jsonl#Ann", Reference("replay", "runs/#1.jsonl", "Ann")),
    ],
)
def test_a_reference_has_parts(ref: str, parts: Reference) -> None:
    assert parse(ref) == parts


@pytest.mark.parametrize(
    ("ref", "hint"),
    [
        ("smolm2-135m", "did you mean 'smollm2-135m'?"),
        ("", "smollm2-135m"),
        ("org/name@main", "did you mean 'hub:org/name@main'?"),
        ("huub:org/name", "did you mean 'hub'?"),
        ("catalog:smollm2-135m", "known: api, built, gguf, hub, path, replay"),
    ],
)
def test_an_unknown_name_suggests_the_nearest(ref: str, hint: str) -> None:
    with pytest.raises(UnknownName) as caught:
        spec_of(ref)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("ref", "said"),
    [
        ("hub:name", "names no model of the hub"),
        ("hub:org/name@", "names no model of the hub"),
        ("hub:../../etc", "names no model of the hub"),
        ("hub:org/name@../x", "names no model of the hub"),
        ("path:", "names no file or folder"),
        ("path:/nowhere/at/all", "there is no folder"),
        ("gguf:/nowhere.gguf", "there is no file"),
        ("replay:/nowhere.jsonl#a", "there is no run file"),
        ("api:localhost:8080#m", "has no address"),
        ("api:file:///etc/passwd#m", "has no address"),
        ("api:http://[::1#m", "has no address"),
        ("api:http://user:hunter2@host/v1#m", "has a password in it"),
    ],
)
def test_a_reference_that_leads_nowhere_says_so(ref: str, said: str) -> None:
    with pytest.raises(SourceError, match=said) as caught:
        spec_of(ref)
    assert caught.value.hint
    assert "hunter2" not in str(caught.value)


def test_a_folder_of_pickles_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(SourceError, match="safetensors") as caught:
        spec_of(f"path:{tmp_path}")
    assert "safetensors or GGUF" in caught.value.hint


def test_a_folder_without_a_config_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(SourceError, match=r"no config\.json"):
        spec_of(f"path:{tmp_path}")


def test_a_file_that_is_no_gguf_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.gguf").write_bytes(b"GGML and more")
    with pytest.raises(SourceError, match="not a GGUF file"):
        spec_of(f"gguf:{tmp_path / 'a.gguf'}")


def test_each_kind_of_reference_has_its_level(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "a.gguf").write_bytes(b"GGUF and more")
    (tmp_path / "run.jsonl").write_text("{}")
    levels = {
        "smollm2-135m": Level.INTERNALS,
        "hub:org/name@main": Level.INTERNALS,
        f"path:{tiny}": Level.INTERNALS,
        f"gguf:{tmp_path / 'a.gguf'}": Level.INTERNALS,
        "api:http://127.0.0.1:1/v1#m": Level.LOGPROBS,
        f"replay:{tmp_path / 'run.jsonl'}#a": Level.TEXT,
    }
    for ref, level in levels.items():
        spec = spec_of(ref)
        assert (spec.id, spec.level) == (ref, level)
    assert spec_of(f"path:{tiny}").bytes == (tiny / "model.safetensors").stat().st_size


def test_every_model_of_the_catalog_has_a_spec() -> None:
    for name, entry in CATALOG.items():
        assert name == entry.id
        assert spec_of(name).bytes == entry.bytes > 0
        assert spec_of(name).licence


def test_an_embedder_is_no_member() -> None:
    with pytest.raises(LevelTooLow, match="does not answer"):
        spec_of("all-minilm-l6-v2")


def test_the_known_models_are_rows_of_plain_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path))
    rows = known_models()
    named = len(CATALOG) + len(EMBEDDERS)
    assert [row["id"] for row in rows[:named]] == [*CATALOG, *EMBEDDERS]
    assert [row["level"] for row in rows[:named]] == ["internals", "embedding"]
    assert all("+" in row["id"] or row["id"].startswith("zoo/") for row in rows[named:])
    keys = {"id", "level", "engine", "source", "bytes", "licence", "cached"}
    assert all(set(row) == keys for row in rows)


def test_a_folder_that_is_here_is_found_without_fetching(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    monkeypatch.setattr("fusionlab.sources.wheels.installed", lambda _: None)
    assert folder_here(f"path:{tiny}") == tiny
    assert folder_here("zoo/adder").name == "adder"
    gguf = tmp_path / "a.gguf"
    gguf.write_bytes(b"GGUF")
    for ref in ("smollm2-135m", "hub:org/name@main", f"gguf:{gguf}", "hub:org/name+./adapter"):
        with pytest.raises(SourceError, match="not on this machine") as caught:
            folder_here(ref)
        assert caught.value.hint == f"run fusionlab fetch {ref.partition('+')[0]}"
    with pytest.raises(SourceError, match="no weights on this machine"):
        folder_here("api:http://localhost:8080/v1#m")
    made = tmp_path / "weights" / "hub" / "org--name@main"
    made.mkdir(parents=True)
    assert folder_here("hub:org/name@main") == folder_here("hub:org/name") == made
