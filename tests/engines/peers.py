"""Servers of OpenAI's form whose answers are led, over a small language of which all is known.

They answer as vLLM, SGLang and OpenAI write it.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any

from fusionlab.engines import led
from fusionlab.engines.led import TextLedModel
from fusionlab.events import Event, TokenChosen, Warned
from fusionlab.models.base import Level, Member, Message, ModelSpec
from fusionlab.recipe import Sampling
from fusionlab.registry import Request
from tests.fake_server import Handler, Script, reply, server

SPEC = ModelSpec("api:test#m", "remote", Level.LOGPROBS)
PROMPT = [Message("system", "Be brief."), Message("user", "Capitals?")]
REQUEST = Request("Capitals?", Sampling(max_tokens=9))
END = "<|im_end|>"
PARIS: Mapping[str, Mapping[str, float]] = {
    "": {"Par": 0.6, "Rom": 0.3, "世": 0.05, END: 0.05},
    "Par": {"is": 0.9, "ma": 0.06, "e": 0.04},
    "Rom": {"e": 0.9, "a": 0.1},
    "Paris": {" and": 0.55, END: 0.4, ".": 0.05},
    "Paris and": {" Rome": 0.8, " Par": 0.2},
    "Paris and Rome": {END: 0.9, ".": 0.1},
}
OTHER: Mapping[str, Mapping[str, float]] = {**PARIS, "": {"Rom": 0.5, "Par": 0.45, "世": 0.05}}
NOTHING: Mapping[str, float] = {END: 1.0}
IDS = {piece: at for at, piece in enumerate(sorted({p for row in PARIS.values() for p in row}))}
OTHERS = 1000
"""From here on ids stand for single characters."""
TURNS = [901, 902]
"""How the prompt is read."""
Table = Mapping[str, Mapping[str, float]]


def written(table: Table, said: str, n: int) -> Iterator[tuple[str, Mapping[str, float]]]:
    """The likeliest tokens from here on, each with the distribution of its place."""
    for _ in range(n):
        place = table.get(said, NOTHING)
        token = max(place, key=lambda piece: place[piece])
        yield token, place
        if token == END:
            return
        said += token


def entry(token: str, p: float, *, ids: bool = False) -> dict[str, Any]:
    return entry_of(f"token_id:{IDS[token]}" if ids else token, p)


def entry_of(shown: str, p: float) -> dict[str, Any]:
    return {"token": shown, "logprob": math.log(p), "bytes": list(shown.encode())}


def chat(table: Table, asked: Any) -> dict[str, Any]:
    """As vLLM and SGLang answer at /chat/completions."""
    last = asked["messages"][-1]
    goes_on = asked.get("continue_final_message", False)
    said = last["content"] if goes_on and last["role"] == "assistant" else ""
    content = []
    for token, place in written(table, said, asked["max_tokens"]):
        best = sorted(place.items(), key=lambda each: -each[1])[: asked["top_logprobs"]]
        ids = asked.get("logprob_token_ids")
        if ids is not None:
            best = [(piece, place.get(piece, 1e-9)) for piece in IDS if IDS[piece] in ids]
        shows = ids is not None
        top = [entry(*each, ids=shows) for each in best]
        content.append({**entry(token, place[token], ids=shows), "top_logprobs": top})
    message = {"role": "assistant", "content": "…"}
    choice = {"index": 0, "message": message, "logprobs": {"content": content}}
    if asked.get("return_prompt_token_ids"):
        choice["prompt_token_ids"] = [*TURNS, *tokenized(said)[0]]
    return {"choices": [{**choice, "finish_reason": "length"}], "usage": {"prompt_tokens": 20}}


def tokenized(said: str) -> tuple[list[int], list[str]]:
    """The longest known pieces, and single characters where there is none."""
    ids, shown = list[int](), list[str]()
    while said:
        known = [piece for piece in IDS if said.startswith(piece)]
        shown.append(max(known, key=len) if known else said[0])
        ids.append(IDS.get(shown[-1], OTHERS + ord(said[0])))
        said = said[len(shown[-1]) :]
    return ids, shown


def tokenization(kind: str, asked: Any) -> dict[str, Any]:
    """As vLLM answers for one text and SGLang for several."""
    assert asked["add_special_tokens"] is False
    if kind == "sglang":
        every = [tokenized(each)[0] for each in asked["prompt"]]
        return {"tokens": every, "count": [len(ids) for ids in every], "max_model_len": 99}
    ids, shown = tokenized(asked["prompt"])
    strings = shown if asked.get("return_token_strs") else None
    return {"tokens": ids, "count": len(ids), "max_model_len": 99, "token_strs": strings}


def generation(table: Table, asked: Any) -> dict[str, Any]:
    """As SGLang answers at /generate."""
    texts = {token: piece for piece, token in IDS.items()}
    said = "".join(texts[token] for token in asked["input_ids"][len(TURNS) :])
    place = table.get(said, NOTHING)
    told = [[math.log(place.get(texts[t], 1e-9)), t, None] for t in asked["token_ids_logprob"]]
    meta = {"prompt_tokens": len(asked["input_ids"]), "output_token_ids_logprobs": [told]}
    return {"text": "…", "output_ids": [0], "meta_info": meta}


def text(table: Table, asked: Any) -> dict[str, Any]:
    """As OpenAI answers at /completions."""
    said = asked["prompt"].removeprefix("Be brief.\n\n").removeprefix("Capitals?\n\n")
    tokens = list(written(table, said, asked["max_tokens"]))
    tops = []
    for _, place in tokens:
        best = sorted(place.items(), key=lambda each: -each[1])[: asked["logprobs"]]
        tops.append({piece: math.log(p) for piece, p in best})
    logprobs = {"tokens": [token for token, _ in tokens], "top_logprobs": tops}
    return {"choices": [{"text": "…", "index": 0, "logprobs": logprobs}]}


def answering(table: Table, kind: str, asked: list[Any]) -> Script:
    def script(handler: Handler) -> None:
        path, body = handler.path.removeprefix("/v1"), handler.asked
        asked.append((path, body))
        if path == "/tokenize" and kind in ("vllm", "sglang"):
            reply(json.dumps(tokenization(kind, body)))(handler)
        elif path == "/generate" and kind == "sglang":
            reply(json.dumps(generation(table, body)))(handler)
        elif path == "/chat/completions" and kind in ("vllm", "sglang"):
            reply(json.dumps(chat(table, body)))(handler)
        elif path == "/completions" and kind == "openai":
            reply(json.dumps(text(table, body)))(handler)
        else:
            reply("{}", status=404)(handler)

    return script


def listing(kind: str) -> Script:
    def script(handler: Handler) -> None:
        is_models = handler.path == "/v1/models"
        body = {"object": "list", "data": [{"id": "m", "owned_by": kind}]} if is_models else {}
        reply(json.dumps(body), status=200 if is_models else 404)(handler)

    return script


@contextmanager
def model(
    kind: str, table: Table = PARIS, *, script: Script | None = None
) -> Iterator[tuple[TextLedModel, list[Any]]]:
    asked = list[Any]()
    said = script or answering(table, kind, asked)
    with server(said, listing(kind)) as url, closing(led.load(url, "m", SPEC)) as there:
        assert isinstance(there, TextLedModel)
        asked.clear()
        yield there, asked


def probs(top: Sequence[tuple[bytes, float]]) -> dict[bytes, float]:
    return {piece: round(math.exp(logprob), 6) for piece, logprob in top}


FLAT: Mapping[str, float] = {
    "a": 0.3,
    "b": 0.12,
    "c": 0.11,
    "d": 0.105,
    "e": 0.1,
    "f": 0.099,
    "g": 0.098,
    "y": 0.067,
    "z": 0.001,
}


def drawing(kind: str, drawn: str, place: Mapping[str, float], most: int) -> Script:
    """One token is drawn; it is told first by vLLM, beside the best by OpenAI; `most` are told."""

    def script(handler: Handler) -> None:
        asked = min(most, handler.asked["logprobs" if kind == "openai" else "top_logprobs"])
        best = sorted(place, key=lambda piece: -place[piece])[:asked]
        if kind == "vllm":
            best = [drawn, *(piece for piece in best if piece != drawn)][:asked]
        told: dict[str, Any] = {"tokens": [drawn], "top_logprobs": []}
        if kind == "openai":
            told["top_logprobs"] = [{p: math.log(place[p]) for p in {*best, drawn}}]
        else:
            top = [entry_of(piece, place[piece]) for piece in best]
            told = {"content": [{**entry_of(drawn, place[drawn]), "top_logprobs": top}]}
        reply(json.dumps({"choices": [{"logprobs": told}]}))(handler)

    return script


def pair(one: TextLedModel, other: TextLedModel) -> list[Member]:
    return [Member("one", one), Member("other", other)]


def texts(events: Sequence[Event]) -> list[str]:
    return [event.token for event in events if isinstance(event, TokenChosen)]


def warned(events: Sequence[Event]) -> list[str]:
    told = [event.sentence for event in events if isinstance(event, Warned)]
    return [sentence.key for sentence in told if sentence is not None]
