"""How servers behave, a row each, and what a run makes of it: answers, warnings, errors, no key.

Each row is a whole run against a server on loopback, recorded to a file.
"""

import base64
import html
import json
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from fusionlab.engines import adapting, completions, endpoint
from fusionlab.engines.llama_answers import PROBABILITIES
from fusionlab.engines.memory import Pool
from fusionlab.errors import FusionError
from fusionlab.events import Event, Measured, Progress, Reasoned, RunFailed, RunFinished, Warned
from fusionlab.recipe import MemberRecipe, Recipe, Sampling
from fusionlab.run import run
from fusionlab.runfiles import recorded
from tests.fake_server import (
    PAGE,
    Handler,
    Script,
    first,
    piece,
    refused,
    reply,
    server,
    stream,
    unless,
)

KEY = "sk-Zq8#w/Tv5=Lm2+Xc9&Rb4~Ny7"
"""Holds what is spelled differently in addresses, JSON and web pages."""
OTHERS = "sk-Hj3_Wk6-Pd1.Vn8"
"""The key of another server."""
SYSTEM, PROMPT = "Be brief.", "Say something."
OK = stream(piece("well"), piece("", "stop"))
FIVE = {"prompt_tokens": 7, "completion_tokens": 5}


@dataclass(frozen=True)
class Row:
    """A behaviour, and what the run must do: answer or fail, warn, and ask so many times."""

    script: Script
    answer: str | None = "well"
    fails: str = ""
    warns: Sequence[str] = ()
    requests: int = 1
    usage: tuple[int, int] | None = None
    reasoned: str = ""
    reason: str = "end"
    asked: Callable[[dict[str, Any]], bool] = lambda _: True
    """Of the last request."""
    get: Script | None = None
    address: str = ""
    """What is added to the server's address."""
    waits: bool = False


def ended(finish: Any, *more: Any) -> Script:
    return stream(piece("well"), piece("", finish), *more)


def used(usage: str) -> Script:
    return ended("stop", f'{{"choices": [], "usage": {usage}}}')


def whole(kind: str = "application/json") -> Script:
    said = {"message": {"role": "assistant", "content": "well"}, "finish_reason": "stop"}
    return reply(json.dumps({"choices": [said], "usage": FIVE}), kind=kind)


def reasoning(field_: str, *more: Any) -> Script:
    ideas = [{"choices": [{"delta": {field_: idea}}]} for idea in ("Let me ", "think.")]
    return stream(*ideas, *more, piece(None, "stop"))


def forbidding(field_: str, message: str, status: int = 400) -> Script:
    """A server that refuses requests with this field."""
    return unless(lambda asked: field_ in asked, refused(message, status), OK)


def extra(field_: str) -> Script:
    """As FastAPI refuses fields that it does not know."""
    said = {"type": "extra_forbidden", "loc": ["body", field_], "msg": "Extra inputs are not"}
    body = json.dumps({"detail": [said | {"input": {"seed": 1, "top_k": 2}}]})
    return unless(lambda asked: field_ in asked, reply(body, status=422), OK)


def has_system(asked: dict[str, Any]) -> bool:
    return any(turn["role"] == "system" for turn in asked["messages"])


def folded(asked: dict[str, Any]) -> bool:
    return bool(asked["messages"] == [{"role": "user", "content": f"{SYSTEM}\n\n{PROMPT}"}])


def endless(event: Any) -> Script:
    def script(handler: Handler) -> None:
        stream(done=False)(handler)
        for _ in range(50_000):
            handler.wfile.write(f"data: {json.dumps(event)}\n\n".encode())

    return script


def raw(text: str) -> Script:
    def script(handler: Handler) -> None:
        handler.wfile.write(text.encode())

    return script


PROPS = {"total_slots": 2, "default_generation_settings": {"n_ctx": 512}}
NO_PROPS: tuple[Any, ...] = (
    [],
    {},
    {"role": "router"},
    PROPS | {"total_slots": "two"},
    PROPS | {"total_slots": 10**9},
)
MODELS = {"data": [{"meta": {"n_vocab": 50}}]}
TOLD = {"content": "well", "index": 0, "stop": False, "tokens_predicted": 1}
LAST = TOLD | {"content": "", "stop": True, "stop_type": "eos", "tokens_predicted": 2}
LAST |= {"tokens_evaluated": 3}


