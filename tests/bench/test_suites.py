"""Suites name their data; items are drawn by seed; what is broken is named by its line."""

import json
import re
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fusionlab.bench.scoring import judged
from fusionlab.bench.suites import (
    FileData,
    Item,
    Suite,
    changed,
    draw,
    get_suite,
    suite_names,
    suite_to_json,
    with_source,
)
from fusionlab.errors import BenchError, DataError, SourceError, UnknownName
from fusionlab.sources.datasets import DataSet
from fusionlab.text.answers import Kind, is_answer, meaning
from fusionlab.zoo.tasks import TASKS, get_task, split_of

GSM = [
    {"question": "How many eggs?", "answer": "3 + 4 = 7\n#### 7"},
    {"question": "How much money?", "answer": "A lot.\n#### 1,200"},
    {"question": "How many days?", "answer": "#### 2"},
]
BBH = {
    "examples": [{"input": "not True is", "target": "False"}, {"input": "2 + 2 =", "target": "4"}]
}
OWN = """
title = "Mine"
items = 2
template = "Q: {question}"
[data]
kind = "file"
source = "mine.csv"
[answer]
checker = "number"
"""


@pytest.fixture
def gsm(tmp_path: Path) -> Path:
    path = tmp_path / "gsm.jsonl"
    path.write_text("\n".join(map(json.dumps, GSM)) + "\n")
    return path


@pytest.mark.parametrize("name", [name for name in suite_names() if name.startswith("zoo-")])
def test_zoo_suites_ask_what_nothing_was_trained_on(name: str) -> None:
    suite = get_suite(name)
    items = draw(suite).items
    assert len(items) == suite.items
    assert len({item.id for item in items}) == len(items)
    for item in items:
        assert split_of(item.prompt) == "test"
        assert get_task(item.task).check(item.prompt, item.truth)


def test_the_mixed_suite_has_all_tasks_alike() -> None:
    items = draw(get_suite("zoo-mixed")).items
    counts = {task: sum(item.task == task for item in items) for task in TASKS}
    assert set(counts.values()) == {20}
    assert {item.task for item in items[:14]} == set(TASKS)


def test_the_seed_chooses_the_items() -> None:
    suite = get_suite("zoo-strings")
    assert draw(suite) == draw(suite)
    assert draw(suite) != draw(changed(suite, seed=1))


def test_every_shipped_suite_reads() -> None:
    assert {"bbh", "gsm8k", "zoo-mixed", "zoo-two-steps"} <= set(suite_names())
    for name in suite_names():
        suite = get_suite(name)
        assert suite.name == name
        assert json.loads(json.dumps(suite_to_json(suite)))["title"] == suite.title


def test_gsm8k_lines(gsm: Path) -> None:
    items = draw(with_source(get_suite("gsm8k"), str(gsm))).items
    assert {item.truth for item in items} == {"7", "1,200", "2"}
    assert {item.id for item in items} == {"gsm-1", "gsm-2", "gsm-3"}
    assert all(item.checker == "number" for item in items)
    assert "How many" in items[0].prompt or "How much" in items[0].prompt


def test_big_bench_hard_files_in_a_folder(tmp_path: Path) -> None:
    bbh = get_suite("bbh")
    for task in bbh.data.tasks:  # type: ignore[union-attr]
        (tmp_path / f"bbh_{task}.json").write_text(json.dumps(BBH))
    items = draw(with_source(bbh, str(tmp_path))).items
    assert len(items) == 12
    assert {(item.truth, item.checker) for item in items} == {("False", "yes_no"), ("4", "number")}
    (tmp_path / "bbh_word_sorting.json").rename(tmp_path / "bbh_word_sortin.json")
    with pytest.raises(UnknownName, match="did you mean 'bbh_word_sortin'"):
        draw(with_source(bbh, str(tmp_path)))


