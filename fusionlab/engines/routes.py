"""Which experts a server says it chose, from an answer that came as a whole.

Three forms are known, all of them experts' numbers without weights. vLLM started to return routed
experts gives each choice `routed_experts`: the bytes of an .npy file in base64, of shape (tokens,
layers, k), for the prompt and the answer without its last token, which nobody read. Its version
0.21 gave nested lists, with the prompt's apart in `prompt_routed_experts`. SGLang is asked with
`return_routed_experts` and gives `sglext.routed_experts`, or in `meta_info`: int32 in base64
without their shape. What is broken is a warning, and the answer stays.
"""

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Int
from numpy.lib import format as npy

from fusionlab.events import LayerRouting, Warned
from fusionlab.models.served import ServedToken
from fusionlab.models.vocabulary import TextStream
from fusionlab.words import Sentence, Value

ASKING: Mapping[str, Any] = {
    "return_routed_experts": True,
    "return_token_ids": True,
    "return_prompt_token_ids": True,
    "return_meta_info": True,
    "prompt_logprobs": 0,
    "logprobs": True,
}
"""What is asked beside the answer; servers that know none of it ignore it, or say so."""
MOST_EXPERTS = 4_096
"""Of a layer; a larger number is no expert's."""
UNTOLD = -1
"""Stands for an expert that vLLM 0.21 did not see, because the token came out of its cache."""

Routes = Int[np.ndarray, "token layer k"]


class _Broken(ValueError):
    """What is told cannot be routes; `sentence` says why."""

    def __init__(self, key: str, **values: Value) -> None:
        self.sentence = Sentence(key, values)
        super().__init__(key)


@dataclass(frozen=True, slots=True)
class _Token:
    token: str = ""
    id: int = -1
    spelt: bytes | None = None


def tokens_told(answer: Any, server: str) -> tuple[tuple[ServedToken, ...], tuple[Warned, ...]]:
    """The tokens whose experts this answer tells, and what is to be said of it.

    `answer` is the server's JSON, `server` its name in warnings.
    """
    told = _Answer.of(answer)
    try:
        routes, guessed = told.routes()
        if routes is None:
            return (), (Warned.of("server-no-routes", server=server),)
        layers = _checked(routes)
    except _Broken as why:
        return (), (Warned.of("server-routes-broken", server=server, why=why.sentence),)
    warnings = []
    if guessed:
        warnings.append(
            Warned.of(
                "server-routes-unshaped", server=server, k=routes.shape[2], layers=routes.shape[1]
            )
        )
    found = tuple(_tokens(told, routes, layers))
    if len(found) < len(routes):
        untold = len(routes) - len(found)
        warnings.append(Warned.of("server-routes-untold", server=server, n=untold, of=len(routes)))
    return found, tuple(warnings)


@dataclass(frozen=True, slots=True)
class _Answer:
    """The parts of an answer that tell of routes and tokens, each empty where there is none."""

    whole: Mapping[str, Any]
    choice: Mapping[str, Any]
    meta: Mapping[str, Any]

    @classmethod
    def of(cls, answer: Any) -> "_Answer":
        whole = _mapping(answer)
        choices = whole.get("choices")
        choice = _mapping(choices[0] if isinstance(choices, list) and choices else None)
        return cls(whole, choice, _mapping(choice.get("meta_info") or whole.get("meta_info")))

    def routes(self) -> tuple[Routes | None, bool]:
        """What was chosen, and whether its shape was read off its numbers; None if it is not told.

        Raises _Broken.
        """
        own = self.choice.get("routed_experts")
        before = self.whole.get("prompt_routed_experts")
        flat = _mapping(self.whole.get("sglext")).get("routed_experts")
        flat = flat if flat is not None else self.meta.get("routed_experts")
        counts = len(self.prompt), len(self.said)
        if isinstance(own, str):
            routes = _of_file(own)
        elif own is not None or before is not None:
            parts = [_of_lists(part) for part in (before, own) if part]
            if not parts or len({part.shape[1:] for part in parts}) > 1:
                raise _Broken("routes-uneven")
            if before is not None and len(before) != counts[0]:
                raise _Broken("routes-of-other-length", n=len(before), of=counts[0])
            routes = np.concatenate(parts)
        elif flat is not None:
            return _shaped(_of_numbers(flat), max(0, sum(counts) - 1)), True
        else:
            return None, False
        if len(routes) not in (sum(counts) - 1, sum(counts)):
            raise _Broken("routes-of-other-length", n=len(routes), of=max(0, sum(counts) - 1))
        return routes, False

    @property
    def prompt(self) -> Sequence[_Token]:
        """The prompt's tokens, as far as they are told."""
        ids = self.whole.get("prompt_token_ids") or self.choice.get("prompt_token_ids")
        if told := _triples(self.meta.get("input_token_logprobs")):
            return told
        read = self.whole.get("prompt_logprobs")
        known = [_mapping(each) for each in read] if isinstance(read, list) else []
        numbers = _ids(ids)
        count = len(numbers) or self._spent("prompt_tokens")
        return [
            _Token(_spelled(known[at] if at < len(known) else {}, number), number)
            for at, number in enumerate(numbers or [-1] * count)
        ]

    @property
    def said(self) -> Sequence[_Token]:
        """The answer's tokens, the one that ended it included, as far as they are told."""
        if told := _triples(self.meta.get("output_token_logprobs")):
            return told
        content = _mapping(self.choice.get("logprobs")).get("content")
        known = [_mapping(each) for each in content] if isinstance(content, list) else []
        numbers = _ids(self.choice.get("token_ids"))
        count = len(numbers) or self._spent("completion_tokens") or len(known)
        return [
            _said(known[at] if at < len(known) else {}, numbers[at] if at < len(numbers) else -1)
            for at in range(count)
        ]

    def _spent(self, name: str) -> int:
        count = _mapping(self.whole.get("usage")).get(name) or self.meta.get(name)
        if isinstance(count, int) and not isinstance(count, bool) and 0 < count <= MOST_TOKENS:
            return count
        return 0


