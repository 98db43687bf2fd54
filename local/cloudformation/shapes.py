"""Checks parameters of a call against the service's own model, as the service would.

botocore's validator knows unknown and missing members, types and minima. The model also has maxima,
patterns, enumerations and unions, which only the service checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import regex
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape
from botocore.session import Session

_SCALARS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "character": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "blob": (bytes, str),
}


@lru_cache
def model(service: str) -> ServiceModel:
    """The model of a service."""
    return Session().get_service_model(service)


def findings(service: str, operation: str, parameters: Mapping[str, Any]) -> list[str]:
    """What the service's model says against a call, each with the path of the parameter."""
    shape = model(service).operation_model(operation).input_shape
    if shape is None:
        return [f"{operation} takes no parameters"]
    return list(_shape(operation, shape, parameters))


def _shape(path: str, shape: Shape, value: Any) -> Iterator[str]:  # noqa: ANN401  # JSON
    if isinstance(shape, StructureShape):
        yield from _structure(path, shape, value)
    elif isinstance(shape, ListShape):
        yield from _list(path, shape, value)
    elif isinstance(shape, MapShape):
        yield from _map(path, shape, value)
    elif shape.type_name != "timestamp":
        yield from _scalar(path, shape, value)


def _structure(path: str, shape: StructureShape, value: Any) -> Iterator[str]:  # noqa: ANN401  # JSON
    if shape.is_document_type:  # any JSON, a text too
        return
    if not isinstance(value, Mapping):
        yield f"{path}: {type(value).__name__} instead of a structure"
        return
    for name in shape.required_members:
        if name not in value:
            yield f"{path}.{name} is missing"
    if shape.is_tagged_union and len(value) != 1:
        yield f"{path}: exactly one member is allowed, not {len(value)}"
    for name, inner in value.items():
        if name in shape.members:
            yield from _shape(f"{path}.{name}", shape.members[name], inner)
        else:
            yield f"{path}.{name}: the service knows no such member"


def _list(path: str, shape: ListShape, value: Any) -> Iterator[str]:  # noqa: ANN401  # JSON
    if not isinstance(value, (list, tuple)):
        yield f"{path}: {type(value).__name__} instead of a list"
        return
    yield from _range(path, shape, len(value), "elements")
    for place, inner in enumerate(value):
        yield from _shape(f"{path}[{place}]", shape.member, inner)


def _map(path: str, shape: MapShape, value: Any) -> Iterator[str]:  # noqa: ANN401  # JSON
    if not isinstance(value, Mapping):
        yield f"{path}: {type(value).__name__} instead of a map"
        return
    yield from _range(path, shape, len(value), "entries")
    for name, inner in value.items():
        yield from _shape(f"{path} key {name}", shape.key, name)
        yield from _shape(f"{path}.{name}", shape.value, inner)


def _scalar(path: str, shape: Shape, value: Any) -> Iterator[str]:  # noqa: ANN401  # JSON
    wanted = _SCALARS[shape.type_name]
    if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
        yield f"{path}: {type(value).__name__} instead of {shape.type_name}"
        return
    if isinstance(value, str):
        if value not in (shape.metadata.get("enum") or [value]):
            yield f"{path}: {value} is not among {', '.join(shape.metadata['enum'])}"
        yield from _range(path, shape, len(value), "characters")
        pattern = shape.metadata.get("pattern")
        if pattern and not compiled(pattern).fullmatch(value):
            yield f"{path}: does not match {pattern}"
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield from _range(path, shape, value, "")


def _range(path: str, shape: Shape, size: float, what: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        yield f"{path}: {size} {what}".rstrip() + f", at least {least} are required"
    # Some models have a maximum of 0 where they mean none.
    if most and size > most:
        yield f"{path}: {size} {what}".rstrip() + f", at most {most} are allowed"


@lru_cache
def compiled(pattern: str) -> regex.Pattern[str]:
    """A pattern in Java's dialect, in which the models are written; `regex` reads nearly all."""
    return regex.compile(_python(pattern))


def _python(pattern: str) -> str:
    """Java writes characters beyond the first plane as surrogates, and a bare `-` after a class."""
    pattern = pattern.replace(r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF")
    return re.sub(r"(\\w)-(?=[ _])", r"\1\\-", pattern)
