"""What can be measured here, as data for the form: suites, models, methods, and what is chosen."""

from collections.abc import Sequence
from typing import Any

from fusionlab import words
from fusionlab.bench.fitting import brought, lacks_data, solvers
from fusionlab.bench.suites import Suite
from fusionlab.registry import Method
from fusionlab.views.bench import suite_title
from fusionlab.views.spoken import saying

Drawn = dict[str, Any]


def suite_view(suite: Suite, offered: Sequence[str], *, most_items: int) -> Drawn:
    """One suite: who of the `offered` models can solve it, whom it brings, and what it lacks."""
    about = f"suite-{suite.name}"
    return {
        "name": suite.name,
        "title": suite_title(suite),
        "about": f"{about}.about" if words.has(about) else None,
        "items": min(suite.items, most_items),
        "solvers": [ref for ref in solvers(suite) if ref in offered],
        "brings": brought(suite, offered),
        "source": suite.data.source if suite.data.kind == "file" else None,
        "lacks": lacks_data(suite),
    }


def method_view(method: Method) -> Drawn:
    """One method: its title where there is one, its name in code, and one of its settings."""
    key = f"method-{method.name.replace('_', '-')}"
    setting, default = next(iter(method.check({}).items()), ("", ""))
    return {
        "name": method.name,
        "title": saying(key) if words.has(key) else method.name,
        "line": f"{method.name},{setting}={default}" if setting else method.name,
    }
