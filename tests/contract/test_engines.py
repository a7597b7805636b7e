"""What every engine keeps, on tiny models; an engine takes the tests of its own level and below."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from functools import cache
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from fusionlab.engines import llamacpp, onnx, remote, replay, transformers
from fusionlab.engines.endpoint import Endpoint
from fusionlab.engines.llama_server import LlamaCppModel
from fusionlab.errors import PromptTooLong
from fusionlab.events import Event, Measured, Record, TextDelta
from fusionlab.models.base import (
    Chunk,
    Continuation,
    LanguageModel,
    Level,
    LogitModel,
    Message,
    ModelSpec,
    Prompt,
    Sequences,
    TokenModel,
    Usage,
)
from fusionlab.models.resuming import ResumingModel
from fusionlab.recipe import Recipe, Sampling
from fusionlab.runfiles import run_text
from fusionlab.trace import fold
from tests.tiny import tiny_llama, tiny_tokenizer
from tests.tiny_gguf import tiny_gguf
from tests.tiny_onnx import tiny_onnx

LEVELS = {
    "transformers": Level.INTERNALS,
    "onnx": Level.LOGITS,
    "llamacpp": Level.LOGPROBS,
    "remote llama.cpp": Level.LOGPROBS,
    "remote": Level.TEXT,
    "replay": Level.TEXT,
}
RESUMING = ("transformers", "onnx", "llamacpp", "remote llama.cpp")
"""Engines that keep what they have read for a next round."""
RECORDED = {"replay"}
"""Engines that do not draw: they say what was said."""
PROMPT = [Message("user", "one two 你好 👨‍👩‍👧")]
OTHER = [Message("system", "the capital"), Message("user", "of France is 世界 🇫🇷")]
SAYING = "世界🦊é"
"""No byte in it comes twice, so that a model without memory can say it."""


def at(level: Level, *, drawing: bool = False) -> pytest.MarkDecorator:
    """Parametrises a test over the engines that give this level."""
    names = [
        name
        for name, given in LEVELS.items()
        if given >= level and not (drawing and name in RECORDED)
    ]
    return pytest.mark.parametrize("engine", names)


@pytest.fixture(scope="module")
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="module")
def shelf(
    tiny: Path, tiny_export: Path, stack: ExitStack, tmp_path_factory: pytest.TempPathFactory
) -> "Shelf":
    """The random tiny model in each engine."""
    return Shelf(tiny, stack, tmp_path_factory.mktemp("random"), tiny_export)


@pytest.fixture(scope="module")
def parrots(stack: ExitStack, tmp_path_factory: pytest.TempPathFactory) -> "Shelf":
    """In each engine a model that answers SAYING and ends."""
    folder = tmp_path_factory.mktemp("parrot")
    model = parrot(folder / "model", SAYING)
    return Shelf(model, stack, folder, tiny_onnx(model, folder / "onnx"))


@pytest.fixture
def model(shelf: "Shelf", engine: str) -> LanguageModel:
    return shelf.load(engine)


class Shelf:
    """One model in all engines, each loaded when it is first asked for."""

    def __init__(self, folder: Path, stack: ExitStack, scratch: Path, export: Path) -> None:
        self.folder, self.stack, self.scratch, self.export = folder, stack, scratch, export
        self.load = cache(self._load)

    def _load(self, engine: str) -> LanguageModel:
        model = self._opened(engine, ModelSpec(f"tiny:{engine}", engine, LEVELS[engine]))
        return self.stack.enter_context(closing(model))

    def _opened(self, engine: str, spec: ModelSpec) -> LanguageModel:
        match engine:
            case "transformers":
                return transformers.load(self.folder, spec)
            case "onnx":
                return onnx.load(self.export, self.folder, spec)
            case "llamacpp":
                return llamacpp.load(tiny_gguf(self.folder, self.scratch / "tiny.gguf"), spec)
            case "remote llama.cpp":
                with pytest.MonkeyPatch.context() as patch:
                    host = self.peer.url.removeprefix("http://")
                    patch.setenv("FUSIONLAB_API_KEYS", f"{host}={self.peer.key}")
                    return remote.load(f"{self.peer.url}/v1", "tiny", spec)
            case "remote":
                v1 = Endpoint(spec.id, f"{self.peer.url}/v1", self.peer.key)
                return remote.RemoteModel(spec, v1, "tiny")
            case _:
                path = self.scratch / "run.jsonl"
                path.write_text(recording(self.load("llamacpp")), encoding="utf-8")
                return replay.load(path, "ann", spec)

    @property
    def peer(self) -> Endpoint:
        """The llama.cpp server of the llamacpp engine, which the remote engines talk to."""
        model = self.load("llamacpp")
        assert isinstance(model, LlamaCppModel)
        return model.endpoint


def recording(model: LanguageModel) -> str:
    """A run file in which "ann" answered PROMPT twice."""
    events: list[Event] = []
    for chunk in model.generate([PROMPT, PROMPT], Sampling(max_tokens=24)):
        events.append(TextDelta("ann", chunk.text, chunk.row))
        if chunk.usage:
            usage = chunk.usage
            events.append(Measured("ann", usage.tokens_in, usage.tokens_out, usage.forward_passes))
    recipe = Recipe("vote", prompt=PROMPT[0].content)
    return run_text(fold(recipe, (Record(0.0, event) for event in events)))


def parrot(folder: Path, text: str) -> Path:
    """A Llama without memory: each token leads to the next one of `text`, its last to the end."""
    tiny_llama(folder)
    tokenizer = tiny_tokenizer()
    newline, *path = tokenizer("\n" + text)["input_ids"]
    assert len({newline, *path}) == len(path) + 1
    weights = load_file(folder / "model.safetensors")
    for name, tensor in weights.items():
        if name.endswith(("o_proj.weight", "down_proj.weight", "lm_head.weight")):
            tensor.zero_()
    embeddings = torch.nn.functional.normalize(weights["model.embed_tokens.weight"], dim=-1)
    for now, then in zip([newline, *path], [*path, tokenizer.eos_token_id], strict=True):
        weights["lm_head.weight"][then] = embeddings[now]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def said(chunks: Sequence[Chunk], row: int = 0) -> str:
    return "".join(chunk.text for chunk in chunks if chunk.row == row)


def last(chunks: Sequence[Chunk], row: int = 0) -> Chunk:
    return [chunk for chunk in chunks if chunk.row == row][-1]


def answers(model: LanguageModel, prompts: Sequence[Prompt], sampling: Sampling) -> list[str]:
    chunks = list(model.generate(prompts, sampling))
    return [said(chunks, row) for row in range(len(prompts))]


Top = Sequence[tuple[bytes, float]]


def assert_same(one: Top, two: Top) -> None:
    assert [text for text, _ in one] == [text for text, _ in two]
    assert [each for _, each in one] == pytest.approx([each for _, each in two], abs=1e-2)


def begun(model: TokenModel, ids: Sequence[int]) -> "closing[Continuation]":
    return closing(model.begin(ids))


# TEXT


@at(Level.TEXT)
def test_it_is_a_language_model_of_its_level(model: LanguageModel, engine: str) -> None:
    assert isinstance(model, LanguageModel)
    assert isinstance(model, TokenModel) == (LEVELS[engine] >= Level.LOGPROBS)
    assert model.spec.id == f"tiny:{engine}"
    assert model.spec.level == LEVELS[engine]


@at(Level.TEXT)
def test_each_row_ends_once_with_a_reason_and_its_cost(model: LanguageModel) -> None:
    chunks = list(model.generate([PROMPT, PROMPT], Sampling(max_tokens=24)))
    assert [chunk.row for chunk in chunks if chunk.reason] in ([0, 1], [1, 0])
    for row in (0, 1):
        end = last(chunks, row)
        assert end.reason
        assert isinstance(end.usage, Usage)
        assert end.usage.tokens_in > 0
        assert 0 < end.usage.tokens_out <= 24
        assert end.usage.forward_passes > 0
    assert all(chunk.usage is None for chunk in chunks if not chunk.reason)


@at(Level.TEXT)
def test_whole_characters_come_and_the_end_is_an_end(parrots: Shelf, engine: str) -> None:
    chunks = list(parrots.load(engine).generate([PROMPT], Sampling(max_tokens=24)))
    assert [char for chunk in chunks for char in chunk.text] == list(SAYING)
    assert last(chunks).reason == "end"


@at(Level.TEXT, drawing=True)
def test_an_unfinished_character_is_shown_as_such(parrots: Shelf, engine: str) -> None:
    chunks = list(parrots.load(engine).generate([PROMPT], Sampling(max_tokens=8)))
    assert said(chunks) in ("世界\ufffd", "世界")
    assert last(chunks).reason == "length"


@at(Level.TEXT)
def test_nobody_asked_nobody_answers(model: LanguageModel) -> None:
    assert list(model.generate([], Sampling())) == []


@at(Level.TEXT)
def test_closing_midway_frees_everything(model: LanguageModel) -> None:
    before = threading.active_count()
    chunks = model.generate([PROMPT, PROMPT], Sampling(max_tokens=400))
    next(chunks)
    closing(chunks).__exit__(None, None, None)  # type: ignore[type-var]
    assert threading.active_count() <= before
    if isinstance(model, LlamaCppModel):
        assert becomes_idle(model)
    assert said(list(model.generate([PROMPT], Sampling(max_tokens=24))))


def becomes_idle(model: LlamaCppModel) -> bool:
    deadline = time.monotonic() + 3
    while any(slot["is_processing"] for slot in model.endpoint.get("/slots")):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


@at(Level.TEXT, drawing=True)
@pytest.mark.parametrize("most", [1, 2, 7])
def test_no_answer_is_longer_than_asked(model: LanguageModel, most: int) -> None:
    end = last(list(model.generate([PROMPT], Sampling(max_tokens=most))))
    assert end.reason == "length"
    assert end.usage is not None
    assert end.usage.tokens_out == most


@at(Level.TEXT, drawing=True)
def test_the_seed_decides(model: LanguageModel) -> None:
    def draw(seed: int) -> str:
        return answers(model, [PROMPT], Sampling(24, temperature=1.0, seed=seed))[0]

    assert draw(5) == draw(5)
    assert draw(5) != draw(6)


@at(Level.TEXT, drawing=True)
def test_row_i_draws_with_seed_plus_i(model: LanguageModel) -> None:
    sampling = Sampling(12, temperature=1.0, seed=5)
    alone = [
        answers(model, [PROMPT], Sampling(12, temperature=1.0, seed=5 + i))[0] for i in range(3)
    ]
    assert answers(model, [PROMPT] * 3, sampling) == alone


@at(Level.TEXT, drawing=True)
def test_the_smallest_cuts_are_greedy(model: LanguageModel) -> None:
    greedy = answers(model, [PROMPT], Sampling(12))
    assert answers(model, [PROMPT], Sampling(12, temperature=1.0, top_k=1)) == greedy
    assert answers(model, [PROMPT], Sampling(12, temperature=1.0, top_p=1e-6)) == greedy


@at(Level.TEXT, drawing=True)
def test_prompts_together_are_answered_as_alone(model: LanguageModel) -> None:
    prompts = [PROMPT, OTHER, PROMPT, OTHER, OTHER, PROMPT]
    one, two = (answers(model, [prompt], Sampling(12))[0] for prompt in (PROMPT, OTHER))
    assert answers(model, prompts, Sampling(12)) == [one, two, one, two, two, one]


@pytest.mark.parametrize("engine", RESUMING)
def test_a_later_round_computes_only_what_is_new_and_says_the_same(model: LanguageModel) -> None:
    assert isinstance(model, ResumingModel)
    first = [PROMPT, OTHER]
    replies = answers(model, first, Sampling(12))
    assert [said(list(model.resume(first, Sampling(12), anew=True)), row) for row in (0, 1)] == (
        replies
    )
    turns = zip(first, replies, strict=True)
    later = [[*p, Message("assistant", r), Message("user", "one ten")] for p, r in turns]
    for asked in (later[::-1], [[*each, Message("user", "again")] for each in later[:1]]):
        chunks = list(model.resume(asked, Sampling(12), anew=False))
        assert [said(chunks, row) for row in range(len(asked))] == (
            answers(model, asked, Sampling(12))
        )
        for row in range(len(asked)):
            usage = last(chunks, row).usage
            assert usage is not None
            assert usage.tokens_in // 4 < usage.tokens_reused < usage.tokens_in


@at(Level.TEXT, drawing=True)
def test_a_prompt_that_does_not_fit_is_refused_with_figures(model: LanguageModel) -> None:
    with pytest.raises(PromptTooLong, match=r"512"):
        list(model.generate([[Message("user", "one two three " * 300)]], Sampling(8)))


# LOGPROBS


@pytest.fixture
def token_model(model: LanguageModel) -> TokenModel:
    assert isinstance(model, TokenModel)
    return model


@at(Level.LOGPROBS)
def test_the_prompt_is_in_the_models_own_template(token_model: TokenModel) -> None:
    ids = token_model.encode(OTHER)
    text = b"".join(token_model.vocabulary.pieces[token] for token in ids).decode()
    assert text == (
        "<|im_start|>system\nthe capital<|im_end|>\n"
        "<|im_start|>user\nof France is 世界 🇫🇷<|im_end|>\n<|im_start|>assistant\n"
    )


@at(Level.LOGPROBS)
def test_the_vocabulary_is_bytes(token_model: TokenModel) -> None:
    vocabulary, tokenizer = token_model.vocabulary, tiny_tokenizer()
    assert len(vocabulary.pieces) == len(tokenizer)
    assert tokenizer.eos_token_id in vocabulary.ends
    assert vocabulary.special == frozenset({0, 1, 2})
    assert vocabulary.pieces[tokenizer.convert_tokens_to_ids("Ġ")] == b" "
    assert set(range(256)) == {piece[0] for piece in vocabulary.pieces if len(piece) == 1}
    assert token_model.context == 512


@at(Level.LOGPROBS)
def test_answer_and_prompt_together_must_fit(token_model: TokenModel) -> None:
    with pytest.raises(PromptTooLong, match=r"takes 512 tokens"):
        list(token_model.generate([PROMPT], Sampling(512)))


@at(Level.LOGPROBS)
@pytest.mark.parametrize("n", [1, 5, 320])
def test_top_is_sorted_probabilities_of_real_tokens(token_model: TokenModel, n: int) -> None:
    with begun(token_model, token_model.encode(PROMPT)) as answer:
        assert isinstance(answer, Continuation)
        top = answer.top(n)
    assert len(top) == n
    logprobs = [logprob for _, logprob in top]
    assert logprobs == sorted(logprobs, reverse=True)
    vocabulary = token_model.vocabulary
    pieces = sorted(map(vocabulary.said, range(len(vocabulary.pieces))))
    assert {text for text, _ in top} <= set(pieces)
    if n == 320:
        assert sorted(text for text, _ in top) == pieces
    total = sum(2.718281828**logprob for logprob in logprobs)
    assert total == pytest.approx(1, abs=1e-3) if n == 320 else total <= 1 + 1e-6


@at(Level.LOGPROBS)
def test_rewinding_equals_a_fresh_beginning(token_model: TokenModel) -> None:
    ids = token_model.encode(PROMPT)
    with begun(token_model, ids) as answer, begun(token_model, ids) as fresh:
        for text in ("世".encode(), b"one", b" two"):
            answer.top(3)
            answer.say(text)
        answer.top(3)
        answer.rewind(0)
        assert_same(answer.top(5), fresh.top(5))
        answer.say(b"one")
        fresh.say(b"one")
        assert_same(answer.top(5), fresh.top(5))


@at(Level.LOGPROBS)
@pytest.mark.parametrize("length", range(8))
def test_an_answer_is_cut_at_any_byte(token_model: TokenModel, length: int) -> None:
    ids = token_model.encode(PROMPT)
    with begun(token_model, ids) as answer, begun(token_model, ids) as fresh:
        answer.say(b"Paris")
        answer.top(1)
        answer.say(b" is")
        answer.rewind(length)
        fresh.say(b"Paris"[:length])
        fresh.say(b" is"[: max(0, length - 5)])
        assert_same(answer.top(5), fresh.top(5))


@at(Level.LOGPROBS)
def test_there_is_no_more_to_rewind_than_was_said(token_model: TokenModel) -> None:
    with begun(token_model, [70, 71]) as answer:
        answer.say(b"one")
        for length in (-1, 4):
            with pytest.raises(ValueError, match=f"cannot rewind 3 bytes to {length}"):
                answer.rewind(length)


@at(Level.LOGPROBS)
def test_one_by_one_equals_at_once(token_model: TokenModel) -> None:
    ids = token_model.encode(OTHER)
    with begun(token_model, ids) as slow, begun(token_model, ids) as quick:
        for text in (b"one", b" two", "世".encode()):
            slow.top(1)
            slow.say(text)
            quick.say(text)
        assert_same(slow.top(5), quick.top(5))


@at(Level.LOGPROBS)
def test_every_byte_can_be_said(token_model: TokenModel) -> None:
    with begun(token_model, [70]) as answer:
        answer.say(bytes(range(256)))
        assert len(answer.top(3)) == 3


@at(Level.LOGPROBS)
def test_continuations_do_not_disturb_one_another(token_model: TokenModel) -> None:
    prompts = [token_model.encode(PROMPT)[: 8 + n] for n in range(6)]
    with ExitStack() as stack:
        answers = [stack.enter_context(begun(token_model, ids)) for ids in prompts]
        together = [answer.top(3) for answer in answers]
        for answer, expected in zip(answers, together, strict=True):
            answer.say(b"one")
            answer.top(3)
            answer.rewind(0)
            assert_same(answer.top(3), expected)


@at(Level.LOGPROBS)
def test_generating_is_following_the_best_token(token_model: TokenModel) -> None:
    spoken = b""
    with begun(token_model, token_model.encode(PROMPT)) as answer:
        for _ in range(16):
            ((best, _),) = answer.top(1)
            if not best:  # no text: the end
                break
            spoken += best
            answer.say(best)
        assert answer.usage.tokens_in == len(token_model.encode(PROMPT))
        assert answer.usage.forward_passes == 16
    (text,) = answers(token_model, [PROMPT], Sampling(16))
    assert text == spoken.decode("utf-8", "replace")


@at(Level.LOGPROBS)
def test_a_continuation_may_be_closed_twice_and_starts_with_something(
    token_model: TokenModel,
) -> None:
    answer = token_model.begin([70])
    answer.close()
    answer.close()
    with pytest.raises(ValueError, match="at least one id"):
        token_model.begin([])


# LOGITS


@pytest.fixture
def logit_model(model: LanguageModel) -> LogitModel:
    assert isinstance(model, LogitModel)
    return model


@at(Level.LOGITS)
def test_rewinding_equals_a_fresh_prefill(logit_model: LogitModel) -> None:
    ids = logit_model.encode(PROMPT)
    with closing(logit_model.open([ids])) as rows, closing(logit_model.open([ids[:9]])) as fresh:
        assert isinstance(rows, Sequences)
        rows.logits()
        rows.feed([[80, 90, 100]])
        rows.logits()
        rows.rewind([9])
        assert [list(row) for row in rows.ids] == [ids[:9]]
        assert torch.allclose(rows.logits(), fresh.logits(), atol=1e-3)
        rows.feed([[70]])
        fresh.feed([[70]])
        assert torch.allclose(rows.logits(), fresh.logits(), atol=1e-3)
        with pytest.raises(ValueError, match="rewind"):
            rows.rewind([0])


@at(Level.LOGITS)
def test_id_by_id_equals_at_once(logit_model: LogitModel) -> None:
    ids = logit_model.encode(OTHER)
    with closing(logit_model.open([ids[:1]])) as slow, closing(logit_model.open([ids])) as quick:
        for token in ids[1:]:
            slow.logits()
            slow.feed([[token]])
        assert [list(row) for row in slow.ids] == [list(row) for row in quick.ids] == [ids]
        assert torch.allclose(slow.logits(), quick.logits(), atol=1e-3)


@at(Level.LOGITS)
def test_sequences_may_be_closed_twice_and_start_with_something(logit_model: LogitModel) -> None:
    rows = logit_model.open([[70], [71, 72]])
    rows.close()
    rows.close()
    with pytest.raises(ValueError, match="at least one id"):
        logit_model.open([[70], []])


@at(Level.LOGITS)
def test_logits_and_top_agree(logit_model: LogitModel) -> None:
    ids = logit_model.encode(PROMPT)
    with closing(logit_model.open([ids])) as rows, closing(logit_model.begin(ids)) as answer:
        logprobs = rows.logits()[0].log_softmax(dim=-1)
        top = answer.top(320)
    assert logprobs.shape == (320,)
    assert [each for _, each in top] == pytest.approx(
        logprobs.sort(descending=True).values.tolist()
    )
    best = [logit_model.vocabulary.said(token) for token in logprobs.topk(9).indices.tolist()]
    assert [text for text, _ in top[:9]] == best


@at(Level.LOGITS)
def test_rows_are_single_ones_in_lockstep(logit_model: LogitModel) -> None:
    prompts = [logit_model.encode(PROMPT), logit_model.encode(OTHER), logit_model.encode(PROMPT)]
    with ExitStack() as stack:
        rows = stack.enter_context(closing(logit_model.open(prompts)))
        single = [stack.enter_context(closing(logit_model.open([ids]))) for ids in prompts]
        for fed in ([80, 81, 82], [90, 91, 92]):
            alone = torch.cat([one.logits() for one in single])
            assert torch.allclose(rows.logits(), alone, atol=1e-3)
            rows.feed([[token] for token in fed])
            for one, token in zip(single, fed, strict=True):
                one.feed([[token]])


@at(Level.LOGITS)
def test_rows_grow_and_shrink_each_at_its_own_pace(logit_model: LogitModel) -> None:
    prompts = [logit_model.encode(PROMPT), logit_model.encode(OTHER), [70]]
    with ExitStack() as stack:
        rows = stack.enter_context(closing(logit_model.open(prompts)))
        single = [stack.enter_context(closing(logit_model.open([ids]))) for ids in prompts]
        for fed, kept in (
            ([[80, 81], [82], []], (9, 7, 1)),
            ([[], [83, 84, 85], [86]], (9, 10, 2)),
            ([[87], [88], [89]], (10, 11, 2)),
        ):
            rows.feed(fed)
            rows.rewind(kept)
            for one, more, length in zip(single, fed, kept, strict=True):
                one.feed([more])
                one.rewind([length])
            alone = torch.cat([one.logits() for one in single])
            assert torch.allclose(rows.logits(), alone, atol=1e-3)


@at(Level.LOGITS)
def test_feeding_twice_before_looking_equals_feeding_once(logit_model: LogitModel) -> None:
    ids = logit_model.encode(PROMPT)
    with (
        closing(logit_model.open([ids, ids])) as rows,
        closing(logit_model.open([[*ids, 80, 90, 100]])) as fresh,
    ):
        rows.feed([[80], [70]])
        rows.keep([0])
        rows.feed([[90]])
        rows.feed([[100]])
        assert torch.allclose(rows.logits(), fresh.logits(), atol=1e-3)
    with closing(logit_model.open([ids])) as one:
        one.feed([[80]])
        one.feed([[90, 100]])
        assert torch.allclose(one.logits(), fresh.logits(), atol=1e-3)


# Across engines


def test_engines_agree_on_the_same_weights(shelf: Shelf) -> None:
    one, two = shelf.load("transformers"), shelf.load("llamacpp")
    assert isinstance(one, TokenModel)
    assert isinstance(two, TokenModel)
    assert one.vocabulary.pieces == two.vocabulary.pieces
    assert one.encode(OTHER) == two.encode(OTHER)
    ids = one.encode(PROMPT)
    with closing(one.begin(ids)) as left, closing(two.begin(ids)) as right:
        for text in (b"one", " 你好".encode(), b""):
            ours, theirs = dict(left.top(320)), dict(right.top(320))
            assert ours.keys() == theirs.keys()
            del ours[b""], theirs[b""]  # of several control tokens
            assert theirs == pytest.approx(ours, abs=1e-2)
            left.say(text)
            right.say(text)
    assert answers(one, [PROMPT], Sampling(24)) == answers(two, [PROMPT], Sampling(24))
