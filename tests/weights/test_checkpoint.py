"""A folder is its tensors by name, whole or refused; what is written is read by anybody."""

import hashlib
import json
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch.testing import assert_close

from fusionlab.errors import SourceError
from fusionlab.weights import hashing
from fusionlab.weights.checkpoint import (
    DTYPES,
    NAMES,
    Checkpoint,
    Header,
    checkpoint_in,
    is_finite,
    streamed,
)
from fusionlab.weights.writing import moved, shards, written
from tests.drained import drained
from tests.full_disk import files_up_to
from tests.weights.families import tiny_family

INDEX = "model.safetensors.index.json"


@pytest.fixture
def sharded(tmp_path: Path) -> Path:
    return tiny_family(tmp_path / "sharded", shard="20KB")


def test_tensors_are_read_as_safetensors_reads_them(tmp_path: Path) -> None:
    tensors = {
        "scalar": torch.tensor(3.5),
        "empty": torch.zeros(0, 4),
        "words": torch.arange(12, dtype=torch.int64).reshape(3, 4),
        "bytes": torch.arange(7, dtype=torch.uint8),
        "flags": torch.tensor([True, False]),
        "half": torch.randn(5, 3).half(),
        "brain": torch.randn(2, 3, 4).bfloat16(),
        "eight": torch.randn(4).to(torch.float8_e4m3fn),
    }
    save_file(tensors, tmp_path / "model.safetensors")
    found = checkpoint_in(tmp_path)
    assert set(found.tensors) == set(tensors)
    for name, tensor in tensors.items():
        header = found.tensors[name]
        assert (header.shape, DTYPES[header.dtype]) == (tuple(tensor.shape), tensor.dtype)
        assert header.bytes == tensor.nbytes
        same = (found.read(name), tensor)
        assert torch.equal(*(each.reshape(-1).view(torch.uint8) for each in same))
        together = list(streamed(found, name, most=4))
        joined = torch.cat(together) if tensor.dim() else together[0]
        assert torch.equal(joined.float(), tensor.float())


def test_shards_are_one_checkpoint(sharded: Path) -> None:
    found = checkpoint_in(sharded)
    files = {stored.file for stored in found.tensors.values()}
    assert len(files) > 1
    for file in files:
        for name, tensor in load_file(sharded / file).items():
            assert_close(found.read(name), tensor, rtol=0, atol=0)
    rows = found.read("model.embed_tokens.weight", 3, 5)
    assert_close(rows, found.read("model.embed_tokens.weight")[3:5], rtol=0, atol=0)


def test_a_missing_shard_is_named(sharded: Path) -> None:
    (gone, *_) = sorted(sharded.glob("model-0*"))
    gone.unlink()
    with pytest.raises(SourceError, match=rf"{gone.name} is missing"):
        checkpoint_in(sharded)


def test_half_a_shard_is_named(sharded: Path) -> None:
    (cut, *_) = sorted(sharded.glob("model-0*"))
    cut.write_bytes(cut.read_bytes()[:-100])
    with pytest.raises(SourceError, match=rf"{cut.name} is damaged"):
        checkpoint_in(sharded)


def test_a_file_that_shrinks_while_it_is_open_is_named(sharded: Path) -> None:
    found = checkpoint_in(sharded)
    file = found.tensors["model.norm.weight"].file
    (sharded / file).write_bytes(b"")
    with pytest.raises(SourceError, match=r"ended before the tensor model\.norm\.weight did"):
        found.read("model.norm.weight")


def test_an_index_that_names_what_is_not_there(sharded: Path) -> None:
    index = json.loads((sharded / INDEX).read_text())
    some = next(iter(index["weight_map"].values()))
    index["weight_map"]["model.layers.9.mlp.up_proj.weight"] = some
    (sharded / INDEX).write_text(json.dumps(index))
    with pytest.raises(SourceError, match=r"says that model\.layers\.9\.mlp\.up_proj\.weight"):
        checkpoint_in(sharded)


@pytest.mark.parametrize("place", ["../other.safetensors", "sub/other.safetensors"])
def test_an_index_that_leads_elsewhere(place: str, sharded: Path) -> None:
    index = json.loads((sharded / INDEX).read_text())
    index["weight_map"]["model.norm.weight"] = place
    (sharded / INDEX).write_text(json.dumps(index))
    with pytest.raises(SourceError, match="not beside it"):
        checkpoint_in(sharded)


