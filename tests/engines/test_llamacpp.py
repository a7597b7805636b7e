"""GGUF files in llama.cpp: what is particular to this engine; the rest is the engines' contract."""

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from fusionlab.engines import llamacpp
from fusionlab.engines.llama_server import LlamaCppModel
from fusionlab.errors import SourceError
from fusionlab.models.base import Level, Message, ModelSpec, Usage
from fusionlab.recipe import Sampling
from tests.tiny_gguf import tiny_gguf

SPEC = ModelSpec("gguf:tiny.gguf", "llamacpp", Level.LOGPROBS)
PROMPT = [Message("user", "one two three")]


@pytest.fixture(scope="module")
def gguf(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_gguf(tiny, tmp_path_factory.mktemp("gguf") / "tiny.gguf")


@pytest.fixture(scope="module")
def model(gguf: Path) -> Iterator[LlamaCppModel]:
    with closing(llamacpp.load(gguf, SPEC)) as model:
        yield model


def test_its_figures_are_the_files(model: LlamaCppModel, gguf: Path) -> None:
    assert model.spec.bytes == gguf.stat().st_size
    assert model.context == 512
    assert model.slots == 4


def test_loading_and_using_it_says_nothing(gguf: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with closing(llamacpp.load(gguf, SPEC)) as model:
        list(model.generate([PROMPT] * 2, Sampling(4)))
    assert capfd.readouterr() == ("", "")


def test_its_server_wants_the_key_and_listens_on_loopback(model: LlamaCppModel) -> None:
    assert httpx.URL(model.endpoint.url).host == "127.0.0.1"
    answer = httpx.get(f"{model.endpoint.url}/props", trust_env=False)
    assert answer.status_code == 401
    assert model.endpoint.key not in repr(model.endpoint)


def test_closing_stops_the_server(gguf: Path) -> None:
    model = llamacpp.load(gguf, SPEC)
    url = model.endpoint.url
    model.close()
    model.close()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/health", trust_env=False)


def test_a_file_that_is_no_gguf_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(SourceError, match=r"cannot load model\.gguf"):
        llamacpp.load(path, SPEC)


def test_continuations_spread_over_the_slots(model: LlamaCppModel) -> None:
    answers = [model.begin([70]) for _ in range(5)]
    assert sorted(model.in_slot.values()) == [1, 1, 1, 2]
    for answer in answers:
        answer.close()
        answer.close()
    assert set(model.in_slot.values()) == {0}


def test_a_step_computes_only_what_is_new(model: LlamaCppModel) -> None:
    ids = model.encode(PROMPT)
    with closing(model.begin(ids)) as led:
        led.top(1)
        led.say(model.vocabulary.pieces[80])
        assert led.ids == [*ids, 80]
        body = {"prompt": led.ids, "id_slot": led.slot, "n_predict": 1}
        answer = model.endpoint.post("/completion", body | {"cache_prompt": True})
    assert answer["timings"]["prompt_n"] == 1


def test_top_asks_the_server_once(model: LlamaCppModel) -> None:
    with closing(model.begin(model.encode(PROMPT))) as answer:
        five = answer.top(5)
        assert answer.top(3) == five[:3]
        assert answer.usage.forward_passes == 1


def test_more_prompts_than_slots_wait_their_turn(model: LlamaCppModel) -> None:
    prompts = [[Message("user", f"one two {n}")] for n in range(7)]
    chunks = list(model.generate(prompts, Sampling(6)))
    ends = [chunk for chunk in chunks if chunk.usage is not None]
    assert sorted(chunk.row for chunk in ends) == list(range(7))
    assert {chunk.usage.batch for chunk in ends if chunk.usage} == {4}
    assert not [t for t in threading.enumerate() if t.name.startswith("answer")]


def test_resuming_reuses_what_a_row_computed_before(model: LlamaCppModel) -> None:
    first = [[Message("user", "one two three")], [Message("user", "three two one")]]
    longer = [[*prompt, Message("assistant", "four"), Message("user", "five")] for prompt in first]
    for _ in range(2):  # whatever is cached, beginning anew computes everything
        told = _usages(model, first, anew=True)
        assert [usage.tokens_reused for usage in told] == [0, 0]
    for prompt, usage in zip(longer, _usages(model, longer, anew=False), strict=True):
        assert 0 < usage.tokens_reused < usage.tokens_in == len(model.encode(prompt))


def test_who_is_left_finds_its_slot_again(model: LlamaCppModel) -> None:
    first = [[Message("user", text)] for text in ("one two three", "three two one", "ten nine")]
    _usages(model, first, anew=True)
    later = [[*prompt, Message("assistant", "four"), Message("user", "five")] for prompt in first]
    for asked in (later[1:], later[:1:-1]):
        for prompt, usage in zip(asked, _usages(model, asked, anew=False), strict=True):
            assert usage.tokens_reused >= len(model.encode(prompt[:1])) - 3


def test_more_rows_than_slots_are_not_resumed(model: LlamaCppModel) -> None:
    prompts = [PROMPT] * 5
    assert [usage.tokens_reused for usage in _usages(model, prompts, anew=False)] == [0] * 5


def _usages(model: LlamaCppModel, prompts: list[list[Message]], *, anew: bool) -> list[Usage]:
    chunks = [chunk for chunk in model.resume(prompts, Sampling(4), anew=anew) if chunk.usage]
    return [chunk.usage for chunk in sorted(chunks, key=lambda c: c.row) if chunk.usage]