def llama(*events: Any, **answers: Any) -> dict[str, Any]:
    """A server that is llama.cpp's, but for these answers; chat completions it knows too."""
    paths = {"props": PROPS, "models": MODELS, "tokenize": {"tokens": [1, 2, 1]}}
    paths |= {"apply-template": {"prompt": "a"}, **answers}

    def get(handler: Handler) -> None:
        name = handler.path.rpartition("/")[2]
        if name == "completion":
            return stream(*events, done=False)(handler)
        if name == "completions":
            return OK(handler)
        return reply(json.dumps(paths[name]))(handler)

    return {"script": get, "get": get}


ROWS: dict[str, Row] = {
    # complete answers are kept
    **{
        f"ends for {name}": Row(ended(name))
        for name in ("stop", "end_turn", "eos", "stop_sequence", "STOP")
    },
    **{f"cut for {name}": Row(ended(name), reason="length") for name in ("length", "max_tokens")},
    "ends without a reason": Row(stream(piece("well"))),
    "ends for a new reason": Row(ended("tired"), warns=["not known here, 'tired'"]),
    "ends for a reason that is no text": Row(ended({"a": 1}), warns=["not known here"]),
    "is withheld": Row(ended("content_filter"), None, "reason 'content_filter'"),
    "breaks off after its end": Row(ended("stop", {"error": {"message": "late"}})),
    "content in parts": Row(stream(piece([{"type": "text", "text": "we"}, "ll"], "stop"))),
    "content as one part": Row(stream(piece({"type": "text", "text": "well"}, "stop"))),
    "a part that is no text": Row(
        stream(piece([{"type": "text", "text": "well"}, {"type": "image_url"}], "stop")),
        warns=["part of the kind 'image_url'"],
    ),
    "a refusal as its answer": Row(
        stream({"choices": [{"delta": {"refusal": "well"}, "finish_reason": "stop"}]})
    ),
    "thinking in parts": Row(
        stream(piece([{"type": "thinking", "thinking": [{"text": "hm"}]}, "well"], "stop")),
        reasoned="hm",
    ),
    "reasoning, then an answer": Row(
        reasoning("reasoning_content", piece("well")), reasoned="Let me think."
    ),
    "reasoning alone": Row(
        reasoning("reasoning"),
        "",
        warns=["only reasoned, in 13 characters"],
        reasoned="Let me think.",
    ),
    "usage whole": Row(used(json.dumps(FIVE)), usage=(7, 5)),
    "usage null": Row(used("null"), usage=(0, 1)),
    "usage of the prompt alone": Row(used('{"prompt_tokens": 7}'), usage=(7, 1)),
    "usage of the answer alone": Row(
        used('{"completion_tokens": 5, "prompt_tokens": null}'), usage=(0, 5)
    ),
    "usage in other words": Row(used('{"input_tokens": 7, "output_tokens": 5}'), usage=(7, 5)),
    "usage of another kind": Row(used('{"credits": 3}'), usage=(0, 1)),
    **{
        f"usage {value}": Row(
            used(f'{{"prompt_tokens": 7, "completion_tokens": {value}}}'),
            usage=(7, 1),
            warns=["usage that counts nothing"],
        )
        for value in ("-5", "1" + "0" * 30, "1e999", "NaN", '"many"', "2.5", "true", "[]")
    },
    "usage a list": Row(used("[7, 5]"), usage=(0, 1), warns=["usage that counts nothing"]),
    # answers in other clothes
    "does not stream": Row(whole(), usage=(7, 5)),
    "does not stream, as plain text": Row(whole("text/plain"), usage=(7, 5)),
    "streams under another name": Row(
        raw(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n: hello\r\nevent: x\r\n"
            f"data:{json.dumps(piece('well', 'stop'))}\r\n\r\ndata: [DONE]\r\n\r\n"
        )
    ),
    "pings in between": Row(stream({"type": "ping"}, piece("well"), {"type": "ping"})),
    # requests that adapt
    "no stream_options": Row(
        extra("stream_options"),
        warns=["does not take stream_options"],
        requests=2,
        asked=lambda asked: "seed" in asked and "stream_options" not in asked,
    ),
    "max_completion_tokens": Row(
        forbidding("max_tokens", "'max_tokens' is not supported. Use 'max_completion_tokens'."),
        warns=["takes max_completion_tokens"],
        requests=2,
        asked=lambda asked: asked["max_completion_tokens"] == 40,
    ),
    "no seed": Row(
        forbidding("seed", 'Unknown name "seed": Cannot find field.'),
        warns=["does not take a seed"],
        requests=2,
    ),
    "no top_k": Row(
        forbidding("top_k", "property 'top_k' is unsupported"), warns=["top-k"], requests=2
    ),
    "no temperature": Row(
        forbidding("temperature", "Only the default (1) value of temperature is supported."),
        warns=["does not take this temperature"],
        requests=2,
    ),
    "no system role": Row(
        unless(has_system, refused("System role not supported"), OK),
        warns=["takes no system message"],
        requests=2,
        asked=folded,
    ),
    "a template without system": Row(
        unless(has_system, refused("Conversation roles must alternate user/assistant", 500), OK),
        warns=["takes no system message"],
        requests=2,
        asked=folded,
    ),
    "no streaming": Row(
        unless(
            lambda asked: asked["stream"],
            refused("Unsupported value: 'stream' does not support true"),
            whole(),
        ),
        warns=["does not stream"],
        requests=2,
        usage=(7, 5),
    ),
    "refuses without saying what": Row(
        unless(lambda asked: "seed" in asked, reply("", status=422), OK),
        warns=["stream_options", "seed", "top-k"],
        requests=2,
    ),
    "refuses one after another": Row(
        unless(
            lambda asked: "seed" in asked,
            refused("unknown field seed", 422),
            unless(has_system, refused("role 'system' is not supported"), OK),
        ),
        warns=["seed", "no system message"],
        requests=3,
    ),
    "refuses in a stream": Row(
        unless(
            lambda asked: "seed" in asked, stream({"error": {"message": "seed unsupported"}}), OK
        ),
        warns=["seed"],
        requests=2,
    ),
    "refuses all": Row(refused("no"), None, "HTTP 400: no", requests=2),
    "a limit is no refusal": Row(
        refused("temperature must be at most 1"), None, "at most 1", requests=1
    ),
    "a query in the address": Row(
        unless(lambda asked: not asked["query"], refused("Resource not found", 404), OK),
        address="?api-version=2026-01-01",
    ),
    "busy, then not": Row(first(refused("slow down", 429, Retry_After="0"), OK), requests=2),
    "busy for a moment": Row(
        first(refused("slow down", 429, Retry_After="0.05"), OK), requests=2, waits=True
    ),
    "loading, then loaded": Row(first(*[refused("loading", 503)] * 2, OK), requests=3, waits=True),
    "busy until a strange time": Row(
        first(refused("slow down", 429, Retry_After=f"1e999 {KEY}"), OK), requests=2, waits=True
    ),
    "busy until a date that is over": Row(
        first(refused("slow", 429, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"), OK), requests=2
    ),
    "busy for ever": Row(
        refused("slow down", 429, Retry_After="0"), None, "HTTP 429: slow down", requests=5
    ),
    "busy for an hour": Row(refused("slow down", 429, Retry_After="3600"), None, "HTTP 429"),
    "not paid for": Row(refused("You exceeded your current quota", 429), None, "quota"),
    # no end, or a strange one
    "endless text": Row(
        endless(piece("well ")), None, warns=["did not stop at 40 tokens"], reason="length"
    ),
    "endless nothing": Row(
        endless(piece("")), "", warns=["did not stop at 40 tokens"], reason="length"
    ),
    "endless thoughts": Row(
        endless({"choices": [{"delta": {"reasoning": "x" * 5000}}]}),
        "",
        warns=["did not stop at 40 tokens", "only reasoned"],
        reason="length",
    ),
    "nested without end": Row(reply("[" * 200_000), None, "not JSON"),
    "a stream nested without end": Row(stream('{"choices": ' + "[" * 200_000), None, "not JSON"),
    "a stream nested too deeply": Row(stream("[" * 500 + "]" * 500), None, "not JSON"),
    "a number of 5,000 digits": Row(stream(f'{{"choices": {"9" * 5000}}}'), None, "not JSON"),
    "llama.cpp nested without end": Row(
        **llama('{"content": ' + "[" * 200_000), answer=None, fails="not JSON", requests=4
    ),
    "no HTTP": Row(raw(f"{KEY} {KEY}\r\n\r\n"), None, "broke the connection"),
    # not quite llama.cpp
    "llama.cpp": Row(**llama(TOLD, LAST), requests=4, usage=(3, 2)),
    "llama.cpp without timings": Row(**llama(TOLD, LAST | {"timings": None}), requests=4),
    **{f"props {props}": Row(**llama(props=props)) for props in NO_PROPS},
    "props of no slots": Row(**llama(props=PROPS | {"total_slots": 0})),
    "tokenize without tokens": Row(**llama(tokenize={}), requests=2),
    "tokenize into text": Row(**llama(tokenize={"tokens": ["a"]}), requests=2),
    "tokenize into nothing": Row(**llama(tokenize={"tokens": []}), requests=2),
    "models without a size": Row(**llama(models={"data": []}), requests=2),
    "llama.cpp without a template": Row(
        **llama(**{"apply-template": {"prompt": 1}}), answer=None, fails="unknown form", requests=2
    ),
    **{
        f"llama.cpp with {change}": Row(
            **llama(TOLD | change, LAST), answer=None, fails="unknown form", requests=4
        )
        for change in (
            *({"index": 9}, {"content": 5}, {"stop": "no"}, {"tokens_predicted": -1}),
            *({"tokens_predicted": 41}, {"tokens_predicted": 10**30}, {"timings": 5}),
        )
    },
    **{
        f"llama.cpp that ends with {change}": Row(
            **llama(TOLD, LAST | change), answer=None, fails="unknown form", requests=4
        )
        for change in (
            *({"tokens_predicted": 10**9}, {"tokens_evaluated": 10**9}, {"tokens_evaluated": -1}),
            *({"timings": {"cache_n": 4}}, {"timings": {"cache_n": "x"}}, {"stop_type": 5}),
        )
    },
    **{
        f"llama.cpp with a log-probability of {said[:9]}": Row(
            **llama(
                json.dumps(TOLD)[:-1] + f', "{PROBABILITIES}": [{{"logprob": {said}}}]}}', LAST
            ),
            requests=4,
        )
        for said in ("1" + "0" * 300, "1e999", "-1e300", "5.0", '"x"', "NaN", "true", "[]")
    },
    "llama.cpp with a number that no reader takes": Row(
        **llama(json.dumps(TOLD)[:-1] + f', "{PROBABILITIES}": 1{"0" * 400}}}', LAST),
        answer=None,
        fails="is not JSON",
        requests=4,
    ),
    # which JSON has no other word for
    "llama.cpp that computes something that is not a number": Row(
        **llama(json.dumps(TOLD)[:-1] + f', "{PROBABILITIES}": [{{"logprob": null}}]}}', LAST),
        answer=None,
        fails="computes something that is not a number",
        requests=4,
    ),
    "llama.cpp that ends twice": Row(**llama(TOLD, LAST, LAST, TOLD), requests=4, usage=(3, 2)),
    "llama.cpp with a prompt of no tokens": Row(
        **(two_faced := llama(TOLD, LAST))
        | {
            "script": unless(
                lambda asked: asked.get("content") == "a" and "add_special" in asked,
                reply('{"tokens": []}'),
                two_faced["script"],
            )
        },
        answer=None,
        fails="unknown form: []",
        requests=3,
    ),
    "llama.cpp without an end": Row(
        **llama(TOLD), answer=None, fails="broke off in the middle", requests=4
    ),
}

JSON_KEY = json.dumps(KEY).replace("/", "\\/")[1:-1]
REFLECTED: dict[str, Script] = {
    "in JSON": refused(f"incorrect key {KEY}", 401),
    "in escaped JSON": reply(f'{{"message": "{JSON_KEY}"}}', status=401),
    "in half a JSON": reply(f'{{"error": {{"message": "{JSON_KEY}', status=400),
    "in a page's title": reply(f"<title>{html.escape(KEY)}</title>", status=403, kind="text/html"),
    "in a page": reply(PAGE + KEY, status=403, kind="text/html"),
    "in the address it redirects to": reply(
        "", status=307, location=f"http://u:{quote(KEY, safe='')}@h/{quote(KEY)}?k={quote(KEY)}"
    ),
    "percent-encoded": refused(f"bad /v1?key={quote(KEY, safe='')}", 400),
    "in base64": refused(f"bad Basic {base64.b64encode(f'user:{KEY}'.encode()).decode()}", 400),
    "cut by its server": refused(f"bad key {KEY[:12]}...", 401),
    "starred by its server": refused(f"bad key {KEY[:5]}{'*' * 12}{KEY[-4:]}", 401),
    "cut by us": refused("x" * 190 + KEY, 401),
    "cut by us earlier": refused("x" * 195 + " " + KEY, 401),
    "in capitals": refused(f"bad key {KEY.upper()}", 401),
    "as a reason": ended(KEY),
    "as a reason withheld": ended("content_filter", {"error": KEY}),
    "as a kind of part": stream(piece([{"type": KEY}], "stop")),
    "as usage": used(json.dumps({"completion_tokens": KEY})),
    "as content": stream(piece(KEY[:9]), piece(KEY[9:] + " is"), piece(" it.", "stop")),
    "as reasoning": reasoning("reasoning", piece("well"), {"choices": [{"delta": {}}]}, KEY),
    "as thoughts": stream(
        {"choices": [{"delta": {"reasoning": f"The key is {KEY}"}}]}, piece("well", "stop")
    ),
    "in an error of its stream": stream(piece("a"), {"error": {"message": KEY}}),
    "in a strange event": stream({"choices": {KEY: KEY}}),
    "in no JSON": stream(f"{KEY} {KEY}"),
    "in a context that is too long": refused(f"maximum context length, {KEY}", 400),
    "when busy": refused(KEY, 429, Retry_After="0"),
    "in its status": raw(f"HTTP/1.1 200{KEY} OK\r\n\r\n"),
    "in a header": raw(f"HTTP/1.1 200 OK\r\n{KEY}\r\n\r\n"),
    "in a length": raw(f"HTTP/1.1 200 OK\r\ncontent-length: {KEY}\r\n\r\n"),
    "with another server's key": stream(
        piece(OTHERS), piece(OTHERS[:5]), piece(OTHERS[5:], OTHERS)
    ),
    "with another server's key, refusing": refused(f"incorrect key {OTHERS}", 401),
    "compressed wrongly": raw(f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n{KEY}"),
}


@dataclass
class Outcome:
    """What came of a run: its events, its error if it failed, and its record."""

    record: str
    events: list[Event] = field(default_factory=list)
    error: FusionError | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    def all(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting, and a proxy that would refuse every request on its way to loopback."""
    monkeypatch.setattr(adapting, "BACKOFF", 0.01)
    monkeypatch.setenv("FUSIONLAB_MEMBER_TIMEOUT", "5")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    for name in ("HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "socks5h://user:hunter2hunter2@127.0.0.1:9")


def outcome(row: Row, path: Path, samples: int = 0) -> Outcome:
    """The run of one member at a server that behaves like this."""
    result = Outcome("")

    def script(handler: Handler) -> None:
        result.asked.append(handler.asked)
        result.keys.add(str(handler.headers["authorization"]))
        handler.asked = handler.asked | {"query": handler.path.partition("?")[2]}
        row.script(handler)

    with (
        server(script, row.get) as url,
        closing(Pool(budget=1)) as pool,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("FUSIONLAB_API_KEYS", f"{url[7:-3]}={KEY}, else.where={OTHERS}")
        recipe = Recipe(
            "self_consistency" if samples else "solo",
            prompt=PROMPT,
            members=(MemberRecipe(f"api:{url}{row.address}#m", system=SYSTEM),),
            settings={"samples": samples} if samples else {},
            sampling=Sampling(max_tokens=40, temperature=0.5, top_k=7),
        )
        try:
            for record in recorded(run(recipe, pool), path, recipe):
                result.events.append(record.event)
        except FusionError as error:
            result.error = error
    result.record = path.read_text(encoding="utf-8")
    return result


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_behaviour_has_its_outcome(row: Row, tmp_path: Path) -> None:
    result = outcome(row, tmp_path / "run.jsonl")
    said = [f"{event.message} {event.hint}" for event in result.all(Warned)]
    assert len(said) == len(row.warns), said
    assert all(part in line for part, line in zip(row.warns, said, strict=True)), said
    assert len(result.asked) == row.requests
    assert row.asked(result.asked[-1])
    assert any("is busy" in event.what for event in result.all(Progress)) >= row.waits
    assert "".join(event.text for event in result.all(Reasoned)).startswith(row.reasoned)
    if row.fails:
        assert result.error is not None
        assert row.fails in result.error.message
        assert result.error.hint
        assert isinstance(result.events[-1], RunFailed)
        return
    assert result.error is None
    assert isinstance(result.events[-1], RunFinished)
    assert row.answer is None or result.events[-1].answer == row.answer
    assert result.events[-1].reason == row.reason
    if row.usage:
        (measured,) = result.all(Measured)
        assert (measured.tokens_in, measured.tokens_out) == row.usage


def test_there_are_enough_of_them() -> None:
    assert len(ROWS) + len(REFLECTED) >= 90


@pytest.mark.parametrize("script", [*ROWS.values(), *REFLECTED.values()], ids=[*ROWS, *REFLECTED])
def test_no_part_of_the_key_is_told(
    script: Script | Row, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    row = script if isinstance(script, Row) else Row(script)
    result = outcome(row, tmp_path / "run.jsonl")
    assert result.keys == {f"Bearer {KEY}"}
    told = [result.record, *map(repr, result.events), *capfd.readouterr()]
    told += [part for error in chain(result.error) for part in (str(error), repr(error))]
    if result.error:
        told += traceback.format_exception(result.error)
    assert not traces(KEY, "\n".join(told))
    assert not traces(OTHERS, "\n".join(told))
    assert not traces("hunter2hunter2", "\n".join(told))


def test_what_is_cut_off_has_no_secret_at_its_end(tmp_path: Path) -> None:
    result = outcome(Row(refused("x" * 195 + " " + KEY, 401)), tmp_path / "run.jsonl")
    assert result.error is not None
    assert result.error.message.endswith("x …")


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and all that it came of or came up in, suppressed or not."""
    waiting, seen = [error], set[int]()
    while waiting:
        if (each := waiting.pop()) is not None and id(each) not in seen:
            seen.add(id(each))
            waiting += [each.__cause__, each.__context__]
            yield each


def traces(secret: str, text: str) -> set[str]:
    """Parts of six characters or more of the secret, in any spelling, that the text holds."""
    spelled = [secret, quote(secret, safe=""), json.dumps(secret)[1:-1], html.escape(secret)]
    spelled += [secret.replace("/", "\\/"), secret.encode().hex()]
    for offset in range(3):
        encoded = base64.b64encode(b"?" * offset + secret.encode()).decode()
        spelled.append(encoded[4:-4])
    parts = {form[at : at + 6] for form in spelled for at in range(len(form) - 5)}
    return {part for part in parts if part.lower() in text.lower()}


def test_what_was_refused_is_not_asked_again_and_said_once(tmp_path: Path) -> None:
    result = outcome(
        Row(forbidding("seed", "unknown field seed", 422)), tmp_path / "run.jsonl", samples=9
    )
    refusals = sum("seed" in asked for asked in result.asked)
    assert 1 <= refusals <= 4  # those that were asked at the same time
    assert len(result.asked) == 9 + refusals
    assert [event.message for event in result.all(Warned) if "seed" in event.message] == [
        f"{result.all(Measured)[0].model[4:-2]} does not take a seed: "
        "the same run may give other answers"
    ]


def test_an_answer_has_an_hour_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completions, "EVENTS_MORE", 10**9)
    monkeypatch.setattr(completions, "CHARACTERS_MORE", 10**9)
    monkeypatch.setattr(endpoint, "LONGEST_SECONDS", 0.2)
    result = outcome(Row(endless(piece("well "))), tmp_path / "run.jsonl")
    assert result.error is not None
    assert "did not end its answer within 0.2 s" in result.error.message


@pytest.mark.parametrize(
    "said", ["a", "*", "***", "<title>", "role ", "system ", "://", "sk-", "\\", '{"error":', "["]
)
def test_no_refusal_takes_long_to_read(said: str, tmp_path: Path) -> None:
    start = time.perf_counter()
    result = outcome(Row(reply(said * (2**17 // len(said)), status=400)), tmp_path / "run.jsonl")
    assert result.error is not None
    assert time.perf_counter() - start < 5
