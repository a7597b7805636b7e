"""What a server sends without end or beyond all measure is cut by tokens, bytes and time.

Whatever it sends, what comes of it is an answer within bounds, or an error of ours.
"""

import json
import math
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import repeat
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusionlab import network
from fusionlab.engines import endpoint, remote
from fusionlab.engines.completions import CHARACTERS_MORE, CHARACTERS_PER_TOKEN, MOST_TOKENS
from fusionlab.engines.llama_answers import Facts
from fusionlab.engines.llama_server import LlamaCppModel
from fusionlab.errors import FusionError, MemberError
from fusionlab.events import Warned
from fusionlab.models.base import Chunk, Level, Message, ModelSpec, TokenModel
from fusionlab.recipe import Sampling
from tests.engines.test_servers import LAST, MODELS, TOLD, llama
from tests.fake_server import Handler, Script, piece, server

SPEC = ModelSpec("api:test#m", "remote", Level.TEXT)
PROMPT = [Message("user", "Say something.")]
TOKENS = 5
HEAD = b"HTTP/1.1 200 OK\r\n\r\n"


def sending(parts: Callable[[], Iterator[bytes]], pause: float = 0.0) -> Script:
    """These bytes, headers and all, for as long as somebody reads."""

    def script(handler: Handler) -> None:
        for part in parts():
            handler.wfile.write(part)
            time.sleep(pause)

    return script


def event(said: Any) -> bytes:
    return b"data: " + json.dumps(said).encode() + b"\n\n"


def llama_saying(said: Any) -> dict[str, Any]:
    """A llama.cpp server that says this for ever."""
    usual = llama()["script"]

    def script(handler: Handler) -> None:
        endless = sending(lambda: repeat(HEAD + event(said), 10**6), 0.02)
        (endless if handler.path.endswith("/completion") else usual)(handler)

    return {"script": script, "get": usual}


def asked(script: Script, get: Script | None = None, timeout: float = 0.3) -> list[Chunk]:
    with (
        server(script, get) as url,
        closing(remote.load(url, "m", SPEC, timeout=timeout)) as model,
    ):
        return list(model.generate([PROMPT], Sampling(TOKENS)))


# without end


@pytest.mark.parametrize(
    "said",
    [
        piece(""),
        piece(None),
        {"choices": []},
        {"choices": [{"delta": {"role": "assistant"}}]},
        {"choices": [], "usage": {"completion_tokens": 1}},
        {},
    ],
)
def test_events_that_say_nothing_are_silence(said: Any) -> None:
    endless = sending(lambda: iter([HEAD, *repeat(event(said), 400)]), 0.02)
    with pytest.raises(MemberError, match=r"did not answer for 0\.3 s"):
        asked(endless)


def test_tokens_that_do_not_grow_are_silence() -> None:
    with pytest.raises(MemberError, match=r"did not answer for 0\.3 s"):
        asked(**llama_saying(TOLD | {"content": ""}))


def test_what_comes_slowly_after_the_end_does_not_spoil_it() -> None:
    late = sending(lambda: iter([HEAD, event(piece("well", "stop")), *repeat(event({}), 50)]), 0.02)
    *_, last = asked(late)
    assert last.reason == "end"


def test_blanks_before_an_answer_are_silence() -> None:
    with pytest.raises(MemberError, match=r"did not answer for 0\.3 s"):
        asked(sending(lambda: iter([HEAD, *repeat(b" \n", 400)]), 0.02))


@pytest.mark.parametrize("endless", [b"HTTP/1.1 100 Continue\r\n\r\n", b"H"])
@pytest.mark.parametrize("of", ["an answer", "a question about it"])
def test_headers_without_an_end_are_silence(
    endless: bytes, of: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "CONNECT_SECONDS", 0.2)
    for_ever = sending(lambda: repeat(endless, 1000), 0.01)
    get = for_ever if of != "an answer" else None
    with pytest.raises(MemberError, match=r"did not answer for 0\.3 s") as caught:
        asked(for_ever, get)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "parts",
    [
        lambda: iter([HEAD, *repeat(event(piece("") | {"x": "y" * 2**20}), 50)]),
        lambda: iter([HEAD, b"data: ", *repeat(b"x" * 2**20, 50)]),
        lambda: iter([HEAD, b"[", *repeat(b"{}," * 2**18, 50)]),
        lambda: iter([HEAD, *repeat(b"\n" * 2**20, 50)]),
        lambda: iter([HEAD, *repeat(b": ping\n" * 2**17, 50)]),
    ],
    ids=["large events", "one event", "one body", "line breaks", "comments"],
)
def test_an_answer_of_five_tokens_has_no_millions_of_bytes(
    parts: Callable[[], Iterator[bytes]],
) -> None:
    with pytest.raises(MemberError, match=r"sent more than 4,\d\d\d,\d\d\d bytes"):
        asked(sending(parts), timeout=5)


