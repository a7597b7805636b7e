"""Sources that tell what they expect of prompts, vLLM and SGLang, with their tokenizer here."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

import fusionlab.builders  # noqa: F401  registers them
from fusionlab.builders.fusing.asking import asked
from fusionlab.builders.fusing.lessons import (
    expectations,
    fingerprint_of,
    known_of,
    learned_from,
    material,
    readings_of,
    sources_here,
)
from fusionlab.builds import builds_from_toml
from fusionlab.engines.endpoint import Endpoint
from fusionlab.engines.llama_answers import GREATEST, LEAST
from fusionlab.engines.memory import default_pool
from fusionlab.engines.prompt_answers import FORMS, Dialect
from fusionlab.engines.transformers import TransformersModel, load
from fusionlab.errors import FusionError, LevelTooLow, MemberError, RecipeError, SourceError
from fusionlab.models.base import Level, ModelSpec
from fusionlab.registry import Plan, Source, get_builder
from fusionlab.sources import store
from fusionlab.text.steps import finished
from tests.distil.prompt_servers import NAME, listed, sglang, vllm
from tests.drained import drained
from tests.fake_server import Script, reply, server
from tests.strategies import json_values
from tests.tiny import tiny_llama, tiny_tokenizer

SERVERS = {"vllm": vllm, "sglang": sglang}
TEXT = "one two three é 你好, four\n" * 6


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with a tiny model and a text; its tokenizer stands alone beside it."""
    place = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FUSIONLAB_HOME", str(place))
        folder = tiny_llama(place / "zoo" / "tiny", sharp=1.0)
        _, sha256 = drained(store.hash_of(folder / "model.safetensors"))
        store.write_origin(folder, "a test", "", {"model.safetensors": sha256}, licence="MIT")
        tiny_tokenizer().save_pretrained(place / "alone")
        tiny_tokenizer(300).save_pretrained(place / "other")
        (place / "text.txt").write_text(TEXT, encoding="utf-8")
        yield place
        default_pool().close()


@pytest.fixture(scope="module")
def model(home: Path) -> TransformersModel:
    return load(home / "zoo" / "tiny", ModelSpec("tiny", "transformers", Level.INTERNALS))


@contextmanager
def serving(script: Script, owner: str = "vllm") -> Iterator[str]:
    with server(script, listed(owner)) as url:
        yield f"api:{url}#{NAME}"


def planned(home: Path, ref: str, tokenizer: str, **settings: Any) -> Plan[Any]:
    told = {"target": "zoo/tiny", "data": str(home / "text.txt"), "batch": 2, "steps": 1}
    told |= {"length": 32, "precision": "float32", **settings}
    source = Source(ref, {"tokenizer": tokenizer} if tokenizer else {})
    return get_builder("distil").plan([source], told, "new")


@pytest.mark.parametrize("kind", SERVERS)
def test_what_is_stored_of_a_server_is_what_the_model_here_expects(
    home: Path, model: TransformersModel, kind: str
) -> None:
    alone = f"path:{home / 'alone'}"
    with serving(SERVERS[kind](model), kind) as ref, ExitStack() as answering:
        told, own = map(known_of, sources_here([ref, "zoo/tiny"], answering, [alone, ""], 5))
        assert told.source.model.dialect == kind  # type: ignore[union-attr]
        assert told.vocabulary == own.vocabulary
        assert told.context == 510
        records, _ = material(str(home / "text.txt"), 2)
        found = learned_from(records, own, [told], 32, 0.1)
        readings = [readings_of(each, found.documents) for each in (told, own)]
        assert readings[0] == readings[1]
        made_by = finished(fingerprint_of(told.source))
        asked_, read = (
            drained(expectations(each, by, readings[0], 5))[1]
            for each, by in ((told, made_by), (own, "own"))
        )
    assert len(asked_) == len(read) > 1
    for number in range(len(read)):
        here, there = asked_.block(number), read.block(number)
        assert here.ids.tolist() == there.ids.tolist()
        # The two differ by how rows are put together in a pass, which fp16 mostly hides.
        assert_close(here.logprobs, there.logprobs, atol=4e-3, rtol=0)
        assert_close(here.label, there.label, atol=4e-3, rtol=0, equal_nan=True)
        assert_close(here.tail, there.tail, atol=1e-3, rtol=0)


def test_a_model_learns_from_a_server_and_says_with_which_tokenizer(
    home: Path, model: TransformersModel
) -> None:
    alone = f"path:{home / 'alone'}"
    with serving(vllm(model)) as ref:
        plan = planned(home, ref, alone)
        assert plan.refused is None, plan.refused
        assert any("cannot be verified" in each.sentence.said() for each in plan.findings)
        _, folder = drained(get_builder("distil").execute(plan, None))
        (build,) = builds_from_toml((folder / "recipe.toml").read_text())
        assert build.sources[0].options == {"tokenizer": alone}
        assert "What a server held cannot be verified" in (folder / "README.md").read_text()


def short_by_one(told: Any) -> Any:
    return told[:-1]


