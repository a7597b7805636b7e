"""Runs that no model made: traces for the views, with all that makes text hard to show."""

import math
import random
import re
from dataclasses import replace
from typing import Any

from fusionlab.events import (
    Candidate,
    CandidateGiven,
    ExpertsRouted,
    LayerRouting,
    Measured,
    MemberStep,
    Progress,
    Record,
    RunFailed,
    RunFinished,
    TextDelta,
    TokenChosen,
    Voted,
    Warned,
)
from fusionlab.recipe import MemberRecipe, Recipe
from fusionlab.trace import Trace

TOKEN = re.compile(r"[^\S ]+| ?[a-zé]+| ?[A-Z][a-z]?| ?[\u4e00-\u9fff]{1,2}| ?\S| ")
PIECES = (
    *TOKEN.findall("The capital of France is Paris. It lies on the Seine,\n\n在法国北部，人口约"),
    "",
    *TOKEN.findall("两百万。\nIt is known for the Eiffel Tower, its cafés and museums. "),
    *("\\xf0\\x9f", "\\x97\\xbc", "👩‍🚀", " ✨"),
    *TOKEN.findall("\ndef area(r):\n\treturn π * r**2\n\n"),
    *TOKEN.findall("Many people visit every year; some say that it is the most beautiful city in"),
    *TOKEN.findall(
        " the world, while others prefer Lyon or Marseille. Still, the capital is Paris."
    ),
)
END = "<|im_end|>"
HOSTILE = (
    "${alert(1)}",
    "{{value}}",
    "<img src=x onerror=window.hacked=1>",
    "</script><script>window.hacked=1</script>",
    "\\u",
    "\\u12",
    "\ud83d",
    "👨‍👩‍👧‍👦",
    "\u202eabc",
    "\x00",
    "",
    "  ",
    "\r\n",
    "\t",
    "'\"`",
    "javascript:alert(1)",
    "__proto__",
    "长" * 300,
    "x" * 300,
)
OTHERS = (" the", " a", " Lyon", "\n", ",", " London", "，", " old", "ly", " very", " not", " 的")
NAMES = ("smollm2-135m", "zoo/adder", "qwen 0.5b")


def recipe(n_members: int = 3, **settings: object) -> Recipe:
    """A recipe of an ensemble with weights 1, 2, 1."""
    weights = (1.0, 2.0, 1.0)
    members = [
        MemberRecipe(
            ref=NAMES[i % 3], name=NAMES[i] if i < 3 else f"member {i}", weight=weights[i % 3]
        )
        for i in range(n_members)
    ]
    return Recipe("ensemble", "What is the capital of France?", tuple(members), dict(settings))


def token_trace(
    pieces: tuple[str, ...] = PIECES,
    n_steps: int = 120,
    n_members: int = 3,
    pooling: str = "arithmetic",
    *,
    finished: bool = True,
) -> Trace:
    """A token-by-token fusion of `n_steps` steps that has chosen these pieces, again and again."""
    trace = Trace(recipe(n_members, pooling=pooling))
    draw = random.Random(7)
    names = [member.name for member in trace.recipe.members]
    for step in range(n_steps):
        token = pieces[step % len(pieces)]
        trace.add(Record(0.1 * (step + 1), _chosen(draw, step, token, names, pooling)))
    if finished:
        trace.add(Record(0.1 * n_steps, RunFinished("".join(pieces))))
    return trace


