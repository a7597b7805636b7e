"""How several models' expectations of one text are put together, as plain data: its laws."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fusionlab.assets import asset
from fusionlab.cli import main
from fusionlab.distil.picture import EXAMPLE, RECORD, Asked, as_asked, passages, pictured
from fusionlab.engines.memory import Pool
from fusionlab.errors import FusionError
from fusionlab.reading import read_json
from tests.drained import drained

TEXT = "the capital of France is|||  Paris 👨‍👩‍👧\n\none two three four 你好，世界。"


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with closing(Pool(10**10)) as pool:
        yield pool


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))


def seen(pool: Pool, target: Path, *sources: Path, text: str = TEXT, **how: Any) -> Any:
    asked = Asked(text, f"path:{target}", tuple(f"path:{each}" for each in sources), **how)
    return drained(pictured(asked, pool))[1]


def places(found: Any) -> Iterator[tuple[Any, int, Any]]:
    for block in found["blocks"]:
        for at, expected in enumerate(block["positions"], block["start"]):
            yield block, at, expected


@pytest.mark.parametrize(
    ("rule", "alignment"), [("mince", "bytes"), ("avgce", "bytes"), ("avgce", "warped")]
)
def test_the_mixture_is_that_of_the_sources_by_their_shares(
    pool: Pool, tiny: Path, tiny_other: Path, tiny_twin: Path, rule: Any, alignment: Any
) -> None:
    second = tiny_twin if rule == "avgce" else tiny_other  # which has the target's tokens
    found = seen(pool, tiny, tiny_other, second, rule=rule, alignment=alignment)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    ways = set()
    for block, at, expected in places(found):
        shares = [each["share"] for each in block["sources"]]
        assert sum(shares) == pytest.approx(1)
        rights = [each["right"] for each in expected["sources"]]
        mixture = sum(share * right for share, right in zip(shares, rights, strict=True))
        assert expected["fused"]["right"] == pytest.approx(mixture, abs=1e-4)
        heard = {each["how"][at] for each in block["sources"] if each["share"]}
        ways |= heard
        late, right = expected["published"], expected["fused"]
        assert (late == right) is ("certain" not in heard)
        if heard == {"certain"}:
            assert right["top"] == [[expected["next"], 1]]
            assert late["top"] == [[block["tokens"][at]["text"], 1]]
    assert {"copied", "certain"} <= ways
    for block in found["blocks"]:
        by_nats = sorted(block["sources"], key=lambda each: each["nats"])
        assert by_nats[0]["share"] == max(each["share"] for each in by_nats)
        for source in block["sources"]:
            pairs = zip(source["first"], source["stop"], source["how"], strict=True)
            assert all(stop - first == 1 for first, stop, how in pairs if how == "copied")


def test_a_question_is_read_but_not_learned(pool: Pool, tiny: Path, tiny_other: Path) -> None:
    found = seen(pool, tiny, tiny_other)
    asked, plain = found["blocks"]
    said = [token["text"] for token in asked["tokens"]]
    assert "".join(said[: asked["start"] + 1]) == "the capital of France is"
    assert len(asked["positions"]) == len(said) - 1 - asked["start"]
    assert [each["next"] for each in asked["positions"]] == said[asked["start"] + 1 :]
    assert plain["start"] == 0
    other = seen(pool, tiny, tiny_other, text=TEXT.replace("|||", ""))["blocks"][0]
    assert other["tokens"] == asked["tokens"]
    assert other["positions"][asked["start"] :] == asked["positions"]
    assert other["own"] != asked["own"]


def test_a_target_that_is_its_own_source_stays_as_it_is(pool: Pool, tiny: Path) -> None:
    found = seen(pool, tiny, tiny, trained=f"path:{tiny}")
    for block, at, expected in places(found):
        assert block["sources"][0]["how"][at] == "copied"
        assert expected["trained"] == expected["own"]
        named = [token for token, _ in expected["own"]["top"]]
        assert [token for token, _ in expected["fused"]["top"]] == named


def test_what_cannot_be_seen_is_refused(pool: Pool, tiny: Path, tiny_other: Path) -> None:
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("no text", {"text": " \n\n\n"}),
        ("only a question", {"text": "a\n\nb|||"}),
        ("200 at most", {"text": "xyz " * 300}),
        ("another vocabulary", {"trained": f"path:{tiny_other}"}),
    ]
    for said, how in wrong:
        with pytest.raises(FusionError, match=said):
            seen(pool, tiny, tiny_other, **{"text": TEXT, **how})
    with pytest.raises(FusionError, match="5 sources are too many"):
        seen(pool, tiny, *[tiny_other] * 5)
    assert [each.whole for each in passages("a\r\n \r\n\n b\nc\ud800")] == ["a", " b\nc\\ud800"]


def test_the_record_is_what_the_command_finds(capsys: pytest.CaptureFixture[str]) -> None:
    record = read_json(asset(RECORD).read_bytes())
    assert replace(as_asked(record), trained="") == EXAMPLE
    sources = [part for ref in EXAMPLE.sources for part in ("--source", ref)]
    assert main(["align", EXAMPLE.text, "--target", EXAMPLE.target, *sources, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    for (block, _, expected), (same, _, known) in zip(places(found), places(record), strict=True):
        for one, other in zip(block["sources"], same["sources"], strict=True):
            assert one["how"] == other["how"]
            assert one["nats"] == pytest.approx(other["nats"], abs=0.05)
        for name in ("own", "fused", "published"):
            assert expected[name]["right"] == pytest.approx(known[name]["right"], abs=0.02)
    assert main(["align", EXAMPLE.text, "--target", EXAMPLE.target, *sources]) == 0
    told = capsys.readouterr().out
    assert "[2] zoo/pieces-subtracter: 0.153 nats per byte, share 1.00" in told
    assert re.search(r"^  t +u +! tue +! tue +u .* u 1.000 .1.000. +t 1.000 .0.000.$", told, re.M)
