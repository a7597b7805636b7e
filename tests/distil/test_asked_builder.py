"""Sources of the builder that are asked what they expect: a GGUF file, a server elsewhere."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
import xllamacpp
from torch.testing import assert_close

import fusionlab.builders  # noqa: F401  registers them
from fusionlab.builders.fusing.asking import Asked
from fusionlab.builders.fusing.lessons import (
    expectations,
    known_of,
    material,
    readings_of,
    sources_here,
)
from fusionlab.distil.documents import documents
from fusionlab.engines import llamacpp
from fusionlab.engines.llama_server import LlamaCppModel
from fusionlab.engines.memory import default_pool
from fusionlab.errors import FusionError, LevelTooLow, MemberError, RecipeError
from fusionlab.events import ModelBuilt, Progress
from fusionlab.limits import Limits
from fusionlab.registry import Plan, Source, get_builder
from fusionlab.sources import store
from tests.bench.clerks import Clerk
from tests.drained import drained
from tests.tiny import tiny_llama
from tests.tiny_gguf import tiny_gguf

WORDS = ["one", "two", "七", "four"]
TALKS = [
    *({"prompt": f"{a} to", "completion": b} for a, b in pairwise(WORDS)),
    {
        "messages": [
            {"role": role, "content": text}
            for role, text in zip(("user", "assistant") * 2, ("one", "two ", "three", "four"))  # noqa: B905
        ]
    },
]
KEY = "a-key-of-this-test-alone-7f3a"
CLOSE = 1e-2
"""llama.cpp keeps what it has read in half precision."""


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with a tiny model, which is there as a GGUF file, too, and with data."""
    place = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FUSIONLAB_HOME", str(place))
        folder = tiny_llama(place / "zoo" / "tiny", sharp=1.0)
        _, sha256 = drained(store.hash_of(folder / "model.safetensors"))
        store.write_origin(folder, "a test", "", {"model.safetensors": sha256}, licence="MIT")
        tiny_gguf(folder, place / "tiny.gguf")
        rows = "".join(json.dumps(row) + "\n" for row in TALKS)
        (place / "talks.jsonl").write_text(rows, encoding="utf-8")
        (place / "text.txt").write_text(" ".join(WORDS) * 6 + " é 你好", encoding="utf-8")
        yield place
        default_pool().close()


def planned(home: Path, ref: str, **settings: Any) -> Plan[Any]:
    told = {"target": "zoo/tiny", "data": str(home / "talks.jsonl"), "batch": 2, "steps": 1}
    told |= {"length": 64, "precision": "float32", **settings}
    return get_builder("distil").plan([Source(ref)], told, "new")


@pytest.fixture
def serve(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[Any]]]:
    """Starts a llama.cpp server at one address; who empties the list stops it."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("FUSIONLAB_API_KEYS", f"127.0.0.1:{port}={KEY}")
    running: list[Any] = []

    def start() -> list[Any]:
        parameters = llamacpp._parameters(home / "tiny.gguf", KEY)
        parameters.port = port
        running.append(xllamacpp.Server(parameters))
        return running

    start.ref = f"api:http://127.0.0.1:{port}/v1#tiny"  # type: ignore[attr-defined]
    yield start
    running.clear()


def test_a_gguf_file_expects_what_its_weights_do(home: Path) -> None:
    with ExitStack() as answering:
        gguf, weights = sources_here([f"gguf:{home / 'tiny.gguf'}", "zoo/tiny"], answering)
        assert isinstance(gguf, Asked)
        told, own = known_of(gguf), known_of(weights)
        found = [material(str(home / data), 2)[0] for data in ("talks.jsonl", "text.txt")]
        texts = [each for records in found for each in documents(records, [own.writer], 64).texts]
        readings = [readings_of(each, texts) for each in (told, own)]
        assert readings[0] == readings[1]
        asked, read = (
            drained(expectations(each, each.name, readings[0], 5))[1] for each in (told, own)
        )
    for number in range(len(texts)):
        here, there = asked.block(number), read.block(number)
        assert_close(here.logprobs, there.logprobs, atol=CLOSE, rtol=0)
        assert_close(here.label, there.label, atol=CLOSE, rtol=0, equal_nan=True)
        assert_close(here.tail, there.tail, atol=CLOSE, rtol=0)
    alike = [asked.block(n).ids == read.block(n).ids for n in range(len(texts))]
    assert torch.cat(alike).double().mean() > 0.9  # near ties may change places


def test_a_server_that_dies_goes_on_at_the_same_command(home: Path, serve: Any) -> None:
    server = serve()
    plan = planned(home, serve.ref)
    said = [finding.sentence.said() for finding in plan.findings]
    assert plan.refused is None, plan.refused
    assert any("cannot be verified" in each and serve.ref in each for each in said)
    assert KEY not in repr(plan) + " ".join(said)
    storing: list[float] = []

    def dying() -> None:
        for event in get_builder("distil").execute(plan, None):
            if isinstance(event, Progress) and event.what == f"storing {serve.ref}":
                storing.append(event.done)
                if event.done:
                    server.clear()

    with pytest.raises(MemberError) as died:
        dying()
    with pytest.raises(MemberError) as gone:
        planned(home, serve.ref)
    for error in (died.value, gone.value):
        assert error.hint
        assert "127.0.0.1" in str(error)
        assert KEY not in f"{error} {error.hint}"
    serve()
    events, folder = drained(get_builder("distil").execute(planned(home, serve.ref), None))
    again = [each.done for each in events if isinstance(each, Progress) and serve.ref in each.what]
    assert again[0] > storing[-1] > 0
    assert isinstance(events[-1], ModelBuilt)
    card = (folder / "README.md").read_text()
    assert "What a server held cannot be verified" in card
    for file in (card, (folder / "recipe.toml").read_text(), (folder / "report.json").read_text()):
        assert serve.ref in file
        assert KEY not in file


def test_what_cannot_be_a_source_is_refused_by_name_before_anything_is_read(
    home: Path, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    gguf, there = f"gguf:{home / 'tiny.gguf'}", "api:http://127.0.0.1:1/v1#m"

    def refused(kind: type[FusionError], said: str, *arguments: Any, **settings: Any) -> None:
        with pytest.raises(kind, match=said) as caught:
            planned(home, *arguments, **settings)
        assert caught.value.hint
        assert caught.value.sentence.said("zh") != caught.value.sentence.said()

    refused(RecipeError, "tiny.gguf only tells log-probabilities", gguf, objective="plain")
    demo = Limits(models=("zoo/*",))
    with pytest.raises(RecipeError, match="api:"):
        demo.check_plan(get_builder("distil"), [Source(there)], {})
    clerk = Clerk(lambda _: "yes", "clerk")
    with monkeypatch.context() as patch:
        patch.setattr("fusionlab.engines.remote.load", lambda *_, **__: clerk)
        refused(LevelTooLow, r"api:http://127.0.0.1:1/v1#m gives text only", there)
    assert clerk.asked == []
    candidates = LlamaCppModel.candidates

    def vague(*asked: Any) -> Any:
        return [one.model_copy(update={"logprob": one.logprob - 1}) for one in candidates(*asked)]

    monkeypatch.setattr(LlamaCppModel, "candidates", vague)
    serve()
    refused(MemberError, f"{serve.ref} does not tell the exact", serve.ref)
