from typing import Any

import pytest

from benchmarks.cost.counts import counted, read_counts
from common.errors import UsageError

FIGURES = {
    "aws_calls_a_file": 8.0,
    "aws_calls_a_file_of_a_batch": 6.1,
    "aws_calls_a_file_s3.GetObject": 1.0,
    "aws_calls_a_file_s3.HeadObject": 2.0,
    "aws_calls_a_file_s3.PutObject": 4.0,
    "aws_calls_a_file_dynamodb.PutItem": 1.0,
    "aws_calls_a_file_dynamodb.GetItem": 3.0,
    "aws_calls_a_file_sqs.SendMessage": 5.0,
    "aws_calls_a_file_sagemaker-runtime.InvokeEndpoint": 1.0,
    "bytes_sent_a_file": 9000.0,
    "bytes_received_a_file": 4000.0,
}


def document(figures: dict[str, float]) -> dict[str, Any]:
    return {"figures": figures, "measured": {"bytes_sent_a_file": {"commit": "abc"}}}


def test_calls_are_counted_as_they_are_charged() -> None:
    found = counted(document(FIGURES))

    assert (found.s3_puts, found.s3_gets) == (4, 3)
    assert (found.dynamodb_writes, found.dynamodb_reads, found.sqs) == (1, 3, 5)
    assert (found.commit, found.bytes_sent, found.bytes_received) == ("abc", 9000, 4000)


def test_without_counts_it_says_how_to_get_them() -> None:
    with pytest.raises(UsageError, match="run make bench GROUPS=calls"):
        counted({})


def test_the_kept_counts_are_those_of_a_whole_file() -> None:
    kept = read_counts()

    # A claim, the file read once, one model call, and at least rows and a result written.
    assert kept.dynamodb_writes >= 1
    assert kept.s3_gets >= 1
    assert kept.s3_puts >= 4
    assert kept.calls["sagemaker-runtime.InvokeEndpoint"] == 1