def test_a_llama_cpp_server_is_held_to_its_bytes_too() -> None:
    large = llama_saying(TOLD | {"content": "x" * 2**21})
    with pytest.raises(MemberError, match="sent more than"):
        asked(**large, timeout=5)


def test_what_is_compressed_unasked_is_not_unpacked() -> None:
    bomb = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n\x1f\x8b"
    with pytest.raises(MemberError, match="compressed its answer"):
        asked(sending(lambda: iter([bomb])))


@pytest.mark.parametrize("path", ["props", "models", "tokenize"])
def test_small_questions_have_small_answers(path: str) -> None:
    usual, sent = llama(TOLD, LAST)["script"], list[int]()

    def parts() -> Iterator[bytes]:
        yield HEAD + b'{"data": ['
        for number in range(99):
            sent.append(number)
            yield b"{}," * 2**18

    def script(handler: Handler) -> None:
        (sending(parts) if handler.path.endswith(path) else usual)(handler)

    *_, last = asked(script, script, timeout=5)
    assert last.reason  # it was asked for text, as others are
    assert len(sent) < 50  # what was not read stands in buffers


def test_a_thousand_oddities_are_one_notice() -> None:
    odd = piece([{"type": f"kind {number}"} for number in range(20_000)])
    usages = [{"choices": [], "usage": number} for number in range(300)]
    *_, last = asked(
        sending(lambda: iter([HEAD, *map(event, [odd, *usages, piece("a", "stop")])])), timeout=5
    )
    told = [news.message for news in last.news if isinstance(news, Warned)]
    assert [message.partition("/v1 ")[2] for message in told] == [
        "also answered with a part of the kind 'kind 0'",
        "reported a usage that counts nothing: 0",
    ]


# the tokens of a llama.cpp server


def candidate(number: Any = 1, logprob: Any = -1.0, **more: Any) -> dict[str, Any]:
    return {"id": number, "bytes": [97], "logprob": logprob} | more


@pytest.mark.parametrize(
    "told",
    [
        *([], [candidate(), candidate()], [candidate(50)], [candidate(-1)], [candidate("1")]),
        *([candidate(0, -2.0), candidate(1, -1.0)], [candidate(0, 0.5)], [candidate(0, 10**300)]),
        *([candidate(0, math.nan)], [candidate(0, -math.inf)], [candidate(0, -1e300)]),
        *([candidate(bytes=[256])], [candidate(bytes=[97] * 2000)], [candidate(bytes="a")], [{}]),
        *([[]], 5, None, [{}] * 100_000),
    ],
    ids=lambda told: repr(told)[:60],
)
def test_candidates_that_cannot_be_are_refused(told: Any) -> None:
    told_all = {"logprob": -1.0, "top_logprobs": told}
    said = json.dumps({"completion_probabilities": [told_all]})
    with (
        closing(token_model(said)) as model,
        closing(model.begin([1])) as answer,
        pytest.raises(MemberError, match="unknown form"),
    ):
        answer.top(3)


def test_more_candidates_than_were_asked_for_are_left_out() -> None:
    told = [candidate(number, -1.0 - number) for number in range(9)]
    told_all = {"logprob": -1.0, "top_logprobs": told}
    said = json.dumps({"completion_probabilities": [told_all]})
    with closing(token_model(said)) as model, closing(model.begin([1])) as answer:
        assert answer.top(3) == [(b"a", -1.0), (b"a", -2.0), (b"a", -3.0)]


def test_a_vocabulary_of_too_many_values_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "MOST_VALUES", 1000)
    with (
        closing(token_model("[" + "[]," * 1000)) as model,
        pytest.raises(MemberError, match="more than 1,000 values"),
    ):
        _ = model.vocabulary


@pytest.mark.parametrize("size", [0, -1, 2**19 + 1, 10**9, "50", None])
def test_a_server_of_an_impossible_vocabulary_gives_text(size: Any) -> None:
    models = {"data": [MODELS["data"][0] | {"meta": {"n_vocab": size}}]}
    with server(**llama(models=models)) as url, closing(remote.load(url, "m", SPEC)) as model:
        assert not isinstance(model, TokenModel)