def test_a_suite_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN)
    (tmp_path / "mine.csv").write_text('question,answer\n"one, two?",2\nthree?,3\n')
    items = draw(get_suite(str(tmp_path / "own.toml"))).items
    assert {(item.id, item.prompt, item.truth) for item in items} == {
        ("mine-2", "Q: one, two?", "2"),
        ("mine-3", "Q: three?", "3"),
    }


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"question": "cut off', "line 2: "),
        ("[1, 2]", "line 2: it is not an object"),
        ('{"question": "x"}', "line 2: it has no field 'answer'"),
        ('{"question": " ", "answer": "#### 2"}', "line 2: question is"),
        ('{"question": "x", "answer": "just 2"}', "line 2: answer has no '####'"),
        ('{"question": "x", "answer": "#### "}', "line 2: the right answer is blank"),
    ],
)
def test_a_broken_line_is_named_and_the_rest_usable(line: str, says: str, gsm: Path) -> None:
    lines = gsm.read_text().splitlines()
    gsm.write_text("\n".join([lines[0], line, *lines[1:]]))
    suite = with_source(get_suite("gsm8k"), str(gsm))
    with pytest.raises(DataError, match=f"gsm.jsonl, {says}".replace("(", r"\(")) as caught:
        draw(suite)
    assert "--skip-broken" in caught.value.hint
    drawn = draw(suite, skip_broken=True)
    assert len(drawn.items) == 3
    assert len(drawn.broken) == 1


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.json", '{"examples": [', "line 1"),
        ("a.json", '{"canary": 1}', "neither a list"),
        ("a.txt", "x", "is not one of"),
        ("a.jsonl", "", "has no questions"),
    ],
)
def test_files_that_are_none(name: str, content: str, says: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(DataError, match=says):
        draw(with_source(get_suite("gsm8k"), str(tmp_path / name)))


@pytest.mark.parametrize(
    ("name", "says"),
    [("zoo-mixd", "did you mean 'zoo-mixed'"), ("nowhere.toml", "there is no suite")],
)
def test_unknown_suites(name: str, says: str) -> None:
    with pytest.raises((UnknownName, BenchError)) as caught:
        get_suite(name)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('title = "Mine"', 'titel = "Mine"', "unknown field 'titel'"),
        ("[answer]", "[answer]\nphrse = 'so'", "unknown field 'answer.phrse'"),
        ("items = 2", "items = 0", "items"),
        ("{question}", "question", "template"),
        ('checker = "number"', 'checker = "numbr"', "checker"),
        ('kind = "file"', 'kind = "fil"', "data"),
        ("[data]", "[data", "cannot be read"),
    ],
)
def test_bad_suites_are_refused(old: str, new: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN.replace(old, new))
    with pytest.raises(BenchError, match=says):
        get_suite(str(tmp_path / "own.toml"))


def test_a_misspelt_field_has_the_nearest_as_its_hint(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN.replace("[answer]", "[answer]\nphrse = 'so'"))
    with pytest.raises(BenchError) as caught:
        get_suite(str(tmp_path / "own.toml"))
    assert caught.value.hint == "did you mean 'phrase'?"


