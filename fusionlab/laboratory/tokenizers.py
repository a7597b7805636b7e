"""Tokenizers: how several of them cut one text, and what stands for each other's tokens.

Models with different tokenizers can only be fused token by token where a token of the one means
something to the other. So every token of the text is followed into each other vocabulary by the
rules of `counterparts`. No weights are loaded.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Annotated, Any

from pydantic import Field

from fusionlab.background import in_background
from fusionlab.engines.tokenizer import vocabulary_of
from fusionlab.errors import RecipeError, SourceError
from fusionlab.events import Event, Warned
from fusionlab.laboratory.counterparts import Opened, counterparts, share_exact
from fusionlab.laboratory.standing import Standing, ends_of, standing
from fusionlab.marks import Group, Learner, Written
from fusionlab.registry import Drawn, study
from fusionlab.sources.schemes import SCHEMES, parse
from fusionlab.sources.tokenizers import opened_tokenizer, tokenizer_folder, told_ends
from fusionlab.tokens.joint import check_bytes

MOST = 400
"""Bytes of the text."""
FEWEST = 2
"""Tokenizers, without which nothing is compared."""
TEXT = "  347+285=632. Thinking together, 你好世界！ naïve 🙂👩‍🔬"
"""Leading spaces, digits, words, Chinese, an accent, and an emoji of three characters."""


@dataclass(frozen=True, slots=True)
class _Read:
    """The text under one tokenizer."""

    ref: str
    opened: Opened
    tokens: list[Standing]


@study("tokenizers", paper="https://arxiv.org/abs/2401.10491")
def tokenizers(
    *,
    text: Annotated[
        str,
        Group("basic"),
        Written(),
        Field(min_length=1, title="Text", description="that all tokenizers cut"),
    ] = TEXT,
    first: Annotated[
        str,
        Group("basic"),
        Learner(),
        Field(min_length=1, title="First tokenizer", description="a model's; no weights are read"),
    ] = "zoo/base",
    second: Annotated[
        str,
        Group("basic"),
        Learner(),
        Field(min_length=1, title="Second tokenizer", description="another model's"),
    ] = "zoo/pieces-base",
    third: Annotated[
        str,
        Group("basic"),
        Learner(),
        Field(title="Third tokenizer", description="may be left out"),
    ] = "smollm2-135m",
    fourth: Annotated[
        str,
        Group("basic"),
        Learner(),
        Field(title="Fourth tokenizer", description="may be left out"),
    ] = "",
) -> Iterator[Event | Drawn]:
    """Cut one text by several tokenizers, and see what stands for each other's tokens."""
    length = len(text.encode())
    if length > MOST:
        raise RecipeError("tokenizers-long", bytes=length, most=MOST)
    refs = [ref.strip() for ref in (first, second, third, fourth) if ref.strip()]
    for ref in refs:
        parse(ref)  # nothing is opened before every name is known
    reads: list[_Read] = []
    for ref in refs:
        opened = yield from _opened(ref)
        if opened is not None:
            placed = standing(opened.tokenizer, opened.vocabulary, text, ref)
            reads.append(_Read(ref, opened, placed))
    if len(reads) < FEWEST:
        raise RecipeError("tokenizers-few", count=len(reads))
    yield from _compared(text, reads)


def _compared(text: str, reads: Sequence[_Read]) -> Iterator[Event | Drawn]:
    """The picture, with the counterparts of one more tokenizer's tokens each time."""
    ends = [set(ends_of(read.tokens)) for read in reads]
    common = sorted(set.intersection(*ends))
    drawn: Drawn = {
        "study": "tokenizers",
        "text": text,
        "bytes": len(text.encode()),
        "common": common,
        "ends": len(set.union(*ends)),
        "tokenizers": [_tokenizer(read, set(common)) for read in reads],
        "maps": [],
    }
    yield drawn
    for source, read in enumerate(reads):
        for target, other in enumerate(reads):
            if source != target:
                mapped = yield from in_background(
                    partial(_mapped, read, other), f"mapping the tokens of {read.ref}"
                )
                told = {"from": source, "to": target, **mapped}
                drawn = {**drawn, "maps": [*drawn["maps"], told]}
                yield drawn


def _opened(ref: str) -> Generator[Event, None, Opened | None]:
    """The model's tokenizer; None, and a warning, where the model was never fetched."""
    if SCHEMES[parse(ref).scheme].here is None:
        raise SourceError("tokenizers-none", ref=ref)
    try:
        folder = yield from tokenizer_folder(ref)
    except SourceError as error:
        if error.sentence.key != "weights-not-here":
            raise
        yield Warned.of("tokenizers-away", ref=ref)
        return None
    tokenizer = opened_tokenizer(folder)
    vocabulary = vocabulary_of(tokenizer, *told_ends(folder))
    check_bytes([(ref, vocabulary)])
    return Opened(ref, tokenizer, vocabulary)


def _tokenizer(read: _Read, common: set[int]) -> Drawn:
    """How it cuts the text, and what there is to count of that."""
    vocabulary, tokens = read.opened.vocabulary, read.tokens
    spoken = [each for each in tokens if each.end > each.start]
    ends = ends_of(tokens)
    return {
        "name": read.ref,
        "size": len(vocabulary.pieces),
        "tokens": [
            {
                "id": each.token,
                "text": vocabulary.text(each.token),
                "start": each.start,
                "end": each.end,
                "kind": each.kind,
                "hex": _hex(vocabulary.pieces[each.token]) if each.kind == "part" else "",
            }
            for each in tokens
        ],
        "count": len(spoken),
        "parts": sum(each.kind == "part" for each in tokens),
        "unknown": sum(each.kind == "unknown" for each in tokens),
        "bytes_each": sum(each.end - each.start for each in spoken) / max(1, len(spoken)),
        "shared": len(common.intersection(ends)) / len(ends) if ends else 1.0,
    }


def _mapped(read: _Read, other: _Read) -> dict[str, Any]:
    """What stands for its tokens in the other's vocabulary."""
    ids = [each.token for each in read.tokens]
    vocabulary = other.opened.vocabulary

    def shown(token: int | None) -> str:
        return "" if token is None else vocabulary.text(token)

    return {
        "exact": share_exact(read.opened.vocabulary, vocabulary),
        "tokens": [
            {
                **asdict(each),
                "em_text": shown(each.em),
                "mined_text": shown(each.mined),
                "union_text": shown(each.union),
            }
            for each in counterparts(ids, read.opened, other.opened)
        ],
    }


def _hex(piece: bytes) -> str:
    return piece.hex(" ")
