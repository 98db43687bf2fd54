from __future__ import annotations

import inspect
import re

import pytest

from chalicelib import errors


def drawn_tree() -> dict[str, str]:
    """Each class of the docstring's tree and the class that it is drawn under."""
    tree: dict[str, str] = {}
    path: list[str] = []
    for line in str(inspect.getdoc(errors)).splitlines():
        found = re.match(r"([│├└─ ]*)(\w+Error)\b", line)
        if found is None:
            continue
        depth = len(found[1]) // 4
        path[depth:] = [found[2]]
        tree[found[2]] = path[depth - 1] if depth else "Exception"
    return tree


def test_docstring_draws_the_classes_as_they_are() -> None:
    classes = {
        name: kind.__bases__[0].__name__
        for name, kind in inspect.getmembers(errors, inspect.isclass)
    }

    assert drawn_tree() == classes


def test_no_error_is_both_terminal_and_retryable() -> None:
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]

    both = [
        kind
        for kind in kinds
        if issubclass(kind, errors.TerminalError) and issubclass(kind, errors.RetryableError)
    ]

    assert not both


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (errors.SettingsError("A", "is not set"), "Settings", "setting A: is not set"),
        (errors.FileRejectedError("NotJson", "it is not"), "NotJson", "it is not"),
        (
            errors.RecordRejectedError(3, "findings", "is blank"),
            "RecordRejected",
            "record 3: findings: is blank",
        ),
        (errors.EndpointSlowError("slow"), "EndpointSlow", "slow"),
    ],
)
def test_errors_have_a_code_to_group_by(
    error: errors.ImpressionsError, code: str, text: str
) -> None:
    assert error.code == code
    assert str(error) == text


def test_errors_carry_what_they_are_about() -> None:
    rejected = errors.RecordRejectedError(3, "findings", "is blank", "r-3")

    assert (rejected.index, rejected.field, rejected.report_id) == (3, "findings", "r-3")
    assert errors.SettingsError("A", "is not set").name == "A"
