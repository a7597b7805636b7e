"""The reader reads what a person reads, over a table of forms; where it does not, it reads none."""

import json
from pathlib import Path
from typing import Any

import pytest

from fusionlab.text.answers import extract, same

FORMS: list[dict[str, Any]] = [
    json.loads(line)
    for line in Path(__file__).with_name("forms.jsonl").read_text(encoding="utf-8").splitlines()
]


def as_a_person(form: dict[str, Any]) -> bool:
    found = extract(form["text"], form["kind"], form["phrase"])
    if found is None or form["read"] is None:
        return found is form["read"]
    return same(found, form["read"], form["kind"])


def test_the_table_is_read_as_a_person_reads_it() -> None:
    assert len(FORMS) >= 300
    other = [form for form in FORMS if not as_a_person(form)]
    assert len(other) <= 0.05 * len(FORMS), other
    for form in other:
        assert extract(form["text"], form["kind"], form["phrase"]) is None, form


@pytest.mark.parametrize("form", [form for form in FORMS if form.get("wrong")], ids=str)
def test_no_wrong_answer_is_right(form: dict[str, Any]) -> None:
    found = extract(form["text"], form["kind"], form["phrase"])
    for wrong in form["wrong"]:
        assert found is None or not same(found, wrong, form["kind"])
