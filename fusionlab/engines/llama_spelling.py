"""The vocabulary of a llama.cpp server's model, as the server itself spells it."""

from collections.abc import Sequence
from typing import Any

from fusionlab.engines.endpoint import Endpoint
from fusionlab.engines.llama_answers import Barred, Candidate, Detokenized
from fusionlab.errors import MemberError
from fusionlab.models.vocabulary import Vocabulary

LOOK: dict[str, Any] = {"n_predict": 1, "samplers": ["temperature"], "temperature": 0.0}
"""One token, the likeliest: what is asked where only the distribution is of interest."""
MOST_SPECIAL = 2**14
"""Tokens that are asked for one by one."""


def spelled(endpoint: Endpoint, candidates: Sequence[Candidate]) -> Vocabulary:
    """Every id's bytes, where `candidates` are all there are."""
    found = {candidate.id: bytes(candidate.bytes) for candidate in candidates}
    if set(found) != set(range(len(candidates))):
        raise MemberError("server-token-gaps", server=endpoint.name, tokens=len(found))
    pieces = [found[token] for token in range(len(found))]
    special = [token for token, piece in enumerate(pieces) if not piece]
    if len(special) > MOST_SPECIAL:
        raise MemberError("server-tokens-untold", server=endpoint.name, tokens=len(special))
    for token in special:
        answer = endpoint.post("/detokenize", {"tokens": [token]})
        pieces[token] = endpoint.checked(Detokenized, answer).content.encode()
    return Vocabulary(tuple(pieces), frozenset(_ends(endpoint)), frozenset(special))


def _ends(endpoint: Endpoint) -> list[int]:
    """Ids that end an answer: those that the server bars when it has to go on."""
    answer = endpoint.post("/completion", {"prompt": [0], "ignore_eos": True, **LOOK})
    barred = endpoint.checked(Barred, answer).generation_settings.logit_bias
    return [bias.token for bias in barred]
