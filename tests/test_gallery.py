"""Every preset has a recorded run of it as it is now, and shows what it is there to show."""

from pathlib import Path

import pytest

from fusionlab import words
from fusionlab.assets import asset
from fusionlab.cli import main
from fusionlab.cli.gallery import is_fresh
from fusionlab.comparison.files import read_comparison
from fusionlab.runfiles import read_run
from fusionlab.spaces import Preset, build_presets, first_comparison, presets
from fusionlab.ui.compare_page import RECORDED
from fusionlab.ui.gallery import recording
from fusionlab.views.truncation import CUT, cut_off

each_preset = pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.id)


def test_there_is_a_run_for_every_preset_and_no_other() -> None:
    recorded = {file.name for file in asset("runs").iterdir()}
    assert recorded == {f"{preset.id}.jsonl" for preset in presets()}


@each_preset
def test_the_recorded_run_is_of_the_preset_as_it_is(preset: Preset) -> None:
    assert is_fresh(preset, asset(f"runs/{preset.id}.jsonl"))


@each_preset
def test_a_run_ends_neither_cut_off_nor_with_a_warning_that_is_not_its_point(
    preset: Preset,
) -> None:
    trace = recording(preset)
    assert trace is not None
    warned = {each.sentence.key if each.sentence else each.message for each in trace.warnings}
    assert warned == set(preset.shows)
    assert cut_off(trace) == bool(CUT & set(preset.shows))
    assert all(words.has(key) for key in preset.shows)


def test_the_recorded_comparison_is_the_one_that_the_tab_says() -> None:
    compared = read_comparison(asset(RECORDED))
    assert compared.comparison == first_comparison()
    assert {compared.standing(number) for number in range(len(compared.ways))} <= {
        "finished",
        "unsuited",
    }


def test_one_command_records_what_is_missing_or_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of two presets that need no model's time, one is fresh and the other is recorded anew; of
    builds one that is refused, as the others take theirs.
    """
    of = {preset.id: preset for preset in presets()}
    small = (of["answers-from-elsewhere"], of["experts-top-1"])
    monkeypatch.setattr("fusionlab.spaces.presets", lambda: small)
    refused = [each for each in build_presets() if each.id == "two-ancestors"]
    monkeypatch.setattr("fusionlab.spaces.build_presets", lambda: refused)
    fresh, stale = (tmp_path / f"{preset.id}.jsonl" for preset in small)
    fresh.write_bytes(asset(f"runs/{fresh.name}").read_bytes())
    stale.write_bytes(asset("runs/experts-top-2.jsonl").read_bytes())
    before = fresh.stat().st_mtime_ns
    assert not is_fresh(small[1], stale)
    assert main(["gallery", str(tmp_path)]) == 0
    assert fresh.stat().st_mtime_ns == before
    assert is_fresh(small[1], stale)
    assert read_run(stale).status == "finished"
    assert capsys.readouterr().out.count("\n") == 1
    assert is_fresh(small[0], fresh)
    record = tmp_path.parent / "builds/two-ancestors.json"
    assert record.read_bytes() == asset("builds/two-ancestors.json").read_bytes()
