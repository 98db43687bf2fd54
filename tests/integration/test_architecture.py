"""The real zips: what each contains was compiled for the processor that it names."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from common.platforms import ARCHITECTURES, machine_architecture
from local.packaging import bundle, package
from local.packaging.target import Target

if TYPE_CHECKING:
    from local.stack.lifecycle import Stack


def assert_compiled_for(architecture: str, zipped: Path) -> None:
    with zipfile.ZipFile(zipped) as written:
        entries = {name: written.read(name) for name in written.namelist()}
    binaries = [name for name in entries if ".so" in Path(name).suffixes]

    bundle.check_binaries(entries, architecture)

    assert any(name.startswith("msgspec/") for name in binaries)


def test_the_local_stack_runs_a_zip_for_this_machine(stack: Stack) -> None:
    assert_compiled_for(machine_architecture(), stack.settings.package_directory / package.ZIP_NAME)


@pytest.mark.once
def test_a_zip_for_the_other_architecture_is_built_here(tmp_path: Path) -> None:
    (other,) = {*ARCHITECTURES} - {machine_architecture()}

    built = package.build(tmp_path, target=Target(other), progress=lambda _line: None)

    assert built.architecture == other
    assert_compiled_for(other, tmp_path / package.ZIP_NAME)
