"""`fusionlab vote` on tables of every form, and candidates from a file."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from fusionlab.cli import main
from fusionlab.cli import vote as vote_command
from fusionlab.errors import DataError, UnknownName
from fusionlab.runfiles import read_run
from fusionlab.text.bulk import Ballot, Elected, vote_table
from fusionlab.text.election import election
from fusionlab.text.rules import RULES
from fusionlab.text.table import questions, understood

Capture = pytest.CaptureFixture[str]
ROWS = [
    ("capital of France?", "It is Rome", "Paris it is", "Paris it is indeed"),
    ("2 + 2?", "4", "5", "4"),
    ("法国的首都？", "是巴黎", "首都是巴黎", "罗马"),
    ("<b>&amp;</b>", "<i>x</i>", "${x}", "<i>x</i> y"),
]
WINNERS = ["Paris it is", "4", "是巴黎", "<i>x</i>"]


def wide() -> pd.DataFrame:
    return pd.DataFrame(ROWS, columns=["question", "gpt", "claude", "llama"])


def written(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def as_json(capsys: Capture, *arguments: str) -> dict[str, Any]:
    assert main(["vote", *arguments, "--json"]) == 0
    data: dict[str, Any] = json.loads(capsys.readouterr().out)
    return data


def test_a_wide_table_names_its_members(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "wide.csv"
    wide().to_csv(path, index=False)
    data = as_json(capsys, str(path))
    assert [each["elected"] for each in data["elections"]] == WINNERS
    assert [each["question"] for each in data["elections"]] == [row[0] for row in ROWS]
    assert data["wins"] == {"gpt": 3, "claude": 1}
    assert main(["vote", str(path)]) == 0
    said = capsys.readouterr()
    assert "4 questions from question × 3 candidates from the columns gpt, claude" in said.err
    assert "claude: Paris it is" in said.out


def test_every_form_of_a_table_is_the_same_vote(tmp_path: Path, capsys: Capture) -> None:
    long = "question,text,author\n" + "".join(
        f'"{row[0]}","{text}",{author}\n'
        for row in ROWS
        for text, author in zip(row[1:], ("gpt", "claude", "llama"), strict=True)
    )
    lists = "\n".join(json.dumps({"question": q, "candidates": texts}) for q, *texts in ROWS)
    objects = json.dumps(
        [{"id": i, "answers": [{"answer": t} for t in texts]} for i, (_, *texts) in enumerate(ROWS)]
    )
    for name, text in (("long.csv", long), ("lists.jsonl", lists), ("objects.json", objects)):
        data = as_json(capsys, written(tmp_path, name, text))
        assert [each["elected"] for each in data["elections"]] == WINNERS
    assert as_json(capsys, str(tmp_path / "long.csv"))["wins"] == {"gpt": 3, "claude": 1}
    assert as_json(capsys, str(tmp_path / "lists.jsonl"))["wins"] == {"#1": 3, "#2": 1}


def test_rows_of_one_question_need_not_be_neighbours_and_have_weights() -> None:
    frame = pd.DataFrame(
        {
            "qid": ["1", "2", "1", "2", "1"],
            "response": ["a b c d", "x", "a b y", "z", "a q r s"],
            "weight": ["1", "1", "1", "", "9"],
        }
    )
    held = vote_table(frame)
    assert held["question"].tolist() == ["1", "2"]
    assert held["elected"].tolist() == ["a b y", "x"]
    assert held["candidates"].tolist() == [3, 2]
    frame.loc[0, "weight"] = "much"
    with pytest.raises(DataError, match=r"row 1.*'much'"):
        vote_table(frame)


def test_named_columns_go_before_guessed_ones() -> None:
    frame = wide().assign(answer="Paris", truth="Paris")
    assert understood(frame).candidates == ("gpt", "claude", "llama")
    assert understood(frame, candidates=("gpt", "truth")).candidates == ("gpt", "truth")
    assert understood(frame.drop(columns="question")).question == ""


def test_bulk_scores_are_those_of_a_single_vote() -> None:
    from fusionlab.text.election import Race
    from fusionlab.text.similarity import word_rouge_l

    texts = ["a b c", "a b", "c a b", "a b", "d"]
    frame = pd.DataFrame([["?", *texts]], columns=["question", *"vwxyz"])
    likeness = word_rouge_l(texts)
    for rule in RULES:
        for duplicates in ("count", "merge"):
            ballot = Ballot(rule=rule, duplicates="merge" if duplicates == "merge" else "count")
            held = vote_table(frame, ballot=ballot)
            race = Race(texts, [1.0] * 5, likeness, rule, ballot.duplicates, 0.5, texts, "text")
            voted = election(race, {"rouge_l": likeness}, "rouge_l", "")
            assert held["elected"][0] == texts[voted.winner]
            assert held["score"][0] == voted.scores["rouge_l"][voted.winner]


def test_where_a_rule_cannot_decide_it_is_said(tmp_path: Path, capsys: Capture) -> None:
    table = tmp_path / "wide.csv"
    wide().to_csv(table, index=False)
    data = as_json(capsys, str(table), "--rule", "majority", "--answer", "number")
    assert [each["rule"] for each in data["elections"]] == ["mbr", "majority", "mbr", "mbr"]
    assert main(["vote", str(table), "--rule", "majority", "--answer", "number"]) == 0
    assert "on 3 of 4 questions mbr decided" in capsys.readouterr().err
    frame = pd.DataFrame([["?", "one two", "two three"]], columns=["question", "a", "b"])
    assert vote_table(frame, ballot=Ballot(rule="condorcet"))["rule"][0] == "copeland"


def test_a_missing_column_is_told_with_those_there_are(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "wide.csv"
    wide().to_csv(path, index=False)
    assert main(["vote", str(path), "--candidates", "gpt,cluade"]) == 2
    said = capsys.readouterr().err
    assert "'cluade'" in said
    assert "did you mean 'claude'?" in said
    assert "question, gpt, claude, llama" in said
    assert main(["vote", written(tmp_path, "one.csv", "id,truth\n1,x\n")]) == 2
    assert "no candidates are found in the columns id, truth" in capsys.readouterr().err
    with pytest.raises(UnknownName):
        vote_table(wide(), question="qestion")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("long.csv", "q,a,b\n1,2,3\n1,2,3,4\n", "line 3"),
        ("first.csv", "q,a\n1,2,3\n", "line 2: it has 3 cells"),
        ("empty.csv", "", "is empty"),
        ("head.csv", "question,a,b\n", "no rows"),
        ("broken.jsonl", '{"a": 1}\n{"a": \n', "line 2"),
        ("broken.json", '{"a": 1}', "not a list"),
        ("list.jsonl", '{"question": "?", "candidates": ["a"]}\n[1]', "not a list of objects"),
        ("table.txt", "a,b", "is not one of .csv"),
        ("bad.csv", 'question,a,b\n1,2,"3\n', "line 2: a quote is opened and not closed"),
        ("twice.csv", "q,a,a\n1,2,3\n", "two columns named 'a'"),
    ],
)
def test_a_broken_table_is_an_error_that_says_where(
    tmp_path: Path, capsys: Capture, name: str, text: str, said: str
) -> None:
    assert main(["vote", written(tmp_path, name, text)]) == 2
    assert said in capsys.readouterr().err


def test_blank_cells_do_not_stand_and_an_empty_question_is_told(
    tmp_path: Path, capsys: Capture
) -> None:
    path = written(tmp_path, "blank.csv", "question,a,b,c\nfull,x,  ,x y\nnone,,,\nshort,x\n")
    data = as_json(capsys, path)
    assert [each["candidates"] for each in data["elections"]] == [2, 0, 1]
    assert data["elections"][1]["elected"] == ""
    assert data["without_candidates"] == ["none"]
    assert main(["vote", path]) == 0
    assert "1  question has no candidate: none" in capsys.readouterr().out


def test_nobody_stands_anywhere(tmp_path: Path, capsys: Capture) -> None:
    data = as_json(capsys, written(tmp_path, "none.csv", "question,a,b\n1,,\n"))
    assert data["agreement"] is None
    assert main(["vote", str(tmp_path / "none.csv")]) == 0


@pytest.mark.parametrize("name", ["out.csv", "out.jsonl"])
def test_elections_are_written(tmp_path: Path, capsys: Capture, name: str) -> None:
    table, out = tmp_path / "wide.csv", tmp_path / name
    wide().to_csv(table, index=False)
    assert main(["vote", str(table), "--out", str(out), "--rule", "borda"]) == 0
    read = pd.read_csv(out) if name.endswith("csv") else pd.read_json(out, lines=True)
    assert list(read.columns) == [*Elected.__slots__]
    assert read["elected"].astype(str).tolist()[1] == "4"
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(["wide.csv", name])


@pytest.mark.parametrize("out", ["out.xlsx", "nowhere/out.csv"])
def test_where_nothing_can_be_written_nothing_is_counted(
    tmp_path: Path, capsys: Capture, out: str
) -> None:
    table = tmp_path / "wide.csv"
    wide().to_csv(table, index=False)
    assert main(["vote", str(table), "--out", str(tmp_path / out)]) == 2
    assert "questions" not in capsys.readouterr().err


def test_ctrl_c_keeps_what_is_done(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(news: Any, total: int, done: list[Elected]) -> None:
        done.append(next(iter(news)))
        raise KeyboardInterrupt

    monkeypatch.setattr(vote_command, "_hold", interrupted)
    table, out = tmp_path / "wide.csv", tmp_path / "out.csv"
    wide().to_csv(table, index=False)
    assert main(["vote", str(table), "--out", str(out)]) == 130
    assert pd.read_csv(out)["elected"].tolist() == WINNERS[:1]
    assert "the first 1 of 4 elections" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--rule", "brda"],
        ["--metric", "rouge"],
        ["--answer", "colour"],
        ["--metric", "mixture", "--mixture", "rogue_l=1"],
        ["--weights", "nobody=2"],
        ["--weights", "gpt=-1"],
        ["--weights", "gpt"],
    ],
)
def test_what_is_not_known_is_refused(
    tmp_path: Path, capsys: Capture, arguments: list[str]
) -> None:
    table = tmp_path / "wide.csv"
    wide().to_csv(table, index=False)
    assert main(["vote", str(table), *arguments]) == 2
    assert "→" in capsys.readouterr().err


def test_members_weigh_what_is_asked(tmp_path: Path, capsys: Capture) -> None:
    table = tmp_path / "wide.csv"
    wide().to_csv(table, index=False)
    majority = ("--rule", "majority", "--answer", "exact", "--weights", "claude=5,llama=0")
    wins = as_json(capsys, str(table), *majority)["wins"]
    assert wins == {"claude": 4}


def test_a_table_may_be_very_large_in_one_cell() -> None:
    frame = pd.DataFrame([["?", "word " * 20_000, "word", None]], columns=["question", *"abc"])
    (asked,) = questions(frame, understood(frame))
    assert len(asked.texts) == 2
    assert vote_table(frame)["elected"][0] in asked.texts


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("c.json", '["Paris it is", {"text": "It is Paris"}, 7]'),
        ("c.jsonl", '"Paris it is"\n\n{"answer": "It is Paris"}\n{"output": 7}\n'),
        ("c.txt", "Paris it is\n---\n\nIt is Paris\n --- \n7\n---\n"),
        ("list.txt", '["Paris it is", "It is Paris", "7"]'),
    ],
)
def test_candidates_come_from_a_file(tmp_path: Path, capsys: Capture, name: str, text: str) -> None:
    path, out = written(tmp_path, name, text), tmp_path / "run.jsonl"
    options = ["--set", f"candidates=@{path}", "--set", "meanings=false", "--out", str(out)]
    assert main(["run", "vote", *options]) == 0
    given = [candidate.text for candidate in read_run(out).candidates]
    assert given == ["Paris it is", "It is Paris", "7"]


@pytest.mark.parametrize(
    ("name", "text"),
    [("c.json", "{}"), ("c.jsonl", '{"a": 1}'), ("c.json", '["'), ("c.json", "[null]")],
)
def test_a_file_without_candidates_is_an_error(
    tmp_path: Path, capsys: Capture, name: str, text: str
) -> None:
    path = written(tmp_path, name, text)
    assert main(["run", "vote", "--set", f"candidates=@{path}"]) == 2
    assert "c.json" in capsys.readouterr().err
    assert main(["run", "vote", "--set", "candidates=@/nowhere"]) == 2


@pytest.mark.parametrize("mark", [";", "\t"])
def test_spreadsheets_put_other_marks_between_columns(
    mark: str, tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / "wide.csv"
    wide().to_csv(path, index=False, sep=mark)
    assert [each["elected"] for each in as_json(capsys, str(path))["elections"]] == WINNERS


def test_another_encoding_is_named(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "wide.csv"
    wide().to_csv(path, index=False, encoding="utf-16")
    assert main(["vote", str(path)]) != 0
    assert "save it as UTF-8" in capsys.readouterr().err


def test_ties_and_ballots_of_no_weight_are_told(tmp_path: Path, capsys: Capture) -> None:
    frame = pd.DataFrame(
        [("a?", "b a c", "a d"), ("b?", "x", "x")], columns=["question", "gpt", "llama"]
    )
    path = tmp_path / "two.csv"
    frame.to_csv(path, index=False)
    data = as_json(capsys, str(path), "--weights", "gpt=3")
    assert [(each["elected"], each["tied"]) for each in data["elections"]] == [
        ("b a c", 1),
        ("x", 0),
    ]
    for rule in RULES:
        path_and_rule = (str(path), "--rule", rule, "--weights", "gpt=0,llama=0")
        assert main(["vote", *path_and_rule, "--json"]) == 0
        said = capsys.readouterr()
        assert [each["elected"] for each in json.loads(said.out)["elections"]] == ["b a c", "x"]
        assert "on 1 of 2 questions several texts share first place" in said.err
        assert "on 2 of 2 questions every ballot has weight 0" in said.err


def test_with_their_own_ballots_the_heavier_of_two_wins(tmp_path: Path, capsys: Capture) -> None:
    path = written(tmp_path, "two.csv", "question,gpt,claude\nq,it is 4,it is 5\n")
    heavy = ("--weights", "claude=3")
    assert [each["elected"] for each in as_json(capsys, path, *heavy)["elections"]] == ["it is 4"]
    data = as_json(capsys, path, *heavy, "--own-ballot")
    assert [each["elected"] for each in data["elections"]] == ["it is 5"]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        (
            "a.jsonl",
            "".join(f'{{"c{n}": 1}}\n' for n in range(3_000)),
            "3,000 rows of 3,000 columns",
        ),
        ("a.csv", "q," * 3_000 + "q\n", "two columns"),
        ("a.csv", ",".join(f"c{n}" for n in range(3_000)) + "\nx" * 3_000, "3,000 columns"),
        ("a.json", "[" * 100_000, "nested too deeply"),
        ("a.json", '[{"q": ' + "9" * 400 + "}]", "308 digits"),
    ],
)
def test_a_table_beyond_bounds_is_refused(
    tmp_path: Path, capsys: Capture, name: str, text: str, says: str
) -> None:
    assert main(["vote", written(tmp_path, name, text)]) == 2
    assert says in capsys.readouterr().err


def test_half_a_character_is_elected_and_written(tmp_path: Path, capsys: Capture) -> None:
    path = written(tmp_path, "a.jsonl", '{"question": "q", "a": "\\ud800 x", "b": "x"}')
    out = tmp_path / "out.csv"
    assert main(["vote", path, "--out", str(out)]) == 0
    assert "ud800" in out.read_text(encoding="utf-8")
