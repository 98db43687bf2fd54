"""Checks evaluated properties against the resource schemas that AWS publishes and cfn-lint carries.

cfn-lint checks a template, where the value of a `Sub` or a `Ref` is unknown; here it is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from jsonschema import Draft7Validator, validators
from jsonschema.exceptions import ValidationError

from local.cloudformation.shapes import compiled

_LONGEST = 200  # characters of a message that are shown


def findings(kind: str, properties: Mapping[str, Any], region: str) -> list[str]:
    """What the schema of a type says against properties, each with its path."""
    return sorted(
        f"{'.'.join(map(str, error.absolute_path)) or 'properties'}: {_short(error)}"
        for error in validator(kind, region).iter_errors(dict(properties))
    )


@lru_cache
def schema(kind: str, region: str) -> dict[str, Any]:
    """The schema of a type in a region."""
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # noqa: PLC0415  # 1 s

    found: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, kind).schema
    return found


@lru_cache
def validator(kind: str, region: str) -> Any:  # noqa: ANN401  # a class made at run time
    """The validator of a type, with patterns in the schemas' dialect."""
    made = validators.extend(Draft7Validator, {"pattern": _pattern})
    return made(schema(kind, region))


def _pattern(
    _validator: Any,  # noqa: ANN401  # jsonschema's
    pattern: str,
    instance: Any,  # noqa: ANN401  # JSON
    _schema: Any,  # noqa: ANN401  # jsonschema's
) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not compiled(pattern).search(instance):
        yield ValidationError(f"does not match {pattern}")


def _short(error: ValidationError) -> str:
    """Without the whole document, which jsonschema puts in front."""
    words = error.message
    return words if len(words) < _LONGEST else f"{error.validator}: …{words[-_LONGEST:]}"
