"""Several threads at once can import a package that replaces itself while it is imported."""

import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = """
import sys, time
from types import ModuleType

time.sleep(0.4)
instead = ModuleType(__name__)
instead.__spec__, instead.__path__, instead.Name = __spec__, __path__, "found"
sys.modules[__name__] = instead
"""
PROGRAM = """
import sys, threading, time
from fusionlab.importing import in_any_thread

found = []

def imports():
    try:
        from replaced import Name
        from replaced.part import other
        found.append(Name + other)
    except ImportError as error:
        found.append(error.name or "")

for name in sys.argv[1:]:
    in_any_thread(name)
    in_any_thread(name)
threads = [threading.Thread(target=imports) for _ in range(3)]
for thread in threads:
    thread.start()
    time.sleep(0.1)
for thread in threads:
    thread.join()
print(*sorted(found))
"""


@pytest.mark.parametrize(
    ("given", "printed"), [(["replaced"], "found! found! found!"), ([], "found! replaced replaced")]
)
def test_the_first_import_is_whole_in_every_thread(
    tmp_path: Path, given: list[str], printed: str
) -> None:
    """Without this, those fail that come while the first is at it: that is Python's own way."""
    package = tmp_path / "replaced"
    package.mkdir()
    (package / "__init__.py").write_text(PACKAGE)
    (package / "part.py").write_text("other = '!'")
    program = [sys.executable, "-c", f"import sys; sys.path.append({str(tmp_path)!r})\n{PROGRAM}"]
    done = subprocess.run([*program, *given], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == printed
