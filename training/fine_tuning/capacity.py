"""Recognises missing capacity: a refused CreateTrainingJob, or a job that fails minutes later.

CreateTrainingJob refuses a type for which the account has no quota left (ResourceLimitExceeded), or
that the region does not have or no longer has (ValidationException). That EC2 has no instance at
the moment shows only afterwards: SageMaker keeps trying, then the job fails with the reason
CapacityError, or a spot job stops because its maximum wait is over before it ran.
"""

from __future__ import annotations

from common.errors import AwsError
from training.jobs.find import Job

_REFUSALS = ("ResourceLimitExceeded", "CapacityError", "InsufficientCapacity")
_REASONS = ("capacityerror", "insufficientinstancecapacity", "insufficient capacity")
_INVALID = "ValidationException"
# Parts of messages about a type that a region does not have, and about one that AWS retired.
_NOT_HERE = "is not available in this region"
_NO_TYPE = ("instancetype", "enum value set")


def is_refusal(error: AwsError) -> bool:
    """Whether CreateTrainingJob refused the instance type, so that another may be accepted."""
    if error.code in _REFUSALS:
        return True
    text = str(error).lower()
    return error.code == _INVALID and (_NOT_HERE in text or all(part in text for part in _NO_TYPE))


def is_failure(job: Job) -> bool:
    """Whether a job has ended because there was no instance for it."""
    if job["TrainingJobStatus"] == "Failed":
        reason = job.get("FailureReason", "").lower()
        return any(one in reason for one in _REASONS)
    return job.get("SecondaryStatus") == "MaxWaitTimeExceeded" and not job.get("TrainingStartTime")
