"""Each test module lies where the module that it tests lies: a move takes its tests along."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.paths import ROOT

UNIT = ROOT / "tests" / "unit"
PACKAGES = {
    "analytics": ROOT / "analytics",
    "benchmarks": ROOT / "benchmarks",
    "chalicelib": ROOT / "chalice_app" / "chalicelib",
    "common": ROOT / "common",
    "local": ROOT / "local",
    "training": ROOT / "training",
}
# Test modules that mirror no module, and why. Those right below tests/unit/ are about all packages.
EXCEPTIONS = {
    "analytics/test_cost_query.py": "a query is an SQL file, no module",
    "template/test_alarms.py": "template.yaml is no module",
    "template/test_policies.py": "template.yaml is no module",
    "template/test_storage.py": "template.yaml is no module",
    "template/test_template.py": "template.yaml is no module",
    "training/test_embedded_model.py": "the committed model is a folder of files",
}
TEST_MODULES = sorted(path.relative_to(UNIT).as_posix() for path in UNIT.glob("*/**/test_*.py"))


def mirrored(test: str) -> list[Path]:
    """Where the module or package may be that a test module, or its folder, is called after."""
    package, *folders = Path(test).parent.parts
    if package not in PACKAGES:
        return []
    folder = PACKAGES[package].joinpath(*folders)
    stem = Path(test).stem.removeprefix("test_")
    # `test_main.py` mirrors `__main__.py`.
    stems = (stem, "__main__") if stem == "main" else (stem,)
    places = [
        path for one in stems for path in (folder / f"{one}.py", folder / one / "__init__.py")
    ]
    # A folder of tests may be about one module.
    return [*places, folder.with_suffix(".py")]


@pytest.mark.parametrize("test", [name for name in TEST_MODULES if name not in EXCEPTIONS])
def test_a_test_module_mirrors_a_module_or_a_package(test: str) -> None:
    places = mirrored(test)

    assert any(place.is_file() for place in places), f"none of {places} exists: move the test too"


def test_the_exceptions_are_still_exceptions() -> None:
    for test in EXCEPTIONS:
        assert test in TEST_MODULES, f"{test} is gone: take it off the list"
        assert not any(place.is_file() for place in mirrored(test)), f"{test} mirrors a module now"


@pytest.mark.parametrize(
    ("test", "place"),
    [
        ("common/test_files.py", "common/files.py"),
        ("analytics/test_report.py", "analytics/report/__init__.py"),
        ("chalicelib/queue/test_wire.py", "chalice_app/chalicelib/queue/wire.py"),
        ("local/test_main.py", "local/__main__.py"),
        ("common/files/test_links.py", "common/files.py"),
    ],
)
def test_the_place_of_a_module_follows_from_its_test(test: str, place: str) -> None:
    assert ROOT / place in mirrored(test)


@pytest.mark.parametrize(
    "test", ["common/test_nix.py", "queue/test_wire.py", "common/nix/test_files.py"]
)
def test_a_test_of_a_module_that_moved_is_noticed(test: str) -> None:
    assert not any(place.is_file() for place in mirrored(test))
