"""A package that puts another module in its own place while it is imported, as transformers does.

A thread that imports it while another one does so for the first time waits until that is done, and
is then given the module that stood there at first, in which there are no names: `from transformers
import AutoConfig` fails. Here the first module passes on to the one in its place.
"""

import sys
from collections.abc import Sequence
from functools import partial
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import spec_from_file_location
from types import ModuleType


def in_any_thread(name: str) -> None:
    """From now on any thread can import this package, while another imports it for the first time.

    Nothing is imported yet.
    """
    if name not in sys.modules and not any(_finds(each, name) for each in sys.meta_path):
        sys.meta_path.insert(0, _Finder(name))


class _Finder(MetaPathFinder):
    """Finds one package, where Python finds it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """How the package is loaded; None for any other."""
        found = PathFinder.find_spec(fullname, path, target) if fullname == self.name else None
        if found is None or found.origin is None or type(found.loader) is not SourceFileLoader:
            return None
        places = found.submodule_search_locations
        loader = _Loader(fullname, found.origin)
        return spec_from_file_location(
            fullname, found.origin, loader=loader, submodule_search_locations=places
        )


class _Loader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        """The module is imported, and passes on to what it has put in its place."""
        super().exec_module(module)
        instead = sys.modules.get(module.__name__)
        if instead is not None and instead is not module:
            vars(module)["__getattr__"] = partial(getattr, instead)


def _finds(finder: object, name: str) -> bool:
    return isinstance(finder, _Finder) and finder.name == name
