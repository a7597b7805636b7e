"""Laws of further training: only answers count, pieces are alone, and pairs give DPO's own loss."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from fusionlab.errors import RecipeError
from fusionlab.models.base import Message
from fusionlab.sources.opening import open_model
from fusionlab.training.encoding import Example, encoded
from fusionlab.training.loop import BETAS, Plan, learning_rate, train
from fusionlab.training.losses import (
    IGNORED,
    answer_logprobs,
    answer_loss,
    preference_loss,
)
from fusionlab.training.packing import Course, collated, leaks, packed, split
from fusionlab.training.records import Choice, Passage, Record, Records, Talk
from tests.tiny import tiny_llama, tiny_tokenizer

PLAN = Plan(steps=4, learning_rate=1e-3, warmup=2, seed=3)
TOKENIZER = tiny_tokenizer()
ASKED = Message("user", "one two three")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_llama(tmp_path_factory.mktemp("tuning") / "tiny", sharp=1.0)


@pytest.fixture
def model(folder: Path) -> Iterator[Any]:
    """In double precision, and on one thread."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield open_model(folder, dtype=torch.float64)
    torch.set_num_threads(before)


def records(*given: Record) -> Records:
    return Records("a test", "", given, tuple(range(1, len(given) + 1)))


def units(*given: Record, tokenizer: Any = TOKENIZER, longest: int = 64) -> tuple[Any, ...]:
    return encoded(records(*given), tokenizer, "tiny", longest).units


def talk(*said: str) -> Talk:
    roles = ("user", "assistant")
    return Talk(tuple(Message(roles[at % 2], text) for at, text in enumerate(said)))  # type: ignore[arg-type]


def learned_text(example: Example) -> str:
    said: str = TOKENIZER.decode([each for each in example.labels if each != IGNORED])
    return said


@torch.no_grad()
def slowly(model: Any, example: Example) -> list[float]:
    """The log-probability of each learned token, each found by a pass of its own."""
    said = []
    for at, label in enumerate(example.labels):
        if label != IGNORED:
            logits = model(input_ids=torch.tensor([example.ids[:at]])).logits[0, -1]
            said.append(float(logits.log_softmax(dim=-1)[label]))
    return said


def test_the_loss_of_answers_is_the_mean_over_their_tokens_alone(model: Any) -> None:
    found = units(talk("one two", "three"), talk("the capital of Italy is", "Rome and Paris"))
    examples = [example for (example,) in found]
    assert [learned_text(each) for each in examples] == [
        "three<|im_end|>",
        "Rome and Paris<|im_end|>",
    ]
    each = [value for example in examples for value in slowly(model, example)]
    batch = collated([(example,) for example in examples], 0)
    assert answer_loss(model, batch).item() == pytest.approx(-sum(each) / len(each), abs=1e-9)
    sums = [sum(slowly(model, example)) for example in examples]
    assert answer_logprobs(model, batch).tolist() == pytest.approx(sums, abs=1e-9)


def test_every_answer_of_a_conversation_is_learned_and_nothing_else(model: Any) -> None:
    ((example,),) = units(talk("one", "two", "three", "four"))
    assert learned_text(example) == "two<|im_end|>four<|im_end|>"
    asked = TOKENIZER.apply_chat_template(
        [{"role": "user", "content": "one"}], add_generation_prompt=True
    )["input_ids"]
    assert list(example.ids[: len(asked)]) == asked  # as it is when the model answers
    assert example.bytes == len("two<|im_end|>four<|im_end|>")


def test_a_template_that_rewrites_earlier_turns_learns_the_last_answer() -> None:
    fast = tiny_tokenizer()
    fast.chat_template = (
        "{% for m in messages %}{% if loop.last or m.role == 'user' %}[{{ m.content }}]"
        "{% else %}-{% endif %}{% endfor %}{% if add_generation_prompt %}>{% endif %}"
    )
    ((example,),) = units(talk("one", "two", "three", "four"), tokenizer=fast)
    assert learned_text(example) == "[four]<|im_end|>"


