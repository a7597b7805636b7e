"""spaces.yaml is a card that the hub takes, and presets that run."""

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
from fusionlab.registry import all_methods
from fusionlab.run import check
from fusionlab.spaces import Preset, presets, write_readme_block
from fusionlab.words import LANGUAGES

CONFIG = asset("spaces.yaml")
CARD: dict[str, Any] = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["card"]
COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
each_preset = pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.id)


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


def test_presets_have_titles_of_their_own_and_one_for_each_method() -> None:
    titles = [preset.title[language] for preset in presets() for language in LANGUAGES]
    assert len(set(titles)) == len(titles)
    assert {preset.recipe.method for preset in presets()} == {m.name for m in all_methods()}


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
