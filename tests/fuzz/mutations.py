"""Good inputs with something wrong: letters, numbers, nesting, types, lengths or lines."""

import json
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

DEEP = 100_000
NUMBERS = (
    *("0", "-1", "1e999", "-1e999", "1e308", "NaN", "Infinity", "1e-400", "0.1", "1.5"),
    *(str(2**53), str(2**63), str(2**64), str(10**30), "9" * 400, "9" * 5_000, "-" + "9" * 310),
)
SNIPPETS = (
    *("[" * DEEP, "[" * DEEP + "]" * DEEP, '{"a":' * 500 + "1" + "}" * 500, "[" * 101 + "]" * 101),
    *('"', "'", "\\", "\n", "\r", "\t", "\0", "\x1b[31m", "\ufeff", "\u2028", "\\ud800", "\\u0000"),
    *("null", "true", "{}", "[]", '""', ",", ":", "=", "#", "{", "}", "[", "]", "%", "&", "@", "~"),
    *("你好", "👨‍👩‍👧", "e\u0301", "<script>", "../" * 40, "a" * 300, "a." * 2_000, "(" * 5_000),
    *("a" * 100_000, " " * 100_000, "\n" * 100_000, ",a" * 50_000, "[]," * 50_000, "- " * 20_000),
    *NUMBERS,
)
LONG = 200_000
"""Characters to which an input is made longer at most."""

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**53, 2**63, 2**64, 10**9, 10**30, 10**400, 0.5, -0.5),
    *(1e308, float("inf"), float("nan"), "", " ", "\ud800", "\0", "x", "1", "-1", "nan", "a" * 300),
    *("a" * 100_000, [], {}, [[]], [None], {"a": 1}, [0] * 5_000, ["x"] * 5_000, {"": ""}),
)


def spoiled(*good: str) -> st.SearchStrategy[str]:
    """One of the texts, changed in one to four places."""
    change = st.tuples(
        st.sampled_from(("insert", "replace", "cut", "repeat", "number", "lines", "end")),
        st.floats(0, 1),
        st.floats(0, 1),
        st.sampled_from(SNIPPETS) | st.text(max_size=4),
        st.sampled_from(NUMBERS),
        st.sampled_from((2, 3, 100, 1_000)),
    )
    return st.builds(_changed, st.sampled_from(good), st.lists(change, min_size=1, max_size=4))


def _changed(text: str, changes: Sequence[tuple[str, float, float, str, str, int]]) -> str:
    for kind, first, second, snippet, number, times in changes:
        start, end = sorted((int(first * len(text)), int(second * len(text))))
        match kind:
            case "insert":
                text = text[:start] + snippet + text[start:]
            case "replace":
                text = text[:start] + snippet + text[min(end, start + 40) :]
            case "cut":
                text = text[:start] + text[end:]
            case "repeat":
                part = text[start : min(end, start + LONG // times)]
                text = text[:start] + part * times + text[end:]
            case "number":
                text = _with_number(text, start, number)
            case "lines":
                lines = text.split("\n")
                at, to = int(first * len(lines)), int(second * len(lines))
                lines.insert(to, lines[min(at, len(lines) - 1)])
                text = "\n".join(lines)
            case _:
                text = text[:end]
    return text[: 2 * LONG]


def _with_number(text: str, start: int, number: str) -> str:
    """The next number in the text is another one."""
    at = next((i for i in range(start, len(text)) if text[i].isdigit()), None)
    if at is None:
        return text + number
    end = next((i for i in range(at, len(text)) if text[i] not in "0123456789.eE"), len(text))
    return text[:at] + number + text[end:]


def respoiled(*good: Any) -> st.SearchStrategy[Any]:
    """One of the values of JSON, with one to three parts replaced, left out, named or grown."""
    change = st.tuples(
        st.sampled_from(("replace", "delete", "rename", "grow", "wrap")),
        st.integers(0, 10_000),
        st.sampled_from(VALUES) | st.integers() | st.floats() | st.text(max_size=4),
        st.sampled_from((2, 10, 1_000, 20_000)),
    )
    return st.builds(_reformed, st.sampled_from(good), st.lists(change, min_size=1, max_size=3))


def _reformed(value: Any, changes: Sequence[tuple[str, int, Any, int]]) -> Any:
    value = json.loads(json.dumps(value))
    for kind, place, drawn, times in changes:
        other = deepcopy(drawn)  # else it may come to hold itself
        places = list(_places(value))
        if not places:
            return other
        holder, key = places[place % len(places)]
        match kind:
            case "replace":
                holder[key] = other
            case "delete":
                del holder[key]
            case "rename" if isinstance(holder, dict):
                holder[other if isinstance(other, str) else "x"] = holder.pop(key)
            case "grow":
                holder[key] = _grown(holder[key], times)
            case _:
                holder[key] = [holder[key]]
    return value


def _places(value: Any) -> Any:
    """Every holder and key in it."""
    match value:
        case dict():
            pairs = list(value.items())
        case list():
            pairs = list(enumerate(value))
        case _:
            return
    for key, inner in pairs:
        yield value, key
        yield from _places(inner)


def _grown(value: Any, times: int) -> Any:
    times = max(min(times, LONG // len(json.dumps(value))), 1)
    match value:
        case str():
            return value * times
        case list():  # copies: what is done to one later is not done to all
            return [deepcopy(each) for _ in range(times) for each in value]
        case dict():
            return {**value, **{f"k{n}": n for n in range(min(times, 1_000))}}
        case int() | float():
            return value * times
        case _:
            return [value] * times


def written(value: Any) -> str:
    """The value as JSON that other programs would write: NaN and giant numbers too."""
    return json.dumps(value)


def lines(good: Sequence[Any], spoil: Callable[..., st.SearchStrategy[Any]] = respoiled) -> Any:
    """JSON Lines of which a few are spoiled."""
    changed = st.tuples(st.integers(0, 10_000), spoil(*good))

    def together(changes: list[tuple[int, Any]]) -> str:
        every = [written(each) for each in good]
        for place, value in changes:
            every[place % len(every)] = written(value)
        return "\n".join(every) + "\n"

    return st.lists(changed, min_size=1, max_size=2).map(together)
