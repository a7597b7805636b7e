"""What remote endpoints do to us, and what is said of it."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from fusionlab.engines import remote
from fusionlab.errors import FusionError, MemberError, PromptTooLong, SourceError
from fusionlab.models.base import Chunk, LanguageModel, Level, Member, Message, ModelSpec
from fusionlab.recipe import Sampling
from fusionlab.text.writing import Ask, written
from tests.drained import drained
from tests.fake_server import PAGE, Handler, Script, piece, reply, server, stream

PROMPT = [Message("user", "Say something.")]
SPEC = ModelSpec("api:test#m", "remote", Level.TEXT)


@contextmanager
def loaded(script: Script, timeout: float = 5.0) -> Iterator[LanguageModel]:
    with server(script) as url, closing(remote.load(url, "m", SPEC, timeout=timeout)) as model:
        yield model


def ask(model: LanguageModel, rows: int = 1, **sampling: Any) -> list[Chunk]:
    return list(model.generate([PROMPT] * rows, Sampling(**sampling)))


FAILURES: dict[str, tuple[Script, str]] = {
    "http 500": (reply('{"error": {"message": "out of memory"}}', status=500), "500: out of mem"),
    "http 401": (
        reply('{"error": "bad key"}', status=401),
        '401: bad key .*FUSIONLAB_API_KEYS="127',
    ),
    "http 404": (reply('{"error": {"message": "no model m"}}', status=404), "no model m .*/v1"),
    "page with status": (reply(PAGE, status=502, kind="text/html"), "a web page, '502 Bad Gat"),
    "page": (reply(PAGE, kind="text/html"), "not JSON: a web page, .*/v1"),
    "plain JSON": (reply('{"choices": []}'), "answered with no choices"),
    "redirect": (
        reply("", status=307, location="http://elsewhere/"),
        "307: it redirects to http://els",
    ),
    "no choices": (stream({"choices": []}, {"choices": []}), "answered with no choices"),
    "nothing": (stream(), "answered with no choices"),
    "broken off": (stream(piece("Hel"), done=False), "broke off in the middle"),
    "half an event": (stream('{"choices": [{"del', done=False), "not JSON"),
    "no object": (stream([1, 2]), "unknown form"),
    "strange content": (stream(piece({"a": 1})), "unknown form"),
    "strange choices": (stream({"choices": {"a": 1}}), "unknown form"),
    "error within": (stream(piece("a"), {"error": {"message": "no more"}}), "error: no more"),
    "content filter": (stream(piece("a", "content_filter")), "reason 'content_filter'"),
}


@pytest.mark.parametrize(("script", "says"), FAILURES.values(), ids=FAILURES)
def test_a_failure_names_the_endpoint_and_what_to_do(script: Script, says: str) -> None:
    with loaded(script) as model, pytest.raises(MemberError, match=says) as caught:
        ask(model)
    assert caught.value.message.startswith("http://127.0.0.1:")
    assert caught.value.hint
    assert len(str(caught.value)) < 450


def test_nothing_listens() -> None:
    with server(stream()) as url:
        pass
    with pytest.raises(MemberError, match=r"cannot be reached.*that the server runs"):
        remote.load(url, "m", SPEC)


@pytest.mark.parametrize("url", ["ftp://host/v1", "localhost:8080", "http://", "http://[::1", ""])
def test_an_address_must_be_one(url: str) -> None:
    with pytest.raises(SourceError, match="not an address of an endpoint"):
        remote.load(url, "m", SPEC)


def test_silence_ends() -> None:
    gone = threading.Event()
    with loaded(lambda _: _wait(gone), timeout=0.3) as model:
        with pytest.raises(MemberError, match=r"did not answer for 0\.3 s"):
            ask(model)
        gone.set()


def test_keep_alives_are_silence() -> None:
    def drip(handler: Handler) -> None:
        stream(done=False)(handler)
        for _ in range(100):
            try:
                handler.wfile.write(b": ping\n\n")
            except OSError:
                return
            time.sleep(0.05)

    with (
        loaded(drip, timeout=0.3) as model,
        pytest.raises(MemberError, match=r"did not answer for 0\.3 s"),
    ):
        ask(model)


def test_closing_does_not_wait_for_a_silent_server() -> None:
    gone = threading.Event()

    def script(handler: Handler) -> None:
        stream(piece("a"), done=False)(handler)
        _wait(gone)

    with loaded(script) as model:
        chunks = model.generate([PROMPT] * 3, Sampling())
        assert next(chunks).text == "a"
        start = time.monotonic()
        closing(chunks).__exit__(None, None, None)  # type: ignore[type-var]
        assert time.monotonic() - start < 1
        assert not [t for t in threading.enumerate() if t.name.startswith("answer")]
        gone.set()


def test_one_failure_ends_all() -> None:
    rows = iter((stream(piece("a", "stop")), reply("{}", status=500)))
    with loaded(lambda handler: next(rows)(handler)) as model, pytest.raises(FusionError):
        ask(model, rows=2)


def test_a_prompt_too_long_for_the_server() -> None:
    said = '{"error": {"code": "context_length_exceeded", "message": "at most 4096 tokens"}}'
    with (
        loaded(reply(said, status=400)) as model,
        pytest.raises(PromptTooLong, match="4096"),
    ):
        ask(model)


def test_usage_is_the_servers_else_counted() -> None:
    usage = {"prompt_tokens": 7, "completion_tokens": 3}
    with loaded(stream(piece("ab"), piece("c", "stop"), {"choices": [], "usage": usage})) as model:
        told = ask(model)[-1].usage
    with loaded(stream(piece("ab"), piece("c"), piece("", "length"))) as model:
        end = ask(model)[-1]
    assert told is not None
    assert end.usage is not None
    assert (told.tokens_in, told.tokens_out) == (7, 3)
    assert (end.reason, end.usage.tokens_out) == ("length", 2)


def test_hostile_text_is_well_formed() -> None:
    halves = ('{"choices": [{"delta": {"content": "a\\ud83d"}}]}', piece("\ude00b"))
    with loaded(stream(*halves, piece("\udc80"), piece("\ud83d"), piece("c", "stop"))) as model:
        chunks = ask(model)
    text = "".join(chunk.text for chunk in chunks)
    assert text == "a😀b\\udc80\\ud83dc"
    assert chunks[0].text == "a"


def test_rows_run_at_the_same_time_and_keep_apart() -> None:
    seeds, lock = list[int](), threading.Lock()

    def script(handler: Handler) -> None:
        with lock:
            seeds.append(len(seeds))
        stream(piece("a"), piece("b", "stop"), pause=0.2)(handler)

    with loaded(script) as model:
        start = time.monotonic()
        chunks = ask(model, rows=4)
    assert time.monotonic() - start < 1.5
    assert ["".join(c.text for c in chunks if c.row == row) for row in range(4)] == ["ab"] * 4
    assert len(seeds) == 4


@pytest.mark.parametrize("top_k", [0, 40])
def test_what_is_asked(monkeypatch: pytest.MonkeyPatch, top_k: int) -> None:
    asked: list[tuple[str, Any]] = []

    def script(handler: Handler) -> None:
        asked.append((handler.headers["authorization"], handler.asked))
        stream(piece("a", "stop"))(handler)

    with server(script) as url:
        monkeypatch.setenv("FUSIONLAB_API_KEYS", f"{url[7:-3]}=secret")
        with closing(remote.load(f"{url}/", "m", SPEC)) as model:
            ask(model, max_tokens=9, temperature=0.5, top_p=0.9, top_k=top_k, seed=3)
    [(authorization, body)] = asked
    assert authorization == "Bearer secret"
    assert body == {
        "model": "m",
        "messages": [{"role": "user", "content": "Say something."}],
        "max_tokens": 9,
        "temperature": 0.5,
        "top_p": 0.9,
        "seed": 3,
        "stream": True,
        "stream_options": {"include_usage": True},
    } | ({"top_k": 40} if top_k else {})


def test_the_key_stays_out_of_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    said = '{"error": {"message": "incorrect key sk-very-secret"}}'
    with server(reply(said, status=401)) as url:
        monkeypatch.setenv("FUSIONLAB_API_KEYS", f"{url[7:-3]}=sk-very-secret")
        with (
            closing(remote.load(url, "m", SPEC)) as model,
            pytest.raises(MemberError) as caught,
        ):
            ask(model)
    assert "incorrect key …" in caught.value.message
    assert "check the key that FUSIONLAB_API_KEYS holds for 127.0.0.1:" in caught.value.hint
    assert "sk-very" not in str(caught.value) + repr(model) + repr(vars(model))


def _wait(event: threading.Event) -> None:
    event.wait(10)


def test_members_of_two_servers_are_asked_at_the_same_time() -> None:
    """Each server answers only once the other has been asked too."""
    both = threading.Barrier(2)

    def script(handler: Handler) -> None:
        both.wait(timeout=10)
        stream(piece("well"), piece("", "stop"))(handler)

    with loaded(script) as one, loaded(script) as other:
        asks = [Ask(Member(name, model), PROMPT) for name, model in (("a", one), ("b", other))]
        _, texts = drained(written(asks, Sampling(8)))
    assert texts == ["well", "well"]
