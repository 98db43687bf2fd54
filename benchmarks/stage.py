"""Where benchmarks run: a temporary folder and, as soon as one needs it, a local stack."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.settings import Model, read_model
from common.stack_settings import LocalStackSettings
from local.client import run as running
from local.packaging import package
from local.stack import lifecycle

if TYPE_CHECKING:
    from local.packaging.package import Package
    from local.stack.lifecycle import Stack

PATIENCE_S = 300.0
Record = dict[str, Any]


@dataclass
class Stage:
    """The folder and the settings of a stack that is started when it is first asked for."""

    folder: Path
    settings: LocalStackSettings
    _files: list[Path] = field(default_factory=list)

    @cached_property
    def stack(self) -> Stack:
        """The running stack; raises LocalError."""
        return lifecycle.up(self.settings)

    @cached_property
    def package(self) -> Package:
        """The package that the stack deploys; raises PackageError."""
        return package.build(self.settings.package_directory)

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables of the deployed function."""
        found = self.stack.client("lambda").get_function_configuration(
            FunctionName=self.stack.outputs.function_name
        )
        variables: dict[str, str] = found["Environment"]["Variables"]
        return variables

    @cached_property
    def model(self) -> Model:
        """The model that the deployed function calls, with its prompt and parameters."""
        found = read_model(self.variables, "fine-tuned")
        assert found is not None  # noqa: S101  # the template always sets it
        return found

    def one_file(self, records: Sequence[Record]) -> Path:
        """A new file with an array of records."""
        return self.text_file(json.dumps(list(records)))

    def text_file(self, text: str) -> Path:
        """A new JSON file."""
        path = self.folder / f"file-{len(self._files)}.json"
        path.write_text(text, encoding="utf-8")
        self._files.append(path)
        return path

    def small_files(self, records: Sequence[Record]) -> Path:
        """A new folder with a file for each record."""
        path = self.folder / f"files-{len(self._files)}"
        path.mkdir()
        for number, record in enumerate(records):
            (path / f"{number:05d}.json").write_text(json.dumps(record), encoding="utf-8")
        self._files.append(path)
        return path

    def run(self, path: Path, records: int) -> running.Report:
        """Upload a file or folder and wait for its results.

        Raises RuntimeError unless all `records` records have an impression.
        """
        report = running.run(self.stack, [str(path)], quiet=True, patience_s=PATIENCE_S)
        if (report.records, report.failed) != (records, 0):
            message = f"{report.records} of {records} records accounted for, {report.failed} failed"
            raise RuntimeError(f"{message}: the figures would be meaningless")
        return report


@contextmanager
def staged() -> Iterator[Stage]:
    """A stage; afterwards its stack is stopped and its folder deleted."""
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
        folder = Path(name)
        settings = LocalStackSettings(state_directory=folder / "stack")
        try:
            yield Stage(folder, settings)
        finally:
            lifecycle.down(settings)
