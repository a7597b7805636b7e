"""README and the reference name what there is, with nothing missing and nothing left over."""

import re
from pathlib import Path

import pytest

from fusionlab.cli import tables
from fusionlab.registry import all_methods

ROOT = Path(__file__).parents[1]
FILES = (*tables.READMES.values(), "docs/reference.md")
AGAIN = "run: python -m fusionlab.cli.tables"


def test_readme_and_reference_are_what_the_code_says() -> None:
    for language, name in tables.READMES.items():
        page = (ROOT / name).read_text(encoding="utf-8")
        assert page == tables.readme(page, language), AGAIN
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
    for name in tables.READMES.values():
        (tmp_path / name).write_text((ROOT / name).read_text("utf-8"), "utf-8")
    tables.write(tmp_path)
    first = [(tmp_path / name).read_text("utf-8") for name in FILES]
    tables.write(tmp_path)
    again = [(tmp_path / name).read_text("utf-8") for name in FILES]
    assert again == first


def commands(page: str) -> list[str]:
    """What stands in its fenced blocks."""
    return page.split("```")[1::2]


def test_both_readmes_have_the_same_commands_and_links() -> None:
    english, chinese = (
        (ROOT / name).read_text(encoding="utf-8") for name in tables.READMES.values()
    )
    assert commands(english) == commands(chinese)
    targets = [
        {link for link in re.findall(r"\]\(([^)]+)\)", page) if "README" not in link}
        for page in (english, chinese)
    ]
    assert targets[0] == targets[1]


def test_the_documents_are_listed_in_both_languages() -> None:
    listed = {file.name for file in (ROOT / "docs").glob("*.md")} - {"README.md", "README.zh.md"}
    for name in ("README.md", "README.zh.md"):
        page = (ROOT / "docs" / name).read_text(encoding="utf-8")
        links = set(re.findall(r"\]\(([^)]+)\)", page))
        assert listed <= links
        assert all((ROOT / "docs" / link).is_file() for link in links)


@pytest.mark.parametrize("text", ["a | b", "a\nb"])
def test_a_cell_stays_one(text: str) -> None:
    assert tables._table(["x"], [[text]]).count("\n") == 3
