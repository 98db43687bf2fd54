"""The control plane's persistent store: one JSON file per resource."""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from common import files
from local.sagemaker.errors import StateFileError

Document = dict[str, Any]


class Store:
    """Resources by kind and name. A read returns a copy; a write is on disk when it returns.

    Names have been validated as SageMaker names (letters, digits, hyphens).
    """

    def __init__(self, folder: Path) -> None:
        """Read the resources in `folder`; raises StateFileError."""
        self._folder = folder
        self._lock = threading.RLock()
        self._found: dict[str, dict[str, Document]] = {}
        for path in sorted(folder.glob("*/*.json")):
            try:
                document = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                raise StateFileError(path) from None
            self._found.setdefault(path.parent.name, {})[path.stem] = document

    @property
    def lock(self) -> threading.RLock:
        """The lock for reads and writes that belong together."""
        return self._lock

    def get(self, kind: str, name: str) -> Document | None:
        """One resource, or None."""
        with self._lock:
            return copy.deepcopy(self._found.get(kind, {}).get(name))

    def all(self, kind: str) -> Iterator[Document]:
        """All resources of a kind, sorted by name."""
        with self._lock:
            found = copy.deepcopy(self._found.get(kind, {}))
        yield from (found[name] for name in sorted(found))

    def put(self, kind: str, name: str, document: Document) -> None:
        """Write a resource atomically."""
        with self._lock:
            path = self._folder / kind / f"{name}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            files.write(path, json.dumps(document, indent=1, sort_keys=True))
            self._found.setdefault(kind, {})[name] = copy.deepcopy(document)

    def change(self, kind: str, name: str, **members: Any) -> Document:  # noqa: ANN401  # any JSON
        """Set members of a resource; returns it."""
        with self._lock:
            document = self._found[kind][name] | members
            self.put(kind, name, document)
            return copy.deepcopy(document)

    def delete(self, kind: str, name: str) -> None:
        """Delete a resource."""
        with self._lock:
            self._found.get(kind, {}).pop(name, None)
            (self._folder / kind / f"{name}.json").unlink(missing_ok=True)
