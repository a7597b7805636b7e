"""Files of sentences as Fluent reads them, each once in a process: reading one takes its time."""

from functools import cache

from fluent.syntax import ast, parse


@cache
def parsed(text: str) -> tuple[ast.EntryType, ...]:
    """The entries of a file's text, in its order."""
    return tuple(parse(text).body)
