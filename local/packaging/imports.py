"""Checks that a zip contains everything that its modules may ever import.

Building a zip imports all that the functions import when they start, so what is missing then fails
the build. An import statement within a function runs later, perhaps only in AWS: this check reads
the statements instead.
"""

from __future__ import annotations

import ast
import sys
from importlib.util import cache_from_source
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from local.errors import PackageError
from local.packaging.bundle import RUNTIME_MODULES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

# What a package may import and the functions do without.
DISPENSABLE = {
    "msgspec": {
        "annotationlib",  # Python 3.14
        "attrs",  # to decode into classes of attrs
        "tomli",  # msgspec.toml, on Python 3.10
        "tomli_w",  # msgspec.toml
        "yaml",  # msgspec.yaml
    },
    "rouge_score": {
        "absl",  # one log line, when it chooses its default tokenizer itself
        "nltk",  # the stemmer, and splitting a text into sentences without newlines
        "numpy",  # confidence intervals, and the best of several references
    },
    "six": {"StringIO"},  # Python 2
    "typing_extensions": {"annotationlib"},  # Python 3.14
}
_EVERYWHERE = sys.stdlib_module_names | {*RUNTIME_MODULES}


def check_imports(entries: Mapping[str, bytes], compiled: Collection[str]) -> None:
    """Raise PackageError unless all modules can be found that the compiled ones may import.

    They are searched for in the zip, the standard library and the Lambda runtime, except for the
    known ones that the functions do without. Statements for type checkers are skipped.
    """
    present = {*_modules(entries)}
    for name, content in entries.items():
        if not name.endswith(".py") or cache_from_source(name) not in compiled:
            continue
        package = PurePosixPath(name).with_suffix("").parts
        known = DISPENSABLE.get(package[0], set())
        for line, module in imported(content, package[:-1]):
            top = module.partition(".")[0]
            if top not in _EVERYWHERE and module not in present and top not in known:
                raise PackageError(f"the zip lacks {module}, which {name} imports in line {line}")


def imported(source: bytes, package: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """The line and the full name of each module that a module of `package` may import."""
    waiting: list[ast.AST] = [ast.parse(source)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            yield node.lineno, ".".join([*above, *filter(None, [node.module])])
        elif isinstance(node, ast.If) and _asks_for_type_checking(node.test):
            waiting += node.orelse
        else:
            waiting += ast.iter_child_nodes(node)


def _asks_for_type_checking(test: ast.expr) -> bool:
    """Whether a condition is `TYPE_CHECKING` or `typing.TYPE_CHECKING`."""
    return "TYPE_CHECKING" in (getattr(test, "id", None), getattr(test, "attr", None))


def _modules(entries: Mapping[str, bytes]) -> Iterator[str]:
    """The full names of the modules and packages in a zip."""
    for name in entries:
        path = PurePosixPath(name)
        if path.suffix in {".py", ".so"}:
            module = path.parent / path.name.partition(".")[0]
            yield ".".join(module.parts).removesuffix(".__init__")
            # A folder without `__init__.py` is a package too.
            yield from (".".join(parent.parts) for parent in path.parents)
