"""README and the reference name what there is, with nothing missing and nothing left over."""

from pathlib import Path

import pytest

from fusionlab.cli import tables
from fusionlab.registry import all_methods

ROOT = Path(__file__).parents[1]
AGAIN = "run: python -m fusionlab.cli.tables"


def test_readme_and_reference_are_what_the_code_says() -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    assert page == tables.readme(page), AGAIN
    made = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    assert made == tables.reference(), AGAIN


def test_every_method_has_a_row_and_every_setting_a_line() -> None:
    page, reference = tables.readme("before\n" + tables.BEGIN + tables.END), tables.reference()
    assert page.startswith("before\n")
    for method in all_methods():
        assert page.count(f"| `{method.name}` |") == 1
        section = reference.partition(f"### `{method.name}`\n")[2].partition("\n### ")[0]
        for setting in method.settings.model_fields:
            assert f"| `{setting}` |" in section


def test_writing_again_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text((ROOT / "README.md").read_text("utf-8"), "utf-8")
    tables.write(tmp_path)
    first = [(tmp_path / name).read_text("utf-8") for name in ("README.md", "docs/reference.md")]
    tables.write(tmp_path)
    again = [(tmp_path / name).read_text("utf-8") for name in ("README.md", "docs/reference.md")]
    assert again == first


@pytest.mark.parametrize("text", ["a | b", "a\nb"])
def test_a_cell_stays_one(text: str) -> None:
    assert tables._table(["x"], [[text]]).count("\n") == 3
