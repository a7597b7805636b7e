"""Servers of OpenAI's form whose answers are led: vLLM's, SGLang's and OpenAI's own answers.

What they answer is as these servers write it, over a small language of which all is known.
"""

import json
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from fusionlab.engines import remote
from fusionlab.engines.led_answers import spelled
from fusionlab.errors import LevelTooLow, MemberError
from fusionlab.events import RunFinished, TokenChosen, Warned
from fusionlab.methods.unite import unite
from fusionlab.models.base import Level, Member
from fusionlab.models.leading import Untold
from fusionlab.tokens import bounds
from tests.engines.peers import (
    FLAT,
    OTHER,
    PARIS,
    PROMPT,
    REQUEST,
    SPEC,
    Table,
    chat,
    drawing,
    listing,
    model,
    pair,
    probs,
    texts,
    warned,
)
from tests.fake_server import Handler, Script, reply, server


@pytest.mark.parametrize("kind", ["vllm", "sglang", "openai"])
def test_it_is_led_in_text(kind: str) -> None:
    with model(kind) as (there, asked), closing(there.lead(PROMPT)) as answer:
        assert there.spec.level == Level.LOGPROBS
        assert probs(answer.top(4)) == {b"Par": 0.6, b"Rom": 0.3, "世".encode(): 0.05, b"": 0.05}
        answer.say(b"Par")
        answer.say(b"is")
        assert probs(answer.top(2)) == {b" and": 0.55, b"": 0.4}
        answer.rewind(3)
        assert probs(answer.top(2)) == {b"is": 0.9, b"ma": 0.06}
        with pytest.raises(ValueError, match="cannot rewind 3 bytes to 4"):
            answer.rewind(4)
        bodies = [body for _, body in asked]
        assert all(body["temperature"] == 1 and not body["stream"] for body in bodies)
        if kind != "openai":
            assert bodies[1]["messages"][-1] == {"role": "assistant", "content": "Paris"}
            assert bodies[1]["continue_final_message"] is True
            assert bodies[1]["add_generation_prompt"] is False
            assert answer.usage.tokens_in == 20
        assert answer.usage.forward_passes == 3


@pytest.mark.parametrize("kind", ["vllm", "sglang", "openai"])
@pytest.mark.parametrize("drawn", ["a", "d", "e", "f", "z"])
@pytest.mark.parametrize("most", [1, 3, 5, 20])
@pytest.mark.parametrize("asked", [1, 4, 5])
def test_what_is_drawn_is_not_taken_for_one_of_the_best(
    kind: str, drawn: str, most: int, asked: int
) -> None:
    """No token that is not told is more probable than the last of those that are."""
    script = drawing(kind, drawn, FLAT, most)
    with model(kind, script=script) as (there, _), closing(there.lead(PROMPT)) as answer:
        told = answer.top(asked)
        best = sorted(FLAT.values(), reverse=True)
        assert list(probs(told).values()) == best[: len(told)]
        assert len(told) >= min(asked, most, 4 if kind == "openai" else 20) - 1
        if told:
            assert bounds.heard(told).most >= best[len(told)] - 1e-9


@pytest.mark.parametrize("kind", ["vllm", "sglang", "openai"])
def test_one_more_is_asked_for_so_that_none_is_lost(kind: str) -> None:
    script = drawing(kind, "z", FLAT, 20)
    with model(kind, script=script) as (there, _), closing(there.lead(PROMPT)) as answer:
        assert probs(answer.top(4)) == {b"a": 0.3, b"b": 0.12, b"c": 0.11, b"d": 0.105}


@pytest.mark.parametrize("kind", ["vllm", "sglang", "openai"])
def test_a_list_of_all_there_is_keeps_what_was_drawn(kind: str) -> None:
    script = drawing(kind, "c", {"a": 0.6, "b": 0.3, "c": 0.1}, 20)
    with model(kind, script=script) as (there, _), closing(there.lead(PROMPT)) as answer:
        assert probs(answer.top(5)) == {b"a": 0.6, b"b": 0.3, b"c": 0.1}


def test_what_is_drawn_keeps_nobody_from_reading_ahead() -> None:
    """It may be among those that are told at temperature 0, and is of the same distribution."""

    def script(handler: Handler) -> None:
        greedy = handler.asked["temperature"] == 0
        drawing("vllm", "a" if greedy else "d", FLAT, 4)(handler)

    with model("vllm", script=script) as (there, _), closing(there.lead(PROMPT)) as answer:
        answer.draft(6, 4)
        assert len(answer.top(4)) == 4


def test_where_only_the_drawn_token_is_told_nothing_is_read_ahead() -> None:
    """Whether probabilities are raw cannot be seen there."""

    def script(handler: Handler) -> None:
        greedy = handler.asked["temperature"] == 0
        drawing("vllm", "a" if greedy else "d", {**FLAT, "a": 1.0} if greedy else FLAT, 1)(handler)

    with model("vllm", script=script) as (there, _), closing(there.lead(PROMPT)) as answer:
        answer.draft(6, 4)
        assert answer.foreseen == 0


@pytest.mark.parametrize("kind", ["vllm", "sglang", "openai"])
def test_it_reads_ahead_in_one_request(kind: str) -> None:
    with model(kind) as (there, asked), closing(there.lead(PROMPT)) as answer:
        answer.draft(6, 3)
        for piece in (b"Par", b"is", b" and", b" Rome"):
            assert answer.top(3)[0][0] == piece
            answer.say(piece)
        looked = len(asked)
        # The first place is asked for twice: whether probabilities are raw is seen there.
        assert [body["max_tokens"] for _, body in asked] == [1, 6]
        answer.rewind(0)
        answer.draft(6, 3)
        answer.top(3)
        answer.say(b"Rom")
        assert answer.top(3)[0][0] == b"e"
        assert len(asked) == looked + 2


