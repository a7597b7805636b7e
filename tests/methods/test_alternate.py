"""Members write in turns: whose turn it is decides alone, and everybody reads along."""

from pathlib import Path

import pytest

from fusionlab.events import RunFinished, TokenChosen
from fusionlab.recipe import MemberRecipe, Recipe, Sampling
from fusionlab.run import run

PROMPT = "one two three"


def tokens(
    *folders: Path, turn: int = 3, method: str = "alternate", most: int = 11
) -> list[TokenChosen]:
    members = tuple(
        MemberRecipe(f"path:{folder}", name=f"m{at}", weight=at + 1.0)
        for at, folder in enumerate(folders)
    )
    settings = {"turn": turn} if method == "alternate" else {}
    recipe = Recipe(method, PROMPT, members, settings, Sampling(max_tokens=most))
    return [record.event for record in run(recipe) if isinstance(record.event, TokenChosen)]


@pytest.mark.parametrize("turn", [1, 3])
def test_each_turn_s_tokens_are_what_its_member_wants_most(
    tiny: Path, tiny_twin: Path, turn: int
) -> None:
    said = tokens(tiny, tiny_twin, turn=turn)
    for token in said:
        at = token.step // turn % 2
        own = token.members[f"m{at}"]
        assert own.top[0].id == token.id
        assert token.p == own.p_chosen
        assert [token.members[f"m{member}"].weight for member in (0, 1)] == [1 - at, at]
    wanted = [[token.members[name].top[0].id for token in said] for name in ("m0", "m1")]
    assert wanted[0] != wanted[1]


def test_a_member_alone_writes_what_an_ensemble_of_it_writes(tiny: Path) -> None:
    alone = [token.id for token in tokens(tiny)]
    assert alone == [token.id for token in tokens(tiny, method="ensemble")]


def test_a_turn_longer_than_the_text_is_the_first_member_s_text(
    tiny: Path, tiny_twin: Path
) -> None:
    both = [token.id for token in tokens(tiny, tiny_twin, turn=64)]
    assert both == [token.id for token in tokens(tiny)]


def test_the_text_is_what_the_tokens_say(tiny: Path, tiny_twin: Path) -> None:
    members = (MemberRecipe(f"path:{tiny}"), MemberRecipe(f"path:{tiny_twin}"))
    recipe = Recipe("alternate", PROMPT, members, sampling=Sampling(max_tokens=9))
    events = [record.event for record in run(recipe)]
    said = "".join(event.text or "" for event in events if isinstance(event, TokenChosen))
    assert isinstance(events[-1], RunFinished)
    assert events[-1].answer == said.strip()
