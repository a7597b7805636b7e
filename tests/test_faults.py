"""What readers of data complain of is said by key, and only what has none is quoted."""

import re
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fusionlab.bench.forms import planned_from_json
from fusionlab.faults import fault
from fusionlab.reading import Invalid, read_json, read_toml, reason, reason_in_line
from fusionlab.words import Sentence


class Form(BaseModel):
    """One field of each kind."""

    model_config = ConfigDict(extra="forbid")

    some: tuple[int, ...] = Field((1,), min_length=1, max_length=2)
    text: str = Field("a", min_length=1, max_length=2, pattern=r"^[a-z]+$")
    way: Literal["up", "down"] = "up"
    whole: int = Field(0, ge=0, lt=9)
    yes: bool = False
    table: dict[str, int] = {}
    listed: list[int] = []
    odd: Annotated[str | None, Field()] = None


@pytest.mark.parametrize(
    ("data", "english", "chinese"),
    [
        ({"some": [1, 2, 3]}, "it should have at most 2 items", "最多 2 项"),
        ({"some": []}, "it should have at least one item", "至少 1 项"),
        ({"text": "abc"}, "it should have at most 2 characters", "最多 2 个字符"),
        ({"text": ""}, "it should have at least one character", "至少 1 个字符"),
        ({"text": "A"}, "it should have the form ^[a-z]+$", "应符合格式 ^[a-z]+$"),
        ({"text": 5}, "it should be a text", "应为文本"),
        ({"way": "left"}, "it should be one of 'up', 'down'", "应为以下之一：'up'、'down'"),
        ({"whole": 9}, "it should be less than 9", "应小于 9"),
        ({"whole": "x"}, "it should be a whole number", "应为整数"),
        ({"yes": "maybe"}, "it should be true or false", "应为 true 或 false"),
        ({"table": 3}, "it should be a table of fields", "应为由字段组成的表"),
        ({"listed": 3}, "it should be a list", "应为列表"),
        ({"other": 3}, "there is no such field", "没有这个字段"),
    ],
)
def test_a_common_fault_is_said_in_the_reader_s_words(
    data: dict[str, Any], english: str, chinese: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        Form.model_validate(data)
    said = fault(caught.value.errors()[0])
    assert said.said() == english
    assert said.said("zh") == chinese


def test_any_other_fault_is_quoted_as_such() -> None:
    error: Any = {"type": "value_error", "msg": "Value error, odd", "loc": (), "input": 1}
    assert fault(error).said("zh") == "“Value error, odd”"


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        ("[1 2]", "a comma is missing (column 4)", "缺少逗号（第 4 列）"),
        ("[1,\n 2 3]", "a comma is missing (line 2, column 4)", "缺少逗号（第 2 行第 4 列）"),
        ("", "a value is missing (column 1)", "缺少一个值（第 1 列）"),
        ("{a: 1}", "a name in double quotes is missing", "缺少用双引号括起来的名称"),
        ('{"a" 1}', "a colon is missing after a name", "名称后面缺少冒号"),
        ('["a]', "a text has no closing quote", "文本缺少右引号"),
        ('["a\nb"]', "a text contains a control character", "文本中有控制字符"),
        ('["\\x"]', "a backslash stands before", "反斜杠后面的字符"),
        ("1 2", "something follows after its end", "结尾之后还有多余的内容"),
    ],
)
def test_where_json_breaks_is_said_in_the_reader_s_words(
    text: str, english: str, chinese: str
) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        read_json(text)
    why = reason(caught.value)
    assert isinstance(why, Sentence)
    assert why.said().startswith(english)
    assert why.said("zh").startswith(chinese)


def test_a_line_that_stands_in_the_sentence_is_not_said_twice() -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        read_json("[1,\n 2 3]")
    assert reason_in_line(caught.value).said() == "a comma is missing (column 4)"  # type: ignore[arg-type]


def test_what_toml_complains_of_is_quoted_with_its_place_in_the_reader_s_words() -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        read_toml("a = 1\nb 2")
    why = reason(caught.value)
    assert isinstance(why, Sentence)
    assert why.said("zh") == "“Expected '=' after a key in a key/value pair”（第 2 行第 3 列）"


def test_a_plan_of_too_many_items_is_refused_in_the_reader_s_words() -> None:
    with pytest.raises(Invalid) as caught:
        planned_from_json({"key": "a", "items": ["x y"]})
    assert not re.search(r"[A-Z][a-z]+ ", caught.value.sentence.said("zh"))
