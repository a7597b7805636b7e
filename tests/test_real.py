"""SmolLM2 itself, through `run`: real weights, real probabilities."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from fusionlab.engines.memory import Pool
from fusionlab.models.base import Level, LogitModel
from fusionlab.recipe import MemberRecipe, Recipe, Sampling
from fusionlab.run import check, run
from fusionlab.trace import Trace, fold
from fusionlab.zoo.adapters import rightly_answered
from tests.drained import drained

pytestmark = pytest.mark.real

MODEL = "smollm2-135m"
PROMPT = "The capital of France is"
TWO = (
    MemberRecipe(MODEL, "geographer", system="You are a geographer. Answer in one sentence."),
    MemberRecipe(MODEL, "poet", system="You are a poet. Answer in one sentence."),
)


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with closing(Pool()) as pool:
        yield pool


def traced(recipe: Recipe, pool: Pool) -> Trace:
    return fold(check(recipe), run(recipe, pool))


def test_two_instructions_agree_on_paris(pool: Pool) -> None:
    trace = traced(Recipe("ensemble", PROMPT, TWO, sampling=Sampling(24)), pool)
    assert "Paris" in trace.answer
    for step in trace.tokens:
        assert 0 < step.p <= 1
        geographer, poet = step.members["geographer"], step.members["poet"]
        assert step.p == pytest.approx((geographer.p_chosen + poet.p_chosen) / 2, abs=1e-3)
        for member in (geographer, poet):
            assert all(0 < candidate.p < 1 for candidate in member.top)
            assert 0 <= member.rest < 1
            assert member.entropy > 0
    assert any(step.members["geographer"].top != step.members["poet"].top for step in trace.tokens)
    assert max(step.divergence for step in trace.tokens) > 0.01
    assert {cost.engine for cost in trace.costs.values()} == {"transformers"}


def test_two_members_over_one_model_hold_its_weights_once(pool: Pool) -> None:
    trace = traced(Recipe("ensemble", PROMPT, TWO, sampling=Sampling(2)), pool)
    sizes = {cost.bytes for cost in trace.costs.values()}
    (size,) = sizes
    assert pool.held == size
    assert 100e6 < size < 600e6
    assert {cost.batch for cost in trace.costs.values()} == {2}


def test_alone_it_answers_on_llama_cpp(pool: Pool) -> None:
    trace = traced(Recipe("solo", PROMPT, (MemberRecipe(MODEL),), sampling=Sampling(24)), pool)
    (cost,) = trace.costs.values()
    assert cost.engine == "llamacpp"
    assert 0 < cost.tokens_out <= 24
    assert "Paris" in trace.answer


def test_a_specialist_answers_more_of_its_questions_than_its_base(pool: Pool) -> None:
    with pool.borrow() as loan:
        _, special = drained(loan.load(f"{MODEL}+dates", Level.TEXT))
        _, base = drained(loan.load(MODEL, Level.LOGITS))
        assert isinstance(special, LogitModel)
        assert special.trunk is base
        right = [drained(rightly_answered(m, "dates", "test", 12))[1] for m in (special, base)]
    assert right[0] >= right[1] + 3


def test_four_specialists_are_rows_of_one_pass_over_one_base() -> None:
    names = ("maths", "dates", "editing", "tables")
    members = tuple(MemberRecipe(f"{MODEL}+{name}", name) for name in names)
    with closing(Pool()) as own:
        trace = traced(Recipe("ensemble", PROMPT, members, sampling=Sampling(4)), own)
        assert 269e6 < own.held < 269.1e6 + 4 * 5e6
    assert {cost.batch for cost in trace.costs.values()} == {4}
    assert all(cost.bytes < 5_000_000 for cost in trace.costs.values())
