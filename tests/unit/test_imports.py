"""Which module may import which: lower layers never import higher ones; there are no cycles."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from common.paths import ROOT

# The layers of chalicelib from the lowest to the highest; folders of one layer are independent.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("queue",),
    ("intake",),
    ("checks",),
    ("drafting",),
    ("output",),
    ("processing", "nightly"),
    ("operations",),
    ("handlers",),
)
# Any layer may import these; they import no layer.
SHARED = (
    "aws",
    "aws_calls",
    "errors",
    "objects",
    "observability",
    "prompt_template",
    "s3_errors",
    "scratch",
    "settings",
    "tracing",
)
# The packages from the lowest to the highest.
PACKAGES = ("chalicelib", "common", "analytics", "local", "training", "benchmarks")


def modules(package: str) -> dict[str, Path]:
    """Every module of a package by its dotted name."""
    base = ROOT / "chalice_app" if package == "chalicelib" else ROOT
    return {
        ".".join(path.relative_to(base).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted((base / package).rglob("*.py"))
    }


def imports(path: Path, known: Mapping[str, Path]) -> Iterator[str]:
    """The known modules that a file imports, inside functions and for typing too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                if full in known:
                    yield full
                elif node.module in known:
                    yield node.module


def upward(edges: Mapping[str, set[str]]) -> list[str]:
    """Imports within chalicelib that the layers forbid."""
    level = {folder: layer for layer, folders in enumerate(LAYERS) for folder in folders}
    found = []
    for importer, imported in edges.items():
        for target in imported:
            above, below = importer.split(".")[1:2], target.split(".")[1:2]
            if not above or not below or above == below or below[0] in SHARED:
                continue
            if above[0] in SHARED or level[above[0]] <= level[below[0]]:
                found.append(f"{importer} imports {target}")
    return sorted(found)


def edges_of(package: str) -> dict[str, set[str]]:
    known = modules(package)
    return {name: set(imports(path, known)) - {name} for name, path in known.items()}


def test_every_folder_has_a_layer() -> None:
    folders = {name.split(".")[1] for name in modules("chalicelib") if "." in name}

    assert folders == {*SHARED, *(folder for layer in LAYERS for folder in layer)}


def test_layers_import_only_lower_layers() -> None:
    assert upward(edges_of("chalicelib")) == []


@pytest.mark.parametrize(
    ("importer", "target"),
    [
        ("chalicelib.queue.sender", "chalicelib.intake.landing"),
        ("chalicelib.processing.pipeline", "chalicelib.nightly.run"),
        ("chalicelib.aws", "chalicelib.drafting.endpoint"),
    ],
)
def test_an_import_of_a_higher_layer_is_found(importer: str, target: str) -> None:
    assert upward({importer: {target}}) == [f"{importer} imports {target}"]


@pytest.mark.parametrize("package", PACKAGES)
def test_neither_modules_nor_folders_import_in_a_cycle(package: str) -> None:
    # A package's __init__ is executed before its modules, and may gather them.
    edges = {
        name: {other for other in imported if not name.startswith(f"{other}.")}
        for name, imported in edges_of(package).items()
    }
    folders: dict[str, set[str]] = {}
    for name, imported in edges.items():
        folders.setdefault(folder(name), set()).update(folder(other) for other in imported)

    assert cycle(edges) == []
    assert cycle({name: used - {name, package} for name, used in folders.items()}) == []


def folder(name: str) -> str:
    """The folder, or the module beside the folders, right below a package."""
    return ".".join(name.split(".")[:2])


def cycle(edges: Mapping[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def test_packages_import_only_lower_packages() -> None:
    known = {name: path for package in PACKAGES for name, path in modules(package).items()}
    found = {
        f"{name} imports {target}"
        for name, path in known.items()
        for target in imports(path, known)
        if PACKAGES.index(target.split(".")[0]) > PACKAGES.index(name.split(".")[0])
    }

    assert found == set()


def test_only_the_door_to_aws_imports_boto3() -> None:
    importers = {
        name
        for name, path in modules("chalicelib").items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import) and any(alias.name == "boto3" for alias in node.names)
    }

    assert importers == {"chalicelib.aws"}
