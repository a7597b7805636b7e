"""Exact scores of tokens that servers name by id, and servers that tell less than is asked."""

import json
import math
from collections.abc import Sequence
from contextlib import closing
from typing import Any, Literal

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from fusionlab.engines.endpoint import Endpoint, Refused
from fusionlab.engines.led_scores import Pieces
from fusionlab.engines.reading import Hangup
from fusionlab.events import TokenChosen
from fusionlab.methods.unite import unite
from fusionlab.models.leading import Score
from fusionlab.recipe import Sampling
from fusionlab.registry import Request
from tests.engines.peers import (
    END,
    FLAT,
    IDS,
    OTHER,
    PARIS,
    PROMPT,
    REQUEST,
    TURNS,
    answering,
    drawing,
    model,
    pair,
    probs,
    texts,
    warned,
)
from tests.fake_server import Handler, Script, refused, reply, server


def found(scores: Sequence[Score | None]) -> list[float | None]:
    return [None if score is None else round(math.exp(score.logprob), 6) for score in scores]


@pytest.mark.parametrize("kind", ["vllm", "sglang"])
def test_exact_scores_of_tokens_by_id_and_of_the_end(kind: str) -> None:
    with model(kind) as (there, asked), closing(there.lead(PROMPT)) as answer:
        pieces = [b"Rom", b"nonsense", b"\xe4", b""]
        assert found(answer.scores(pieces)) == [0.3, None, None, 0.05]
        path, name = {
            "vllm": ("/chat/completions", "logprob_token_ids"),
            "sglang": ("/generate", "token_ids_logprob"),
        }[kind]
        (body,) = [body for path_, body in asked if path_ == path and name in body]
        assert body[name] == sorted([IDS["Rom"], IDS[END]])
        assert body.get("return_tokens_as_token_ids", True) is True
        looked = [path for path, _ in asked].count("/tokenize")
        answer.say(b"Paris")
        assert found(answer.scores([b"Rom", b""])) == [0.0, 0.4]
        assert [path for path, _ in asked].count("/tokenize") == looked


def test_sglang_reads_the_text_of_a_place_that_was_drafted() -> None:
    with model("sglang") as (there, asked), closing(there.lead(PROMPT)) as answer:
        answer.draft(6, 3)
        answer.say(b"Par")
        assert found(answer.scores([b"ma", b"e"])) == [0.06, 0.04]
        last = asked[-1][1]
        assert last["input_ids"] == [*TURNS, IDS["Par"]]
        assert last["sampling_params"]["max_new_tokens"] == 1
        assert answer.foreseen == 4


@pytest.mark.parametrize("kind", ["sglang", "vllm"])
@pytest.mark.parametrize("status", [200, 400, 404])
def test_a_server_that_scores_nothing_takes_part_without(kind: str, status: int) -> None:
    """One that is older ignores what it does not know, or refuses it."""
    asked = list[Any]()

    def script(handler: Handler) -> None:
        body = handler.asked
        scored = "token_ids_logprob" in body or "logprob_token_ids" in body
        if status != 200 and (scored or handler.path == "/tokenize"):
            refused("unknown", status)(handler)
            return
        for name in ("return_prompt_token_ids", "logprob_token_ids", "return_tokens_as_token_ids"):
            body.pop(name, None)
        answering(PARIS, kind, asked)(handler)

    with model(kind, script=script) as (one, _), model("openai", OTHER) as (other, _):
        events = list(unite(pair(one, other), REQUEST, scores="always"))
    assert texts(events) == ["Par", "is", " and", " Rome", "<end>"]
    assert not {"member-dropped", "member-dropped-for"} & set(warned(events))


TRIPLES = "output_token_ids_logprobs"
STRANGE = [
    ("/generate", {}),
    ("/generate", {"meta_info": {TRIPLES: None}}),
    ("/generate", {"meta_info": {TRIPLES: [None]}}),
    ("/generate", {"meta_info": {TRIPLES: [[[1.5, 0, None]]]}}),
    ("/generate", {"meta_info": {TRIPLES: [[["x", -1, 3]] * 9]}}),
    ("/generate", {"meta_info": {TRIPLES: [[[None, 2**40, "a"]]]}}),
    ("/tokenize", {"tokens": [[1]] * 9}),
    ("/tokenize", {"tokens": "none"}),
    ("/tokenize", []),
]