def test_a_template_that_leaves_nothing_to_learn_is_told_with_the_line() -> None:
    fast = tiny_tokenizer()
    fast.chat_template = (
        "{% for m in messages %}{{ m.content if m.role == 'user' else '' }} {% endfor %}"
    )
    with pytest.raises(RecipeError, match="a test, line 2: there is nothing to learn"):
        units(Passage("one two"), talk("one", "two"), tokenizer=fast)
    fast.chat_template = "{% for m in messages %}{{ m.content[:3] }} {% endfor %}"
    alike = Choice((ASKED,), "two three", "two four")
    with pytest.raises(
        RecipeError, match="line 1: both answers are the same to the model"
    ) as caught:
        units(alike, tokenizer=fast)
    assert caught.value.hint


def test_without_a_template_the_answer_follows_the_plain_prompt() -> None:
    fast = tiny_tokenizer()
    fast.chat_template = None
    ((example,),) = units(talk("one two", " three"), tokenizer=fast)
    assert TOKENIZER.decode(example.ids) == "one two three<|im_end|>"
    assert learned_text(example) == " three<|im_end|>"


def test_a_text_is_cut_and_no_token_is_lost() -> None:
    text = "the capital of France is Paris 你好，世界。 " * 9
    pieces = [example for (example,) in units(Passage(text), longest=16)]
    assert TOKENIZER.decode([each for piece in pieces for each in piece.ids]) == f"{text}<|im_end|>"
    assert all(len(piece.ids) == 16 for piece in pieces[:-1])
    assert all(piece.labels == (IGNORED, *piece.ids[1:]) for piece in pieces)


def test_pieces_that_share_a_row_do_not_see_one_another(model: Any) -> None:
    texts = ("one two three four", "the capital", "ten nine eight", "Rome is")
    pieces = [example for text in texts for (example,) in units(Passage(text))]
    rows = packed(pieces, 24)
    assert len(rows) < len(pieces)
    assert sorted(len(each.ids) for row in rows for each in row) == sorted(
        len(each.ids) for each in pieces
    )
    together = collated(rows, 0)
    assert together.positions is not None
    alone = [value for piece in pieces for value in slowly(model, piece)]
    assert answer_loss(model, together).item() == pytest.approx(-sum(alone) / len(alone), abs=1e-9)
    assert not leaks(model, 0)


def test_a_model_that_lets_them_see_one_another_is_found_out(model: Any) -> None:
    class Careless(torch.nn.Module):
        device = torch.device("cpu")
        get_input_embeddings = model.get_input_embeddings

        def forward(self, input_ids: Any, position_ids: Any, use_cache: bool) -> Any:
            return model(input_ids=input_ids)

    assert leaks(Careless(), 0)


@pytest.mark.parametrize("beta", [0.1, 0.5])
def test_the_loss_of_pairs_is_the_published_formula(model: Any, folder: Path, beta: float) -> None:
    pairs = units(
        Choice((ASKED,), "four five six", "ten"), Choice((ASKED,), "Paris", "Rome is nice")
    )
    reference = torch.tensor([[sum(slowly(model, each)) for each in pair] for pair in pairs])
    with torch.no_grad():
        model.lm_head.weight.mul_(1.1)
    by_hand = []
    for pair, (good, bad) in zip(pairs, reference.tolist(), strict=True):
        gained = sum(slowly(model, pair[0])) - good
        lost = sum(slowly(model, pair[1])) - bad
        by_hand.append(-math.log(1 / (1 + math.exp(-beta * (gained - lost)))))
    course = Course(
        [tuple((each,) for each in pair) for pair in pairs], 2, 0, 0, reference.double()
    )
    loss = preference_loss(model, course.draw(torch.Generator(), 1), beta=beta).item()
    assert loss == pytest.approx(sum(by_hand) / 2, abs=1e-6)
    same = open_model(folder, dtype=torch.float64)
    start = preference_loss(same, course.draw(torch.Generator(), 1), beta=beta).item()
    assert start == pytest.approx(math.log(2), abs=1e-6)


