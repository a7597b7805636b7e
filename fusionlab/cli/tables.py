"""Tables of what there is, for README and docs/reference.md, from the registries themselves.

`python -m fusionlab.cli.tables` writes them anew; a test says where they are not what there is.
"""

import json
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import fusionlab.builders
import fusionlab.laboratory
import fusionlab.methods  # noqa: F401  registers them
from fusionlab.bench.suites import get_suite, suite_names
from fusionlab.cli.described import counting, summary_in
from fusionlab.models.base import Level
from fusionlab.models.catalog import CATALOG
from fusionlab.registry import Builder, Entry, Method, all_builders, all_methods, all_studies
from fusionlab.sources.references import spec_of
from fusionlab.speed.groups import SPEEDS
from fusionlab.words import ENGLISH, Sentence

BEGIN, END = "<!-- methods: made by fusionlab.cli.tables -->", "<!-- end -->"
READMES = {ENGLISH: "README.md", "zh": "README.zh.md"}
HEAD = """# Reference

Made by `python -m fusionlab.cli.tables` from the code; do not edit it by hand.
"""


def readme(text: str, language: str = ENGLISH) -> str:
    """README of this language with the table of methods between its marks as it has to be."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    keys = ("cli-table-method", "cli-table-happens", "cli-table-needs")
    head = [Sentence(key).said(language) for key in keys]
    rows = (
        (f"`{m.name}`", _summary(m, language), m.needs.named.said(language)) for m in all_methods()
    )
    return f"{before}{BEGIN}\n{_table(head, rows)}{END}{after}"


def reference() -> str:
    """docs/reference.md as it has to be."""
    parts = [HEAD, "## Methods\n", *map(_method, all_methods())]
    parts += ["## Builders\n", *map(_builder, all_builders())]
    parts += ["## Studies of the laboratory\n", *(_entry(each, "") for each in all_studies())]
    parts += ["## Models of the catalog\n", _models(), "## Suites\n", _suites()]
    parts += ["## Speeds\n", _speeds()]
    return "\n".join(parts)


def write(root: Path) -> None:
    """All files, in the project's folder."""
    for language, name in READMES.items():
        page = root / name
        page.write_text(readme(page.read_text(encoding="utf-8"), language), encoding="utf-8")
    (root / "docs" / "reference.md").write_text(reference(), encoding="utf-8")


def _method(method: Method) -> str:
    most = "" if method.max_members is None else f" to {method.max_members}"
    several = f"{method.min_members}{most or ' or more'} members"
    if method.min_members == method.max_members:
        several = "1 member" if method.min_members == 1 else f"{method.min_members} members"
    facts = f"Needs {method.needs.gives}; {several}."
    return _entry(method, facts)


def _builder(builder: Builder) -> str:
    if builder.max_sources == 0:
        return _entry(builder, "")
    least, most = builder.min_sources, builder.max_sources
    several = f"{least} or more" if least and most is None else f"{least} to {most}"
    return _entry(builder, f"Made of {several if least else 'any number of'} sources.")


def _entry(entry: Entry, facts: str) -> str:
    paper = f" Paper: <{entry.paper}>." if entry.paper else ""
    properties = entry.settings.model_json_schema().get("properties", {})
    rows = [
        (
            f"`{name}`",
            f"`{json.dumps(field.get('default'), ensure_ascii=False)}`",
            _told(entry, name, field),
        )
        for name, field in properties.items()
    ]
    table = _table(("setting", "default", "what it does"), rows) if rows else ""
    told = f"{entry.summary} {facts}".rstrip() + paper
    return f"### `{entry.name}`\n\n{told}\n\n{table}"


def _told(entry: Entry, name: str, field: dict[str, Any]) -> str:
    """Its description, behind its title where that says more than its name; and where it counts."""
    title, description = field.get("title", ""), field.get("description", "")
    own = title.casefold() != name.replace("_", " ")
    said = ": ".join(part for part in (title if own else "", description) if part)
    return said + counting(entry.settings, name, ENGLISH)


def _summary(method: Method, language: str) -> str:
    """What the method does; in English what its code says of it."""
    return (method.summary if language == ENGLISH else summary_in(method, language)).rstrip(".。")


def _models() -> str:
    rows = []
    for name in CATALOG:
        spec = spec_of(name)
        rows.append((f"`{name}`", Level(spec.level).gives, spec.licence, spec.source))
    return _table(("model", "gives", "licence", "from"), rows)


def _suites() -> str:
    suites = ((name, get_suite(name)) for name in suite_names())
    rows = (
        (f"`{name}`", suite.title, suite.data.kind, suite.answer.checker) for name, suite in suites
    )
    return _table(("suite", "what it asks", "data", "checker"), rows)


def _speeds() -> str:
    modules = ((name, import_module(f"fusionlab.speed.{name}")) for name in SPEEDS)
    rows = ((f"`fusionlab speed {name}`", _first(module.__doc__ or "")) for name, module in modules)
    return _table(("command", "what is measured"), rows)


def _first(doc: str) -> str:
    """The first paragraph, on one line."""
    return " ".join(doc.partition("\n\n")[0].split())


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(map(_cell, line)) + " |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    write(Path(__file__).parents[2])
