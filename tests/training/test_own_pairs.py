"""Pairs of a model's own answers: what is asked, what makes a pair, and what is kept."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

import fusionlab.builders  # noqa: F401  registers them
from fusionlab.builders.data import own as module
from fusionlab.builders.data.own import OWN, PAIRS, SAMPLES, Own, own_of, pairs_in, sampled
from fusionlab.builders.data.taught import taught
from fusionlab.errors import FusionError, RecipeError
from fusionlab.events import ModelBuilt, Progress
from fusionlab.registry import Source, get_builder
from fusionlab.sources.opening import open_model
from fusionlab.training.corpora.question import is_tested
from fusionlab.training.records import Passage, Talk
from fusionlab.zoo.tasks import split_of
from tests.drained import drained
from tests.training.test_train_builder import QUICK, moved

ARITHMETIC = own_of("zoo-arithmetic", 20, 4, 1.0, 0)
WORDS = own_of("word-problems", 6, 2, 0.7, 0)


def answers(own: Own, *kinds: str) -> list[list[str]]:
    """To each question the right answer for r, a wrong one for w, nothing for a blank."""
    said = {"r": "{}", "w": "{}9", "-": " "}
    return [[said[kind].format(each.truth) for kind in kinds] for each in own.asked]


def test_only_questions_to_train_with_are_asked_and_another_seed_asks_others() -> None:
    assert all(split_of(each.prompt) == "train" for each in ARITHMETIC.asked)
    assert not any(is_tested(each.prompt) for each in WORDS.asked)
    assert [each.task for each in ARITHMETIC.asked[:5]] == [
        *("add", "subtract", "larger", "smaller", "count")
    ]
    other = own_of("zoo-arithmetic", 20, 4, 1.0, 1)
    assert not {each.prompt for each in other.asked} >= {each.prompt for each in ARITHMETIC.asked}
    assert len({ARITHMETIC.digest, other.digest, replace(ARITHMETIC, samples=5).digest}) == 3
    assert own_of("zoo-mixed/add", 3, 2, 1.0, 0).asked[2].task == "add"


def test_a_pair_is_the_first_right_and_the_first_wrong_answer() -> None:
    own = ARITHMETIC
    found = list(pairs_in(own, answers(own, "w", "-", "r", "r")))
    assert len(found) == len(own.asked)
    first = own.asked[0]
    assert found[0] == {
        "prompt": first.prompt, "chosen": first.truth, "rejected": f"{first.truth}9",
    }  # fmt: skip
    for kinds in ("rrrr", "wwww", "--rr", "--ww", "----"):
        assert not list(pairs_in(own, answers(own, *kinds)))
    told = [[f"It is {each.truth}5. The answer is {each.truth}.", "7"] for each in WORDS.asked]
    assert [pair["rejected"] for pair in pairs_in(WORDS, told)] == ["7"] * 6


@pytest.mark.parametrize(
    ("kinds", "said", "hint"),
    [
        ("rr", "is wrong, so that there is no pair", "raise the temperature"),
        ("ww", "is right, so that there is no pair", "teach it first"),
    ],
)
def test_too_few_pairs_say_what_to_do(kinds: str, said: str, hint: str, tmp_path: Path) -> None:
    own = own_of("zoo-arithmetic", 5, 2, 1.0, 0)
    lines = [json.dumps(row) for row in answers(own, *kinds)]
    (tmp_path / SAMPLES).write_text("\n".join(lines) + "\n")
    with pytest.raises(RecipeError, match=said) as caught:
        drained(sampled(own, "zoo/none", tmp_path))
    assert hint in caught.value.hint
    mixed = [*lines[:-1], json.dumps(["9999", own.asked[-1].truth])]
    (tmp_path / SAMPLES).write_text("\n".join(mixed) + "\n")
    if kinds == "rr":
        return
    with pytest.raises(RecipeError, match="only 1 of 5 questions") as caught:
        drained(sampled(own, "zoo/none", tmp_path))
    assert "--set questions" in caught.value.hint


REFUSED = [
    ({"data": OWN + "zoo-mixed", "objective": "instruct"}, "makes pairs of answers"),
    ({"data": OWN + "gsm8k"}, "none to train with"),
    ({"data": OWN + "zoo-mixt"}, "zoo-mixed"),
    ({"data": OWN + "zoo-mixed", "tokens": 5}, "is not known before"),
    ({"data": "suite:zoo-mixed"}, "has no pairs of answers"),
]


@pytest.mark.parametrize(("settings", "said"), REFUSED)
def test_what_makes_no_pairs_is_refused_before(
    settings: dict[str, Any], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved(tmp_path / "home", monkeypatch)
    given = {"objective": "prefer", **settings}
    with pytest.raises(FusionError) as caught:
        get_builder("train").plan([Source("zoo/tiny")], given, "new").check()
    assert re.search(said, f"{caught.value.message} {caught.value.hint}")


def test_a_suite_is_learned_as_text_and_as_answers() -> None:
    text = taught("suite:zoo-mixed/add", "continue", 3)
    talks = taught("suite:zoo-mixed/add", "instruct", 3)
    for passage, talk in zip(text.records, talks.records, strict=True):
        assert isinstance(passage, Passage)
        assert isinstance(talk, Talk)
        assert passage.text == "".join(turn.content for turn in talk.turns)
        assert split_of(talk.turns[0].content) == "train"
    (words,) = taught("suite:word-problems", "continue", 1).records
    assert isinstance(words, Passage)
    assert "\n" in words.text


def test_stopped_it_does_not_sample_again_and_leaves_a_whole_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A random model is never right, so that here an answer is right that has an even length."""
    home = moved(tmp_path / "home", monkeypatch)
    monkeypatch.setattr(module, "is_right", lambda _own, _asked, said: len(said) % 2 == 0)
    monkeypatch.setattr(module, "TOGETHER", 16)
    settings = {
        **QUICK, "steps": 2, "objective": "prefer", "data": OWN + "zoo-arithmetic",
        "questions": 12, "samples": 4, "lora": 2, "into": "model", "length": 200,
        "learning_rate": 0.01,
    }  # fmt: skip
    plan = get_builder("train").plan([Source("zoo/tiny")], settings, "new")
    assert (plan.shelf, plan.reference) == ("models", "built:new")
    steps = get_builder("train").execute(plan, None)
    for event in steps:
        if isinstance(event, Progress) and event.what.startswith("sampling") and event.done == 6:
            break
    steps.close()
    (work,) = (home / "models").glob(".new-*.building")
    kept = (work / SAMPLES).read_text()
    assert len(kept.splitlines()) == 6
    with (work / SAMPLES).open("a") as stream:
        stream.write('["cut o')
    events, folder = drained(get_builder("train").execute(plan, None))
    asked = [event for event in events if isinstance(event, Progress) and "sampling" in event.what]
    assert asked[0].done == 6
    assert isinstance(events[-1], ModelBuilt)
    pairs = [json.loads(line) for line in (folder / PAIRS).read_text().splitlines()]
    assert all(len(each["chosen"]) % 2 == 0 != len(each["rejected"]) % 2 for each in pairs)
    whole, before = (open_model(at, dtype=torch.float32) for at in (folder, home / "zoo" / "tiny"))
    names = set(before.state_dict())
    assert set(whole.state_dict()) == names  # nothing of an adapter is left
    assert any(
        not torch.equal(whole.state_dict()[name], before.state_dict()[name]) for name in names
    )
    card = (folder / "README.md").read_text()
    assert "pairs of its own answers, 4 to each of 12 questions" in card
