"""What is secret is found in any spelling, whole, in part and in pieces; the rest stays."""

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionlab.errors import SourceError
from fusionlab.secrecy import LONG, WINDOW, Veil, masked

secrets = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=WINDOW, max_size=40)
around = st.text(max_size=20)
SPELLINGS: list[Callable[[str], str]] = [
    str,
    str.upper,
    lambda key: quote(key, safe=""),
    lambda key: json.dumps(key)[1:-1],
    lambda key: html.escape(key),
    lambda key: key.encode().hex(),
]


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("FUSIONLAB_API_KEY", "FUSIONLAB_API_KEYS", "OPENAI_API_KEY", "HF_TOKEN")
    for name in (*names, "HTTP_PROXY", "PIP_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)


@given(secrets, around, around, st.sampled_from(SPELLINGS), st.data())
def test_no_part_of_six_characters_is_left(
    key: str, before: str, after: str, spelled: Callable[[str], str], data: st.DataObject
) -> None:
    form = spelled(key)
    start = data.draw(st.integers(0, len(form) - WINDOW))
    end = data.draw(st.integers(start + WINDOW, len(form)))
    shown = masked(before + form[start:end] + after, key)
    assert form[start : start + WINDOW].lower() not in shown.lower().replace("…", "")


@given(secrets, st.binary(max_size=5), st.binary(max_size=5))
def test_base64_does_not_hide_it(key: str, before: bytes, after: bytes) -> None:
    shown = masked(base64.b64encode(before + key.encode() + after).decode(), key)
    assert "…" in shown or len(key) < WINDOW + 2
    for offset in range(3):
        inside = base64.b64encode(b"?" * offset + key.encode()).decode()[4:-4]
        assert all(inside[at : at + WINDOW] not in shown for at in range(len(inside) - WINDOW + 1))


@given(st.text(st.sampled_from("abc \n…中"), max_size=50), st.text("xyz0123", min_size=1))
def test_a_text_without_secrets_is_left_alone(text: str, key: str) -> None:
    assert masked(text, key) == text


@given(
    st.lists(st.sampled_from(["sk-", "sk-0123456789ab", "0123456789", "ab", "s", "k", " is it"])),
    st.sampled_from(["sk-0123456789ab", "sssssssssssk"]),
)
def test_a_key_in_pieces_is_hidden_as_in_one(pieces: list[str], key: str) -> None:
    veil = Veil(key)
    shown = [*map(veil, pieces), veil("", last=True)]
    assert "".join(shown) == "".join(pieces).replace(key, "…")


def test_every_key_that_is_bound_to_a_host_is_hidden_in_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FUSIONLAB_API_KEYS", "a.b=sk-0123456789ab, c.d=tk-0123456789ab, e.f=ollama")
    veil = Veil("uk-0123456789ab")
    said = "sk-0123456789ab tk-0123456789ab uk-0123456789ab ollama sk-012345"
    shown = "".join(veil(said[at : at + 4]) for at in range(0, len(said), 4))
    assert shown + veil("", last=True) == "… … … ollama sk-012345"


def test_a_short_key_may_be_a_word_of_an_answer() -> None:
    assert len("ollama") < LONG
    assert Veil("ollama")("I am ollama.") == "I am ollama."
    assert masked("bad key ab, not about", "ab") == "bad key …, not about"


@pytest.mark.parametrize(
    ("name", "value", "text", "shown"),
    [
        ("FUSIONLAB_API_KEY", "sk-very-secret\n", "key sk-very-secret", "key …"),
        ("FUSIONLAB_API_KEY", "sk-very\nsecret", "Bearer sk-very\nsecret", "Bearer …"),
        ("FUSIONLAB_API_KEYS", "a.b=key-one, c.d:1=key-two=", "key-two= a.b key-one", "… a.b …"),
        ("FUSIONLAB_API_KEYS", "a.b=key-one,rest-of-it\nkey-two", "rest-of-it key-two", "… …"),
        ("HF_TOKEN", "hf_abcdef", "with hf_abcdef", "with …"),
        ("HTTP_PROXY", "http://bob:hunter2@p:1", "no hunter2 at p", "no … at p"),
        ("HTTP_PROXY", "bob:hunter2@p:1", "no hunter2 at p", "no … at p"),
        ("HTTP_PROXY", "http://bob:a%2Fb%2Fcd@p:1", "a/b/cd", "…"),
        ("PIP_INDEX_URL", "https://token123@index/simple", "no token123", "no …"),
        ("NOTHING", "", "Looking in http://bob:hunter2@index/x", "Looking in http://…@index/x"),
        ("NOTHING", "", "token hf_ABCDEFGHIJKLMNOPQRSTUV", "token …"),
    ],
)
def test_an_error_tells_nothing_that_the_environment_keeps(
    name: str, value: str, text: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    error = SourceError("folder-missing", folder=text)
    assert error.message == f"there is no folder {shown}"
    assert str(error) == f"{error.message} ({error.hint})"