def test_pickles_are_refused_with_how_to_convert(tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(1)}, tmp_path / "pytorch_model.bin")
    with pytest.raises(SourceError, match="holds pickled weights") as caught:
        checkpoint_in(tmp_path)
    assert "save_pretrained" in caught.value.hint


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no \*\.safetensors"):
        checkpoint_in(tmp_path)


def test_numbers_of_an_unknown_kind_are_refused(tmp_path: Path) -> None:
    header = json.dumps({"a": {"dtype": "F4", "shape": [2], "data_offsets": [0, 1]}}).encode()
    content = struct.pack("<Q", len(header)) + header + b"\0"
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(SourceError, match="F4"):
        checkpoint_in(tmp_path)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16, torch.float64])
def test_nan_and_infinities_are_noticed(bad: float, dtype: torch.dtype) -> None:
    tensor = torch.full((50, 3), 60_000.0, dtype=dtype)  # their sum is beyond fp16
    assert is_finite(tensor)
    tensor[20, 1] = bad
    assert not is_finite(tensor)
    assert is_finite(torch.zeros(0, dtype=dtype))
    assert is_finite(torch.tensor([1, 2]))


shapes = st.lists(st.integers(0, 5), max_size=3).map(tuple)
kinds = st.sampled_from([torch.float32, torch.bfloat16, torch.uint8, torch.int64, torch.float16])


