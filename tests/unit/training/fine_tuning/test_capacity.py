"""What is missing capacity, and what is another error: a job must not be tried elsewhere for it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from common.errors import AwsError
from training.fine_tuning import capacity


@pytest.mark.parametrize(
    ("code", "text", "is_refusal"),
    [
        ("ResourceLimitExceeded", "the account's quota is used up", True),
        (
            "ValidationException",
            "The requested resource training-job/ml.p3.16xlarge is not available in this region",
            True,
        ),
        (
            "ValidationException",
            "At 'resourceConfig.instanceType': Member must satisfy enum value set: [ml.g5.xlarge]",
            True,
        ),
        ("ValidationException", "No S3 objects found under S3 URL", False),
        (
            "ValidationException",
            "Value 'x' at 'trainingInputMode': Member must satisfy enum value set: [File]",
            False,
        ),
        ("ThrottlingException", "Rate exceeded", False),
        ("AccessDeniedException", "denied", False),
    ],
)
def test_refusals_of_the_type_are_told_from_others(
    code: str,
    text: str,
    is_refusal: bool,  # noqa: FBT001  # a figure of the table above
) -> None:
    assert capacity.is_refusal(AwsError("training job x", text, code)) == is_refusal


BEGAN = {"TrainingStartTime": datetime(2026, 1, 1, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("job", "is_failure"),
    [
        (
            {
                "TrainingJobStatus": "Failed",
                "FailureReason": "CapacityError: Unable to provision requested ML compute capacity."
                " Please retry using a different ML instance type.",
            },
            True,
        ),
        ({"TrainingJobStatus": "Failed", "FailureReason": "AlgorithmError: exit code 1"}, False),
        ({"TrainingJobStatus": "Failed"}, False),
        ({"TrainingJobStatus": "Completed"}, False),
        ({"TrainingJobStatus": "Stopped", "SecondaryStatus": "MaxWaitTimeExceeded"}, True),
        # It ran, and was too slow: another type would pay for the same again.
        (
            {"TrainingJobStatus": "Stopped", "SecondaryStatus": "MaxWaitTimeExceeded"} | BEGAN,
            False,
        ),
        ({"TrainingJobStatus": "Stopped", "SecondaryStatus": "MaxRuntimeExceeded"}, False),
    ],
)
def test_failures_for_want_of_instances_are_told_from_others(
    job: dict[str, Any],
    is_failure: bool,  # noqa: FBT001  # a figure of the table above
) -> None:
    assert capacity.is_failure(job) == is_failure
