"""Files that changed on disk are made or fetched anew, or refused with what to do about it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from fusionlab.engines import passes
from fusionlab.engines.llamacpp import load as load_gguf
from fusionlab.engines.memory import Pool
from fusionlab.engines.transformers import load
from fusionlab.errors import FusionError, MemberError, RecipeError, SourceError
from fusionlab.events import StepTrained, Warned
from fusionlab.models.base import Level, Message, ModelSpec
from fusionlab.recipe import MemberRecipe, Recipe, Sampling
from fusionlab.run import run
from fusionlab.sources import dequantise, references, store
from fusionlab.text import embedding
from fusionlab.training.log import logged
from fusionlab.training.loop import Plan, train
from fusionlab.zoo.adapters import adapter_scores
from fusionlab.zoo.recipes import fingerprint
from fusionlab.zoo.shelf import scores_of
from fusionlab.zoo.train import planned
from fusionlab.zoo.train import train as train_planned
from tests.drained import drained
from tests.fake_hub import FakeHub, serving
from tests.faults.damage import DAMAGES, WEIGHTS, Damage, contents, copying, garbled
from tests.tiny import tiny_llama, tiny_mixture
from tests.tiny_gguf import tiny_gguf
from tests.tiny_lora import tiny_lora
from tests.training.test_loop import draw, two_layers
from tests.zoo.test_train import SHORT

SPEC = ModelSpec("tiny", "transformers", Level.INTERNALS)
PROMPT = [Message("user", "one two three")]
REPO = "org/tiny"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, and no network."""
    from huggingface_hub import constants

    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub-cache"))
    return tmp_path / "home"


@pytest.fixture
def made(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A GGUF file and the folder made of it, by a child that takes no time."""

    monkeypatch.setattr(dequantise, "in_process", copying(tiny))
    gguf = tiny_gguf(tiny, tmp_path / "tiny.gguf")
    _, folder = drained(references.folder_for(f"gguf:{gguf}"))
    return gguf, folder


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_converted_folder_that_was_damaged_is_made_anew(
    damage: Damage, made: tuple[Path, Path]
) -> None:
    gguf, folder = made
    assert drained(references.folder_for(f"gguf:{gguf}")) == ([], folder)
    before = contents(folder)
    damage(folder)
    assert contents(folder) != before
    events, again = drained(references.folder_for(f"gguf:{gguf}"))
    assert again == folder
    assert contents(folder) == before
    (warning,) = (event for event in events if isinstance(event, Warned))
    assert str(folder) in warning.message
    assert "made anew from tiny.gguf" in warning.message
    assert [file.name for file in folder.parent.iterdir()] == [folder.name]


def test_a_folder_that_has_not_changed_is_not_read_again(
    made: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    gguf, folder = made
    drained(references.folder_for(f"gguf:{gguf}"))
    monkeypatch.setattr(store, "hash_of", None)
    assert drained(references.folder_for(f"gguf:{gguf}")) == ([], folder)


def test_what_cannot_be_made_anew_is_not_used(
    made: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    gguf, folder = made
    garbled(folder / WEIGHTS)
    monkeypatch.setattr("shutil.rmtree", lambda *_, **__: None)
    with pytest.raises(SourceError, match="cannot be removed"):
        drained(references.folder_for(f"gguf:{gguf}"))


@pytest.fixture
def hub(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with serving(FakeHub(REPO, contents(tiny))) as fake:
        monkeypatch.setenv("HF_HUB_OFFLINE", "0")
        monkeypatch.setenv("HF_ENDPOINT", fake.address)
        yield fake


@pytest.mark.parametrize("name", ["random bytes in the weights", "a garbled config", "no tokenizer",
                                  "an emptied folder"])  # fmt: skip
def test_a_model_of_the_hub_that_was_damaged_is_fetched_again_or_refused(
    name: str, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, folder = drained(references.folder_for(f"hub:{REPO}"))
    assert drained(references.folder_for(f"hub:{REPO}")) == ([], folder)
    before = contents(folder)
    DAMAGES[name](folder)
    events, again = drained(references.folder_for(f"hub:{REPO}"))
    assert (again, contents(folder)) == (folder, before)
    (warning,) = (event for event in events if isinstance(event, Warned))
    assert "and is fetched again" in warning.message
    DAMAGES[name](folder)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(SourceError) as caught:
        drained(references.folder_for(f"hub:{REPO}"))
    assert caught.value.hint
    assert folder.exists()


def test_what_was_trained_here_is_refused_with_the_way_to_train_it_again(home: Path) -> None:
    model = tiny_llama(home / "zoo" / "tiny")
    adapter = tiny_lora(model, home / "adapters" / "days", name="zoo/tiny")
    for folder, name in ((model, WEIGHTS), (adapter, "adapter_model.safetensors")):
        _, sha256 = drained(store.hash_of(folder / name))
        store.write_origin(folder, "a test", "", {name: sha256})
    whole = (adapter / "adapter_model.safetensors").read_bytes()
    garbled(adapter / "adapter_model.safetensors")
    assert "make the adapter again" in _refusal("zoo/tiny+days")
    (adapter / "adapter_model.safetensors").write_bytes(whole)
    garbled(model / WEIGHTS)
    for ref in ("zoo/tiny", "zoo/tiny+days"):
        assert "fusionlab zoo train" in _refusal(ref)


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("name", [WEIGHTS, "origin.json"])
def test_a_trained_model_that_was_damaged_is_trained_anew(name: str, tmp_path: Path) -> None:
    _, folder = drained(train_planned(planned(SHORT, 3), tmp_path / "shelf"))
    garbled(folder / name)
    if name == WEIGHTS:
        events, _ = drained(train_planned(planned(SHORT, 3), tmp_path / "shelf"))
        (warning,) = (event for event in events if isinstance(event, Warned))
        assert "is trained anew" in warning.message
        assert drained(store.fault(folder)) == ([], None)
    else:
        with pytest.raises(FusionError, match="another recipe"):
            drained(train_planned(planned(SHORT, 3), tmp_path / "shelf"))
        with pytest.raises(SourceError, match="does not say which weights"):
            fingerprint(SHORT, folder)


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"task": 1}]', "[" * 9999, "3"])
def test_scores_that_cannot_be_read_are_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "evaluation.json").write_text(text)
    assert scores_of(tmp_path) == ()
    assert adapter_scores(tmp_path) == ()


def _refusal(ref: str) -> str:
    pool = Pool(10**10)
    with pool.borrow() as loan, pytest.raises(SourceError, match="is damaged") as caught:
        drained(loan.load(ref, Level.TEXT))
    return caught.value.hint


# numbers that are none


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model, one of whose weights is NaN."""
    return spoiled(tiny_llama(tmp_path_factory.mktemp("broken") / "m"), "mlp.up_proj.weight")


def spoiled(folder: Path, name: str) -> Path:
    tensors = load_file(folder / WEIGHTS)
    next(tensor for each, tensor in tensors.items() if name in each).view(-1)[0] = torch.nan
    save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})
    return folder


