from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.errors import MemberError, RecipeError, SettingError, SourceError
from fusionlab.events import (
    CandidateGiven,
    Event,
    Measured,
    Progress,
    RunFinished,
    TextDelta,
    Voted,
    Warned,
)
from fusionlab.methods import vote as vote_module
from fusionlab.methods.vote import vote
from fusionlab.models.base import Chunk, Level, Member, Message, ModelSpec, Usage
from fusionlab.models.sampling import spread
from fusionlab.recipe import Sampling
from fusionlab.registry import Request, get_method
from fusionlab.text.embedding import Embedder
from fusionlab.text.rules import RULES
from tests.scripted import Scripted, scripted

WARM = Request("capital of France?", Sampling(temperature=0.7, seed=5))


class Lengths(Embedder):
    """Embeds a text by its length alone: all texts are alike."""

    def encoding(self, texts: Any) -> Generator[float, None, Float[Tensor, "text dim"]]:
        yield 1.0
        return torch.tensor([[float(len(text)), 1.0] for text in texts])


def given_embedder() -> Generator[Progress, None, Embedder]:
    yield Progress("loading")
    return Lengths(None)


def no_embedder() -> Generator[Progress, None, Embedder]:
    yield Progress("looking for it")
    raise SourceError("folder-missing", folder="embedder")


def no_multilingual() -> Generator[Progress, None, Embedder | None]:
    yield Progress("looking for it")
    return None


@pytest.fixture(autouse=True)
def _embedder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vote_module, "embedder", given_embedder)
    monkeypatch.setattr(vote_module, "multilingual", no_multilingual)


def held(members: list[Member], request: Request = WARM, **settings: Any) -> list[Event]:
    """All events of a vote, settings checked as in a run."""
    return list(vote(members, request, **get_method("vote").check(settings)))