@pytest.mark.parametrize(("path", "answer"), STRANGE)
def test_strange_answers_are_no_scores(path: str, answer: Any) -> None:
    def script(handler: Handler) -> None:
        strange = handler.path == path
        (reply(json.dumps(answer)) if strange else answering(PARIS, "sglang", []))(handler)

    with model("sglang", script=script) as (there, _), closing(there.lead(PROMPT)) as led:
        assert led.scores([b"Rom", b"e", b""]) == [None, None, None]
        assert probs(led.top(2)) == {b"Par": 0.6, b"Rom": 0.3}


def test_a_server_that_is_busy_is_asked_again() -> None:
    busy = [True]

    def script(handler: Handler) -> None:
        is_busy = handler.path == "/tokenize" and busy[0]
        (refused("busy", 503) if is_busy else answering(PARIS, "sglang", []))(handler)

    with model("sglang", script=script) as (there, _), closing(there.lead(PROMPT)) as led:
        with pytest.raises(Refused):
            led.scores([b"Rom"])
        busy[0] = False
        assert found(led.scores([b"Rom"])) == [0.3]


def test_others_tell_none() -> None:
    with model("openai") as (there, asked), closing(there.lead(PROMPT)) as answer:
        assert answer.scores([b"Rom", b"e", b""]) == [None, None, None]
        assert asked == []


def limited(most: int, drawn: str, asked: list[int]) -> Script:
    """Refuses more alternatives than so many, as vLLM does."""

    def script(handler: Handler) -> None:
        n = handler.asked["top_logprobs"]
        asked.append(n)
        said = f"Requested sample logprobs of {n}, which is greater than max allowed: {most}"
        if n > most:
            refused(said)(handler)
        else:
            drawing("vllm", drawn, FLAT, 20)(handler)

    return script


@pytest.mark.parametrize(("most", "drawn", "said"), [(5, "d", 0), (5, "e", 1), (3, "d", 1)])
def test_a_server_that_tells_fewer_is_asked_for_fewer(most: int, drawn: str, said: int) -> None:
    """One more than `top_k` is asked for; a token that is drawn takes the place of the last."""
    asked = list[int]()
    with (
        model("vllm", script=limited(most, drawn, asked)) as (one, _),
        model("vllm", {"": FLAT, "a": FLAT, "aa": FLAT}) as (other, _),
    ):
        request = Request("Capitals?", Sampling(max_tokens=3))
        events = list(unite(pair(one, other), request, top_k=5, ahead=1, scores="never"))
    told = [event for event in events if isinstance(event, TokenChosen)]
    assert warned(events) == ["alternatives-fewer"] * said
    assert len(told) == 3
    assert not any(token.left_out for token in told)
    assert all(n <= most for n in asked[-2:])
    # What was refused once is not asked for again.
    assert sum(n > most for n in asked) <= 3


def test_what_is_refused_for_another_reason_stays_refused() -> None:
    with (
        model("vllm", script=refused("no such model", 400)) as (there, _),
        closing(there.lead(PROMPT)) as answer,
        pytest.raises(Refused, match="no such model"),
    ):
        answer.top(8)


@pytest.mark.parametrize("kind", ["vllm", "sglang"])
def test_where_a_blank_is_read_before_a_text_a_piece_without_one_has_no_token(
    kind: Literal["vllm", "sglang"],
) -> None:
    """As SentencePiece reads, and as byte-level tokenizers do not."""
    known = {"<unk>": 0, "▁": 1, "▁the": 2, "the": 3, "▁a": 4, "▁b": 5, "a": 6, "th": 7, "▁t": 8}
    known |= dict(zip("the", (9, 10, 11), strict=True))
    merges = [("t", "h"), ("th", "e"), ("▁", "the"), ("▁", "a"), ("▁", "b")]
    reader = Tokenizer(models.BPE(known | {"b": 12}, merges, unk_token="<unk>"))  # noqa: S106
    reader.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)

    def answered(handler: Handler) -> None:
        prompt = handler.asked["prompt"]
        one = isinstance(prompt, str)
        every = [reader.encode(each).ids for each in ([prompt] if one else prompt)]
        reply(json.dumps({"tokens": every[0] if one else every}))(handler)

    with server(answered) as url:
        pieces = Pieces(Endpoint("m", url), kind, "m")
        assert pieces.ids([b"the", b" the", b" a", b"  the"], Hangup()) == [(), (2,), (4,), ()]
