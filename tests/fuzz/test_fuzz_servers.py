"""Servers answer whatever they like: a stream of events, a refusal, the shapes of llama.cpp."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fusionlab.encoding import event_to_json
from fusionlab.engines.endpoint import Endpoint
from fusionlab.engines.llama_answers import Facts
from fusionlab.engines.llama_server import LlamaCppModel, facts
from fusionlab.engines.remote import RemoteModel
from fusionlab.models.base import Level, Message, ModelSpec
from fusionlab.recipe import Sampling
from tests.fake_server import piece
from tests.fuzz.bounds import fuzzed, refused_at_most
from tests.fuzz.mutations import respoiled, spoiled, written

URL = "http://127.0.0.1:9"
SPEC = ModelSpec("api:x", "remote", Level.TEXT)
PROMPTS = [[Message("system", "Be brief."), Message("user", "2+2?")]]
SAMPLING = Sampling(max_tokens=5)
USAGE = {"prompt_tokens": 7, "completion_tokens": 5}
STREAM = (
    {"id": "x", **piece("it is "), "model": "m"},
    {"choices": [{"index": 0, "delta": {"content": [{"type": "text", "text": "4"}]}}]},
    {"choices": [{"index": 0, "delta": {"reasoning_content": "hm", "content": None}}]},
    {**piece("", "stop"), "usage": USAGE},
)
WHOLE = {"choices": [{"message": {"content": "4"}, "finish_reason": "stop"}], "usage": USAGE}
REFUSAL = {
    "error": {"message": "unknown field seed", "param": "seed", "code": 400},
    "detail": [{"loc": ["body", "seed"], "msg": "extra", "type": "extra_forbidden"}],
}
TOLD = [{"id": 3, "bytes": [97], "logprob": -0.5}, {"id": 4, "bytes": [98], "logprob": -1.5}]
LLAMA: dict[str, Any] = {
    "/props": {"total_slots": 2, "default_generation_settings": {"n_ctx": 64}},
    "/tokenize": {"tokens": [1, 2, 3]},
    "/v1/models": {"data": [{"meta": {"n_vocab": 320}}]},
    "/apply-template": {"prompt": "2+2?"},
    "/detokenize": {"content": "a"},
    "/completion": {
        "completion_probabilities": [{"logprob": -1.0, "top_logprobs": TOLD}],
        "generation_settings": {"logit_bias": [{"token": 2, "bias": -1.0}]},
    },
}
EVENTS = (
    {"content": "4", "index": 0, "stop": False, "tokens_predicted": 1, "tokens_evaluated": 3},
    {
        "content": "",
        "index": 0,
        "stop": True,
        "stop_type": "eos",
        "tokens_predicted": 2,
        "tokens_evaluated": 3,
        "timings": {"cache_n": 1},
        "completion_probabilities": [{"id": 3, "token": "4", "bytes": [52], "logprob": -0.5}],
    },
)
Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(autouse=True, scope="module")
def _impatient() -> Any:
    """A busy server is not waited for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fusionlab.engines.adapting.LONGEST_PAUSE", 0.0)
        yield


def replied(content: bytes) -> httpx.Response:
    """A reply that comes as a stream, as one over a connection does."""
    return httpx.Response(200, stream=httpx.ByteStream(content))


def endpoint(answer: Answer) -> Endpoint:
    """A server that answers so, without a network."""
    found = Endpoint("x", URL, "", 5.0)
    found.client.close()
    client = httpx.Client(transport=httpx.MockTransport(answer))
    object.__setattr__(found, "client", client)
    return found


def streamed(*events: str) -> str:
    return "".join(f"data: {event}\n\n" for event in (*events, "[DONE]"))


def spoiled_stream(*good: Any) -> st.SearchStrategy[str]:
    """A stream of which some events, or some letters, are spoiled."""
    events = st.lists(st.sampled_from(good) | respoiled(*good), max_size=5)
    parts = events.map(lambda each: streamed(*map(written, each)))
    return parts | spoiled(streamed(*map(written, good)))


bodies = spoiled_stream(*STREAM) | respoiled(WHOLE, REFUSAL).map(written)


@fuzzed(250)
@given(bodies, st.sampled_from((200, 200, 200, 400, 422, 429, 500)), st.integers(1, 3))
@example(streamed("[" * 100_000), 200, 1)
@example(streamed('{"choices": [], "usage": {"prompt_tokens": 1e999}}'), 200, 1)
@example(streamed('{"choices": [], "usage": {"completion_tokens": ' + "9" * 300 + "}}"), 200, 1)
@example(streamed(written(piece("a" * 150_000))), 200, 1)
@example(streamed(*['{"choices": []}'] * 2_000), 200, 1)
def test_a_stream_is_an_answer_or_an_error(body: str, status: int, samples: int) -> None:
    content = body.encode("utf-8", "surrogatepass")
    model = RemoteModel(
        SPEC, endpoint(lambda _: httpx.Response(status, stream=httpx.ByteStream(content))), "m"
    )
    with refused_at_most():
        for chunk in model.generate(PROMPTS * samples, SAMPLING):
            json.dumps([event_to_json(each) for each in chunk.news], allow_nan=False)
            (chunk.text + chunk.reasoning).encode()
            assert chunk.usage is None or 0 <= chunk.usage.tokens_out < 2**53


@fuzzed(200)
@given(st.sampled_from(sorted(LLAMA)), st.data())
def test_a_server_like_llama_cpps_is_used_or_refused(path: str, data: st.DataObject) -> None:
    answers = {each: written(answer) for each, answer in LLAMA.items()}
    answers[path] = data.draw(respoiled(LLAMA[path]).map(written) | spoiled(answers[path]))

    def answer(request: httpx.Request) -> httpx.Response:
        content = answers[request.url.path].encode("utf-8", "surrogatepass")
        return replied(content)

    server = endpoint(answer)
    with refused_at_most():
        model = LlamaCppModel(SPEC, server, facts(server))
        led = model.begin(model.encode(PROMPTS[0]))
        for text, logprob in led.top(2):
            assert isinstance(text, bytes)
            assert logprob <= 1e-3
        assert model.vocabulary.pieces


@fuzzed(150)
@given(spoiled_stream(*EVENTS), st.integers(1, 2))
def test_a_stream_of_llama_cpps_is_an_answer_or_an_error(body: str, samples: int) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/completion":
            return replied(body.encode("utf-8", "surrogatepass"))
        return replied(json.dumps(LLAMA[request.url.path]).encode())

    model = LlamaCppModel(
        SPEC, endpoint(answer), Facts(slots=2, context=64, vocabulary=9, filler=3)
    )
    with refused_at_most():
        for chunk in model.generate(PROMPTS * samples, SAMPLING):
            chunk.text.encode()
            assert chunk.usage is None or 0 <= chunk.usage.tokens_out < 2**53


def test_what_is_not_spoiled_is_taken() -> None:
    content = streamed(*map(written, STREAM)).encode()
    model = RemoteModel(SPEC, endpoint(lambda _: replied(content)), "m")
    assert "".join(chunk.text for chunk in model.generate(PROMPTS, SAMPLING)) == "it is 4"

    def answer(request: httpx.Request) -> httpx.Response:
        return replied(json.dumps(LLAMA[request.url.path]).encode())

    server = endpoint(answer)
    assert facts(server) == Facts(slots=2, context=64, vocabulary=320, filler=3)
