"""spaces.yaml is a card that the hub takes, presets that run, and limits that hold."""

from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fusionlab import spaces
from fusionlab.assets import asset
from fusionlab.errors import RecipeError
from fusionlab.recipe import MemberRecipe, Recipe, Sampling
from fusionlab.registry import all_methods
from fusionlab.run import check
from fusionlab.spaces import Limits, Preset, limits, presets, write_readme_block

CONFIG = asset("spaces.yaml")
CARD: dict[str, Any] = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["card"]
COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
each_preset = pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.title)


@pytest.fixture
def _on_a_space(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    limits.cache_clear()
    monkeypatch.setenv("SPACE_ID", "someone/fusionlab")
    yield
    limits.cache_clear()


def test_the_card_is_one_that_the_hub_takes() -> None:
    assert CARD["sdk"] == "gradio"
    assert {CARD["colorFrom"], CARD["colorTo"]} <= COLOURS
    assert 0 < len(CARD["short_description"]) <= 60
    assert CARD["title"]
    assert len(CARD["emoji"]) == 1
    assert (CONFIG.parent / CARD["app_file"]).is_file()
    assert all(model.count("/") == 1 for model in CARD["models"])
    assert isinstance(CARD["python_version"], str)
    assert isinstance(CARD["pinned"], bool)
    assert "sdk_version" not in CARD  # it is that of the gradio in use


@each_preset
def test_every_preset_can_be_run(preset: Preset) -> None:
    check(preset.recipe)


@each_preset
@pytest.mark.usefixtures("_on_a_space")
def test_every_preset_is_within_the_limits(preset: Preset) -> None:
    limits().check(preset.recipe)


def test_presets_have_titles_of_their_own_and_one_for_each_method() -> None:
    titles = [preset.title for preset in presets()]
    assert len(set(titles)) == len(titles)
    assert {preset.recipe.method for preset in presets()} == {m.name for m in all_methods()}


@pytest.mark.usefixtures("_on_a_space")
def test_a_space_has_limits_and_ones_own_machine_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    here = limits()
    assert here.max_tokens
    assert here.max_members
    assert here.models
    monkeypatch.delenv("SPACE_ID")
    limits.cache_clear()
    assert limits() == Limits()


LIMITS = Limits(max_tokens=10, max_members=2, models=("a", "b"))
ALLOWED = Recipe(
    "ensemble", "Hi", (MemberRecipe("a"), MemberRecipe("b")), sampling=Sampling(max_tokens=10)
)


def test_what_is_at_the_limit_is_allowed() -> None:
    LIMITS.check(ALLOWED)
    LIMITS.check(replace(ALLOWED, members=()))


@pytest.mark.parametrize(
    ("recipe", "says"),
    [
        (replace(ALLOWED, sampling=Sampling(11)), "up to 10 tokens, not 11"),
        (replace(ALLOWED, members=(MemberRecipe("a"),) * 3), "up to 2 members, not 3"),
        (replace(ALLOWED, members=(MemberRecipe("path:/etc"),)), "offers a, b, not 'path:/etc'"),
        (replace(ALLOWED, members=(MemberRecipe("a"), MemberRecipe("A"))), "not 'A'"),
        (replace(ALLOWED, members=(MemberRecipe("api:http://10.0.0.1/v1#m"),)), "not 'api:"),
    ],
)
def test_what_is_beyond_the_limit_is_refused(recipe: Recipe, says: str) -> None:
    with pytest.raises(RecipeError, match="own machine") as caught:
        LIMITS.check(recipe)
    assert says in caught.value.message
    Limits().check(recipe)


def test_the_block_is_the_card_and_the_version_of_gradio(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("# Hello\n", encoding="utf-8")
    write_readme_block(CONFIG, readme)
    _, block, body = readme.read_text(encoding="utf-8").split("---\n", 2)
    assert yaml.safe_load(block) == {**CARD, "sdk_version": version("gradio")}
    assert "🔬" in block
    assert body == "\n# Hello\n"
    assert [file.name for file in tmp_path.iterdir()] == ["README.md"]


bodies = st.lists(
    st.sampled_from(["# Hello", "", "---", "--- ", "text: é 🦊", "| a |", "\ttab", "  "])
).map("\n".join)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None
)
@given(body=bodies.filter(lambda body: not spaces._BLOCK.match(body)))
def test_the_body_is_left_alone_and_writing_twice_changes_nothing(
    body: str, tmp_path: Path
) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(body, encoding="utf-8")
    write_readme_block(CONFIG, readme)
    once = readme.read_text(encoding="utf-8")
    assert once.endswith("---\n\n" + body)
    write_readme_block(CONFIG, readme)
    assert readme.read_text(encoding="utf-8") == once


def test_an_older_block_is_replaced(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("---\ntitle: Old\nsdk: static\n---\n\n# Hello\n\n---\n", encoding="utf-8")
    write_readme_block(CONFIG, readme)
    written = readme.read_text(encoding="utf-8")
    assert "Old" not in written
    assert written.endswith("---\n\n# Hello\n\n---\n")


def test_a_description_that_the_hub_would_refuse_is_refused(tmp_path: Path) -> None:
    config, readme = tmp_path / "spaces.yaml", tmp_path / "README.md"
    config.write_text(yaml.safe_dump({"card": {**CARD, "short_description": "x" * 61}}))
    readme.write_text("# Hello\n")
    with pytest.raises(RecipeError, match="60"):
        write_readme_block(config, readme)
    assert readme.read_text() == "# Hello\n"


def test_a_setting_can_be_limited() -> None:
    few = Limits(settings={"samples": 4})
    few.check(Recipe("vote", "hi", settings={"samples": 4}))
    with pytest.raises(RecipeError, match="samples up to 4, not 64"):
        few.check(Recipe("vote", "hi", settings={"samples": 64}))


def test_a_whole_family_can_be_offered_but_nothing_else_with_it() -> None:
    offered = Limits(models=("a", "zoo/*"))
    offered.check(replace(ALLOWED, members=(MemberRecipe("zoo/adder-2"), MemberRecipe("a"))))
    for ref in ("zoo/", "zoo/../x", "zoo/adder+../../x", "zoo", "b"):
        with pytest.raises(RecipeError, match="offers"):
            offered.check(replace(ALLOWED, members=(MemberRecipe(ref),)))
