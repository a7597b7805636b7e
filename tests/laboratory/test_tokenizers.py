"""The study of tokenizers: tokens stand on the text's bytes, their counterparts are those of the
whole maps, and what cannot be compared is refused with a sentence.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers
from transformers import PreTrainedTokenizerFast

import fusionlab.laboratory  # noqa: F401  registers it
from fusionlab.engines.tokenizer import vocabulary_of
from fusionlab.errors import (
    MemberError,
    RecipeError,
    SettingError,
    SourceError,
    UnknownName,
    VocabularyMismatch,
)
from fusionlab.events import Warned
from fusionlab.laboratory.counterparts import Opened, counterparts, share_exact
from fusionlab.laboratory.standing import ends_of, standing
from fusionlab.limits import Limits
from fusionlab.registry import get_study
from fusionlab.sources.tokenizers import opened_tokenizer, told_ends
from fusionlab.tokens.maps import NOWHERE, exact_map, nearest_map
from fusionlab.tokens.spelling import characters, silent
from fusionlab.views.laboratory import study_form
from fusionlab.views.study_tokenizers import tokenizers_view
from tests.tokens.families import FAMILIES, TOKENIZERS, without_bytes

ZOO = Path(__file__).parents[2] / "assets" / "zoo"
TWO: dict[str, Any] = {"third": ""}


def opened(name: str) -> Opened:
    folder = ZOO / name
    tokenizer = opened_tokenizer(folder)
    return Opened(f"zoo/{name}", tokenizer, vocabulary_of(tokenizer, *told_ends(folder)))


CHARACTERS, PIECES = opened("base"), opened("pieces-base")


def made(model: Any, **parts: Any) -> Opened:
    """A tokenizer of another family."""
    tokenizer = Tokenizer(model)
    for name, part in {"decoder": decoders.Fuse(), **parts}.items():
        setattr(tokenizer, name, part)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>")  # noqa: S106
    return Opened("made", fast, vocabulary_of(fast, None))


def sentence_pieces() -> Opened:
    """With a space before the text, and a byte for what is in no piece."""
    words = ["<unk>", "▁", "▁the", "the", "re", "r", "e"]
    scores = [(word, -float(len(words) - at)) for at, word in enumerate(words)]
    bytes_ = [(f"<0x{byte:02X}>", -20.0) for byte in range(256)]
    return made(
        models.Unigram([*scores, *bytes_], unk_id=0, byte_fallback=True),
        pre_tokenizer=pre_tokenizers.Metaspace(prepend_scheme="first"),
        decoder=decoders.Metaspace(),
    )


def word_pieces() -> Opened:
    """Of which "##ing" does not say which bytes it stands for."""
    words = {"<unk>": 0, "think": 1, "##ing": 2}
    return made(
        models.WordPiece(words, unk_token="<unk>"),  # noqa: S106
        normalizer=normalizers.Lowercase(),
        pre_tokenizer=pre_tokenizers.Whitespace(),
    )


def pictures(**chosen: Any) -> list[dict[str, Any]]:
    steps = get_study("tokenizers").watched({**TWO, **chosen})
    return [each for each in steps if isinstance(each, dict)]


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_tokens_stand_on_all_bytes_one_after_another(text: str) -> None:
    for each in (CHARACTERS, PIECES):
        tokens = standing(each.tokenizer, each.vocabulary, text, each.name)
        at = 0
        for token in tokens:
            assert token.start == at
            at = token.end
            if token.kind in ("text", "part"):
                piece = text.encode()[token.start : token.end]
                assert piece == each.vocabulary.pieces[token.token]
                assert (token.kind == "part") == ("�" in piece.decode("utf-8", "replace"))
        assert at == len(text.encode())
        assert len(text.encode()) not in ends_of(tokens)


@pytest.mark.parametrize("name", FAMILIES)
def test_tokens_of_every_family_stand_on_the_text(name: str) -> None:
    text = "one lighthouse, 12 keepers"
    tokens = standing(TOKENIZERS[name], FAMILIES[name], text, name)
    for token in tokens:
        if token.kind in ("text", "part"):
            piece = FAMILIES[name].pieces[token.token]
            assert text.encode()[token.start : token.end] in (piece, piece.removeprefix(b" "))
    assert [each.start for each in tokens] == sorted(each.start for each in tokens)
    assert tokens[-1].end == len(text)


def test_a_tokenizer_whose_bytes_are_not_known_is_refused(tmp_path: Path) -> None:
    without_bytes().save_pretrained(tmp_path / "odd")
    with pytest.raises(VocabularyMismatch, match="cannot be compared"):
        pictures(text="one two", second=f"path:{tmp_path / 'odd'}")


def test_control_tokens_take_no_bytes_unless_they_are_written_out() -> None:
    tokens = standing(CHARACTERS.tokenizer, CHARACTERS.vocabulary, "a<eos>é", "x")
    assert [(each.start, each.end, each.kind) for each in tokens] == [
        (0, 0, "control"),
        (0, 1, "text"),
        (1, 6, "control"),
        (6, 8, "unknown"),
    ]


def test_sentencepiece_puts_its_space_before_the_text() -> None:
    each = sentence_pieces()
    tokens = standing(each.tokenizer, each.vocabulary, "there é", "x")
    assert [(token.start, token.end) for token in tokens[:2]] == [(0, 3), (3, 5)]
    assert tokens[-1].end == len("there é".encode())
    assert [token.kind for token in tokens[-2:]] == ["part", "part"]


@pytest.mark.parametrize(("source", "target"), [(CHARACTERS, PIECES), (PIECES, CHARACTERS)])
def test_the_counterparts_are_those_of_the_whole_maps(source: Opened, target: Opened) -> None:
    exact, near = (find(source.vocabulary, target.vocabulary) for find in (exact_map, nearest_map))
    tokens = range(len(source.vocabulary.pieces))
    found = counterparts(tokens, source, target)
    for each in found:
        assert each.em == (None if exact[each.token] == NOWHERE else exact[each.token])
        assert each.mined == (None if near[each.token] == NOWHERE else near[each.token])
        piece = source.vocabulary.pieces[each.token]
        if each.mined is None or silent(source.vocabulary, each.token):
            continue
        words = {
            characters(other)
            for token, other in enumerate(target.vocabulary.pieces)
            if other and not silent(target.vocabulary, token)
        }
        far = [Levenshtein.distance(characters(piece), word) for word in words]
        assert each.distance == min(far)
        assert each.ties == far.count(min(far))
        begun = [other for other in target.spelled if other.startswith(piece)]
        assert each.begin == len(begun)
    text = [t for t in tokens if not silent(source.vocabulary, t) and source.vocabulary.pieces[t]]
    share = share_exact(source.vocabulary, target.vocabulary)
    assert share == pytest.approx(float(np.mean(exact[text] != NOWHERE)))


def test_the_union_takes_the_first_part_that_is_no_space() -> None:
    texts = {PIECES.vocabulary.pieces[each]: each for each in range(len(PIECES.vocabulary.pieces))}
    space_t, accent = texts[b" t"], texts["é".encode()[:1]]
    first, part = counterparts([space_t, accent], PIECES, CHARACTERS)
    assert first.how == "sub"
    assert first.union is not None
    assert CHARACTERS.vocabulary.pieces[first.union] == b"t"
    assert (part.union, part.how) == (None, "none")  # single bytes are not in its vocabulary
    whole = made(models.WordLevel({"<unk>": 0, "é": 1, "\n": 2}, unk_token="<unk>"))  # noqa: S106
    (begun,) = counterparts([1], whole, PIECES)
    assert begun.how == "sub"
    assert PIECES.vocabulary.pieces[begun.union or 0] == "é".encode()[:1]
    (unknown,) = counterparts([1], whole, CHARACTERS)
    assert unknown.how == "unknown"


def test_control_tokens_stand_only_for_control_tokens() -> None:
    unknown = CHARACTERS.tokenizer.unk_token_id
    (found,) = counterparts([unknown], CHARACTERS, PIECES)
    assert found.em == PIECES.tokenizer.unk_token_id
    (lost,) = counterparts([unknown], CHARACTERS, sentence_pieces())
    assert lost.begin == 0
    assert lost.how in ("own", "none")


def test_a_tokenizer_with_itself_shares_every_end_and_every_token() -> None:
    last = pictures(first="zoo/pieces-base", second="zoo/pieces-adder", text="add 3+4=7 好")[-1]
    assert len(last["common"]) == last["ends"]
    assert {each["shared"] for each in last["tokenizers"]} == {1.0}
    assert {each["exact"] for each in last["maps"]} == {1.0}
    for each in last["maps"]:
        assert all(found["em"] == found["token"] == found["mined"] for found in each["tokens"])
    keys = {each["key"] for each in tokenizers_view(last)["sentences"]}
    assert {"tokenizers-note-equal", "tokenizers-note-common-all", "tokenizers-note-exact"} <= keys


def test_pictures_grow_by_one_map_each_and_earlier_ones_stay() -> None:
    seen = pictures(text="ab é")
    assert [len(each["maps"]) for each in seen] == [0, 1, 2]
    ends = [{t["end"] for t in each["tokens"]} for each in seen[-1]["tokenizers"]]
    assert set(seen[-1]["common"]) == set.intersection(*ends) - {0, seen[-1]["bytes"]}


@pytest.mark.parametrize(
    ("chosen", "kind", "message"),
    [
        ({"text": "x" * 401}, RecipeError, "401 bytes, and 400"),
        ({"text": "好" * 134}, RecipeError, "402 bytes"),
        ({"text": ""}, SettingError, "text"),
        ({"text": "\ud800"}, SettingError, "text"),
        ({"first": ""}, SettingError, "first"),
        ({"second": "zoo/nobody"}, UnknownName, "nobody"),
        ({"second": "api:http://127.0.0.1:1/v1#m"}, SourceError, "without a tokenizer"),
        ({"second": "smollm2-135m"}, RecipeError, "only one tokenizer"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    chosen: dict[str, Any],
    kind: type[Exception],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path))
    with pytest.raises(kind, match=message):
        list(get_study("tokenizers").watched({**TWO, **chosen}))


def test_tokens_that_are_not_the_texts_bytes_are_refused_with_the_place() -> None:
    each = word_pieces()
    with pytest.raises(MemberError, match=r"made: .* from byte 5 on") as caught:
        standing(each.tokenizer, each.vocabulary, "thinking", "made")
    assert "##ing" in caught.value.message
    with pytest.raises(MemberError, match="from byte 0 on"):
        standing(each.tokenizer, each.vocabulary, "Think", "made")  # it lowers the case
    dropping = made(
        models.WordLevel({"<unk>": 0, "a": 1}, unk_token="<unk>"),  # noqa: S106
        normalizer=normalizers.Strip(),
    )
    with pytest.raises(MemberError, match="from byte 1 on"):
        standing(dropping.tokenizer, dropping.vocabulary, "a  ", "made")


def test_a_model_that_was_never_fetched_is_left_out_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path))
    first, *rest = get_study("tokenizers").watched({"text": "a"})
    assert isinstance(first, Warned)
    assert "smollm2-135m is not on this machine" in first.message
    *_, last = (each for each in rest if isinstance(each, dict))
    assert [each["name"] for each in last["tokenizers"]] == ["zoo/base", "zoo/pieces-base"]


def test_the_form_has_lines_for_the_text_and_models_that_can_be_left_out() -> None:
    fields = {each["name"]: each for each in study_form(get_study("tokenizers"))["settings"]}
    assert fields["text"]["kind"] == "lines"
    assert {name for name, each in fields.items() if each["optional"]} == {"third", "fourth"}


def test_a_demo_takes_its_text_and_offered_models_only() -> None:
    demo, study = Limits(models=("zoo/*",)), get_study("tokenizers")
    demo.check_study(study, {"text": "anything", "second": "zoo/adder", "third": ""})
    demo.check_study(get_study("gates"), {"text": "a person's own"})
    demo.check_study(get_study("lifelong"), {"tasks": "count month"})
    with pytest.raises(RecipeError, match="smollm2"):
        demo.check_study(study, {"fourth": "smollm2-135m"})
