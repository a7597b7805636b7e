"""Tables, data of benchmarks, candidates and a benchmark's own folder are read, or refused."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fusionlab.bench.folder import answers_file, read_answers, write_plan
from fusionlab.bench.forms import Line
from fusionlab.bench.plan import Plan, plan
from fusionlab.bench.report import write_report
from fusionlab.bench.results import results, write_csv
from fusionlab.bench.rows import result_to_json
from fusionlab.bench.suites import Checker, FileData, changed, get_suite
from fusionlab.cli.files import candidates_in, read_table, write_table
from fusionlab.recipe import member_from_text
from fusionlab.text.bulk import Ballot, vote_table
from fusionlab.text.rules import RULES
from tests.fuzz.bounds import fuzzed, refused_at_most
from tests.fuzz.mutations import respoiled, spoiled, written

WIDE = [{"question": f"q{n}", "ann": "it is 4", "bob": "4", "cid": "maybe 5"} for n in range(3)]
LONG = [{"question": "q", "answer": str(n), "member": f"m{n}", "weight": n} for n in range(3)]
LISTS = [{"question": "q", "candidates": ["4", {"text": "5", "weight": 2, "member": "a"}]}]
CSV = (
    "question,ann,bob,cid\nq1,it is 4,4,maybe 5\nq2,yes,no,no\n",
    'sep=;\nquestion;answer;weight\nq;"4; or 5";1\nq;5;2\n',
    'question,candidates\nq,"[""4"", ""5"", ""6""]"\n',
    "question\tanswer\n2+2?\t4\n3+3?\t6\n",
)
CHECKERS = tuple(each for each in get_args(Checker) if each != "corpus")


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, str]:
    """The ending of a file's name, and what is in it."""
    ending = draw(st.sampled_from((".csv", ".json", ".jsonl")))
    if ending == ".csv":
        return ending, draw(spoiled(*CSV))
    if ending == ".json":
        return ending, draw(respoiled(WIDE, LONG, LISTS).map(written) | spoiled(written(WIDE)))
    rows = draw(st.lists(respoiled(*WIDE, *LONG, *LISTS).map(written), max_size=4))
    text = "\n".join(rows)
    return ending, draw(spoiled(text)) if draw(st.booleans()) else text


ballots = st.builds(
    Ballot,
    st.sampled_from(("rouge_l", "char_lcs")),
    rule=st.sampled_from(RULES),
    duplicates=st.sampled_from(("count", "merge")),
    answer=st.sampled_from(("exact", "number", "choice", "yes_no", "text")),
    phrase=st.sampled_from(("", "is", "(a+)+")),
    own_ballot=st.booleans(),
)


@fuzzed(150)
@given(tables(), ballots)
@example((".csv", "question,a,b\n" + "q,x,y\n" * 10_000), Ballot())
@example((".csv", ",".join(f"c{n}" for n in range(40_000)) + "\n" + "x," * 39_999), Ballot())
@example((".csv", "question,a,b\nq," + "a " * 90_000 + "," + "b a " * 45_000), Ballot("char_lcs"))
@example((".json", written([{f"c{n}": "x"} for n in range(5_000)])), Ballot())
@example((".jsonl", '{"question": "q", "a": "\\ud800", "b": "x"}'), Ballot())
@example((".jsonl", '{"question": "q", "answer": "x", "weight": ' + "9" * 400 + "}"), Ballot())
@example((".json", '[{"question": "q", "candidates": ' + "[" * 500 + "]" * 500 + "}]"), Ballot())
def test_a_table_is_voted_on_or_refused(
    tmp_path_factory: pytest.TempPathFactory, table: tuple[str, str], ballot: Ballot
) -> None:
    file = _written(tmp_path_factory, "table", *table)
    with refused_at_most():
        elected = vote_table(read_table(file), ballot=ballot)
        for ending in (".csv", ".jsonl"):
            write_table(elected, file.with_name(f"elected{ending}"))