def test_a_row_of_a_table_with_a_cell_too_many_is_broken(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("question,answer\none,#### 1\ntwo,#### 2,3\n")
    suite = with_source(get_suite("gsm8k"), str(tmp_path / "own.csv"))
    with pytest.raises(DataError, match="line 3: it has more cells"):
        draw(suite)


def test_an_unknown_task_is_refused_with_the_nearest() -> None:
    suite = changed(get_suite("zoo-strings"), data={"kind": "zoo", "tasks": ["revers"]})
    with pytest.raises(UnknownName, match="did you mean 'reverse'"):
        draw(suite)


def test_only_files_can_be_replaced() -> None:
    with pytest.raises(BenchError, match="makes its questions itself"):
        with_source(get_suite("zoo-strings"), "x.jsonl")


def fetched_fake(wanted: DataSet) -> Generator[Any, None, list[Any]]:
    """What the hub gives: numbered rows."""
    if wanted.repo == "no/where":
        raise SourceError("hub-unknown-data", name=wanted.repo)
    if wanted.repo == "all/parquet":
        raise SourceError("data-set-needs-pyarrow", file="x.parquet")
    assert wanted == DataSet("openai/gsm8k", "main", "test")
    yield from ()
    return list(enumerate(GSM, start=1))


def test_data_sets_of_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fusionlab.bench.data.fetched_rows", fetched_fake)
    drawn = draw(get_suite("gsm8k"))
    assert sorted(item.truth for item in drawn.items) == ["1,200", "2", "7"]
    assert drawn.items[0].task == "main"
    with pytest.raises(DataError, match="is not available: the hub has no data set no/where"):
        draw(with_source(get_suite("gsm8k"), "no/where"))
    with pytest.raises(BenchError, match=r"fusionlab\[bench\]"):
        draw(with_source(get_suite("gsm8k"), "all/parquet"))


def test_a_path_that_is_nowhere() -> None:
    with pytest.raises(DataError, match="no file or folder"):
        draw(with_source(get_suite("gsm8k"), "./nowhere/x.jsonl"))


def test_corpora_in_natural_language() -> None:
    data = {"kind": "corpus", "corpora": ["dates"], "split": "hard"}
    suite = changed(get_suite("zoo-strings"), data=data, answer={"checker": "truth"}, items=5)
    items = draw(suite).items
    assert len(items) == 5
    assert all(isinstance(item, Item) and item.task == "dates" for item in items)
    assert draw(suite) == draw(suite)


def test_suites_are_immutable_data() -> None:
    assert isinstance(get_suite("gsm8k"), Suite)
    assert hash(get_suite("gsm8k")) == hash(get_suite("gsm8k"))


def test_a_corpus_checks_its_answers_itself() -> None:
    suite = changed(get_suite("adapters"), items=12)
    items = draw(suite).items
    assert {item.task for item in items} == {"maths", "dates", "editing", "tables"}
    for item in items:
        reply = item.truth if item.task == "editing" else f"The answer is {item.truth}."
        assert judged(item, reply, "").right
        assert not judged(item, "I do not know.", "").right
        assert not judged(item, "", "").right


def test_only_a_corpus_has_a_rule_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(
        'title = "x"\n[data]\nkind = "zoo"\ntasks = ["add"]\n[answer]\nchecker = "corpus"\n'
    )
    with pytest.raises(BenchError, match="rule of its own"):
        get_suite(str(path))


def of_two_fields(tmp_path: Path, template: str, question: str = "Question") -> Suite:
    rows = [
        {"Body": "Ann has 3 pens.", "Question": "And with 2 more?", "Answer": 5.0, "id": "a"},
        {"Body": "", "Question": "How much is 1 + 1?", "Answer": 2.0, "id": "b"},
    ]
    (tmp_path / "svamp.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (tmp_path / "my.toml").write_text(
        f"title = 'x'\ntemplate = '''{template}'''\nitems = 2\n[data]\nkind = 'file'\n"
        f"source = 'svamp.jsonl'\nquestion = '{question}'\nanswer = 'Answer'\n",
        encoding="utf-8",
    )
    return get_suite(str(tmp_path / "my.toml"))


@pytest.mark.parametrize(
    ("template", "asked"),
    [
        ("{Body} {Question}", {"Ann has 3 pens. And with 2 more?", "How much is 1 + 1?"}),
        ("{Body} {question}", {"Ann has 3 pens. And with 2 more?", "How much is 1 + 1?"}),
        ("({id}) {question} {question}", None),
        (r"{Body} Q{question} \boxed{x}, {{x}} and {'a': 1}", None),
    ],
)
def test_a_template_joins_any_fields(tmp_path: Path, template: str, asked: set[str] | None) -> None:
    prompts = {item.prompt for item in draw(of_two_fields(tmp_path, template)).items}
    assert asked is None or prompts == asked
    assert all("How much" in prompt or "And with" in prompt for prompt in prompts)
    assert all(
        ("\\boxed{x}, {{x}} and {'a': 1}" in prompt) == ("boxed" in template) for prompt in prompts
    )
    assert all(prompt.count("?") == template.lower().count("{question}") for prompt in prompts)


def test_half_a_question_is_not_asked_in_silence(tmp_path: Path) -> None:
    assert draw(of_two_fields(tmp_path, "{question}")).unasked == ("Body",)
    assert draw(of_two_fields(tmp_path, "{Body} {question}")).unasked == ()
    assert draw(of_two_fields(tmp_path, "{question}", question="Body"), skip_broken=True)


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{Bdy} {question}", "no field 'Bdy'"),
        ("{question} {Answer}", "gives the right answer away"),
        ("nothing", "has no {question}"),
    ],
)
def test_a_template_that_cannot_be_filled_says_so(tmp_path: Path, template: str, said: str) -> None:
    with pytest.raises(BenchError, match=re.escape(said)):
        draw(of_two_fields(tmp_path, template))


@pytest.mark.parametrize("source", ["x" * 300, "a\0b", "nowhere", "~nobody/x", ""])
def test_data_that_are_not_there_are_said_not_to_be(source: str) -> None:
    with pytest.raises((DataError, BenchError)) as caught:
        draw(with_source(get_suite("gsm8k"), source + "/x.jsonl"))
    assert "there is no file" in caught.value.message


def test_a_folder_without_data_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has no"):
        draw(with_source(get_suite("gsm8k"), str(tmp_path)))


@pytest.mark.parametrize("task", ["(", "(a+)+$", ".*", "[", "a" * 300])
def test_a_task_is_a_name_and_no_pattern(tmp_path: Path, task: str) -> None:
    (tmp_path / f"{'a' * 40}.jsonl").write_text("{}")
    suite = get_suite("bbh")
    assert isinstance(suite.data, FileData)
    data = replace(suite.data, source=str(tmp_path), tasks=(task,))
    with pytest.raises(UnknownName):
        draw(replace(suite, data=data))


