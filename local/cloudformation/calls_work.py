"""The create calls of what processes reports: storage, queues, functions, roles, alarms."""

from __future__ import annotations

from collections.abc import Iterator

from local.cloudformation.evaluate import Stack
from local.cloudformation.making import Call, Maker, Taken, maker, renamed, text

MAKERS: dict[str, Maker] = {}


@maker(MAKERS, "AWS::KMS::Key")
def _key(of: Taken, _stack: Stack) -> Iterator[Call]:
    yield Call("kms", "CreateKey", {"Policy": text(of.one("KeyPolicy")), **of.some("Description")})
    if of.one("EnableKeyRotation"):
        yield Call("kms", "EnableKeyRotation", {"KeyId": of.name})


@maker(MAKERS, "AWS::S3::Bucket")
def _bucket(of: Taken, stack: Stack) -> Iterator[Call]:
    bucket = {"Bucket": of.name}
    of.one("BucketName")
    ownership = of.one("OwnershipControls")
    where = {"LocationConstraint": stack.place.region}
    elsewhere = {} if stack.place.region == "us-east-1" else {"CreateBucketConfiguration": where}
    yield Call("s3", "CreateBucket", bucket | elsewhere)
    for operation, member, value in (
        ("PutBucketVersioning", "VersioningConfiguration", of.one("VersioningConfiguration")),
        (
            "PutPublicAccessBlock",
            "PublicAccessBlockConfiguration",
            of.one("PublicAccessBlockConfiguration"),
        ),
        ("PutBucketOwnershipControls", "OwnershipControls", ownership),
        ("PutBucketEncryption", "ServerSideEncryptionConfiguration", _encryption(of)),
        ("PutBucketLogging", "BucketLoggingStatus", _logging(of)),
        ("PutBucketLifecycleConfiguration", "LifecycleConfiguration", _lifecycle(of)),
        ("PutBucketNotificationConfiguration", "NotificationConfiguration", _notification(of)),
    ):
        if value:
            yield Call("s3", operation, bucket | {member: value})


def _encryption(of: Taken) -> dict[str, object]:
    rules = of.one("BucketEncryption", {}).get("ServerSideEncryptionConfiguration")
    names = {"ServerSideEncryptionByDefault": "ApplyServerSideEncryptionByDefault"}
    return {"Rules": renamed(rules, names)} if rules else {}


def _logging(of: Taken) -> dict[str, object]:
    found = of.one("LoggingConfiguration")
    names = {"DestinationBucketName": "TargetBucket", "LogFilePrefix": "TargetPrefix"}
    return {"LoggingEnabled": renamed(found, names)} if found else {}


def _lifecycle(of: Taken) -> dict[str, object]:
    rules = []
    for one in of.one("LifecycleConfiguration", {}).get("Rules", []):
        rule = renamed(one, {"Id": "ID"})
        rule["Filter"] = {"Prefix": rule.pop("Prefix", "")}
        if "ExpirationInDays" in rule:
            rule["Expiration"] = {"Days": rule.pop("ExpirationInDays")}
        rules.append(rule)
    return {"Rules": rules} if rules else {}


def _notification(of: Taken) -> dict[str, object]:
    found = []
    for one in of.one("NotificationConfiguration", {}).get("QueueConfigurations", []):
        names = {"Queue": "QueueArn", "S3Key": "Key", "Rules": "FilterRules"}
        renamed_one = renamed(one, names)
        found.append({**renamed_one, "Events": [renamed_one.pop("Event")]})
        found[-1].pop("Event", None)
    return {"QueueConfigurations": found} if found else {}


@maker(MAKERS, "AWS::S3::BucketPolicy")
def _bucket_policy(of: Taken, _stack: Stack) -> Iterator[Call]:
    yield Call(
        "s3", "PutBucketPolicy", {**of.some("Bucket"), "Policy": text(of.one("PolicyDocument"))}
    )


@maker(MAKERS, "AWS::SQS::Queue")
def _queue(of: Taken, _stack: Stack) -> Iterator[Call]:
    of.one("QueueName")
    attributes = {name: text(value) for name, value in of.rest().items()}
    yield Call("sqs", "CreateQueue", {"QueueName": of.name, "Attributes": attributes})


@maker(MAKERS, "AWS::SQS::QueuePolicy")
def _queue_policy(of: Taken, _stack: Stack) -> Iterator[Call]:
    policy = text(of.one("PolicyDocument"))
    for url in of.one("Queues"):
        yield Call("sqs", "SetQueueAttributes", {"QueueUrl": url, "Attributes": {"Policy": policy}})


@maker(MAKERS, "AWS::DynamoDB::Table")
def _table(of: Taken, _stack: Stack) -> Iterator[Call]:
    of.one("TableName")
    table = {"TableName": of.name}
    expiry, recovery = of.one("TimeToLiveSpecification"), of.one("PointInTimeRecoverySpecification")
    sse = renamed(of.one("SSESpecification"), {"SSEEnabled": "Enabled"})
    yield Call("dynamodb", "CreateTable", {**table, **of.rest(), "SSESpecification": sse})
    if expiry:
        yield Call("dynamodb", "UpdateTimeToLive", {**table, "TimeToLiveSpecification": expiry})
    if recovery:
        yield Call(
            "dynamodb",
            "UpdateContinuousBackups",
            {**table, "PointInTimeRecoverySpecification": recovery},
        )


@maker(MAKERS, "AWS::Logs::LogGroup")
def _log_group(of: Taken, _stack: Stack) -> Iterator[Call]:
    of.one("LogGroupName")
    key = of.one("KmsKeyId")
    more = {"kmsKeyId": key} if key else {}
    yield Call("logs", "CreateLogGroup", {"logGroupName": of.name, **more})
    days = of.one("RetentionInDays")
    if days is not None:
        yield Call("logs", "PutRetentionPolicy", {"logGroupName": of.name, "retentionInDays": days})


