"""Imports of a package's dependencies that wait until the package uses them."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# `sys.modules` belongs to all threads.
_ONE_AT_A_TIME = threading.Lock()


@contextmanager
def deferred(*names: str) -> Iterator[None]:
    """Within this context, `import name` binds a placeholder that imports the module on first use.

    A parent is named before its submodules. Modules that are already loaded are bound as they are.
    Afterwards `sys.modules` is as before, so that only what was imported within the context has
    placeholders.

    A placeholder of a module that is not installed raises ModuleNotFoundError on first use.
    """
    with _ONE_AT_A_TIME:
        added = {name: _Placeholder(name) for name in names if name not in sys.modules}
        sys.modules.update(added)
        try:
            for name, placeholder in added.items():
                parent, _, child = name.rpartition(".")
                if parent in added:  # for `from parent import child`
                    setattr(added[parent], child, placeholder)
            yield
        finally:
            for name in added:
                del sys.modules[name]


class _Placeholder(ModuleType):
    def __getattr__(self, attribute: str) -> object:
        # The import system asks modules for `__path__` and the like.
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        module = import_module(self.__name__)
        if module is self:
            raise ImportError(f"{self.__name__} is used while its import is deferred")
        found: object = getattr(module, attribute)
        return found
