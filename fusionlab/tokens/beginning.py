"""The tokens of an answer that is begun already."""

from collections.abc import Sequence

from fusionlab.begun import Begun
from fusionlab.errors import RecipeError
from fusionlab.models.vocabulary import TextStream, Vocabulary
from fusionlab.tokens.following import Reader


def given_ids(begin: Begun, vocabulary: Vocabulary, name: str) -> tuple[list[int], bool]:
    """The begun answer in this vocabulary, and whether it is in the tokens that it came with.

    Where it came with none, or with those of another vocabulary, it is read as the tokenizer of
    member `name` reads it; only the latter is not exact. Raises MemberError where no token fits.
    """
    if begin.ids and spelled(begin.ids, vocabulary) == begin.text:
        return list(begin.ids), True
    read, _ = Reader(name, vocabulary).read(begin.text.encode())
    return [token for _, token in read], not begin.ids


def spelled(ids: Sequence[int], vocabulary: Vocabulary) -> str | None:
    """The whole characters that these tokens say; None where they cannot begin an answer.

    That is where one of them is not in the vocabulary, or the answer has ended before the last.
    """
    if any(token >= len(vocabulary.pieces) for token in ids):
        return None
    if any(token in vocabulary.ends for token in ids[:-1]):
        return None
    stream = TextStream()
    return "".join(stream.push(vocabulary.said(token)) for token in ids)


def check_begun(tokens: int, max_tokens: int) -> None:
    """Raises RecipeError where more is given than the whole answer may have."""
    if tokens > max_tokens:
        raise RecipeError("begin-too-long", tokens=tokens, most=max_tokens)
