"""Validates requests and shapes responses with botocore's service models."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel, Shape
from botocore.validate import ParamValidator

from local.sagemaker.control.refusals import InvalidRequestError

Document = dict[str, Any]
# Services by the prefix of their X-Amz-Target. MiniStack supports neither.
NAMES = {"SageMaker": "sagemaker", "AnyScaleFrontendService": "application-autoscaling"}


@functools.cache
def model(service: str) -> ServiceModel:
    """A service's model, loaded on first use because loading is slow."""
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def check(model: ServiceModel, operation: str, request: Document) -> None:
    """Validate a request against the model.

    Raises:
        InvalidRequestError: a member is missing, unknown, of a wrong type, or out of range.
    """
    shape = model.operation_model(operation).input_shape
    if shape is None:
        return
    report = ParamValidator().validate(request, shape)
    if report.has_errors():
        raise InvalidRequestError(" ".join(report.generate_report().split()))
    problem = _problem(request, shape, "")
    if problem:
        raise InvalidRequestError(f"1 validation error detected: {problem}")


def answer(model: ServiceModel, operation: str, document: Mapping[str, Any]) -> Document:
    """The members of a document that the operation's response contains."""
    shape = model.operation_model(operation).output_shape
    members = getattr(shape, "members", {})
    return {name: document[name] for name in members if document.get(name) is not None}


def _problem(value: Any, shape: Shape, path: str) -> str | None:  # noqa: ANN401  # any JSON
    """Check what botocore leaves to the service: enumerations, patterns, maximum lengths."""
    if shape.type_name == "structure":
        found = (
            _problem(value[name], member, f"{path}.{name}" if path else name)
            for name, member in shape.members.items()  # type: ignore[attr-defined]  # StructureShape
            if value.get(name) is not None
        )
    elif shape.type_name == "list":
        member = shape.member  # type: ignore[attr-defined]  # ListShape
        found = (_problem(item, member, f"{path}.{i}") for i, item in enumerate(value))
    elif shape.type_name == "map":
        inner = shape.value  # type: ignore[attr-defined]  # MapShape
        found = (_problem(item, inner, f"{path}.{key}") for key, item in value.items())
    else:
        return _scalar_problem(value, shape, path)
    own = _too_long(value, shape, path) if shape.type_name != "structure" else None
    return own or next((problem for problem in found if problem), None)


def _scalar_problem(value: Any, shape: Shape, path: str) -> str | None:  # noqa: ANN401  # any
    start = f"Value '{value}' at '{path}' failed to satisfy constraint: Member must"
    allowed = getattr(shape, "enum", None)
    if allowed and value not in allowed:
        return f"{start} satisfy enum value set: [{', '.join(allowed)}]"
    pattern = shape.metadata.get("pattern")
    if pattern and isinstance(value, str) and not _matches(pattern, value):
        return f"{start} satisfy regular expression pattern: {pattern}"
    if isinstance(value, str):
        return _too_long(value, shape, path)
    most = shape.metadata.get("max")
    if most is not None and isinstance(value, int | float) and value > most:
        return f"{start} have value less than or equal to {most}"
    return None


def _too_long(value: Any, shape: Shape, path: str) -> str | None:  # noqa: ANN401  # sized
    most = shape.metadata.get("max")
    if most is not None and len(value) > most:
        return (
            f"Value at '{path}' failed to satisfy constraint: "
            f"Member must have length less than or equal to {most}"
        )
    return None


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:  # Java patterns that Python does not support are not checked
        return True
