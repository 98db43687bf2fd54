"""Whether the policies of an evaluated template allow a request."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from local.cloudformation.evaluate import Resource


def allows(
    statements: Sequence[Mapping[str, Any]],
    action: str,
    resource: str,
    principal: str | None = None,
    context: Mapping[str, str] | None = None,
) -> bool:
    """Whether a statement allows it; a condition holds if the context's values match it.

    Statements that deny are not looked at: those of the templates deny requests without TLS.
    """
    return any(
        one["Effect"] == "Allow"
        and _matches(one["Action"], action)
        and _matches(one.get("Resource", "*"), resource)
        and (principal is None or _is_principal(one.get("Principal"), principal))
        and all(
            key in (context or {}) and _matches(wanted, (context or {})[key])
            for tests in one.get("Condition", {}).values()
            for key, wanted in tests.items()
        )
        for one in statements
    )


def _matches(patterns: Any, value: str) -> bool:  # noqa: ANN401  # text or texts
    """Whether one of the patterns, with `*` for anything, matches a value."""
    for pattern in [patterns] if isinstance(patterns, str) else patterns:
        if re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), value, re.IGNORECASE | re.DOTALL):
            return True
    return False


def _is_principal(found: Any, service: str) -> bool:  # noqa: ANN401  # JSON
    services = found.get("Service", []) if isinstance(found, dict) else []
    return service in ([services] if isinstance(services, str) else services)


def statements(documents: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The statements of several policies."""
    return [one for document in documents for one in document["Statement"]]


def of_role(role: Resource) -> list[Mapping[str, Any]]:
    """The statements of a role's inline policies."""
    return statements([one["PolicyDocument"] for one in role.properties.get("Policies", [])])
