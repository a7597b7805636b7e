"""A process of ours on consoles that lack characters, among libraries that warn, behind proxies."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fusionlab.network import LOOPBACK
from fusionlab.process import serve_behind_proxies
from fusionlab.runfiles import read_run
from tests.tiny import tiny_llama
from tests.ui.caller import Caller
from tests.ui.serving import served

CLI = [sys.executable, "-m", "fusionlab.cli"]
FOREIGN = (
    "from fusionlab.process import prepare; prepare(); import logging, warnings;"
    "warnings.warn('a stranger deprecates', FutureWarning);"
    "logging.getLogger('stranger').warning('a stranger warns'); print('done')"
)
PROXIES = {f"{kind}_PROXY" for kind in ("HTTP", "HTTPS", "ALL", "NO")}


def started(command: list[str], **variables: str) -> subprocess.CompletedProcess[bytes]:
    plain = {name: value for name, value in os.environ.items() if name.upper() not in PROXIES}
    return subprocess.run(
        command, env={**plain, **variables}, capture_output=True, check=False, timeout=120
    )


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_a_console_that_lacks_a_character_shows_its_number(tmp_path: Path, encoding: str) -> None:
    table = tmp_path / "首都.csv"
    table.write_text("question,a,b\n首都?,巴黎,巴黎\n", encoding="utf-8")
    done = started([*CLI, "vote", str(table)], PYTHONIOENCODING=encoding, PYTHONUTF8="1")
    assert done.returncode == 0, done.stderr
    said = done.stdout.decode(encoding)
    assert ("巴黎" if encoding == "utf-8" else r"\u5df4\u9ece") in said
    missing = started([*CLI, "vote", str(tmp_path / "没有.csv")], PYTHONIOENCODING=encoding)
    assert missing.returncode == 2
    assert b"Traceback" not in missing.stderr


def test_what_strangers_warn_of_is_not_shown_unless_asked_for() -> None:
    quiet = started([sys.executable, "-c", FOREIGN])
    assert (quiet.stdout.strip(), quiet.stderr) == (b"done", b"")
    loud = started([sys.executable, "-W", "default", "-c", FOREIGN])
    assert b"a stranger deprecates" in loud.stderr


def test_a_proxy_that_cannot_be_used_is_left_out_by_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in PROXIES | {name.lower() for name in PROXIES}:
        monkeypatch.delenv(name, raising=False)
    good = {"HTTP_PROXY": "http://127.0.0.1:9", "ALL_PROXY": "socks5h://127.0.0.1:9"}
    for name, address in {**good, "HTTPS_PROXY": "foo://me:secret@127.0.0.1:9"}.items():
        monkeypatch.setenv(name, address)
    monkeypatch.setenv("NO_PROXY", "example.org")
    serve_behind_proxies()
    said = capsys.readouterr().err
    assert "HTTPS_PROXY" in said
    assert "secret" not in said
    assert "HTTPS_PROXY" not in os.environ
    assert {name: os.environ[name] for name in good} == good
    assert os.environ["NO_PROXY"] == f"example.org,{LOOPBACK}"


def test_the_app_starts_behind_dead_and_unusable_proxies_and_says_nothing_foreign(
    tmp_path: Path,
) -> None:
    dead = {"HTTP_PROXY": "http://127.0.0.1:9", "ALL_PROXY": "socks5h://127.0.0.1:9"}
    with served(tmp_path / "log", HTTPS_PROXY="foo://127.0.0.1:9", **dead) as app:
        assert Caller(app.url).config["title"] == "FusionLab"
        assert app.stop(signal.SIGTERM) == 0
        assert "HTTPS_PROXY names no proxy" in app.said
        assert "Warning" not in app.said
        assert "Traceback" not in app.said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_recorded_run_that_is_told_to_end_has_its_name_and_can_be_read(
    tmp_path: Path, number: signal.Signals
) -> None:
    folder = tiny_llama(tmp_path / "long", context=8192, layers=24)
    out = tmp_path / "run.jsonl"
    part = tmp_path / "run.jsonl.part"
    run = subprocess.Popen(
        [*CLI, "run", "solo", "--member", f"path:{folder},name=a", "--prompt", "one",
         "--max-tokens", "8000", "--out", str(out)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        # What runs in a shell's background ignores Ctrl-C, and so would the run.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    try:
        while not (part.exists() and part.read_bytes().count(b"text_delta") > 2):
            assert run.poll() is None, run.communicate()
            time.sleep(0.1)
        run.send_signal(number)
        _, said = run.communicate(timeout=60)
    finally:
        run.kill()
        run.wait()
    assert run.returncode == 130
    assert b"Traceback" not in said
    assert not part.exists()
    assert read_run(out).status == "stopped"
