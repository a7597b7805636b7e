"""What a merge does to words: tokens, special tokens, chat templates; and who the ancestors are."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from fusionlab.errors import SourceError
from fusionlab.plans import Finding
from fusionlab.reading import read_json, read_plain, read_text
from fusionlab.weights.ancestry import are_related
from fusionlab.weights.blueprint import Blueprint
from fusionlab.weights.likeness import vocabulary_in
from fusionlab.weights.opened import Opened
from fusionlab.weights.papers import short
from fusionlab.weights.vocabularies import Alignment
from fusionlab.words import Given

SPECIAL = ("bos_token", "eos_token", "pad_token", "unk_token")
TEMPLATE = "chat_template.jinja"


def ancestors(blueprint: Blueprint, *, base: str) -> Iterator[Finding]:
    """Whether all models come from one, which weights that are mixed have to.

    `base` is the model that the others are differences from, or the first of them.
    """
    unknown = []
    for ref in blueprint.models:
        related = ref == base or are_related(base, ref)
        if related is None:
            unknown.append(short(ref))
        elif not related:
            values: dict[str, Given] = {"first": short(base), "second": short(ref)}
            yield Finding.of("refused", "merge-other-ancestor", **values)
    if unknown:
        yield Finding.of("warning", "merge-ancestor-unknown", base=short(base), sources=unknown)


def templates_and_tokens(
    blueprint: Blueprint, sources: Sequence[Opened], alignment: Alignment | None
) -> Iterator[Finding]:
    """In what the models' tokenizers differ, each held against the donor's."""
    donor = sources[blueprint.donor]
    vocabularies = _vocabularies(_apart(sources))
    for source in _apart(sources):
        mine = vocabularies[source.folder]
        if mine is None:
            yield Finding.of("warning", "merge-tokenizer-unread", source=short(source.ref))
            continue
        yield from _beyond(source, mine)
        theirs = vocabularies[donor.folder]
        if source.folder != donor.folder and theirs is not None:
            if alignment is None:
                yield from _tokens(donor, source, theirs, mine)
            yield from _special_tokens(donor, source)
            if not blueprint.chat_template:
                yield from _templates(donor, source)


def template_in(folder: Path) -> str:
    """The chat template of the tokenizer in the folder; empty where it has none."""
    with suppress(OSError, UnicodeDecodeError):
        return read_text(folder / TEMPLATE).strip()
    found = _settings(folder).get("chat_template")
    return found.strip() if isinstance(found, str) else ""


def _apart(sources: Sequence[Opened]) -> list[Opened]:
    """One source of each folder: adapters have their base's tokenizer."""
    return list({source.folder: source for source in reversed(sources)}.values())[::-1]


def _vocabularies(sources: Sequence[Opened]) -> dict[Path, dict[str, int] | None]:
    """The tokens of each folder; files of the same bytes are understood once."""
    known: dict[str, dict[str, int] | None] = {}
    found = {}
    for folder in (source.folder for source in sources):
        name = _digest(folder / "tokenizer.json")
        if name not in known:
            known[name] = _vocabulary(folder)
        found[folder] = known[name]
    return found


def _digest(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""


def _vocabulary(folder: Path) -> dict[str, int] | None:
    try:
        return vocabulary_in(folder)
    except SourceError:
        return None


def _beyond(source: Opened, tokens: Mapping[str, int]) -> Iterator[Finding]:
    """Tokens that have no row in the embeddings."""
    rows = int(source.layout.config["vocab_size"])
    beyond = sorted((row, token) for token, row in tokens.items() if row >= rows)
    if beyond:
        row, token = beyond[0]
        values: dict[str, Given] = {
            "count": len(beyond),
            "token": repr(token),
            "id": row,
            "rows": rows,
        }
        yield Finding.of("warning", "merge-ids-beyond", source=short(source.ref), **values)


def _tokens(
    donor: Opened, source: Opened, theirs: Mapping[str, int], mine: Mapping[str, int]
) -> Iterator[Finding]:
    """Tokens that are not the same in both; a row that means two of them is refused."""
    names = {"first": short(donor.ref), "second": short(source.ref)}
    named = {row: token for token, row in theirs.items()}
    clash = [
        (min(row, theirs.get(token, row)), token)
        for token, row in mine.items()
        if theirs.get(token, row) != row or named.get(row, token) != token
    ]
    if clash:
        values: dict[str, Given] = {"count": len(clash), "token": repr(min(clash)[1])}
        yield Finding.of("refused", "merge-tokens-differ", **names, **values)
        return
    odd = sorted((mine.get(t, theirs.get(t, 0)), t) for t in set(mine) ^ set(theirs))
    if odd:
        values = {"count": len(odd), "token": repr(odd[0][1])}
        yield Finding.of("warning", "merge-tokens-lacking", **names, **values)


def _special_tokens(donor: Opened, source: Opened) -> Iterator[Finding]:
    one, other = _settings(donor.folder), _settings(source.folder)
    for key in SPECIAL:
        first, second = _content(one.get(key)), _content(other.get(key))
        if first != second:
            values: dict[str, Given] = {"setting": key, "one": repr(first), "other": repr(second)}
            names = {"first": short(donor.ref), "second": short(source.ref)}
            yield Finding.of("warning", "merge-special-token", **names, **values)


def _templates(donor: Opened, source: Opened) -> Iterator[Finding]:
    first, second = template_in(donor.folder), template_in(source.folder)
    if first == second:
        return
    names = {"first": short(donor.ref), "second": short(source.ref)}
    if not first:
        yield Finding.of("warning", "merge-template-lost", **names)
    elif second:
        yield Finding.of("note", "merge-template-differs", **names)


def _settings(folder: Path) -> dict[str, Any]:
    """What the tokenizer's settings say; nothing where there are none."""
    with suppress(OSError, ValueError):
        settings = read_json(read_plain(folder / "tokenizer_config.json"))
        return settings if isinstance(settings, dict) else {}
    return {}


def _content(token: Any) -> str | None:
    """A special token, which may be told with how it is treated."""
    found = token.get("content") if isinstance(token, dict) else token
    return found if isinstance(found, str) else None