@fuzzed(150)
@given(tables(), st.sampled_from(CHECKERS), st.booleans())
@example((".jsonl", '{"question": "\\ud800", "answer": "4"}'), "number", False)
@example((".jsonl", "{}\n" * 60_000), "exact", True)
@example((".jsonl", '{"question": "q", "answer": ' + "[" * 100_000), "exact", True)
@example((".jsonl", '{"question": "q", "answer": ' + "9" * 5_000 + "}"), "exact", True)
@example((".json", "[" * 100_000), "exact", True)
def test_data_are_asked_or_refused(
    tmp_path_factory: pytest.TempPathFactory,
    table: tuple[str, str],
    checker: str,
    skip_broken: bool,
) -> None:
    file = _written(tmp_path_factory, "data", *table)
    suite = changed(get_suite("gsm8k"), answer={"checker": checker}, template="{question}")
    data = FileData("file", str(file), "question", "answer")
    with refused_at_most():
        plan(
            replace(suite, data=data), [], [member_from_text("zoo/adder")], skip_broken=skip_broken
        )


@fuzzed(150)
@given(
    st.sampled_from((".txt", ".json", ".jsonl")),
    spoiled("one\n---\ntwo\n", '["one", {"text": "two"}]', '{"text": "one"}\n{"answer": 2}\n'),
)
@example(".json", "[" * 100_000)
@example(".txt", "[" + "9" * 5_000 + "]")
def test_candidates_stand_or_are_refused(
    tmp_path_factory: pytest.TempPathFactory, ending: str, text: str
) -> None:
    file = _written(tmp_path_factory, "candidates", ending, text)
    with refused_at_most():
        assert all(isinstance(each, str) for each in candidates_in(file))


LINE = Line(
    item="add-1",
    task="add",
    prompt="1+1=",
    truth="2",
    said="2",
    extracted="2",
    right=True,
    score=1.0,
    rouge={},
    tokens_in=3,
    tokens_out=2,
    forward_passes=2,
    seconds=0.5,
    wall=0.5,
    error="",
    run=True,
)


@fuzzed(120)
@given(st.data())
def test_the_folder_of_a_benchmark_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    planned = _planned()
    folder = tmp_path_factory.getbasetemp() / "fuzz-bench"
    folder.mkdir(exist_ok=True)
    write_plan_anew(folder, planned)
    one = planned.contenders[0]
    (folder / "answers" / f"{one.key}.jsonl").unlink(missing_ok=True)
    with answers_file(folder, one) as answers:
        answers.append(replace(LINE, item=planned.items[0].id))
    kind = data.draw(st.sampled_from(("plan", "answers")))
    path = folder / "bench.json" if kind == "plan" else folder / "answers" / f"{one.key}.jsonl"
    spoil: Callable[[str], str] = data.draw(st.sampled_from((_by_letters, _by_parts)))(data)
    path.write_bytes(spoil(path.read_text(encoding="utf-8")).encode("utf-8", "surrogatepass"))
    with refused_at_most():
        read_answers(folder, one.key)
        result = results(folder)
        json.dumps(result_to_json(result), allow_nan=False)
        write_csv(folder, result)
        write_report(folder, result)
    with refused_at_most():
        write_plan(folder, planned, [])


def test_a_plan_of_very_many_contenders_is_refused(tmp_path: Path) -> None:
    """Each was held against all others, 20,000 of them for minutes."""
    write_plan(tmp_path, _planned(), [])
    data = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    data["contenders"] *= 20_000
    (tmp_path / "bench.json").write_text(json.dumps(data))
    with refused_at_most():
        results(tmp_path)


def write_plan_anew(folder: Path, planned: Plan) -> None:
    (folder / "bench.json").unlink(missing_ok=True)
    write_plan(folder, planned, [])


def _by_letters(data: st.DataObject) -> Callable[[str], str]:
    return lambda text: data.draw(spoiled(text))


def _by_parts(data: st.DataObject) -> Callable[[str], str]:
    def spoil(text: str) -> str:
        if text.startswith("{\n"):
            return written(data.draw(respoiled(json.loads(text))))
        *head, last = text.splitlines()
        return "\n".join([*head, written(data.draw(respoiled(json.loads(last)))), ""])

    return spoil


def _planned() -> Plan:
    suite = changed(get_suite("zoo-arithmetic"), items=2)
    return plan(suite, [], [member_from_text("api:http://127.0.0.1:9/v1#a")])


def _written(factory: pytest.TempPathFactory, name: str, ending: str, text: str) -> Path:
    file = factory.getbasetemp() / f"fuzz-{name}{ending}"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    return file