@maker(MAKERS, "AWS::IAM::Role")
def _role(of: Taken, _stack: Stack) -> Iterator[Call]:
    of.one("RoleName")
    trust = text(of.one("AssumeRolePolicyDocument"))
    described = of.some("Description")
    policies, attached = of.one("Policies", []), of.one("ManagedPolicyArns", [])
    yield Call(
        "iam", "CreateRole", {"RoleName": of.name, "AssumeRolePolicyDocument": trust, **described}
    )
    for one in policies:
        document = {"PolicyName": one["PolicyName"], "PolicyDocument": text(one["PolicyDocument"])}
        yield Call("iam", "PutRolePolicy", {"RoleName": of.name, **document})
    for arn in attached:
        yield Call("iam", "AttachRolePolicy", {"RoleName": of.name, "PolicyArn": arn})


@maker(MAKERS, "AWS::IAM::ManagedPolicy")
def _managed_policy(of: Taken, _stack: Stack) -> Iterator[Call]:
    of.one("ManagedPolicyName")
    document = text(of.one("PolicyDocument"))
    yield Call(
        "iam",
        "CreatePolicy",
        {"PolicyName": of.name, "PolicyDocument": document, **of.some("Description", "Path")},
    )


@maker(MAKERS, "AWS::Lambda::Function")
def _function(of: Taken, _stack: Stack) -> Iterator[Call]:
    of.one("FunctionName")
    loop = of.one("RecursiveLoop")
    tags = {one["Key"]: one["Value"] for one in of.one("Tags", [])}
    rest = renamed(of.rest(), {"KmsKeyArn": "KMSKeyArn"})
    variables = rest.get("Environment", {}).get("Variables", {})
    # CloudFormation makes text of the numbers that parameters are.
    variables.update({name: str(value) for name, value in variables.items()})
    yield Call("lambda", "CreateFunction", {"FunctionName": of.name, "Tags": tags, **rest})
    if loop:
        yield Call(
            "lambda",
            "PutFunctionRecursionConfig",
            {"FunctionName": of.name, "RecursiveLoop": loop},
        )


@maker(MAKERS, "AWS::Lambda::EventSourceMapping")
def _mapping(of: Taken, _stack: Stack) -> Iterator[Call]:
    yield Call("lambda", "CreateEventSourceMapping", of.rest())


@maker(MAKERS, "AWS::Lambda::EventInvokeConfig")
def _invoke_config(of: Taken, _stack: Stack) -> Iterator[Call]:
    yield Call("lambda", "PutFunctionEventInvokeConfig", of.rest())


@maker(MAKERS, "AWS::Lambda::Permission")
def _permission(of: Taken, _stack: Stack) -> Iterator[Call]:
    yield Call("lambda", "AddPermission", {"StatementId": of.name, **of.rest()})


@maker(MAKERS, "AWS::Events::Rule")
def _rule(of: Taken, _stack: Stack) -> Iterator[Call]:
    of.one("Name")
    targets = of.one("Targets", [])
    pattern = of.one("EventPattern")
    more = {"EventPattern": text(pattern)} if pattern else {}
    yield Call("events", "PutRule", {"Name": of.name, **more, **of.rest()})
    if targets:
        yield Call("events", "PutTargets", {"Rule": of.name, "Targets": targets})


@maker(MAKERS, "AWS::EC2::VPCEndpoint")
def _endpoint(of: Taken, _stack: Stack) -> Iterator[Call]:
    yield Call("ec2", "CreateVpcEndpoint", of.rest())


@maker(MAKERS, "AWS::SNS::Topic")
def _topic(of: Taken, stack: Stack) -> Iterator[Call]:
    of.one("TopicName")
    subscriptions = of.one("Subscription", [])
    attributes = {name: text(value) for name, value in of.rest().items()}
    yield Call("sns", "CreateTopic", {"Name": of.name, "Attributes": attributes})
    place = stack.place
    arn = f"arn:{place.partition}:sns:{place.region}:{place.account}:{of.name}"
    for one in subscriptions:
        yield Call("sns", "Subscribe", {"TopicArn": arn, **one})


@maker(MAKERS, "AWS::SNS::TopicPolicy")
def _topic_policy(of: Taken, _stack: Stack) -> Iterator[Call]:
    value = {"AttributeName": "Policy", "AttributeValue": text(of.one("PolicyDocument"))}
    for arn in of.one("Topics"):
        yield Call("sns", "SetTopicAttributes", {"TopicArn": arn, **value})


@maker(MAKERS, "AWS::CloudWatch::Alarm")
def _alarm(of: Taken, _stack: Stack) -> Iterator[Call]:
    of.one("AlarmName")
    yield Call("cloudwatch", "PutMetricAlarm", {"AlarmName": of.name, **of.rest()})


@maker(MAKERS, "AWS::CloudWatch::Dashboard")
def _dashboard(of: Taken, _stack: Stack) -> Iterator[Call]:
    of.one("DashboardName")
    yield Call("cloudwatch", "PutDashboard", {"DashboardName": of.name, **of.rest()})


@maker(MAKERS, "AWS::CloudFormation::Stack")
def _stack(of: Taken, _parent: Stack) -> Iterator[Call]:
    of.one("TemplateURL")  # a file, until `aws cloudformation package` uploads it
    given = [
        {"ParameterKey": name, "ParameterValue": str(value)}
        for name, value in of.one("Parameters", {}).items()
    ]
    yield Call("cloudformation", "CreateStack", {"StackName": of.name, "Parameters": given})