def truths(folder: Path, kind: str, *given: str) -> list[str]:
    rows = [{"question": "x", "answer": truth} for truth in given]
    (folder / "mine.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    suite = changed(get_suite("gsm8k"), template="{question}", answer={"checker": kind}, items=99)
    data = FileData("file", str(folder / "mine.jsonl"))
    return [item.truth for item in draw(replace(suite, data=data)).items]


WHOLE = {
    "number": [
        "7",
        "-7",
        "1,200",
        "$29.00",
        "28%",
        "3 1/2",
        r"\frac{3}{4}",
        "twelve",
        "二十",
        "42.",
    ],
    "choice": ["A", "(A)", "b)", "C."],
    "yes_no": ["yes", "No", "True", "不是", "Yes."],
    "text": ["3 or 4", "Paris"],
    "exact": ["3 or 4", "?"],
    "rouge": ["3 or 4"],
}
LOOSE = {
    "number": ["3 or 4", "18 apples", "x = 5", "Paris", "1/0", "7 8", "9" * 1_200],
    "choice": ["Paris", "A or B", "(A) Paris", "1"],
    "yes_no": ["maybe", "not true", "yes, it is", "(A)"],
}


@pytest.mark.parametrize("kind", WHOLE)
def test_right_answers_of_their_kind_are_taken(tmp_path: Path, kind: str) -> None:
    assert sorted(truths(tmp_path, kind, *WHOLE[kind])) == sorted(WHOLE[kind])


@pytest.mark.parametrize(("kind", "truth"), [(k, truth) for k in LOOSE for truth in LOOSE[k]])
def test_a_right_answer_that_is_not_of_its_kind_is_refused(
    tmp_path: Path, kind: str, truth: str
) -> None:
    with pytest.raises(DataError, match=r"mine.jsonl, line 2: the right answer .* is not "):
        truths(tmp_path, kind, WHOLE[kind][0], truth)


@given(st.sampled_from(("number", "choice", "yes_no")), st.text(max_size=12))
@example("number", "$7$")
@example("number", r"\boxed{7}")
def test_what_is_one_answer_has_a_meaning(kind: Kind, text: str) -> None:
    assert meaning(text, kind) is not None or not is_answer(text, kind)


def test_tasks_have_items_of_their_own_whatever_their_names(tmp_path: Path) -> None:
    for name in ("a b", "a_b", "a.b", "x" * 230):
        (tmp_path / f"{name}.csv").write_text("question,answer\nwhat?,4\n")
    suite = changed(get_suite("gsm8k"), template="{question}", items=9)
    items = draw(replace(suite, data=FileData("file", str(tmp_path)))).items
    assert len({item.id for item in items}) == 4
    assert max(len(item.id) for item in items) < 140


def test_half_a_character_in_a_question_is_spelled_out(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("")
    (tmp_path / "mine.jsonl").write_text('{"question": "\\ud800?", "answer": "4"}\n')
    suite = changed(get_suite("gsm8k"), template="{question}")
    data = FileData("file", str(tmp_path / "mine.jsonl"))
    (item,) = draw(replace(suite, data=data)).items
    assert item.prompt == "\\ud800?"


@pytest.mark.parametrize("place", ["a" * 300, "~nobody/x", "x/" * 200, "\0"])
def test_a_path_that_cannot_be_is_not_there(place: str) -> None:
    suite = get_suite("gsm8k")
    with pytest.raises(BenchError):
        draw(with_source(suite, f"{place}.csv"))
    with pytest.raises(BenchError, match="there is no suite"):
        get_suite(f"{place}.toml")


def test_where_hardly_a_line_is_as_it_should_be_reading_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fusionlab.bench.data.MOST_BROKEN", 3)
    (tmp_path / "mine.jsonl").write_text("{}\n" * 9)
    with pytest.raises(DataError, match=r"more than 3 lines are broken, the last of them mine.*4"):
        draw(with_source(get_suite("gsm8k"), str(tmp_path / "mine.jsonl")), skip_broken=True)


@pytest.mark.parametrize("bad", ["items = 1000000", "seed = 9223372036854775808"])
def test_numbers_of_a_suite_have_bounds(tmp_path: Path, bad: str) -> None:
    (tmp_path / "own.toml").write_text(OWN.replace("items = 2", bad))
    with pytest.raises(BenchError, match="less than"):
        get_suite(str(tmp_path / "own.toml"))
