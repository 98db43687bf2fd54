import json
from typing import Any

from common.stack_settings import LocalStackSettings
from local.stack.ministack_workarounds import mended, nested

URL = "http://127.0.0.1:1/artifacts/analytics.json"
VALUES = {"WorkerConcurrency": "2"}
TEMPLATE: dict[str, Any] = {
    "Parameters": {"WorkerConcurrency": {"Default": 4}, "MessagesPerInvocation": {"Default": 10}},
    "Resources": {
        "Summarize": {
            "Type": "AWS::Lambda::Function",
            "Properties": {"Code": {"S3Bucket": "replaced", "S3Key": "deployment.zip"}},
        },
        "Source": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "BatchSize": {"Ref": "MessagesPerInvocation"},
                "MaximumBatchingWindowInSeconds": 1,
                "ScalingConfig": {"MaximumConcurrency": {"Ref": "WorkerConcurrency"}},
            },
        },
    },
}


def test_numbers_of_the_event_source_are_numbers_where_ministack_would_take_a_text() -> None:
    made = mended(TEMPLATE, VALUES, LocalStackSettings(), URL)

    source = made["Resources"]["Source"]["Properties"]
    assert source == {
        "BatchSize": 10,
        "MaximumBatchingWindowInSeconds": 1,
        "ScalingConfig": {"MaximumConcurrency": 2},
    }


def test_the_code_lies_in_the_artifacts_bucket_and_the_template_stays_as_it_was() -> None:
    before = json.dumps(TEMPLATE)

    made = mended(TEMPLATE, VALUES, LocalStackSettings(stack_name="x"), URL)

    code = made["Resources"]["Summarize"]["Properties"]["Code"]
    assert code == {"S3Bucket": "x-artifacts", "S3Key": "deployment.zip"}
    assert json.dumps(TEMPLATE) == before


def test_a_role_that_may_send_may_send_batches() -> None:
    statements = [
        {"Action": ["sqs:SendMessage", "sqs:ReceiveMessage"]},
        {"Action": "s3:ListBucket"},
        {"Action": "sqs:SendMessage"},
    ]
    conditional = {"Fn::If": ["InVpc", {"Action": "ec2:*"}, {"Ref": "AWS::NoValue"}]}
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {"Policies": [{"PolicyDocument": {"Statement": [*statements, conditional]}}]},
    }

    made = mended({"Resources": {"Role": role}}, VALUES, LocalStackSettings(), URL)

    [policy] = made["Resources"]["Role"]["Properties"]["Policies"]
    *made_ones, last = policy["PolicyDocument"]["Statement"]
    assert [one["Action"] for one in made_ones] == [
        ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:SendMessageBatch"],
        "s3:ListBucket",
        ["sqs:SendMessage", "sqs:SendMessageBatch"],
    ]
    assert last == conditional


def test_the_nested_stack_is_taken_from_where_it_was_uploaded_to() -> None:
    stack = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": "analytics/template.json"},
    }

    made = mended({"Resources": {"Analytics": stack}}, VALUES, LocalStackSettings(), URL)

    assert made["Resources"]["Analytics"]["Properties"]["TemplateURL"] == URL


def test_only_what_ministack_does_not_make_is_left_out_of_the_nested_stack() -> None:
    template = {
        "Resources": {
            "Query": {"Type": "AWS::Athena::NamedQuery"},
            "Table": {"Type": "AWS::Glue::Table"},
        }
    }

    assert nested(template) == {"Resources": {"Table": {"Type": "AWS::Glue::Table"}}}


def test_an_alarm_on_metric_math_becomes_one_on_a_metric() -> None:
    metric = {"Namespace": "N", "MetricName": "Flagged", "Dimensions": [{"Name": "a"}]}
    stat = {"Metric": metric, "Stat": "Sum", "Period": 60}
    alarm = {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "Metrics": [
                {"Id": "rate", "Expression": "flagged / 2"},
                {"Id": "other", "MetricStat": {**stat, "Period": 300}},
                {"Id": "flagged", "MetricStat": stat},
            ],
            "Threshold": 5,
        },
    }
    plain = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "Errors"}}

    made = mended({"Resources": {"A": alarm, "B": plain}}, VALUES, LocalStackSettings(), URL)

    assert made["Resources"]["A"]["Properties"] == {
        **metric,
        "Statistic": "Sum",
        "Period": 60,
        "Threshold": 5,
    }
    assert made["Resources"]["B"] == plain
