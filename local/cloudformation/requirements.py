"""Which resources name others by a value, so that the others must exist before."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Requirement:
    """A resource that names another one by a value, which must be one of the stack's.

    Attributes:
        kind: the type of the resource that names the other.
        path: where; `*` is every element or value.
        target: the type of the other.
        key: the property that is named; "Ref" or "Arn" for what they give.
        elsewhere: whether the other may also be outside the stack.
    """

    kind: str
    path: str
    target: str
    key: str
    elsewhere: bool = False


REQUIREMENTS = (
    Requirement("AWS::Glue::Table", "DatabaseName", "AWS::Glue::Database", "Ref"),
    Requirement("AWS::Glue::TableOptimizer", "TableName", "AWS::Glue::Table", "Ref"),
    Requirement("AWS::Glue::TableOptimizer", "DatabaseName", "AWS::Glue::Database", "Ref"),
    Requirement(
        "AWS::Glue::TableOptimizer",
        "TableOptimizerConfiguration.RoleArn",
        "AWS::IAM::Role",
        "Arn",
    ),
    Requirement("AWS::Athena::NamedQuery", "Database", "AWS::Glue::Database", "Ref"),
    Requirement("AWS::Athena::NamedQuery", "WorkGroup", "AWS::Athena::WorkGroup", "Ref"),
    Requirement("AWS::Scheduler::Schedule", "Target.RoleArn", "AWS::IAM::Role", "Arn"),
    Requirement(
        "AWS::QuickSight::DataSource",
        "DataSourceParameters.AthenaParameters.WorkGroup",
        "AWS::Athena::WorkGroup",
        "Ref",
    ),
    Requirement(
        "AWS::QuickSight::DataSource",
        "DataSourceParameters.AthenaParameters.RoleArn",
        "AWS::IAM::Role",
        "Arn",
    ),
    Requirement(
        "AWS::QuickSight::DataSet",
        "PhysicalTableMap.*.RelationalTable.DataSourceArn",
        "AWS::QuickSight::DataSource",
        "Arn",
    ),
    Requirement(
        "AWS::QuickSight::DataSet",
        "PhysicalTableMap.*.RelationalTable.Schema",
        "AWS::Glue::Database",
        "Ref",
    ),
    Requirement(
        "AWS::QuickSight::DataSet",
        "PhysicalTableMap.*.RelationalTable.Name",
        "AWS::Glue::Table",
        "Ref",
    ),
    Requirement("AWS::QuickSight::RefreshSchedule", "DataSetId", "AWS::QuickSight::DataSet", "Ref"),
    Requirement(
        "AWS::QuickSight::Dashboard",
        "Definition.DataSetIdentifierDeclarations.*.DataSetArn",
        "AWS::QuickSight::DataSet",
        "Arn",
    ),
    Requirement("AWS::QuickSight::Dashboard", "ThemeArn", "AWS::QuickSight::Theme", "Arn"),
    Requirement("AWS::S3::BucketPolicy", "Bucket", "AWS::S3::Bucket", "Ref"),
    Requirement(
        "AWS::S3::Bucket", "LoggingConfiguration.DestinationBucketName", "AWS::S3::Bucket", "Ref"
    ),
    Requirement(
        "AWS::S3::Bucket",
        "NotificationConfiguration.QueueConfigurations.*.Queue",
        "AWS::SQS::Queue",
        "Arn",
    ),
    Requirement("AWS::SQS::Queue", "RedrivePolicy.deadLetterTargetArn", "AWS::SQS::Queue", "Arn"),
    Requirement("AWS::SQS::QueuePolicy", "Queues.*", "AWS::SQS::Queue", "Ref"),
    Requirement("AWS::Lambda::Function", "Role", "AWS::IAM::Role", "Arn"),
    Requirement("AWS::Lambda::Function", "LoggingConfig.LogGroup", "AWS::Logs::LogGroup", "Ref"),
    Requirement("AWS::Lambda::EventSourceMapping", "EventSourceArn", "AWS::SQS::Queue", "Arn"),
    *(
        Requirement(f"AWS::Lambda::{one}", "FunctionName", "AWS::Lambda::Function", "Ref")
        for one in ("EventSourceMapping", "EventInvokeConfig", "Permission")
    ),
    Requirement(
        "AWS::Lambda::EventInvokeConfig",
        "DestinationConfig.OnFailure.Destination",
        "AWS::SQS::Queue",
        "Arn",
    ),
    Requirement("AWS::SNS::TopicPolicy", "Topics.*", "AWS::SNS::Topic", "Ref"),
    Requirement(
        "AWS::CloudWatch::Alarm", "AlarmActions.*", "AWS::SNS::Topic", "Ref", elsewhere=True
    ),
)