def without_one(told: Any) -> Any:
    worst = [max(each, key=lambda one: each[one]["rank"]) if each else "" for each in told]
    return [
        each and {k: v for k, v in each.items() if k != w or v["rank"] < 3}
        for each, w in zip(told, worst, strict=True)
    ]


def too_sure(told: Any) -> Any:
    return [each and {k: {**v, "logprob": -0.1} for k, v in each.items()} for each in told]


def shifted(meta: Any) -> Any:
    own = [[lp, (token + 1) % 300, text] for lp, token, text in meta["input_token_logprobs"]]
    return {**meta, "input_token_logprobs": own}


def own_alone(meta: Any) -> Any:
    top = [each and each[:1] for each in meta["input_top_logprobs"]]
    return {**meta, "input_top_logprobs": top}


REFUSED: dict[str, tuple[Callable[[TransformersModel], Script], str]] = {
    "prompt-untold": (lambda model: vllm(model, lambda _: None), "tells no log-probabilities"),
    "prompt-other-count": (lambda model: vllm(model, short_by_one), "tokens that has"),
    "prompt-fewer": (lambda model: sglang(model, own_alone), "tells 1 log-probabilities"),
    "distil-not-exact": (lambda model: vllm(model, too_sure), "exact log-probabilities"),
    "prompt-other-tokenizer": (lambda model: sglang(model, shifted), "other tokens"),
}


@pytest.mark.parametrize("key", REFUSED)
def test_what_a_server_tells_otherwise_is_refused_with_what_to_do(
    home: Path, model: TransformersModel, key: str
) -> None:
    script, said = REFUSED[key]
    with serving(script(model)) as ref, pytest.raises(MemberError, match=said) as caught:
        planned(home, ref, f"path:{home / 'alone'}", n_top=5)
    error = caught.value
    assert error.sentence.key == key
    assert error.hint
    assert error.sentence.said("zh") != error.message


def test_what_cannot_be_asked_so_is_refused(home: Path, model: TransformersModel) -> None:
    def refused(kind: type[FusionError], said: str, *asked_: Any, **settings: Any) -> None:
        with pytest.raises(kind, match=said) as caught:
            planned(home, *asked_, **settings)
        assert caught.value.hint

    alone = f"path:{home / 'alone'}"
    with serving(vllm(model)) as ref:
        refused(LevelTooLow, "gives text only", ref, "")
        refused(MemberError, "max allowed: 20", ref, alone, n_top=21)
        refused(MemberError, "other tokens|tokens that has", ref, f"path:{home / 'other'}")
        refused(SourceError, "tokenizer.json", ref, f"path:{home}")
        with ExitStack() as answering:
            few = finished(asked(ref, answering, "zoo/tiny", 5)).model
            with pytest.raises(FusionError, match="512"):
                few.expected([1] * 511, 5)  # type: ignore[call-arg]
    with serving(reply("{}", status=404)) as ref:
        refused(MemberError, "tells no log-probabilities", ref, alone)
    with serving(reply('{"error": {"message": "who are you"}}', status=401)) as ref:
        refused(MemberError, "who are you", ref, alone)
    refused(RecipeError, "its own vocabulary", "zoo/tiny", alone)


ROWS = st.lists(
    st.one_of(
        st.none(),
        st.dictionaries(
            st.sampled_from(["0", "7", "319", "320", "-1", "x"]),
            st.fixed_dictionaries(
                {"logprob": st.one_of(st.none(), st.floats(), st.text(max_size=2))},
                optional={"rank": st.one_of(st.integers(), st.none())},
            ),
            max_size=4,
        ),
    ),
    max_size=5,
)
TRIPLES = st.lists(
    st.tuples(st.one_of(st.none(), st.floats()), st.integers(-1, 400), st.none()), max_size=5
)
ANSWERS = st.one_of(
    json_values,
    st.builds(lambda rows: {"choices": [{"prompt_logprobs": rows}]}, ROWS),
    st.builds(
        lambda own, top: {
            "meta_info": {"input_token_logprobs": own, "input_top_logprobs": [top] * len(own)}
        },
        TRIPLES,
        TRIPLES,
    ),
)


@pytest.fixture(scope="module")
def nowhere() -> Iterator[Endpoint]:
    """An endpoint that nobody asks: it names the server in errors."""
    with closing(Endpoint("a server", "http://127.0.0.1:1")) as endpoint:
        yield endpoint


@pytest.mark.parametrize("dialect", FORMS)
@settings(max_examples=150)
@given(answer=ANSWERS)
def test_whatever_a_server_answers_is_read_or_refused(
    nowhere: Endpoint, dialect: Dialect, answer: Any
) -> None:
    try:
        places = FORMS[dialect].places(nowhere, json.loads(json.dumps(answer)))
    except MemberError:
        return
    for place in places or []:
        assert all(LEAST <= each <= GREATEST for _, each in place.entries)
        assert all(token >= 0 for token in place.logprobs)
        assert set(dict(place.entries)) <= set(place.logprobs)