@settings(max_examples=25)
@given(wanted=st.lists(st.tuples(shapes, kinds), min_size=1, max_size=8), most=st.integers(1, 200))
def test_what_is_written_is_read_by_safetensors(
    wanted: list[tuple[tuple[int, ...], torch.dtype]],
    most: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("written")
    tensors = {
        f"t{n}": torch.randint(0, 9, shape).to(kind) for n, (shape, kind) in enumerate(wanted)
    }
    headers = [Header(name, NAMES[each.dtype], tuple(each.shape)) for name, each in tensors.items()]
    _, result = drained(written(folder, headers, lambda name: [tensors[name]], "writing", most))
    assert not result.not_finite
    read: dict[str, torch.Tensor] = {}
    for file in folder.glob("*.safetensors"):
        with safe_open(file, "pt") as stored:
            assert stored.metadata() == {"format": "pt"}
            read |= {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118
    assert set(read) == set(tensors) == set(checkpoint_in(folder).tensors)
    for name, tensor in tensors.items():
        assert torch.equal(read[name], tensor)


def test_a_file_holds_no_more_than_it_may() -> None:
    headers = [Header(str(n), "F32", (size,)) for n, size in enumerate((10, 10, 100, 1, 1))]
    assert [[each.name for each in part] for part in shards(headers, 80)] == [
        ["0", "1"],
        ["2"],
        ["3", "4"],
    ]


class Watched:
    """A checkpoint that counts what is read of it, and can break off."""

    def __init__(self, source: Checkpoint) -> None:
        self.source = source
        self.names: list[str] = []
        self.breaks_at = ""

    def __call__(self, name: str) -> Iterator[torch.Tensor]:
        self.names.append(name)
        if name == self.breaks_at:
            raise KeyboardInterrupt
        yield from streamed(self.source, name, 300)


def test_what_was_stopped_goes_on_with_the_next_file(sharded: Path, tmp_path: Path) -> None:
    source = checkpoint_in(sharded)
    headers = [Header(each.name, each.dtype, each.shape) for each in source.tensors.values()]
    work, whole = tmp_path / "work", tmp_path / "whole"
    work.mkdir()
    whole.mkdir()
    drained(written(whole, headers, Watched(source), "writing", 8000))
    watched = Watched(source)
    watched.breaks_at = headers[20].name
    with pytest.raises(KeyboardInterrupt):
        drained(written(work, headers, watched, "writing", 8000))
    assert not list(work.glob("*.part"))
    done = {each.name for file in work.glob("*.safetensors") for each in _headers(file)}
    assert done
    (work / ".killed.part").write_bytes(b"half")  # what a killed process leaves
    again = Watched(source)
    _, result = drained(written(work, headers, again, "writing", 8000))
    assert done.isdisjoint(again.names)
    assert done | set(again.names) == {each.name for each in headers}
    assert {file.name: file.read_bytes() for file in work.iterdir()} == {
        file.name: file.read_bytes() for file in whole.iterdir()
    }
    target = tmp_path / "target"
    target.mkdir()
    moved(result, work, target)
    assert set(checkpoint_in(target).tensors) == set(source.tensors)


def _headers(file: Path) -> list[Header]:
    from fusionlab.weights.checkpoint import headers_in

    return [*headers_in(file)]


def test_nan_is_told_after_a_stop_as_well(tmp_path: Path) -> None:
    tensors = {name: torch.ones(4) for name in "abc"}
    tensors["a"][1] = float("nan")
    headers = [Header(name, "F32", (4,)) for name in tensors]
    steps = written(tmp_path, headers, lambda name: [tensors[name]], "writing", 16)
    for _ in range(4):
        next(steps)
    steps.close()
    tensors["a"][1] = 0.0  # it is not read again
    _, result = drained(written(tmp_path, headers, lambda name: [tensors[name]], "writing", 16))
    assert result.not_finite == ("a",)


@settings(max_examples=15)
@given(
    runs=st.lists(st.integers(0, 5), min_size=1, max_size=12),
    broken=st.sets(st.integers(0, 11)),
    behind=st.integers(0, 60),
)
def test_what_is_written_is_hashed_and_looked_at_however_far_behind(
    runs: list[int], broken: set[int], behind: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Tensors come in runs of rows; those of `broken` hold an infinity in one of them."""
    folder = tmp_path_factory.mktemp("behind")
    tensors = {f"t{n}": torch.randn(3 * rows, 2) for n, rows in enumerate(runs)}
    wrong = [f"t{n}" for n in sorted(broken) if n < len(runs) and runs[n]]
    for name in wrong:
        tensors[name][-1, 0] = float("-inf")
    headers = [Header(name, "F32", tuple(each.shape)) for name, each in tensors.items()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashing, "BEHIND", behind)
        _, result = drained(
            written(folder, headers, lambda name: torch.split(tensors[name], 2), "writing")
        )
    assert result.not_finite == tuple(wrong)
    data = (folder / "model.safetensors").read_bytes()
    assert result.sha256 == {"model.safetensors": hashlib.sha256(data).hexdigest()}


def test_rows_are_read_into_memory_that_is_given(tmp_path: Path) -> None:
    """It is used where it suffices, and left alone where it is too little."""
    saved = torch.arange(24.0).reshape(6, 4)
    save_file({"a": saved}, tmp_path / "model.safetensors")
    found = checkpoint_in(tmp_path)
    enough, little = torch.zeros(40, dtype=torch.uint8), torch.zeros(8, dtype=torch.uint8)
    rows = found.read("a", 2, 4, enough)
    assert torch.equal(rows, saved[2:4])
    assert rows.data_ptr() == enough.data_ptr()
    assert not enough[32:].any()
    assert torch.equal(found.read("a", 2, 4, little), saved[2:4])
    assert not little.any()


def test_a_full_disk_leaves_no_half_file(tmp_path: Path) -> None:
    headers = [Header("a", "F32", (10,)), Header("b", "F32", (100_000,))]
    make = {"a": torch.ones(10), "b": torch.ones(100_000)}
    with files_up_to(50_000), pytest.raises(OSError, match="large"):
        drained(written(tmp_path, headers, lambda name: [make[name]], "writing", 100))
    assert [file.name for file in tmp_path.iterdir()] == ["model-00001-of-00002.safetensors"]
    drained(written(tmp_path, headers, lambda name: [make[name]], "writing", 100))
    assert set(checkpoint_in(tmp_path).tensors) == {"a", "b"}


@pytest.mark.parametrize("wrong", [torch.ones(3), torch.ones(4).half()])
def test_a_tensor_that_is_not_what_was_said_is_a_mistake_of_ours(
    wrong: torch.Tensor, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=r"a (is|has)"):
        drained(written(tmp_path, [Header("a", "F32", (4,))], lambda _: [wrong], "writing"))
    assert not list(tmp_path.iterdir())