@pytest.mark.parametrize("kind", ["answers", "pairs", "packed"])
def test_n_parts_of_a_step_are_one_batch_of_n(folder: Path, kind: str) -> None:
    words = ["one", "two", "three", "four", "five", "six", "seven", "eight"]
    reference = None
    drawn: list[Any]
    if kind == "pairs":
        found = units(*(Choice((ASKED,), word, f"{word} ten nine") for word in words))
        reference = torch.randn(len(found), 2, generator=torch.Generator().manual_seed(1)).double()
        drawn = [tuple((each,) for each in unit) for unit in found]
    elif kind == "packed":
        found = units(*(Passage(f"{word} and the capital") for word in words))
        drawn = [(row,) for row in packed([example for (example,) in found], 20)]
    else:
        found = units(*(talk("count", " ".join(words[:at])) for at in range(1, 9)))
        drawn = [((example,),) for (example,) in found]
    ended = []
    for parts in (1, 4):
        model = open_model(folder, dtype=torch.float64)
        course = Course(drawn, 4, 0, 0, reference)
        loss_of = (
            (lambda model, batch: preference_loss(model, batch, beta=0.1))
            if kind == "pairs"
            else answer_loss
        )
        facts = list(train(model, PLAN, course.draw, loss_of=loss_of, accumulate=parts))
        ended.append(([fact.loss for fact in facts], model.state_dict()))
    (one, whole), (other, summed) = ended
    assert one == pytest.approx(other, abs=1e-10)
    for name, tensor in whole.items():
        assert torch.allclose(tensor, summed[name], rtol=0, atol=1e-9), name


def test_a_bare_loop_has_the_same_losses(folder: Path) -> None:
    drawn = [((e,),) for (e,) in units(*(Passage(f"{n} one two three") for n in range(6)))]
    ours, bare = (open_model(folder, dtype=torch.float64) for _ in range(2))
    course = Course(drawn, 2, 3, 0)
    facts = list(train(ours, PLAN, course.draw))
    matrices = [p for p in bare.parameters() if p.ndim >= 2]
    vectors = [p for p in bare.parameters() if p.ndim < 2]
    optimiser = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}],
        betas=BETAS,
    )
    for fact in facts:
        batch = course.draw(torch.Generator(), fact.step)
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(PLAN, fact.step)
        loss = bare(input_ids=batch.ids, labels=batch.labels).loss
        assert fact.loss == pytest.approx(loss.item(), abs=1e-6)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(bare.parameters(), 1.0)
        optimiser.step()


def test_every_unit_is_drawn_once_before_any_is_drawn_again() -> None:
    drawn = [((Example((at, at), (IGNORED, at), 1),),) for at in range(7)]
    course = Course(drawn, 3, 5, 0)
    seen = [int(row[0]) for step in range(1, 8) for row in course.draw(torch.Generator(), step).ids]
    rounds = [seen[at : at + 7] for at in (0, 7, 14)]
    assert all(sorted(each) == list(range(7)) for each in rounds)
    assert rounds[0] != rounds[1]
    again = Course(drawn, 3, 5, 0)
    assert [int(row[0]) for row in again.draw(torch.Generator(), 6).ids] == seen[15:18]
    assert course.numbers(2) == sorted(seen[:6])


def test_what_is_held_out_hangs_on_itself_alone() -> None:
    found = units(*(talk("count", f"to {at}") for at in range(40)))
    learned, kept = split(found, 0.1)
    assert (len(learned), len(kept)) == (36, 4)
    assert split(found[::-1], 0.1)[1] == kept
    learned, kept = split([*found, *found], 0.1)
    assert not set(learned) & set(kept)
    assert split(found, 0) == (list(found), [])
    assert split(found[:1], 0.5) == ([found[0]], [])
    assert split([found[0]] * 3, 0.5) == ([found[0]] * 3, [])
