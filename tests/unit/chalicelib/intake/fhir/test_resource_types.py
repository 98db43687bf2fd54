from __future__ import annotations

import importlib
import pkgutil

from fhir import resources
from fhir.resources import R4B

from chalicelib.intake.fhir.resource_types import RESOURCE_TYPES


def test_the_names_are_those_of_fhir() -> None:
    modules = {
        f"{package.__name__}.{module.name}"
        for package in (resources, R4B)
        for module in pkgutil.iter_modules(package.__path__)
        if not module.ispkg
    }
    # Each resource has a module that is called after it.
    found = {name.rpartition(".")[2] for name in modules}

    assert {name.lower() for name in RESOURCE_TYPES} <= found
    for name in ("Bundle", "DiagnosticReport", "Observation", "ImagingStudy"):
        module = importlib.import_module(f"fhir.resources.{name.lower()}")
        assert hasattr(module, name)
        assert name in RESOURCE_TYPES