def token_model(said: str) -> LlamaCppModel:
    """A model whose server answers everything with this."""
    client = httpx.Client(transport=transport(said.encode()))
    at = endpoint.Endpoint("a server", "http://localhost")
    object.__setattr__(at, "client", client)
    return LlamaCppModel(SPEC, at, Facts(slots=2, context=512, vocabulary=50, filler=1))


def transport(body: bytes) -> httpx.MockTransport:
    """Whatever is asked is answered with these bytes."""
    return httpx.MockTransport(lambda _: httpx.Response(200, stream=httpx.ByteStream(body)))


# anything at all

numbers = st.one_of(
    st.integers(), st.floats(), st.sampled_from([-5, 10**30, 2**64, 10**400, 1e308])
)
words = st.one_of(st.text(max_size=9), st.sampled_from(["stop", "length", "text", "\ud83d", "eos"]))
anything: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, words),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["type", "text", "content", "choices", "value", "thinking", "logprob"]),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)
spoiled = st.one_of(anything, st.just([{}]), st.lists(anything, max_size=3))
of_chats = st.one_of(
    st.builds(piece, anything, st.one_of(st.none(), anything, st.just("stop"))),
    st.builds(lambda usage: {"choices": [], "usage": usage}, spoiled),
    st.builds(
        lambda name, value: {"usage": {name: value}},
        st.sampled_from(["prompt_tokens", "completion_tokens", "output_tokens"]),
        anything,
    ),
    st.builds(
        lambda field, value: {"choices": [{"delta": {field: value}}]},
        st.sampled_from(["content", "refusal", "reasoning", "reasoning_content"]),
        anything,
    ),
    st.fixed_dictionaries({}, optional={"choices": spoiled, "error": anything, "usage": anything}),
    spoiled,
)
of_llamas = st.builds(
    lambda usual, change: usual | change,
    st.sampled_from([TOLD, LAST]),
    st.dictionaries(
        st.sampled_from([*LAST, "timings", "completion_probabilities", "error"]),
        spoiled,
        max_size=2,
    ),
)


def is_answered(events: list[Any], ending: bytes, answer: Callable[[], Iterator[Chunk]]) -> bool:
    """Whether the stream is an answer, and then one within bounds; else it is an error of ours."""
    with pytest.MonkeyPatch.context() as patch:
        mock = transport(b"".join(map(event, events)) + ending)
        patch.setattr(network, "client", lambda *_, **__: httpx.Client(transport=mock))
        try:
            chunks = list(answer())
        except FusionError:
            return False
    text = "".join(chunk.text for chunk in chunks)
    text.encode()
    last = chunks[-1]
    assert last.reason
    assert last.usage
    assert len(text) <= CHARACTERS_PER_TOKEN * TOKENS + CHARACTERS_MORE
    assert 0 <= last.usage.tokens_in <= MOST_TOKENS
    assert 0 <= last.usage.tokens_reused <= last.usage.tokens_in
    assert 0 <= last.usage.tokens_out <= MOST_TOKENS
    assert last.logprob is None or math.isfinite(last.logprob)
    return True


def of_a_chat() -> Iterator[Chunk]:
    at = endpoint.Endpoint("a server", "http://localhost/v1")
    return remote.RemoteModel(SPEC, at, "m").generate([PROMPT], Sampling(TOKENS))


def of_a_llama() -> Iterator[Chunk]:
    at = endpoint.Endpoint("a server", "http://localhost")
    model = LlamaCppModel(SPEC, at, Facts(slots=2, context=512, vocabulary=50, filler=1))
    model.encode = lambda prompt: [1, 2, 3]  # type: ignore[method-assign]
    return model.generate([PROMPT], Sampling(TOKENS))


def test_what_is_right_is_answered() -> None:
    assert is_answered([piece("well", "stop")], b"", of_a_chat)
    assert is_answered([TOLD, LAST], b"", of_a_llama)


endings = st.sampled_from([b"", b"data: [DONE]\n\n", b"data: {", b"\xff", b"data: " + b"[" * 9999])


@settings(max_examples=300)
@given(st.lists(of_chats, max_size=5), endings)
def test_any_stream_of_a_chat_is_an_answer_or_an_error(events: list[Any], ending: bytes) -> None:
    is_answered(events, ending, of_a_chat)


@settings(max_examples=300)
@given(st.lists(of_llamas, max_size=5), endings)
def test_any_stream_of_a_llama_is_an_answer_or_an_error(events: list[Any], ending: bytes) -> None:
    is_answered(events, ending, of_a_llama)


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_any_bytes_are_an_answer_or_an_error(content: bytes) -> None:
    is_answered([], content, of_a_chat)
