"""What services verify when a resource is created: who may assume a role, and what it is allowed.

IAM itself is tried elsewhere (tests/grants/, tests/iam/). Here are the checks that a service makes
on creation, and policies without which nothing would arrive.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from local.cloudformation.evaluate import Resource, Stack
from local.cloudformation.order import owner, values
from local.cloudformation.policies import allows, of_role, statements

_TRUSTED = {
    ("AWS::Lambda::Function", "Role"): "lambda.amazonaws.com",
    ("AWS::Scheduler::Schedule", "Target.RoleArn"): "scheduler.amazonaws.com",
    (
        "AWS::Glue::TableOptimizer",
        "TableOptimizerConfiguration.RoleArn",
    ): "glue.amazonaws.com",
    (
        "AWS::QuickSight::DataSource",
        "DataSourceParameters.AthenaParameters.RoleArn",
    ): "quicksight.amazonaws.com",
}
_CONSUME = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_INTERFACES = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DeleteNetworkInterface",
)
_KEY = ("kms:GenerateDataKey", "kms:Decrypt")


def findings(stack: Stack) -> list[str]:
    """Roles that a service may not assume, and grants that creation or delivery needs."""
    every = (
        *(_trusts, _mappings, _destinations, _networks, _optimizers),
        *(_notifications, _targets, _logs, _groups),
    )
    return [line for find in every for line in find(stack)]


def _role_of(stack: Stack, function: str) -> Resource | None:
    one = owner(stack, "AWS::Lambda::Function", "Ref", function)
    return owner(stack, "AWS::IAM::Role", "Arn", one.properties["Role"]) if one else None


def _trusts(stack: Stack) -> Iterator[str]:
    for one in stack.resources.values():
        for (kind, path), service in _TRUSTED.items():
            for arn in values(one.properties, path) if kind == one.kind else ():
                role = owner(stack, "AWS::IAM::Role", "Arn", arn)
                trust = role.properties["AssumeRolePolicyDocument"]["Statement"] if role else []
                context = {"aws:SourceAccount": stack.place.account}
                if role and not allows(trust, "sts:AssumeRole", "*", service, context):
                    yield f"{one.logical_id}: {service} may not assume {role.logical_id}"


def _mappings(stack: Stack) -> Iterator[str]:
    for one in _of(stack, "AWS::Lambda::EventSourceMapping"):
        arn, function = one.properties["EventSourceArn"], one.properties["FunctionName"]
        role, queue = _role_of(stack, function), owner(stack, "AWS::SQS::Queue", "Arn", arn)
        for action in _CONSUME:
            if role and not allows(of_role(role), action, arn):
                yield f"{one.logical_id}: {role.logical_id} does not allow {action}"
        code = owner(stack, "AWS::Lambda::Function", "Ref", function)
        if code and queue:
            hidden = queue.properties.get("VisibilityTimeout", 30)
            if hidden < code.properties.get("Timeout", 3):
                yield (
                    f"{one.logical_id}: {queue.logical_id} hides messages for {hidden} s, less "
                    f"than {code.logical_id} may take"
                )
        batch, window = (
            one.properties.get(name, 0) for name in ("BatchSize", "MaximumBatchingWindowInSeconds")
        )
        if batch > 10 and window < 1:  # noqa: PLR2004  # what ReceiveMessage returns at most
            yield f"{one.logical_id}: a batch of {batch} requires a window of at least 1 s"


def _destinations(stack: Stack) -> Iterator[str]:
    for one in _of(stack, "AWS::Lambda::EventInvokeConfig"):
        role = _role_of(stack, one.properties["FunctionName"])
        for arn in values(one.properties, "DestinationConfig.OnFailure.Destination"):
            if role and not allows(of_role(role), "sqs:SendMessage", arn):
                yield f"{one.logical_id}: {role.logical_id} does not allow sqs:SendMessage"


def _networks(stack: Stack) -> Iterator[str]:
    for one in _of(stack, "AWS::Lambda::Function"):
        if not one.properties.get("VpcConfig"):
            continue
        role = _role_of(stack, one.identity.ref)
        for action in _INTERFACES:
            if role and not allows(of_role(role), action, "*"):
                yield f"{one.logical_id}: {role.logical_id} does not allow {action}"


def _optimizers(stack: Stack) -> Iterator[str]:
    """What Glue does with a table, and that it logs it (its guide, "Table optimization …")."""
    place = stack.place
    for one in _of(stack, "AWS::Glue::TableOptimizer"):
        settings = one.properties["TableOptimizerConfiguration"]
        role = owner(stack, "AWS::IAM::Role", "Arn", settings["RoleArn"])
        where = f"{place.region}:{place.account}"
        table = f"{one.properties['DatabaseName']}/{one.properties['TableName']}"
        group = f"/aws-glue/iceberg-{one.properties['Type']}/logs"
        for action, resource in (
            ("glue:GetTable", f"glue:{where}:table/{table}"),
            ("glue:UpdateTable", f"glue:{where}:table/{table}"),
            ("logs:CreateLogGroup", f"logs:{where}:log-group:{group}:*"),
            ("logs:CreateLogStream", f"logs:{where}:log-group:{group}:*"),
            ("logs:PutLogEvents", f"logs:{where}:log-group:{group}:log-stream:one"),
        ):
            arn = f"arn:{place.partition}:{resource}"
            if role and not allows(of_role(role), action, arn):
                yield f"{one.logical_id}: {role.logical_id} does not allow {action}"


def _notifications(stack: Stack) -> Iterator[str]:
    for bucket in _of(stack, "AWS::S3::Bucket"):
        context = {
            "aws:SourceArn": bucket.identity.attributes["Arn"],
            "aws:SourceAccount": stack.place.account,
        }
        prefixes: list[str] = []
        for one in values(bucket.properties, "NotificationConfiguration.QueueConfigurations.*"):
            yield from _may_send(stack, bucket, one["Queue"], "s3.amazonaws.com", context)
            rules = one.get("Filter", {}).get("S3Key", {}).get("Rules", [])
            prefixes.append("".join(rule["Value"] for rule in rules if rule["Name"] == "prefix"))
        for place, first in enumerate(prefixes):
            for second in prefixes[place + 1 :]:
                if first.startswith(second) or second.startswith(first):
                    yield f"{bucket.logical_id}: notifications overlap: {first} and {second}"


def _targets(stack: Stack) -> Iterator[str]:
    for rule in _of(stack, "AWS::Events::Rule"):
        arn = rule.identity.attributes["Arn"]
        context = {"aws:SourceArn": arn, "aws:SourceAccount": stack.place.account}
        for target in rule.properties.get("Targets", []):
            if owner(stack, "AWS::SQS::Queue", "Arn", target["Arn"]):
                yield from _may_send(stack, rule, target["Arn"], "events.amazonaws.com", context)
            elif not any(
                one.properties.get("SourceArn") == arn
                for one in _of(stack, "AWS::Lambda::Permission")
            ):
                yield f"{rule.logical_id}: no permission to invoke its target"


def _may_send(
    stack: Stack, sender: Resource, arn: str, service: str, context: Mapping[str, str]
) -> Iterator[str]:
    """Whether a service may send to a queue, and use the key that encrypts it."""
    queue = owner(stack, "AWS::SQS::Queue", "Arn", arn)
    if queue is None:
        return
    policies = [
        one.properties["PolicyDocument"]
        for one in _of(stack, "AWS::SQS::QueuePolicy")
        if queue.identity.ref in one.properties["Queues"]
    ]
    if not allows(statements(policies), "sqs:SendMessage", arn, service, context):
        yield f"{sender.logical_id}: {queue.logical_id} takes no messages from it"
    key = owner(stack, "AWS::KMS::Key", "Arn", queue.properties.get("KmsMasterKeyId", ""))
    for action in _KEY if key else ():
        of_key = key.properties["KeyPolicy"]["Statement"] if key else []
        if not allows(of_key, action, "*", service, context):
            yield f"{sender.logical_id}: {service} may not use the key of {queue.logical_id}"


def _logs(stack: Stack) -> Iterator[str]:
    """S3 delivers access logs only where the policy of their bucket allows it."""
    for bucket in _of(stack, "AWS::S3::Bucket"):
        for name in values(bucket.properties, "LoggingConfiguration.DestinationBucketName"):
            documents = [
                one.properties["PolicyDocument"]
                for one in _of(stack, "AWS::S3::BucketPolicy")
                if one.properties["Bucket"] == name
            ]
            context = {
                "aws:SourceArn": bucket.identity.attributes["Arn"],
                "aws:SourceAccount": stack.place.account,
            }
            resource = f"arn:{stack.place.partition}:s3:::{name}/x"
            service = "logging.s3.amazonaws.com"
            if not allows(statements(documents), "s3:PutObject", resource, service, context):
                yield f"{bucket.logical_id}: its access logs may not be delivered"


def _groups(stack: Stack) -> Iterator[str]:
    """CreateLogGroup fails if the key's policy does not let CloudWatch Logs use it."""
    for group in _of(stack, "AWS::Logs::LogGroup"):
        key = owner(stack, "AWS::KMS::Key", "Arn", group.properties.get("KmsKeyId", ""))
        if key is None:
            continue
        context = {
            "kms:EncryptionContext:aws:logs:arn": group.identity.attributes["Arn"].removesuffix(
                ":*"
            )
        }
        service = f"logs.{stack.place.region}.amazonaws.com"
        of_key = key.properties["KeyPolicy"]["Statement"]
        for action in ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"):
            if not allows(of_key, action, "*", service, context):
                yield f"{group.logical_id}: {key.logical_id} does not allow {action} for it"


def _of(stack: Stack, kind: str) -> list[Resource]:
    return [one for one in stack.resources.values() if one.kind == kind]
