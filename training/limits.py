"""Limits of AWS's APIs that its SDK leaves to the service: checked before anything is sent.

botocore checks required members, types and minimums. Maximums and patterns are in its service
model, but only the service checks them: after the data was uploaded, or after the first of several
resources was created.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from botocore.model import Shape
from botocore.validate import ParamValidator

from common.aws import Target
from common.errors import SettingError, one_line

# SageMaker's documented maximum; the service model does not contain it.
MAX_RUNTIME_S = 28 * 24 * 3600
MOST_TAGS, LONGEST_TAG_KEY, LONGEST_TAG_VALUE = 50, 128, 256
_NOT_IN_A_TAG = re.compile(r"[^\w .:/=+\-@]")
# Java's character classes and UTF-16 surrogates, which Python's `re` does not have.
_JAVA = ("\\p{", "\\u")


def check(target: Target, service: str, operation: str, request: Mapping[str, Any]) -> None:
    """Raise SettingError if the service model does not allow a request."""
    model = target.client(service).meta.service_model
    shape = model.operation_model(operation).input_shape
    report = ParamValidator().validate(request, shape)
    if report.has_errors():
        raise SettingError(operation, one_line(report.generate_report()))
    problem = _problem(shape, request, "")
    if problem:
        raise SettingError(operation, problem)


def check_tags(tags: Mapping[str, str], reserved: tuple[str, ...]) -> None:
    """Raise SettingError for tags that AWS rejects, or that this project sets itself."""
    for key, value in tags.items():
        problem = None
        if key in reserved:
            problem = "is set by this project, which finds its resources by it; use another key"
        elif key.lower().startswith("aws:"):
            problem = "keys that begin with aws: are reserved; use another key"
        elif len(key) > LONGEST_TAG_KEY or len(value) > LONGEST_TAG_VALUE:
            problem = f"a key has at most {LONGEST_TAG_KEY} characters, a value {LONGEST_TAG_VALUE}"
        elif wrong := _NOT_IN_A_TAG.search(key + value):
            problem = f"{wrong[0]!r} is not allowed in a tag: letters, digits, spaces and _.:/=+-@"
        if problem:
            raise SettingError(f"--tag {key[:LONGEST_TAG_KEY]}", problem)
    if len(tags) + len(reserved) > MOST_TAGS:
        most = MOST_TAGS - len(reserved)
        raise SettingError("--tag", f"{len(tags)} tags are given; a resource takes {most} more")


def _problem(shape: Shape, value: Any, path: str) -> str | None:  # noqa: ANN401  # any member
    """The first member that is over a maximum or does not match its pattern."""
    limits: Mapping[str, Any] = shape.metadata
    size = value if isinstance(value, int | float) else len(value)
    if "max" in limits and size > limits["max"]:
        what = "is" if isinstance(value, int | float) else "has a length of"
        return f"{path} {what} {size:,}, at most {limits['max']:,} is allowed"
    pattern = limits.get("pattern")
    if pattern and isinstance(value, str) and not any(one in pattern for one in _JAVA):
        # The length was checked, so that the time for a match is bounded.
        if "max" in limits and re.fullmatch(pattern, value) is None:
            return f"{path} {value!r} does not match {pattern}"
        return None
    for name, member, below in _members(shape, value):
        if found := _problem(member, below, f"{path}.{name}" if path else name):
            return found
    return None


def _members(shape: Any, value: Any) -> list[tuple[str, Any, Any]]:  # noqa: ANN401  # botocore's
    if shape.type_name == "structure":
        return [(name, shape.members[name], one) for name, one in value.items()]
    if shape.type_name == "list":
        return [(str(index), shape.member, one) for index, one in enumerate(value)]
    if shape.type_name == "map":
        keys = [("key", shape.key, key) for key in value]
        return keys + [(str(key), shape.value, one) for key, one in value.items()]
    return []
