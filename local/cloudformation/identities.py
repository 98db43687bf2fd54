"""What `Ref` and `GetAtt` give for each type of resource, once it exists."""

from __future__ import annotations

from dataclasses import dataclass, field

from local.errors import PackageError

# What CloudFormation adds to the names that it makes.
RANDOM = "1ABCDEFGHIJKL"
# The property that names a resource, and how long a name CloudFormation makes if there is none.
NAMES: dict[str, tuple[str, int]] = {
    "AWS::Athena::NamedQuery": ("", 128),  # its name need not be unique
    "AWS::Athena::WorkGroup": ("Name", 128),
    "AWS::CloudFormation::Stack": ("StackName", 128),
    "AWS::CloudWatch::Alarm": ("AlarmName", 255),
    "AWS::CloudWatch::Dashboard": ("DashboardName", 255),
    "AWS::DynamoDB::Table": ("TableName", 255),
    "AWS::EC2::VPCEndpoint": ("", 22),
    "AWS::Events::Rule": ("Name", 64),
    "AWS::Glue::Database": ("DatabaseInput.Name", 255),
    "AWS::Glue::Table": ("TableInput.Name|Name", 255),
    "AWS::Glue::TableOptimizer": ("", 255),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName", 128),
    "AWS::IAM::Role": ("RoleName", 64),
    "AWS::KMS::Key": ("", 36),
    "AWS::Lambda::EventInvokeConfig": ("", 64),
    "AWS::Lambda::EventSourceMapping": ("", 36),
    "AWS::Lambda::Function": ("FunctionName", 64),
    "AWS::Lambda::Permission": ("", 100),
    "AWS::Logs::LogGroup": ("LogGroupName", 512),
    "AWS::QuickSight::Dashboard": ("DashboardId", 512),
    "AWS::QuickSight::DataSet": ("DataSetId", 512),
    "AWS::QuickSight::DataSource": ("DataSourceId", 512),
    "AWS::QuickSight::RefreshSchedule": ("Schedule.ScheduleId", 128),
    "AWS::QuickSight::Theme": ("ThemeId", 512),
    "AWS::S3::Bucket": ("BucketName", 63),
    "AWS::S3::BucketPolicy": ("", 63),
    "AWS::SNS::Topic": ("TopicName", 256),
    "AWS::SNS::TopicPolicy": ("", 256),
    "AWS::SQS::Queue": ("QueueName", 80),
    "AWS::SQS::QueuePolicy": ("", 80),
    "AWS::Scheduler::Schedule": ("Name", 64),
}
# The ARN of each type; those without one are not here.
_ARNS = {
    "AWS::CloudFormation::Stack": "cloudformation:{region}:{account}:stack/{name}/0",
    "AWS::CloudWatch::Alarm": "cloudwatch:{region}:{account}:alarm:{name}",
    "AWS::DynamoDB::Table": "dynamodb:{region}:{account}:table/{name}",
    "AWS::Events::Rule": "events:{region}:{account}:rule/{name}",
    "AWS::IAM::ManagedPolicy": "iam::{account}:policy/{name}",
    "AWS::IAM::Role": "iam::{account}:role/{name}",
    "AWS::KMS::Key": "kms:{region}:{account}:key/{name}",
    "AWS::Lambda::Function": "lambda:{region}:{account}:function:{name}",
    "AWS::Logs::LogGroup": "logs:{region}:{account}:log-group:{name}:*",
    "AWS::QuickSight::Dashboard": "quicksight:{region}:{account}:dashboard/{name}",
    "AWS::QuickSight::DataSet": "quicksight:{region}:{account}:dataset/{name}",
    "AWS::QuickSight::DataSource": "quicksight:{region}:{account}:datasource/{name}",
    "AWS::QuickSight::Theme": "quicksight:{region}:{account}:theme/{name}",
    "AWS::S3::Bucket": "s3:::{name}",
    "AWS::SNS::Topic": "sns:{region}:{account}:{name}",
    "AWS::SQS::Queue": "sqs:{region}:{account}:{name}",
}
_REF_IS_ARN = ("AWS::CloudFormation::Stack", "AWS::IAM::ManagedPolicy", "AWS::SNS::Topic")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stack is deployed."""

    stack: str
    region: str = "ap-southeast-1"
    account: str = "123456789012"
    partition: str = "aws"


@dataclass(frozen=True, slots=True)
class Identity:
    """A resource's name, what `Ref` gives and what `GetAtt` gives."""

    name: str
    ref: str
    attributes: dict[str, str] = field(default_factory=dict)


def identity(kind: str, logical_id: str, name: str | None, place: Place) -> Identity:
    """What others know a resource by; `name` is that of the template, None if it has none.

    Raises PackageError for a type that this module does not know.
    """
    if kind not in NAMES:
        raise PackageError(f"{logical_id}: add {kind} to local/cloudformation/identities.py")
    name = name or generated(logical_id, place.stack, NAMES[kind][1])
    if kind == "AWS::S3::Bucket":
        name = name.lower()
    if kind == "AWS::KMS::Key":
        name = "00000000-0000-0000-0000-" + f"{len(logical_id):012}"
    attributes = {}
    if kind in _ARNS:
        where = {"region": place.region, "account": place.account, "name": name}
        attributes["Arn"] = f"arn:{place.partition}:" + _ARNS[kind].format(**where)
    ref = attributes["Arn"] if kind in _REF_IS_ARN else name
    if kind == "AWS::SQS::Queue":
        ref = f"https://sqs.{place.region}.amazonaws.com/{place.account}/{name}"
        attributes["QueueName"] = name
    return Identity(name, ref, attributes)


def generated(logical_id: str, stack: str, longest: int) -> str:
    """A name as CloudFormation makes it: stack, logical id and 13 characters, cut to size."""
    room = longest - len(RANDOM) - 2
    if room < 2:  # noqa: PLR2004  # a letter of each
        return RANDOM[:longest]
    half = room // 2
    stack = stack[: max(half, room - len(logical_id))]
    return f"{stack}-{logical_id[: room - len(stack)]}-{RANDOM}"
