"""Who may import whom: lower floors never import higher ones, and nothing goes in a circle."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from common.paths import ROOT

# The rooms of chalicelib from the lowest floor to the highest; rooms of one floor do not meet.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("queue",),
    ("intake",),
    ("drafting",),
    ("output",),
    ("processing", "nightly"),
    ("operations",),
    ("handlers",),
)
# Beside the rooms: any room may use them, they use no room.
BESIDE = ("aws", "errors", "objects", "observability", "s3_errors", "scratch", "settings")
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


def climbs(edges: Mapping[str, set[str]]) -> list[str]:
    """Imports within chalicelib that the floors forbid."""
    level = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
    found = []
    for importer, imported in edges.items():
        for target in imported:
            above, below = importer.split(".")[1:2], target.split(".")[1:2]
            if not above or not below or above == below or below[0] in BESIDE:
                continue
            if above[0] in BESIDE or level[above[0]] <= level[below[0]]:
                found.append(f"{importer} imports {target}")
    return sorted(found)


def edges_of(package: str) -> dict[str, set[str]]:
    known = modules(package)
    return {name: set(imports(path, known)) - {name} for name, path in known.items()}


def test_every_room_has_a_floor() -> None:
    rooms = {name.split(".")[1] for name in modules("chalicelib") if "." in name}

    assert rooms == {*BESIDE, *(room for floor in FLOORS for room in floor)}


def test_rooms_import_only_lower_rooms() -> None:
    assert climbs(edges_of("chalicelib")) == []


@pytest.mark.parametrize(
    ("importer", "target"),
    [
        ("chalicelib.queue.sender", "chalicelib.intake.records"),
        ("chalicelib.processing.pipeline", "chalicelib.nightly.run"),
        ("chalicelib.aws", "chalicelib.drafting.endpoint"),
    ],
)
def test_a_climb_is_found(importer: str, target: str) -> None:
    assert climbs({importer: {target}}) == [f"{importer} imports {target}"]


@pytest.mark.parametrize("package", PACKAGES)
def test_neither_modules_nor_rooms_import_in_a_circle(package: str) -> None:
    # A package's __init__ is executed before its modules, and may gather them.
    edges = {
        name: {other for other in imported if not name.startswith(f"{other}.")}
        for name, imported in edges_of(package).items()
    }
    rooms: dict[str, set[str]] = {}
    for name, imported in edges.items():
        rooms.setdefault(room(name), set()).update(room(other) for other in imported)

    assert circle(edges) == []
    assert circle({name: used - {name, package} for name, used in rooms.items()}) == []


def room(name: str) -> str:
    """The folder, or the module beside the folders, right below a package."""
    return ".".join(name.split(".")[:2])


def circle(edges: Mapping[str, set[str]]) -> list[str]:
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