def test_whose_probabilities_change_with_temperature_is_not_asked_ahead() -> None:
    def script(handler: Handler) -> None:
        answer = chat(PARIS, handler.asked)
        if handler.asked["temperature"] == 0:
            for place in answer["choices"][0]["logprobs"]["content"]:
                place["top_logprobs"][0]["logprob"] = 0.0
        reply(json.dumps(answer))(handler)

    with model("vllm", script=script) as (there, _), closing(there.lead(PROMPT)) as answer:
        answer.draft(6, 3)
        assert probs(answer.top(3))[b"Par"] == 0.6
        answer.say(b"Par")
        answer.draft(6, 3)
        assert probs(answer.top(3))[b"is"] == 0.9


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("Paris", b"Paris"),
        ("bytes:\\xe4\\xb8", b"\xe4\xb8"),
        ("</s>", b""),
        ("\ufffd", None),
        (" é", " é".encode()),
    ],
)
def test_tokens_are_bytes(told: str, expected: bytes | None) -> None:
    assert spelled(told) == expected
    assert spelled("\ufffd", [0xE4, 0xB8]) == b"\xe4\xb8"
    assert spelled("\ufffd", list("\ufffd".encode())) is None


def test_what_comes_after_a_token_of_unknown_bytes_is_not_told() -> None:
    """So that what is not told stays at most as probable as the last that is."""
    table: Table = {"": {"a": 0.5, "\ufffd": 0.3, "b": 0.2}}
    with model("vllm", table) as (there, _), closing(there.lead(PROMPT)) as answer:
        assert probs(answer.top(3)) == {b"a": 0.5}


def test_within_a_character_it_tells_nothing() -> None:
    with model("vllm") as (there, asked), closing(there.lead(PROMPT)) as answer:
        answer.say("世".encode()[:1])
        assert answer.top(3) == []
        answer.draft(4, 3)
        assert asked == []


@pytest.mark.parametrize("kind", ["vllm", "sglang", "openai"])
def test_they_write_one_text_ahead_or_not(kind: str) -> None:
    with model(kind) as (one, asked), model(kind, OTHER) as (other, _):
        plain = list(unite(pair(one, other), REQUEST, ahead=1, scores="always"))
        before = len(asked)
        ahead = list(unite(pair(one, other), REQUEST, ahead=8))
        assert texts(plain) == texts(ahead) == ["Par", "is", " and", " Rome", "<end>"]
        assert len(asked) - before < before
        assert isinstance(ahead[-1], RunFinished)
        assert ahead[-1].answer == "Paris and Rome"
    told = [event for event in ahead if isinstance(event, TokenChosen)]
    assert all(event.certified for event in told)
    assert told[0].p == pytest.approx((0.6 + 0.45) / 2)


def test_fewer_alternatives_than_asked_for_are_said_once() -> None:
    wide = {f"w{n}": 0.1 for n in range(10)}
    table = {**PARIS, "": {**wide, "w0": 0.2, "w9": 0.001}}
    with model("openai", table) as (one, _), model("openai", table) as (other, _):
        events = list(unite(pair(one, other), REQUEST, top_k=8, ahead=1))
    assert warned(events) == ["alternatives-fewer", "alternatives-fewer"]
    first = next(event for event in events if isinstance(event, TokenChosen))
    assert first.coverage is not None
    assert first.coverage < 0.7


def test_processed_probabilities_are_refused() -> None:
    table = {"": {"Par": 0.9, "Rom": 0.8}}
    with model("vllm", table) as (one, _), model("vllm") as (other, _):
        events = list(unite(pair(one, other), REQUEST, rejoin=0))
        with pytest.raises(MemberError, match=r"sum to 1\.70"):
            list(unite(pair(one, other), REQUEST, on_failure="stop"))
    assert warned(events) == ["member-dropped"]
    assert "not those of the model itself" in next(
        event.message for event in events if isinstance(event, Warned)
    )


def untold(make: Callable[[], dict[str, Any]]) -> Script:
    return lambda handler: reply(json.dumps(make()))(handler)


@pytest.mark.parametrize("kind", ["vllm", "openai"])
@pytest.mark.parametrize("logprobs", [None, {}, {"content": None}])
def test_no_log_probabilities_at_all_end_the_run(kind: str, logprobs: Any) -> None:
    bare = {"choices": [{"message": {"content": "Paris"}, "text": "Paris", "logprobs": logprobs}]}
    with (
        model(kind, script=untold(lambda: bare)) as (one, _),
        model("vllm") as (other, _),
        pytest.raises(Untold, match="tells no log-probabilities") as caught,
    ):
        list(unite(pair(one, other), REQUEST))
    assert "llama.cpp, vLLM or SGLang" in caught.value.hint


def test_who_gives_text_only_is_no_member() -> None:
    with (
        server(reply("{}"), listing("vllm")) as url,
        closing(remote.load(url, "m", SPEC)) as written,
        pytest.raises(LevelTooLow),
    ):
        list(unite([Member("text", written)], REQUEST))


def test_a_waiting_request_can_be_ended() -> None:
    free = threading.Event()

    def script(handler: Handler) -> None:
        free.wait(5)
        reply(json.dumps(chat(PARIS, handler.asked)))(handler)

    with model("vllm", script=script) as (slow, _), model("vllm") as (quick, _):
        try:
            events = list(unite(pair(slow, quick), REQUEST, patience=0.3, rejoin=0, ahead=1))
        finally:
            free.set()
    assert warned(events) == ["member-dropped"]
    assert texts(events)[-1] == "<end>"
