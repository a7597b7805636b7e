"""Anything that a run could hold, for hypothesis: nasty text, recipes, events, logits."""

import torch
from hypothesis import strategies as st
from torch import Tensor

from fusionlab.begun import Begun
from fusionlab.conversation import ROLES, Message
from fusionlab.events import (
    Candidate,
    CandidateGiven,
    Event,
    Measured,
    MemberStep,
    ModelBuilt,
    Progress,
    Reasoned,
    Record,
    RunFailed,
    RunFinished,
    Sample,
    StepTrained,
    TextDelta,
    TextGiven,
    TokenChosen,
    Unknown,
    Voted,
    Warned,
)
from fusionlab.recipe import MemberRecipe, Recipe, Sampling

NASTY = (
    *(",", ", ", ",weight=", ", name=", ",\nsystem=", ",x=", "=", "nan", "[table]", "{}"),
    *('"', "'", '"""', "'''", "\\", "\\u0041", "\\ud800", "\n", "\r\n", "\r", "\t", "\0", "\x7f"),
    *("&", "#", "%41", "+", "?", " ", "\u2028", "\ufeff", "e\u0301", "你好", "👨‍👩‍👧", "🇫🇷"),
)
text = st.lists(
    st.sampled_from(NASTY) | st.text(st.characters(codec="utf-8"), max_size=4), max_size=6
).map("".join)
numbers = st.floats(allow_nan=False, allow_infinity=False)
counts = st.integers(0, 2**40)
keys = st.from_regex(r"[a-z_]{1,6}", fullmatch=True)
json_values = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | numbers | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=5,
)
settings = st.dictionaries(keys, json_values, max_size=3)

members = st.builds(MemberRecipe, ref=text.map(str.strip), name=text, weight=numbers, system=text)
samplings = st.builds(
    Sampling,
    max_tokens=st.integers(1, 100_000),
    temperature=st.floats(0, 10),
    top_k=st.integers(0, 2**31 - 1),
    top_p=st.floats(0, 1, exclude_min=True),
    seed=st.integers(0, 2**63 - 1),
)
said = text.filter(str.strip)
conversations = st.builds(
    lambda earlier, asked: tuple(
        Message(ROLES[at % 2], words)  # type: ignore[arg-type]
        for at, words in enumerate([*(each for pair in earlier for each in pair), asked])
    ),
    st.lists(st.tuples(said, said), max_size=3),
    text,
)
asked = st.builds(lambda prompt: {"prompt": prompt}, text) | st.builds(
    lambda messages: {"messages": messages}, conversations
)
recipes = st.builds(
    lambda asked, **given: Recipe(**asked, **given),
    asked,
    method=text,
    members=st.lists(members, max_size=3).map(tuple),
    settings=settings,
    sampling=samplings,
    begin=st.builds(Begun, text, st.lists(st.integers(0, 2**31 - 1), max_size=3).map(tuple)),
)

shares = st.floats(0, 1)
amounts = st.floats(0, 2**50)
ids = st.from_regex(r"[a-z0-9]([a-z0-9._-]{0,9}[a-z0-9])?", fullmatch=True)
reports = st.recursive(
    st.booleans() | st.none() | st.floats(-(2**50), 2**50) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=5,
)
candidates = st.lists(st.builds(Candidate, text, shares, st.integers(-1, 2**31)), max_size=3)
member_steps = st.builds(
    MemberStep,
    top=candidates.map(tuple),
    entropy=amounts,
    rest=shares,
    p_chosen=shares,
    p_fused=st.lists(shares, max_size=3).map(tuple),
    share=st.none() | shares,
    pivotal=st.none() | st.booleans(),
    instead=st.none() | st.builds(Candidate, text, shares, st.integers(-1, 2**31)),
)


@st.composite
def votes(draw: st.DrawFn) -> Voted:
    """A vote on one to three candidates, by one or two metrics."""
    n = draw(st.integers(1, 3))
    metrics = draw(st.lists(text, min_size=1, max_size=2, unique=True))
    row = st.lists(st.floats(-1, 1), min_size=n, max_size=n).map(tuple)
    table = st.lists(row, min_size=n, max_size=n).map(tuple)
    return Voted(
        winner=draw(st.integers(0, n - 1)),
        metric=metrics[0],
        scores={metric: draw(row) for metric in metrics},
        similarity={metric: draw(table) for metric in metrics},
        ranking=tuple(draw(st.permutations(range(n)))),
    )


events: st.SearchStrategy[Event] = st.one_of(
    st.builds(TextDelta, text, text, counts),
    st.builds(
        lambda author, tokens: TextGiven(author, tokens, tuple(range(len(tokens)))),
        text,
        st.lists(text, max_size=3).map(tuple),
    ),
    st.builds(Reasoned, text, text, counts),
    st.builds(CandidateGiven, counts, text, text, counts),
    votes(),
    st.builds(
        TokenChosen,
        step=counts,
        token=text,
        id=counts,
        p=shares,
        fused=candidates.map(tuple),
        entropy=amounts,
        divergence=amounts,
        members=st.dictionaries(text, member_steps, min_size=1, max_size=2),
    ),
    st.builds(
        StepTrained,
        counts,
        amounts,
        amounts,
        counts,
        samples=st.lists(st.builds(Sample, counts, text, text), max_size=2).map(tuple),
    ),
    st.builds(
        ModelBuilt,
        id=ids,
        reference=text,
        parameters=counts,
        bytes=counts,
        seconds=amounts,
        lineage=st.lists(text, max_size=2).map(tuple),
        report=st.dictionaries(keys, reports, max_size=2),
    ),
    st.builds(
        Measured,
        member=st.sampled_from(["ann", "bob"]),
        tokens_in=counts,
        tokens_out=counts,
        forward_passes=counts,
        seconds=st.floats(0, 1e6),
        bytes=counts,
        model=text,
        engine=text,
        batch=counts,
    ),
    st.builds(Progress, text, amounts, amounts, st.sampled_from(["bytes", "seconds", "items", ""])),
    st.builds(Warned, text, text),
    st.builds(RunFinished, text, st.sampled_from(["end", "length", "elected"])),
    st.builds(RunFailed, text, text, text),
    st.builds(
        Unknown,
        st.builds(
            lambda data, kind: {**data, "kind": f"later_{kind}"},
            st.dictionaries(text, json_values, max_size=3),
            text,
        ),
    ),
)
records = st.lists(
    st.builds(Record, st.floats(0, 1e6).map(lambda t: round(t, 4)), events), max_size=8
)


@st.composite
def logits(draw: st.DrawFn, members: int | None = None) -> Tensor:
    """[member vocab], of up to four members where their number is not given."""
    count = members or draw(st.integers(1, 4))
    vocab = draw(st.integers(1, 12))
    row = st.lists(st.floats(-40, 40, width=32), min_size=vocab, max_size=vocab)
    return torch.tensor(draw(st.lists(row, min_size=count, max_size=count)))
