from __future__ import annotations

import inspect
import re

import pytest
from botocore.exceptions import ClientError

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


PUT = "s3:PutObject on lake/ in the results bucket"
EITHER = "kms:Decrypt or kms:GenerateDataKey"


def refused(code: str, message: str = "", call: str | None = PUT) -> ClientError:
    response = {"Error": {"Code": code, "Message": message}}
    return ClientError(
        response | ({} if call is None else {errors.CALL: call}),  # type: ignore[arg-type]  # what aws_calls adds
        "PutObject",
    )


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (refused("AccessDenied"), f"{PUT} is denied (AccessDenied)"),
        (refused("403"), f"{PUT} is denied (403)"),
        (refused("SlowDown", "secret"), f"{PUT} failed with SlowDown"),
        (refused("AccessDenied", call=None), "PutObject is denied (AccessDenied)"),
        (
            refused("AccessDenied", "U is not authorized to perform: kms:Decrypt on resource: a"),
            f"kms:Decrypt on the data key is denied (AccessDenied), for {PUT}",
        ),
        (
            refused("AccessDenied", "U is not authorized to perform: s3:PutObject on resource: a"),
            f"{PUT} is denied (AccessDenied)",
        ),
        (
            refused("AccessDeniedException", "KMS key access denied error: (Service: AWSKMS)"),
            f"{EITHER} on the data key is denied (AccessDeniedException), for {PUT}",
        ),
        (
            refused("KMS.DisabledException"),
            f"{EITHER} on the data key failed with KMS.DisabledException, for {PUT}",
        ),
    ],
)
def test_a_failed_call_is_named_by_action_resource_and_code(error: ClientError, said: str) -> None:
    assert errors.failed_call(error) == said


def test_an_unexpected_error_names_the_call_that_caused_it() -> None:
    error = ValueError("secret")
    error.__cause__ = refused("AccessDenied")

    assert (
        str(errors.without_message(error))
        == f"{PUT} is denied (AccessDenied); check the function's role"
    )


def test_an_unexpected_error_that_no_call_caused_names_its_type_only() -> None:
    assert str(errors.without_message(ValueError("secret"))) == "ValueError; see docs/runbook.md"