@pytest.mark.parametrize("temperature", [0.0, 1.0])
@pytest.mark.parametrize("method", ["solo", "ensemble", "vote"])
def test_no_answer_is_made_of_what_is_no_number(
    method: str, temperature: float, broken: Path, tiny: Path
) -> None:
    members = [MemberRecipe(f"path:{broken}", "ill")]
    members += [] if method == "solo" else [MemberRecipe(f"path:{tiny}", "well")]
    sampling = Sampling(max_tokens=3, temperature=temperature)
    recipe = Recipe(method, "one two", tuple(members), sampling=sampling)
    with pytest.raises(MemberError, match="computes something that is not a number") as caught:
        list(run(recipe))
    assert "may be damaged" in caught.value.hint


def test_a_mixture_answers_nothing_either(tmp_path: Path) -> None:
    folder = tiny_mixture(tmp_path / "m")
    tensors = load_file(folder / WEIGHTS)
    tensors["model.embed_tokens.weight"][:] = torch.nan
    save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})
    recipe = Recipe("moe", "one", (MemberRecipe(f"path:{folder}"),), sampling=Sampling(3))
    with pytest.raises(FusionError, match="not a number"):
        list(run(recipe))


def test_llama_cpp_answers_nothing_either(broken: Path, tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    model = load_gguf(tiny_gguf(broken, tmp_path / "broken.gguf"), SPEC)
    try:
        with pytest.raises(MemberError, match="not a number"):
            list(model.generate([PROMPT], Sampling(max_tokens=3)))
        with pytest.raises(MemberError):
            model.begin([5, 6]).top(3)
    finally:
        model.close()


@pytest.mark.parametrize(
    ("value", "right"), [(torch.nan, False), (torch.inf, False), (-torch.inf, True)]
)
def test_a_token_may_be_forbidden_but_not_infinitely_wanted(
    value: float, right: bool, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = passes._step

    def one_changed(*given: Any) -> tuple[Any, torch.Tensor]:
        cache, logits = step(*given)
        changed = logits.clone()
        changed[:, 7] = value
        return cache, changed

    monkeypatch.setattr(passes, "_step", one_changed)
    model = load(tiny, SPEC)
    answers = model.generate([PROMPT], Sampling(max_tokens=2))
    if right:
        assert list(answers)[-1].reason
    else:
        with pytest.raises(MemberError, match="not a number"):
            list(answers)


def test_meanings_that_are_no_numbers_elect_nobody() -> None:
    class Broken:
        max_seq_length = 9

        def tokenizer(self, texts: Any, **options: Any) -> dict[str, Any]:
            if isinstance(texts, str):
                return {"offset_mapping": []}
            return {"input_ids": [[0] for _ in texts]}

        def encode(self, texts: list[str], **options: Any) -> torch.Tensor:
            return torch.full((len(texts), 4), torch.nan)

    with pytest.raises(
        MemberError, match="the sentence embedder computes something that is not a number"
    ):
        embedding.Embedder(Broken()).encode(["a", "b"])


def test_an_embedder_that_cannot_be_opened_is_a_source_error(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(SourceError):
        embedding.load(tmp_path)


# training that goes on


def test_training_does_not_go_on_from_a_damaged_checkpoint(tmp_path: Path) -> None:
    file, plan = tmp_path / "checkpoint.safetensors", Plan(2, 1e-3, 1)
    list(train(two_layers(), plan, draw, checkpoint=file))
    for spoil in (garbled, lambda file: save_file({}, file)):
        spoil(file)
        with pytest.raises(RecipeError, match="is damaged") as caught:
            list(train(two_layers(), plan, draw, checkpoint=file))
        assert "remove it" in caught.value.hint


@pytest.mark.parametrize("line", ['{"step": "1"}', "[1]", '{"step', "\0" * 40, "[" * 9999, "3"])
def test_lines_of_a_log_that_cannot_be_read_are_left_out(line: str, tmp_path: Path) -> None:
    log = tmp_path / "training.jsonl"
    list(logged([StepTrained(1, 0.5, 0.1, 3)], log, 2, "x"))
    with log.open("a") as stream:
        stream.write(line + "\n")
    list(logged([StepTrained(2, 0.4, 0.1, 3)], log, 2, "x"))
    assert [json.loads(each)["step"] for each in log.read_text().splitlines()] == [1, 2]
