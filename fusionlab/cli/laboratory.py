"""`fusionlab lab`: the studies, and one of them watched to its end."""

import argparse
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from fusionlab.cli.console import Stream, language, print_json, said, say, tell
from fusionlab.cli.described import help_of, summary_of
from fusionlab.cli.files import setting_of
from fusionlab.cli.gallery import rounded
from fusionlab.cli.parser import command
from fusionlab.errors import RecipeError
from fusionlab.registry import Drawn, Study
from fusionlab.writing import putting

INTERRUPTED = 130
WIDTH = 22


def add_lab(commands: Any) -> None:
    """The command is known."""
    lab = command(commands, "lab", _lab, "cli-help-lab")
    lab.add_argument("name", nargs="?", default="", metavar="NAME", help="cli-help-lab-name")
    lab.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="cli-help-lab-set"
    )
    lab.add_argument("--out", metavar="PICTURE.json", default="", help="cli-help-lab-out")
    lab.add_argument("--record", action="store_true", help="cli-help-lab-record")


def _lab(arguments: argparse.Namespace) -> int:
    import fusionlab.laboratory  # noqa: F401  registers them
    from fusionlab.registry import get_study

    if not arguments.name:
        return _list(as_json=arguments.json)
    study = get_study(arguments.name)
    settings = dict(setting_of(text) for text in arguments.set)
    if arguments.record and settings:
        raise RecipeError("cli-lab-record-as-usual")
    picture, ended = _watched(study.watched(settings))
    if picture is None:
        say(said("cli-stopped"))
        return INTERRUPTED
    if arguments.out:
        write_picture(picture, Path(arguments.out))
    if arguments.record and ended:
        tell(said("cli-lab-recorded", file=str(record(study, picture))))
    if arguments.json:
        print_json(picture)
    else:
        _tell_notes(study, picture)
    if not ended:
        say(said("cli-lab-stopped"))
    return 0 if ended else INTERRUPTED


def record(study: Study, picture: Drawn) -> Path:
    """The file that now holds the study's last picture, among the assets."""
    from fusionlab.assets import asset
    from fusionlab.views.laboratory import recording_of

    file = asset("components").parent / recording_of(study.name)
    file.parent.mkdir(exist_ok=True)
    write_picture(rounded(picture), file)
    return file


def write_picture(picture: Drawn, file: Path) -> None:
    """The file holds the whole picture; before, it holds what it held."""
    text = json.dumps(picture, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    with putting(file) as part:
        part.write_text(text + "\n", encoding="utf-8", newline="")


def _watched(steps: Iterator[Any]) -> tuple[Drawn | None, bool]:
    """The last picture, and whether the study came to its end: Ctrl-C keeps what there is."""
    show, picture = Stream(None), None
    try:
        with closing(steps):  # type: ignore[type-var]  # a study is a generator
            for step in steps:
                if isinstance(step, dict):
                    picture = step
                else:
                    show(step)
    except KeyboardInterrupt:
        return picture, False
    return picture, True


def _tell_notes(study: Study, picture: Drawn) -> None:
    from fusionlab.views.laboratory import study_view
    from fusionlab.views.spoken import sentence_of

    for each in study_view(study.name, picture)["sentences"]:
        tell(sentence_of({"key": each["key"], "values": each["values"]}).said(language()))


def _list(*, as_json: bool) -> int:
    from fusionlab.registry import all_studies

    if as_json:
        rows = [
            {
                "name": study.name,
                "summary": study.summary,
                "paper": study.paper,
                "settings": study.settings.model_json_schema(),
            }
            for study in all_studies()
        ]
        print_json({"studies": rows})
        return 0
    for study in all_studies():
        tell(f"{study.name:<{WIDTH}}{summary_of(study)}")
        for name, field in study.settings.model_json_schema().get("properties", {}).items():
            default = json.dumps(field.get("default"), ensure_ascii=False)
            tell(f"  --set {name}={default}  {help_of(study, name, field)}")
    return 0