MOST_TOKENS = 2**20
"""No sequence that can be shown is longer."""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _ids(value: Any) -> list[int]:
    whole = isinstance(value, list) and all(
        isinstance(each, int) and not isinstance(each, bool) and 0 <= each < 2**31 for each in value
    )
    return value if whole else []


def _triples(value: Any) -> list[_Token]:
    """SGLang's tokens: of each its log-probability, its number, and its text or null."""
    if not isinstance(value, list):
        return []
    found = []
    for each in value:
        match each:
            case [_, int() as number, *rest] if _ids([number]):
                text = rest[0] if rest and isinstance(rest[0], str) else ""
                found.append(_Token(text, number))
            case _:
                return []
    return found


def _spelled(known: Mapping[str, Any], number: int) -> str:
    """vLLM's text of a prompt's token, among those that might have been there."""
    text = _mapping(known.get(str(number))).get("decoded_token")
    return text if isinstance(text, str) else ""


def _said(known: Mapping[str, Any], number: int) -> _Token:
    token, parts = known.get("token"), known.get("bytes")
    spelt = None
    if isinstance(parts, list) and all(isinstance(n, int) and 0 <= n < 256 for n in parts):
        spelt = bytes(parts)
    return _Token(token if isinstance(token, str) else "", number, spelt)


def _decoded(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, TypeError):
        raise _Broken("routes-not-base64") from None


def _of_file(text: str) -> Routes:
    """The array in an .npy file; nothing in it is run, and no more is made than it holds."""
    file = io.BytesIO(_decoded(text))
    try:
        read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
        shape, by_column, kind = read[npy.read_magic(file)](file)
        content = file.read()
        array = np.frombuffer(content, kind).reshape(shape)
    except Exception:  # noqa: BLE001  headers are parsed as Python, which can fail in any way
        raise _Broken("routes-not-an-array") from None
    if kind.kind not in "iu" or array.ndim != 3 or by_column:
        raise _Broken("routes-not-an-array")
    return array.astype(np.int64)


def _of_lists(value: Any) -> Routes:
    try:
        routes = np.array(value)
    except ValueError:
        raise _Broken("routes-uneven") from None
    if routes.ndim != 3 or routes.dtype.kind not in "iu":
        raise _Broken("routes-not-an-array")
    return routes.astype(np.int64)


def _of_numbers(value: Any) -> Int[np.ndarray, " number"]:
    content = _decoded(value)
    if len(content) % 4:
        raise _Broken("routes-not-numbers", bytes=len(content))
    return np.frombuffer(content, "<i4").astype(np.int64)


def _shaped(numbers: Int[np.ndarray, " number"], tokens: int) -> Routes:
    """The numbers by token, layer and choice.

    No layer chooses an expert twice for a token, so k is the largest number for which none does;
    layers that are zero throughout, as SGLang fills those without experts, say nothing.
    """
    if not tokens or not len(numbers) or len(numbers) % tokens:
        raise _Broken("routes-not-by-token", n=len(numbers), tokens=tokens)
    each = len(numbers) // tokens
    for k in range(min(each, MOST_AT_ONCE), 0, -1):
        if each % k == 0:
            routes = numbers.reshape(tokens, each // k, k)
            kept = routes[:, _chosen_in(routes)]
            if kept.shape[1] and not _repeats(kept):
                return routes
    raise _Broken("routes-twice")


MOST_AT_ONCE = 64
"""Experts of a layer that a server gives a token."""


def _chosen_in(routes: Routes) -> list[int]:
    """The layers that have experts: an expert stands but once in a choice, and zeros are none."""
    k = routes.shape[2]
    return [at for at in range(routes.shape[1]) if k == 1 or routes[:, at].any()]


def _repeats(routes: Routes) -> bool:
    """Whether some layer names an expert twice for one token."""
    ordered = np.sort(routes, axis=-1)
    return bool(((ordered[..., 1:] == ordered[..., :-1]) & (ordered[..., 1:] != UNTOLD)).any())


def _checked(routes: Routes) -> list[int]:
    """The layers with experts; raises _Broken for numbers that are no experts'."""
    if not routes.size:
        raise _Broken("routes-uneven")
    if routes.min() < UNTOLD or routes.max() >= MOST_EXPERTS:
        worst = routes.min() if routes.min() < UNTOLD else routes.max()
        raise _Broken("routes-no-expert", expert=str(worst))
    layers = _chosen_in(routes)
    if not layers or _repeats(routes[:, layers]):
        raise _Broken("routes-twice")
    return layers


def _tokens(told: _Answer, routes: Routes, layers: Sequence[int]) -> Iterator[ServedToken]:
    """The tokens whose experts are all told; a layer has as many as its largest number says."""
    size = int(routes[:, layers].max()) + 1
    prompt, stream = told.prompt, TextStream()
    for at, (token, chosen) in enumerate(
        zip([*prompt, *told.said], routes[:, layers].tolist(), strict=False)
    ):
        text = None if token.spelt is None else stream.push(token.spelt)
        if any(UNTOLD in experts for experts in chosen):
            continue
        yield ServedToken(
            at,
            token.token or (f"#{token.id}" if token.id >= 0 else ""),
            token.id,
            at < len(prompt),
            tuple(
                LayerRouting(layer, tuple(experts), (), (), size=size)
                for layer, experts in zip(layers, chosen, strict=True)
            ),
            text,
        )
