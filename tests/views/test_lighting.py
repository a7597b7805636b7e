import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionlab.text.similarity import words
from fusionlab.views.lighting import MOST_CHARACTERS, MOST_TEXTS, Lighting, Segment, lighting
from tests.views.fakes import HOSTILE

TEXTS = st.lists(st.text(alphabet="aB éİß巴黎.\n\ud83d👩", max_size=12), max_size=6)


def joined(segments: list[Segment]) -> str:
    return "".join(each if isinstance(each, str) else str(each[0]) for each in segments)


def lit_words(found: Lighting, text: int) -> dict[str, float]:
    return {str(each[0]): float(each[1]) for each in found.segments[text] if isinstance(each, list)}


@given(TEXTS)
def test_segments_are_the_text(texts: list[str]) -> None:
    found = lighting(texts)
    assert [joined(segments) for segments in found.segments] == (texts if len(texts) > 1 else [])


@given(st.lists(st.text(alphabet="aB é巴黎.", max_size=12), max_size=6))
def test_what_is_lit_is_in_another_text_too(texts: list[str]) -> None:
    found = lighting(texts)
    for i in range(len(found.segments)):
        others = [set(words(text)) for j, text in enumerate(texts) if j != i]
        for lit, share in lit_words(found, i).items():
            for word in words(lit):
                holders = sum(word in other for other in others)
                assert share == pytest.approx(holders / len(others), abs=0.001)


def test_words_are_lit_by_the_share_of_the_others_that_have_them() -> None:
    found = lighting(["The sky, blue.", "the SKY is grey", "A sky", "nothing"])
    assert found.segments[0] == [["The", 0.333], " ", ["sky", 0.667], ", blue."]
    assert found.segments[1] == [["the", 0.333], " ", ["SKY", 0.667], " is grey"]
    assert found.segments[3] == ["nothing"]
    assert found.shares == pytest.approx((1 / 3, 1 / 4, 1 / 3, 0.0))


def test_neighbours_with_one_share_are_one_segment() -> None:
    found = lighting(["Paris is it. Paris", "Paris is it, yes"])
    assert found.segments[0] == [["Paris is it", 1.0], ". ", ["Paris", 1.0]]


def test_a_chinese_character_is_a_word() -> None:
    found = lighting(["首都是巴黎。", "巴黎。"])
    assert found.segments[0] == ["首都是", ["巴黎", 1.0], "。"]


def test_a_letter_that_grows_in_lower_case_moves_nothing() -> None:
    found = lighting(["İzmir blue İ sky", "blue sky"])
    assert lit_words(found, 0) == {"blue": 1.0, "sky": 1.0}


def test_hostile_text_stays_as_it_is() -> None:
    found = lighting(HOSTILE)
    assert tuple(map(joined, found.segments)) == HOSTILE


def test_alone_nothing_is_shared() -> None:
    assert lighting(["Paris"]) == lighting([]) == Lighting((), ())


def test_of_many_texts_the_first_are_lit() -> None:
    found = lighting(["sky"] * (MOST_TEXTS + 1))
    assert len(found.segments) == MOST_TEXTS
    assert found.notes == ({"key": "ballots-lit-first", "values": {"all": 65, "lit": 64}},)


def test_of_long_texts_the_beginning_is_lit() -> None:
    text = "abc " * MOST_CHARACTERS
    found = lighting([text, "abc"])
    assert joined(found.segments[0]) == text
    assert found.segments[0][-1] == text[MOST_CHARACTERS // 2 - 1 :]
    assert found.notes == ({"key": "ballots-lit-beginnings", "values": {"characters": 100_000}},)


def test_the_work_is_linear_in_what_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def counting(text: str) -> list[str]:
        read.append(len(text))
        return words(text)

    monkeypatch.setattr("fusionlab.views.lighting.words", counting)
    lighting(["some words " * 100_000] * 100)
    assert len(read) == MOST_TEXTS
    assert sum(read) <= MOST_CHARACTERS