def of_type(events: list[Event], kind: type[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def test_the_answer_most_like_the_others_is_elected() -> None:
    members = [
        scripted("a", "It is Rome."),
        scripted("b", "The capital is Paris."),
        scripted("c", " The capital: Paris!\n"),
    ]
    events = held(members, samples=1)
    (voted,) = of_type(events, Voted)
    assert voted.winner == 1
    assert voted.ranking[0] == 1
    assert set(voted.scores) == set(voted.similarity) == {"rouge_l", "char_lcs", "cosine"}
    assert voted.similarity["rouge_l"][1][2] == pytest.approx(6 / 7)
    assert of_type(events, CandidateGiven)[2] == CandidateGiven(2, "c", "The capital: Paris!")
    assert events[-1] == RunFinished("The capital is Paris.", "elected")
    assert not of_type(events, Warned)


def test_samples_stream_and_have_their_cost_and_their_seeds() -> None:
    members = [scripted("a", "one two", "three four"), scripted("b", "five", system="Be brief.")]
    events = held(members, samples=3)
    told: dict[tuple[str, int], str] = {}
    for delta in of_type(events, TextDelta):
        told[delta.author, delta.sample] = told.get((delta.author, delta.sample), "") + delta.text
    candidates = of_type(events, CandidateGiven)
    assert [(c.author, c.sample) for c in candidates] == [(n, i) for n in "ab" for i in range(3)]
    assert [c.index for c in candidates] == list(range(6))
    assert {(c.author, c.sample): c.text for c in candidates} == told
    costs = of_type(events, Measured)
    assert [cost.member for cost in costs] == [*"aaabbb"]
    assert sum(cost.tokens_out for cost in costs) == sum(-(-len(t) // 4) for t in told.values())
    asked = [member.model.calls[0] for member in members if isinstance(member.model, Scripted)]
    seeds = [sampling.seed for _, sampling in asked]
    assert seeds == [spread(5, 0), spread(5, 1)]
    assert abs(seeds[0] - seeds[1]) >= 3
    assert asked[1][0] == [[Message("system", "Be brief."), Message("user", WARM.prompt)]] * 3


def test_only_pasted_candidates_need_no_model_and_no_prompt() -> None:
    events = held([], Request(""), candidates=["巴黎是法国首都", "罗马", "法国首都是巴黎"])
    assert [c.author for c in of_type(events, CandidateGiven)] == ["pasted"] * 3
    assert isinstance(events[-1], RunFinished)
    assert events[-1].answer == "巴黎是法国首都"


def test_pasted_candidates_stand_beside_members() -> None:
    member = scripted("pasted", "Paris")
    candidates = of_type(held([member], samples=1, candidates=["Paris", "Rome"]), CandidateGiven)
    assert [(c.author, c.sample) for c in candidates] == [
        ("pasted", 0),
        ("pasted′", 0),
        ("pasted′", 1),
    ]


def test_markup_and_control_characters_stay_text() -> None:
    texts = ["<img src=x onerror=alert(1)> ${alert(1)}", "\\u12 {{value}}\x00", "👨‍👩‍👧"]
    events = held([], candidates=texts)
    assert [c.text for c in of_type(events, CandidateGiven)] == texts


def test_weights_are_votes() -> None:
    members = [
        scripted("a", "x x x x"),
        scripted("b", "x x y y", weight=0.1),
        scripted("c", "y y y y"),
    ]
    assert of_type(held(members, samples=1), Voted)[0].winner == 1
    heavy = [
        scripted("a", "x x x"),
        scripted("b", "x x x z"),
        scripted("c", "y y"),
        scripted("d", "y", weight=9),
    ]
    assert of_type(held(heavy, samples=1), Voted)[0].winner == 2


def test_duplicates_count_or_are_merged() -> None:
    candidates = ["no", "no", "no", "yes it is", "yes it was", "yes it does"]
    assert of_type(held([], candidates=candidates), Voted)[0].winner == 0
    merged = of_type(held([], candidates=candidates, duplicates="merge"), Voted)[0]
    assert merged.winner == 3
    assert merged.scores["rouge_l"][:3] == (0, 0, 0)


def test_greedy_samples_are_warned_of() -> None:
    warned = of_type(held([scripted("a", "Paris")], Request("?"), samples=2), Warned)
    assert "all the same" in warned[0].message
    assert "temperature" in warned[0].hint


def test_blank_answers_do_not_stand() -> None:
    events = held([scripted("a", "Paris", " \n")], samples=4)
    assert [(c.index, c.sample) for c in of_type(events, CandidateGiven)] == [(0, 1), (1, 3)]
    assert of_type(events, Warned)[0].message == "2 of 4 answers of a are blank and were left out"


def test_answers_cut_off_are_warned_of() -> None:
    request = Request("?", Sampling(max_tokens=2, temperature=1))
    events = held([scripted("a", "four", "rather long answer")], request, samples=2)
    assert of_type(events, Warned)[0].message.startswith(
        "1 of 2 answers of a were cut off at 2 tok"
    )


def test_a_single_answer_is_elected_unopposed() -> None:
    events = held([scripted("a", "Paris")], samples=1)
    assert of_type(events, Voted)[0].scores["rouge_l"] == (0.0,)
    assert "unopposed" in of_type(events, Warned)[0].message
    assert events[-1] == RunFinished("Paris", "elected")


@pytest.mark.parametrize(
    ("members", "candidates", "error"),
    [
        ([], [], RecipeError),
        ([], ["", " "], RecipeError),
        ([scripted("a", "", "\n")], [], MemberError),
    ],
)
def test_without_any_candidate_there_is_no_vote(
    members: list[Member], candidates: list[str], error: type[Exception]
) -> None:
    with pytest.raises(error) as raised:
        held(members, candidates=candidates)
    assert getattr(raised.value, "hint", "")


def test_a_missing_embedder_is_told_where_it_only_informs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vote_module, "embedder", no_embedder)
    events = held([], candidates=["a", "b"])
    assert set(of_type(events, Voted)[0].scores) == {"rouge_l", "char_lcs"}
    warned, _ = of_type(events, Warned)
    assert "there is no folder embedder" in warned.message
    assert warned.hint == "check the path after path:"


def test_a_missing_embedder_is_an_error_where_it_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vote_module, "embedder", no_embedder)
    member = scripted("a", "Paris")
    with pytest.raises(SourceError):
        held([member], metric="cosine")
    assert isinstance(member.model, Scripted)
    assert not member.model.calls


def test_chinese_under_the_english_embedder_is_warned_of() -> None:
    events = held([], candidates=["巴黎", "罗马"], metric="cosine")
    assert "English" in of_type(events, Warned)[0].message
    assert not of_type(held([], candidates=["巴黎", "罗马", "罗马"]), Warned)


def test_stopping_midway_ends_the_generation() -> None:
    member = scripted("a", "a long answer to stop")
    events: Iterator[Event] = vote([member], WARM)
    assert any(isinstance(event, TextDelta) for event in events)
    assert isinstance(member.model, Scripted)
    assert member.model.running == 1
    events.close()  # type: ignore[attr-defined]
    assert member.model.running == 0


def test_the_same_seed_gives_the_same_events() -> None:
    def once() -> list[Event]:
        return held([scripted("a", "one two", "three"), scripted("b", "one")], samples=2)

    assert once() == once()


@pytest.mark.timeout(30)
def test_a_hundred_kilobytes_do_not_freeze_it() -> None:
    long = [f"{i} " + "lorem ipsum dolor " * 5600 for i in range(2)]
    events = held([], candidates=[*long, *(f"short answer {i}" for i in range(14))])
    assert isinstance(events[-1], RunFinished)


@pytest.mark.parametrize(
    "setting",
    [
        {"samples": 0},
        {"metric": "bleu"},
        {"candidates": ["x"] * 257},
        {"rule": "dictator"},
        {"weights": "luck"},
        {"answer": "colour"},
    ],
)
def test_settings_out_of_range_are_refused(setting: dict[str, Any]) -> None:
    with pytest.raises(SettingError):
        get_method("vote").check(setting)


def test_every_setting_explains_itself() -> None:
    fields = get_method("vote").settings.model_fields
    assert all(field.description for field in fields.values())


def test_meanings_are_compared_only_where_that_is_asked_for() -> None:
    shown = of_type(held([], candidates=("one", "two", "two"), meanings=False), Voted)[0]
    assert "cosine" not in shown.scores
    assert not shown.embedder
    shown = of_type(held([], candidates=("one", "two", "two")), Voted)[0]
    assert "cosine" in shown.scores
    assert shown.embedder == "sentence-transformers"


def test_a_mixture_is_one_more_table_and_decides() -> None:
    texts = ["a b c d", "a b x y", "b a d c"]
    voted = of_type(
        held([], candidates=texts, metric="mixture", mixture="rouge_l=1, char_lcs=3"), Voted
    )[0]
    one, other, both = (voted.similarity[name] for name in ("rouge_l", "char_lcs", "mixture"))
    assert voted.metric == "mixture"
    assert both[0][1] == pytest.approx((one[0][1] + 3 * other[0][1]) / 4)


def test_a_mixture_with_meanings_wants_the_embedder_before_anybody_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(vote_module, "embedder", no_embedder)
    member = scripted("a", "Paris")
    with pytest.raises(SourceError):
        held([member], metric="mixture")
    assert isinstance(member.model, Scripted)
    assert not member.model.calls
    lexical = held([member], metric="mixture", mixture="rouge_l=1", meanings=False)
    assert isinstance(lexical[-1], RunFinished)


def test_the_majority_counts_answers_of_a_kind() -> None:
    members = [scripted("a", "So it is 4.", "The answer is 5, not 4", "5.0!", "nothing")]
    voted = of_type(held(members, rule="majority", answer="number", phrase="answer is"), Voted)[0]
    assert sorted(voted.answers) == ["", "4", "5", "5.0"]
    assert voted.answers[voted.winner] in ("5", "5.0")
    assert voted.rule == "majority"


def test_a_majority_of_nothing_is_told_and_left_to_mbr() -> None:
    texts = ["Rome", "Paris it is", "it is Paris"]
    events = held([], candidates=texts, rule="majority", answer="number")
    voted = of_type(events, Voted)[0]
    assert "no answer" in of_type(events, Warned)[0].message
    assert voted.rule == "mbr"
    assert voted.ranking == voted.rules["mbr"]


def test_an_election_without_a_condorcet_winner_says_so() -> None:
    events = held([], candidates=["one two", "two three"], rule="condorcet")
    assert "Copeland" in of_type(events, Warned)[0].message
    texts = ["a b c d", "a b c d e", "a b c d e f", "x"]
    assert not of_type(held([], candidates=texts, rule="condorcet"), Warned)


@pytest.mark.parametrize("rule", RULES)
def test_identical_candidates_elect_the_first_under_every_rule(rule: str) -> None:
    for duplicates in ("count", "merge"):
        events = held([], candidates=["same"] * 5, rule=rule, duplicates=duplicates)
        voted = of_type(events, Voted)[0]
        assert voted.winner == 0
        assert voted.clusters == (0,) * 5
        assert voted.jury == (1.0,) * 5


def test_uniform_ballots_forget_the_members_weights() -> None:
    members = [scripted("a", "x x x z"), scripted("b", "y y", weight=9), scripted("c", "x x x")]
    voted = of_type(held(members, samples=1, weights="uniform"), Voted)[0]
    assert voted.votes == (1.0, 1.0, 1.0)
    assert of_type(held(members, samples=1), Voted)[0].votes == (1.0, 9.0, 1.0)


class Sure(Scripted):
    """Tells a log-probability with every answer, or none where it is None."""

    logprobs: list[float | None]

    @property
    def spec(self) -> ModelSpec:
        return ModelSpec(self.name, engine="scripted", level=Level.LOGPROBS)

    def generate(self, prompts: Any, sampling: Sampling) -> Iterator[Chunk]:
        for row in range(len(prompts)):
            text, logprob = self.answers[row], self.logprobs[row]
            yield Chunk(row, text, "end", Usage(5, 5, 5), logprob)


def sure(name: str, *given: tuple[str, float | None]) -> Member:
    model = Sure([text for text, _ in given], name)
    model.logprobs = [logprob for _, logprob in given]
    return Member(name, model)


def test_ballots_weigh_by_how_sure_the_model_was() -> None:
    # Four tokens each and one that ends: mean log-probabilities of -1 and -2.
    member = sure("a", ("left a b", -4.0), ("right", -8.0), (" ", -1.0))
    voted = of_type(held([member], samples=3, weights="logprob"), Voted)[0]
    e = 2.718281828459045
    assert voted.votes == pytest.approx((e / (e + 1), 1 / (e + 1)))


def test_members_that_cannot_tell_are_named_before_anybody_answers() -> None:
    member = scripted("deaf", "Paris")
    with pytest.raises(RecipeError, match="deaf"):
        held([sure("a", ("x", -1.0)), member], samples=1, weights="logprob")
    assert isinstance(member.model, Scripted)
    assert not member.model.calls
    with pytest.raises(RecipeError, match="elsewhere"):
        held([sure("a", ("x", -1.0))], samples=1, candidates=["y"], weights="logprob")


def test_members_that_do_not_tell_are_warned_of_and_all_weigh_the_same() -> None:
    members = [sure("a", ("x y", -1.0)), sure("b", ("x", None))]
    events = held(members, samples=1, weights="logprob")
    assert of_type(events, Warned)[0].message.startswith("b did not give")
    assert of_type(events, Voted)[0].votes == (1.0, 1.0)


def test_words_of_chinese_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(texts: Any) -> Any:
        return "pairs", lambda run: [run[i : i + 2] for i in range(0, len(run), 2)]

    monkeypatch.setattr(vote_module, "segmenter", cut)
    voted = of_type(held([], candidates=["机器学习", "机器猫学"]), Voted)[0]
    assert voted.words == "pairs"
    assert voted.similarity["rouge_l"][0][1] == pytest.approx(1 / 2)
    monkeypatch.undo()
    monkeypatch.setattr(vote_module, "embedder", given_embedder)
    assert of_type(held([], candidates=["machine", "learning"]), Voted)[0].words == ""


def test_chinese_is_read_by_the_multilingual_embedder_where_it_is_at_hand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Constant(Embedder):
        def encoding(self, texts: Any) -> Generator[float, None, Float[Tensor, "text dim"]]:
            yield 1.0
            return torch.eye(len(texts))

    def at_hand() -> Generator[Progress, None, Embedder | None]:
        yield Progress("loading")
        return Constant(None)

    monkeypatch.setattr(vote_module, "multilingual", at_hand)
    events = held([], candidates=["巴黎", "罗马"], metric="cosine")
    assert ["tie" in each.message for each in of_type(events, Warned)] == [True]
    assert of_type(events, Voted)[0].similarity["cosine"] == ((1, 0), (0, 1))
    english = of_type(held([], candidates=["Paris", "Rome"], metric="cosine"), Voted)[0]
    assert english.similarity["cosine"][0][1] > 0


def test_a_question_in_chinese_is_voted_on() -> None:
    members = [
        scripted("a", "法国的首都是巴黎。"),
        scripted("b", "首都是巴黎"),
        scripted("c", "罗马"),
    ]
    asked = Request("法国的首都是哪里？", WARM.sampling)
    events = held(members, asked, samples=1)
    assert of_type(events, Voted)[0].words in ("jieba", "characters")
    assert isinstance(events[-1], RunFinished)
    assert events[-1].answer == "法国的首都是巴黎。"


def test_a_tie_is_told_and_the_first_is_taken() -> None:
    events = held([], candidates=["b a c", "a d"], meanings=False)
    (voted,) = of_type(events, Voted)
    assert (voted.winner, voted.tied) == (0, (0, 1))
    (warned,) = of_type(events, Warned)
    assert "candidates 1 and 2 share the first place" in warned.message
    split = held([], candidates=["4", "5", "5", "4"], rule="majority", meanings=False)
    assert of_type(split, Voted)[0].tied == (0, 1)
    clear = held([], candidates=["4", "5", "5"], rule="majority", meanings=False)
    assert of_type(clear, Voted)[0].tied == ()


@pytest.mark.parametrize("rule", RULES)
def test_where_no_ballot_weighs_anything_the_first_is_taken_and_it_says_so(rule: str) -> None:
    members = [replace(scripted(name, name), weight=0.0) for name in ("Paris", "Rome", "Oslo")]
    events = held(members, rule=rule, samples=1, meanings=False)
    (voted,) = of_type(events, Voted)
    assert (voted.winner, voted.without) == (0, (0, 0, 0))
    assert voted.tied == (0, 1, 2)
    assert any("every ballot has weight 0" in each.message for each in of_type(events, Warned))
