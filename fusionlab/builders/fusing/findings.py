"""What speaks against a planned fusion of knowledge, and what is to be known of it."""

from collections.abc import Sequence

from fusionlab.builders.fusing.asking import Asked
from fusionlab.builders.fusing.distilling import Distilling
from fusionlab.builders.fusing.lessons import TRIED, Found, Known
from fusionlab.builders.learning.learner import context_of, without_adapters
from fusionlab.distil.documents import token_ends
from fusionlab.errors import MemberError, RecipeError
from fusionlab.plans import Finding
from fusionlab.tokens.spelling import fingerprint as spelled
from fusionlab.weights.opened import Opened


def refusals(
    details: Distilling, source: Opened, target: Known, teachers: Sequence[Known], found: Found
) -> list[Finding]:
    """What keeps the target from being trained."""
    training = details.training
    length, context = training.tuning.length, context_of(source)
    said = [
        Finding.of("refused", "graft-quantised", source=each.source.ref)
        for each in (target, *teachers)
        if isinstance(each.source, Opened) and "quantization_config" in each.source.config
    ]
    if source.adapter is not None:
        said.append(Finding.of("refused", "train-source-adapted", source=source.ref))
    if context and length > context:
        said.append(
            Finding.of("refused", "train-longer-than-context", length=length, context=context)
        )
    learned = found.lessons.tokens + sum(
        len(row[0].ids) for unit in found.lessons.held_out for row in unit
    )
    if training.tuning.objective == "continue" and learned < length:
        said.append(
            Finding.of(
                "refused", "train-text-short", file=training.file, count=learned, length=length
            )
        )
    if training.rank:
        said += without_adapters(source)
    if details.objective in ("plain", "uld") and len(teachers) > 1:
        count = len(teachers)
        said.append(
            Finding.of("refused", "distil-one-teacher", objective=details.objective, count=count)
        )
    if details.objective == "plain":
        said += _unlike(target, teachers[0])
    if details.align == "bytes" and details.cached:
        said += _without_bytes(target, teachers, found)
    return said


def _unlike(target: Known, teacher: Known) -> list[Finding]:
    """What keeps the target from learning the teacher's own distributions."""
    said = []
    if spelled(target.vocabulary) != spelled(teacher.vocabulary):
        values = {"teacher": teacher.name, "target": target.name}
        said.append(Finding.of("refused", "distil-other-vocabulary", **values))
    if isinstance(teacher.source, Opened) and teacher.source.adapter is not None:
        said.append(Finding.of("refused", "distil-teacher-adapted", source=teacher.source.ref))
    return said


def _without_bytes(target: Known, teachers: Sequence[Known], found: Found) -> list[Finding]:
    """Who reads other bytes than those of the text, as far as some documents show."""
    for each in (target, *teachers):
        try:
            for document in found.documents[:TRIED]:
                both = target.vocabulary, each.vocabulary
                token_ends(document, document.read(each.writer), both, each.name)
        except (MemberError, RecipeError) as error:
            return [Finding("refused", error.sentence)]
    return []


def remarks(details: Distilling, teachers: Sequence[Known], found: Found) -> list[Finding]:
    """What is to be known of data, caches and maps."""
    lessons, tuning = found.lessons, details.training.tuning
    said = []
    if lessons.left_out:
        values = {"count": lessons.left_out, "all": lessons.records, "length": tuning.length}
        said.append(Finding.of("warning", "train-left-out", **values))
    if lessons.unknown:
        said.append(Finding.of("warning", "train-unknown-tokens", count=lessons.unknown))
    counts = {
        "examples": lessons.examples,
        "tokens": lessons.tokens,
        "held": lessons.kept,
        "steps": tuning.schedule.steps,
        "drawn": tuning.drawn,
    }
    said.append(Finding.of("note", "train-counts", **counts))
    said += [
        Finding.of("note", "distil-server-unverified", source=each.name)
        for each in teachers
        if isinstance(each.source, Asked) and each.source.file is None
    ]
    if details.cached:
        sizes = {
            "cached": f"{details.cached / 1e6:.1f}",
            "fused": f"{details.fused / 1e6:.1f}",
        }
        said.append(Finding.of("note", "distil-stores", **sizes))
        for each, exact in zip(teachers, details.exact, strict=True):
            values_ = {"source": each.name, "exact": f"{exact:.1%}"}
            said.append(Finding.of("note", "distil-map", **values_))
    if not lessons.kept:
        said.append(Finding.of("note", "train-nothing-held-out"))
    return said
