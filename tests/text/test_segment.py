import pytest

from fusionlab.text import segment
from fusionlab.text.segment import CHARACTERS, JIEBA, segmenter
from fusionlab.text.similarity import word_rouge_l, words

CHINESE = ["机器学习很有趣。", "机器学习有趣"]


def test_without_chinese_nothing_is_cut() -> None:
    assert segmenter(["only words", "état 3.14", "Привет"]) == ("", None)


def test_without_jieba_a_character_is_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment, "find_spec", lambda name: None)
    assert segmenter(CHINESE) == (CHARACTERS, None)


def test_jieba_cuts_words_and_leaves_the_rest() -> None:
    name, cut = segmenter(CHINESE)
    assert name == JIEBA
    assert cut is not None
    assert words("我爱机器学习AI 2.0，因为です한글 état", cut) == [
        *("我", "爱", "机器", "学习", "ai", "2", "0", "因为", "で", "す", "한", "글", "état")
    ]
    assert float(word_rouge_l(CHINESE, cut)[0, 1]) == pytest.approx(2 * 3 / (4 + 3))


def test_its_dictionary_is_cached_among_our_own_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("FUSIONLAB_HOME", str(home))
    segment._jieba.cache_clear()
    try:
        segmenter(CHINESE)
        assert [file.name for file in (home / "jieba").iterdir()] == ["jieba.cache"]
    finally:
        segment._jieba.cache_clear()
