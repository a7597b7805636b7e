import hashlib
import re

from fusionlab.assets import asset
from fusionlab.views.assets import COMPONENTS, component_head, component_source, component_style


def test_the_head_holds_every_component() -> None:
    head = component_head()
    assert component_style() in head
    written = {path.stem for path in asset("components").glob("*.js")}
    assert written == set(COMPONENTS)
    for name in COMPONENTS:
        assert asset(f"components/{name}.js").read_text(encoding="utf-8") in head


def test_the_head_is_one_style_and_one_script() -> None:
    assert re.findall(r"</?(?:style|script)\b", component_head()) == [
        *("<style", "</style", "<script", "</script"),
    ]


def test_nothing_is_written_as_markup_or_run_as_code() -> None:
    source = component_source()
    for name in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert name not in source
    assert "new Function" not in source


def test_nothing_is_fetched() -> None:
    own = component_source().partition("window.FusionLab = ")[2]
    links = ["https://${path}`;"]  # to papers, followed only by a reader's click
    assert re.findall(r"https?://[^\s\"')]+", own) == ["http://www.w3.org/2000/svg", *links]
    style = component_style()
    assert "url(" not in style
    assert "@import" not in style
    assert own.count("fetch(") == 1  # a saved picture holds the page's own typeface


def test_libraries_of_others_are_as_they_were_published() -> None:
    table = asset("vendor/README.md").read_text(encoding="utf-8")
    for file in sorted(asset("vendor").glob("*.js")):
        assert hashlib.sha256(file.read_bytes()).hexdigest() in table
