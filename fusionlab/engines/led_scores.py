"""Exact scores of tokens that are named, as vLLM and SGLang tell them.

Both know tokens by id. Which id says a piece is asked of the server's own tokenizer, at /tokenize;
the end has all those of `ENDS` that are one token there. vLLM tells scores in a chat completion,
by `logprob_token_ids`. SGLang tells them at its own /generate, by `token_ids_logprob`: that reads
ids, which are those that its chat completion read (`return_prompt_token_ids`).
"""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, FailFast, Field, StrictStr

from fusionlab.engines.endpoint import Endpoint, Refused
from fusionlab.engines.led_answers import ENDS
from fusionlab.engines.llama_answers import Count
from fusionlab.engines.prompt_answers import Dialect, Triple
from fusionlab.engines.prompts import UNTOLD
from fusionlab.engines.reading import Hangup
from fusionlab.errors import MemberError


class Tokenized(BaseModel):
    """At vLLM's /tokenize."""

    tokens: Annotated[list[Count], FailFast()]
    token_strs: Annotated[list[StrictStr] | None, Field(fail_fast=True)] = None


class AllTokenized(BaseModel):
    """At SGLang's /tokenize, of several texts."""

    tokens: Annotated[list[list[Count]], FailFast()]


class Meta(BaseModel):
    """What stands beside a text that SGLang generated."""

    output_token_ids_logprobs: (
        Annotated[list[list[Triple] | None], Field(fail_fast=True)] | None
    ) = None


class Generated(BaseModel):
    """At SGLang's /generate."""

    meta_info: Meta


class Pieces:
    """Tokens by what they say, as the tokenizer of a server has them."""

    def __init__(self, root: Endpoint, dialect: Dialect, model: str) -> None:
        self.root, self.dialect, self.model = root, dialect, model
        self._ids: dict[bytes, tuple[int, ...]] = {}
        self._opens: bool | None = None
        """Whether a text alone is read as if a blank stood before it; None where nobody asked."""

    def ids(self, pieces: Sequence[bytes], hangup: Hangup) -> list[tuple[int, ...]]:
        """Of each piece the tokens that say it: at most one, but all that end an answer for b"".

        Of what is no whole text, or not one token, or on a server that tokenizes nothing, none.
        Where a text alone is read as if a blank stood before it, as SentencePiece does, the token
        of a piece with that blank is found without it, and a piece that begins with none has none
        either. Raises MemberError where the server is gone.
        """
        new = [piece for piece in dict.fromkeys(pieces) if piece not in self._ids]
        found: dict[bytes, tuple[int, ...]] = dict.fromkeys(new, ())
        texts = {piece.decode(): piece for piece in new if piece and _is_text(piece)}
        with _whoever_cannot():
            if texts and self._reads_a_blank(hangup):
                begun = [text for text in texts if text[0] == " " and text[1:2].strip()]
                texts = {text.removeprefix(" "): texts[text] for text in begun}
            for text, ids in zip(texts, self._tokenized(list(texts), hangup), strict=True):
                found[texts[text]] = ids if len(ids) == 1 else ()
            if b"" in found:
                found[b""] = self._ends(hangup)
        self._ids |= found
        return [self._ids[piece] for piece in pieces]

    def _reads_a_blank(self, hangup: Hangup) -> bool:
        """Whether "a" alone is the same token as the one after "b" and a blank."""
        if self._opens is None:
            (alone, after) = self._tokenized(["a", "b a"], hangup)
            self._opens = len(alone) == 1 and len(after) == 2 and after[1:] == alone
        return self._opens

    def _tokenized(self, texts: Sequence[str], hangup: Hangup) -> list[tuple[int, ...]]:
        if self.dialect == "vllm":
            return [tuple(self._asked(text, Tokenized, hangup).tokens) for text in texts]
        return self._all(texts, hangup) if texts else []

    def _all(self, texts: Sequence[str], hangup: Hangup) -> list[tuple[int, ...]]:
        told = self._asked(list(texts), AllTokenized, hangup).tokens
        if len(told) != len(texts):
            raise self.root.strange(told)
        return [tuple(ids) for ids in told]

    def _ends(self, hangup: Hangup) -> tuple[int, ...]:
        """All that end an answer, in one request: control tokens are found wherever they stand."""
        texts = sorted(ENDS)
        if self.dialect == "sglang":
            return tuple(ids[0] for ids in self._all(texts, hangup) if len(ids) == 1)
        told = self._asked("".join(texts), Tokenized, hangup, return_token_strs=True)
        shown = zip(told.tokens, told.token_strs or (), strict=False)
        return tuple(dict.fromkeys(token for token, text in shown if text in ENDS))

    def _asked(
        self, prompt: str | list[str], shape: type[Any], hangup: Hangup, **more: bool
    ) -> Any:
        body = {"model": self.model, "prompt": prompt, "add_special_tokens": False, **more}
        return self.root.checked(shape, self.root.post("/tokenize", body, hangup=hangup))


def generated(
    root: Endpoint, read: Sequence[int], asked: Sequence[int], hangup: Hangup
) -> dict[int, float]:
    """The log-probabilities of tokens after those that SGLang `read`; none on one that cannot."""
    body = {
        "input_ids": list(read),
        "sampling_params": {"max_new_tokens": 1, "temperature": 1.0, "top_p": 1.0, "top_k": -1},
        "return_logprob": True,
        "logprob_start_len": -1,
        "token_ids_logprob": list(asked),
        "stream": False,
    }
    first: Sequence[tuple[float | None, int, str | None]] | None = None
    with _whoever_cannot():
        told = root.checked(Generated, root.post("/generate", body, hangup=hangup))
        places = told.meta_info.output_token_ids_logprobs
        first = places[0] if places else None
    return {token: logprob for logprob, token, _ in first or () if logprob is not None}


@contextlib.contextmanager
def _whoever_cannot() -> Iterator[None]:
    """A server that knows nothing of it, or answers something else, tells none: no failure."""
    try:
        yield
    except Refused as refusal:
        if refusal.status not in UNTOLD:
            raise
    except MemberError as error:
        if error.sentence.key != "server-strange":
            raise


def _is_text(piece: bytes) -> bool:
    return piece.decode(errors="ignore").encode() == piece
