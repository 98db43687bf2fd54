from typing import Any

import pytest

from local.cloudformation.policies import allows

GRANT = {
    "Effect": "Allow",
    "Principal": {"Service": ["s3.amazonaws.com", "events.amazonaws.com"]},
    "Action": ["sqs:Send*", "sqs:GetQueueUrl"],
    "Resource": "arn:aws:sqs:*:*:work",
    "Condition": {"ArnLike": {"aws:SourceArn": ["arn:aws:s3:::a-*"]}},
}
ASKED: dict[str, Any] = {
    "action": "sqs:SendMessage",
    "resource": "arn:aws:sqs:us-east-1:1:work",
    "principal": "s3.amazonaws.com",
    "context": {"aws:SourceArn": "arn:aws:s3:::a-landing"},
}


def test_a_grant_allows_what_matches_in_every_part() -> None:
    assert allows([GRANT], **ASKED)


@pytest.mark.parametrize(
    "change",
    [
        {"action": "sqs:DeleteMessage"},
        {"resource": "arn:aws:sqs:us-east-1:1:workers"},
        {"principal": "sns.amazonaws.com"},
        {"context": {"aws:SourceArn": "arn:aws:s3:::b"}},
        {"context": {}},
    ],
)
def test_and_nothing_else(change: dict[str, Any]) -> None:
    assert not allows([GRANT], **ASKED | change)


def test_a_statement_that_denies_allows_nothing() -> None:
    assert not allows([GRANT | {"Effect": "Deny"}], **ASKED)


def test_without_a_principal_a_role_s_own_policy_is_asked() -> None:
    mine = {"Effect": "Allow", "Action": "SQS:sendmessage", "Resource": "*"}

    assert allows([mine], "sqs:SendMessage", "arn:aws:sqs:us-east-1:1:work")
