"""Which pictures are taken of the pages, and how two folders of them are compared."""

from pathlib import Path

import pytest
from PIL import Image

from tests.browser.contact import by_page, compared, write_sheet
from tests.browser.shots import all_shots, wanted


def test_every_page_has_its_states_in_every_width_light_and_language() -> None:
    names = [shot.name for shot in all_shots()]
    assert len(names) == len(set(names))
    for name in ("start-finished-390-dark-zh", "tokens-running-1024-light-en"):
        assert name in names
    assert not [name for name in names if name.startswith("start-failed")]


def test_words_of_one_kind_are_alternatives_and_of_several_all_met() -> None:
    chosen = {shot.name for shot in wanted(all_shots(), ["start", "measure", "390", "zh"])}
    assert {name.split("-")[0] for name in chosen} == {"start", "measure"}
    assert {tuple(name.split("-")[2::2]) for name in chosen} == {("390", "zh")}
    with pytest.raises(ValueError, match="nowhere"):
        wanted(all_shots(), ["nowhere"])


def test_a_folder_is_compared_with_an_earlier_one(tmp_path: Path) -> None:
    now, before = tmp_path / "now", tmp_path / "before"
    for folder in (now, before):
        folder.mkdir()
        Image.new("RGB", (10, 10), "white").save(folder / "start-finished-390-dark-zh.png")
    Image.new("RGB", (10, 10), "white").save(before / "tokens-form-390-dark-zh.png")
    taller = Image.new("RGB", (10, 20), "white")
    taller.paste((0, 0, 0), (0, 0, 5, 1))
    taller.save(now / "tokens-form-390-dark-zh.png")
    shares = compared(now, before)
    assert shares == {
        "start-finished-390-dark-zh": 0.0,
        "tokens-form-390-dark-zh": pytest.approx(105 / 200),
    }
    assert by_page(shares) == [
        "start: 0.00% of its pixels, in 0 of 1 pictures",
        "tokens: 52.50% of its pixels, in 1 of 1 pictures",
        "      52.50%  tokens-form-390-dark-zh",
    ]
    sheet = write_sheet(now, shares).read_text(encoding="utf-8")
    assert '<img src="tokens-form-390-dark-zh.png"' in sheet
    assert "52.50% differs" in sheet