def _chosen(
    draw: random.Random, step: int, token: str, names: list[str], pooling: str
) -> TokenChosen:
    tokens = [token, *draw.sample([other for other in OTHERS if other != token], 7)]
    probs = {name: _simplex(draw, len(tokens) + 1) for name in names}
    weights = [(1, 2, 1)[i % 3] for i in range(len(names))]
    shares = [weight / sum(weights) for weight in weights]
    if pooling == "arithmetic":
        pooled = [
            sum(w * probs[name][i] for w, name in zip(shares, names, strict=True))
            for i in range(len(tokens))
        ]
    else:
        raw = [
            math.prod(probs[name][i] ** w for w, name in zip(shares, names, strict=True))
            for i in range(len(tokens) + 1)
        ]
        pooled = [p / sum(raw) for p in raw][:-1]
    entropy = -sum(p * math.log(p) for p in pooled if p > 0)
    own = {name: _entropy(probs[name]) for name in names}
    mean = sum(w * own[name] for w, name in zip(shares, names, strict=True))
    fused = sorted(
        (Candidate(t, p, i) for i, (t, p) in enumerate(zip(tokens, pooled, strict=True))),
        key=lambda candidate: -candidate.p,
    )
    best = tuple(fused[:6])
    members = {name: _member(tokens, probs[name], own[name], best) for name in names}
    divergence = max(0.0, entropy - mean)
    return TokenChosen(step, token, 0, pooled[0], best, entropy, divergence, members)


def _member(
    tokens: list[str], probs: list[float], entropy: float, best: tuple[Candidate, ...]
) -> MemberStep:
    listed = sorted(
        (Candidate(t, p, i) for i, (t, p) in enumerate(zip(tokens, probs, strict=False))),
        key=lambda candidate: -candidate.p,
    )[:5]
    rest = 1 - sum(c.p for c in listed)
    p_fused = tuple(probs[c.id] for c in best)
    return MemberStep(tuple(listed), entropy, rest, probs[0], p_fused)


def _simplex(draw: random.Random, n: int) -> list[float]:
    heat = draw.choice((0.4, 0.8, 2.0))
    raw = [math.exp(draw.gauss(4 if i == 0 else 0, 1.6) / heat) for i in range(n)]
    return [p / sum(raw) for p in raw]


def _entropy(probs: list[float]) -> float:
    return -sum(p * math.log(p) for p in probs if p > 0)


ANSWERS = (
    "The capital of France is Paris. It lies on the Seine and has about two million inhabitants.",
    "Paris is the capital of France.",
    "France's capital is Lyon, a large city on the Rhône.",
    "法国的首都是巴黎，位于塞纳河畔，人口约两百万。",
    "The capital is Paris.\n\nReasons:\n1. The government sits there.\n2. Everyone says so. 👩‍🚀",
    "I think that it is Paris.",
)


def vote_trace(n: int = 6, *, voted: bool = True, texts: tuple[str, ...] = ANSWERS) -> Trace:
    """A vote over `n` answers of three members; before the vote, the last answer still grows."""
    trace = Trace(recipe())
    draw = random.Random(3)
    for index in range(n):
        author, sample = NAMES[index % 3], index // 3
        text = texts[index % len(texts)]
        whole = voted or index < n - 1
        trace.add(Record(index, TextDelta(author, text if whole else text[:12], sample)))
        if whole:
            trace.add(Record(index, CandidateGiven(index, author, text, sample)))
    if voted:
        trace.add(Record(n, _vote(draw, n)))
        trace.add(Record(n, RunFinished(texts[1], "elected")))
    return trace


def _vote(draw: random.Random, n: int) -> Voted:
    similarity, scores = {}, {}
    for metric in ("cosine", "rouge_l", "char_lcs"):
        rows = [[1.0] * n for _ in range(n)]
        for i in range(n):
            for j in range(i):
                rows[i][j] = rows[j][i] = draw.uniform(0.2, 0.95)
        similarity[metric] = tuple(map(tuple, rows))
        scores[metric] = tuple((sum(row) - 1) / (n - 1) for row in rows)
    ranking = sorted(range(n), key=lambda i: -scores["cosine"][i])
    return Voted(ranking[0], "cosine", scores, similarity, tuple(ranking))


def solo_trace(*, finished: bool = True) -> Trace:
    """One model's answer."""
    trace = Trace(recipe(1))
    for i, text in enumerate((*ANSWERS[4].split(" "), "\n在法国。")):
        trace.add(Record(i / 10, TextDelta(NAMES[0], text + " ")))
    if finished:
        trace.add(Record(2.0, RunFinished(ANSWERS[4])))
    return trace


