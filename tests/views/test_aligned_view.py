"""What is to be noticed in how sources are put together."""

from typing import Any

from fusionlab.assets import asset
from fusionlab.distil.picture import RECORD
from fusionlab.reading import read_json
from fusionlab.views.aligned import aligned_view
from fusionlab.views.spoken import sentence_of

ENGLISH = """\
At 10 of 12 positions a source’s distribution is taken; at 2 no source token is the target’s, and \
the next token is expected for certain.
zoo/pieces-subtracter is taken in 2 of 3 passages: there it has the fewest nats per byte.
In passage 1, after “=”, the fused distribution puts 0.996 on the right next token “6”, the target \
alone 0.045.
In passage 3, after “=”, the fused distribution is worse than the target alone: 0 instead of 0.71 \
on the right next token “t”.
There MinED counts the source’s “tue” as “e”, which is only the nearest token.
The trained target has learned that mistake: it puts 0.32 on “e” there.
Where distributions are taken, the fused one puts 0.90 on the right next token on average, the \
target alone 0.38.
As published, 2 positions are one step late: the token just read is expected again.
After training, the target puts 0.57 on the right next token on average; before, 0.48."""
CHINESE = """\
12 个位置中有 10 个采用来源的分布；2 个位置上来源的词元与目标不同，认定就是下一个词元。
3 段中有 2 段采用 zoo/pieces-subtracter：它在那里的每字节奈特数最低。
第 1 段：在“=”之后，融合分布给正确的下一个词元“6”的概率是 0.996，目标自己只给 0.045。
第 3 段：在“=”之后，融合分布不如目标自己：给正确的下一个词元“t”的概率是 0，而不是 0.71。
在那里，MinED 把来源的“tue”算作“e”，那只是最接近的词元。
训练后的目标学到了这个错误：在那里给“e”的概率是 0.32。
采用来源分布的位置上，融合分布给正确词元的概率平均为 0.90，目标自己为 0.38。
按论文代码，有 2 个位置晚了一步：刚读过的词元又被预测一次。
训练后，目标给正确词元的概率平均为 0.57；训练前为 0.48。"""


def recorded() -> dict[str, Any]:
    found: dict[str, Any] = read_json(asset(RECORD).read_bytes())
    return found


def sentences(found: dict[str, Any], language: str) -> list[str]:
    shown = aligned_view(found)["sentences"]
    return [
        sentence_of({"key": each["key"], "values": each["values"]}).said(language, "app")
        for each in shown
    ]


def test_the_example_says_what_it_shows() -> None:
    found = recorded()
    assert "\n".join(sentences(found, "en")) == ENGLISH
    assert "\n".join(sentences(found, "zh")) == CHINESE
    places = [
        (each["block"], each["at"]) for each in aligned_view(found)["sentences"] if "at" in each
    ]
    assert places == [(0, 12), (2, 20), (2, 20), (2, 20), (2, 21)]


def test_one_passage_and_a_mixture_and_a_trained_target_have_their_own_words() -> None:
    found = recorded()
    one = {**found, "blocks": found["blocks"][:1]}
    assert sentences(one, "en")[1:2] == [
        "zoo/pieces-adder is taken: it has the fewest nats per byte, 0.009."
    ]
    mixed = {**one, "rule": "avgce", "trained": "built:x"}
    for expected in mixed["blocks"][0]["positions"]:
        expected["trained"] = {"top": [], "right": 0.5}
    said = sentences(mixed, "en")
    assert said[1] == "zoo/pieces-adder has the largest share on average: 100%."
    assert said[-1].startswith("After training, the target puts 0.50 on")