def cost_trace() -> Trace:
    """Three members, two of them over one model."""
    trace = Trace(recipe())
    for i, (name, model) in enumerate(zip(NAMES, ("smollm2", "adder", "smollm2"), strict=True)):
        size = 270_000_000 if model == "smollm2" else 3_400_000
        for _ in range(2):
            cost = Measured(name, 420, 60, 61 + i, 4.2 / (i + 1), size, model, "transformers")
            trace.add(Record(5.0 + i, cost))
    return trace


def status_traces() -> dict[str, Trace]:
    """A run in every state."""
    loading, endless, failed, finished, stopped = (Trace(recipe()) for _ in range(5))
    loading.add(Record(3.4, Progress("Fetching smollm2-135m", 45e6, 98e6, "bytes")))
    endless.add(Record(1.4, Progress("Loading qwen 0.5b")))
    warning = Warned(
        "zoo/adder has another vocabulary; 312 tokens were matched by spelling.",
        "choose members of one family for an exact pool",
    )
    failed.add(Record(2.0, warning))
    failed.add(
        Record(9.0, RunFailed("qwen 0.5b needs 1.9 GB; 1.2 GB are free.", "remove a member"))
    )
    finished.add(Record(74.0, warning))
    finished.add(Record(75.0, RunFinished("Paris", "length")))
    stopped.add(Record(12.3, TextDelta(NAMES[0], "The")))
    stopped.stopped = True
    return {
        "loading": loading,
        "endless": endless,
        "failed": failed,
        "finished": finished,
        "stopped": stopped,
    }


def routed_trace(
    pieces: tuple[str, ...] = PIECES,
    n_tokens: int = 40,
    *,
    n_layers: int = 4,
    n_experts: int = 8,
    active: int = 2,
    compare: str = "And of Italy?",
    finished: bool = True,
) -> Trace:
    """A mixture whose first layer is dense; half of the tokens are the prompt's."""
    member = MemberRecipe("zoo/mixture-top2", "mixture")
    settings = {"compare": compare} if compare else {}
    trace = Trace(Recipe("moe", "The capital of France is", (member,), settings))
    draw = random.Random(3)
    for at in range(n_tokens):
        for sample in (0, 1) if compare else (0,):
            piece = pieces[(at + sample) % len(pieces)]
            layers = tuple(_decision(draw, 1 + n, n_experts, active) for n in range(n_layers))
            prompt = at < n_tokens // 2
            fact = ExpertsRouted("mixture", at, piece, at, prompt, layers, sample, piece)
            trace.add(Record(0.1 * (at + 1), fact))
    if finished:
        trace.add(Record(0.1 * n_tokens, RunFinished("".join(pieces))))
    return trace


def _decision(draw: random.Random, layer: int, n_experts: int, active: int) -> LayerRouting:
    probs = [p**3 for p in _simplex(draw, n_experts)]
    probs = [p / sum(probs) for p in probs]
    draw.shuffle(probs)
    experts = sorted(range(n_experts), key=lambda expert: -probs[expert])[:active]
    total = sum(probs[expert] for expert in experts)
    weights = tuple(probs[expert] / total for expert in experts)
    return LayerRouting(layer, tuple(experts), weights, tuple(probs))


def two_mixtures(*, alike: bool = True, finished: bool = True, n_tokens: int = 12) -> Trace:
    """Two mixtures of other sizes at one prompt; the second answers after the first."""
    members = (MemberRecipe("zoo/mixture-top2", "two of eight"), MemberRecipe("m", HOSTILE[0]))
    trace = Trace(Recipe("moe", "The capital of France is", members))
    parts = (
        routed_trace(n_tokens=n_tokens, compare=""),
        routed_trace(
            PIECES if alike else PIECES[1:],
            n_tokens=n_tokens,
            n_layers=3,
            n_experts=16,
            active=4,
            compare="",
        ),
    )
    for sample, part in enumerate(parts):
        for record in part.records[:-1]:
            fact: Any = record.event
            own = replace(fact, member=members[sample].name, sample=sample)
            trace.add(replace(record, event=own))
    if finished:
        trace.add(Record(2.0, RunFinished("Paris")))
    return trace
