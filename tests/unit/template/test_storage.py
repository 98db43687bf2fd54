"""Buckets, queues, tables, logs and the key: what holds reports."""

import pytest

from tests.unit.template.deployed import (
    DATA_KEY,
    NO_VALUE,
    PROPERTIES,
    RECEIVES_BEFORE_TIMEOUT,
    RESOURCES,
    of_type,
    statements,
)


@pytest.mark.parametrize("name", of_type("AWS::S3::Bucket"))
def test_bucket_is_encrypted_versioned_and_closed(name: str) -> None:
    bucket = PROPERTIES[name]

    [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    lifecycle = {
        rule["Id"]: rule for rule in bucket["LifecycleConfiguration"]["Rules"] if "Id" in rule
    }

    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    if name == "AccessLogsBucket":
        # Amazon S3 user guide, "Enabling Amazon S3 server access logging": no SSE-KMS there.
        assert rule == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    else:
        assert rule["BucketKeyEnabled"] is True
        assert rule["ServerSideEncryptionByDefault"] == {
            "SSEAlgorithm": "aws:kms",
            "KMSMasterKeyID": DATA_KEY,
        }
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert lifecycle["abort-unfinished-uploads"]["AbortIncompleteMultipartUpload"]
    assert lifecycle["drop-old-versions"]["NoncurrentVersionExpiration"]


@pytest.mark.parametrize(
    ("name", "condition"), [("LandingBucket", "LandingExpires"), ("ResultsBucket", "ResultsExpire")]
)
def test_bucket_has_a_retention_that_zero_switches_off(name: str, condition: str) -> None:
    rules = PROPERTIES[name]["LifecycleConfiguration"]["Rules"]

    [(found, then, otherwise)] = [rule["Fn::If"] for rule in rules if "Fn::If" in rule]

    assert found == condition
    assert then["Status"] == "Enabled"
    assert otherwise == NO_VALUE


@pytest.mark.parametrize(
    ("policies", "name"),
    [("AWS::S3::BucketPolicy", name) for name in of_type("AWS::S3::Bucket")]
    + [("AWS::SQS::QueuePolicy", name) for name in of_type("AWS::SQS::Queue")],
)
def test_plain_http_is_refused(policies: str, name: str) -> None:
    service = "s3" if "S3" in policies else "sqs"

    [tls] = [one for one in statements(policies, name) if one["Effect"] == "Deny"]

    assert tls["Action"] == f"{service}:*"
    assert tls["Principal"] == "*"
    assert tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    resources = tls["Resource"] if isinstance(tls["Resource"], list) else [tls["Resource"]]
    assert {"Fn::GetAtt": [name, "Arn"]} in resources
    assert service == "sqs" or {"Fn::Sub": f"${{{name}.Arn}}/*"} in resources


@pytest.mark.parametrize("name", ["LandingBucket", "ResultsBucket"])
def test_who_reads_reports_is_logged(name: str) -> None:
    [delivery, _] = statements("AWS::S3::BucketPolicy", "AccessLogsBucket")
    arn = f"arn:${{AWS::Partition}}:s3:::{PROPERTIES[name]['BucketName']['Fn::Sub']}"

    logging = PROPERTIES[name]["LoggingConfiguration"]

    assert logging["DestinationBucketName"] == {"Ref": "AccessLogsBucket"}
    assert {"Fn::Sub": arn} in delivery["Condition"]["ArnEquals"]["aws:SourceArn"]


def test_only_s3_writes_access_logs_and_only_about_this_stack() -> None:
    [delivery, _] = statements("AWS::S3::BucketPolicy", "AccessLogsBucket")
    rules = PROPERTIES["AccessLogsBucket"]["LifecycleConfiguration"]["Rules"]

    assert delivery["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert delivery["Action"] == "s3:PutObject"
    assert len(delivery["Condition"]["ArnEquals"]["aws:SourceArn"]) == 2
    assert delivery["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert {"Ref": "LogRetentionDays"} in [rule.get("ExpirationInDays") for rule in rules]


def test_only_the_landing_bucket_and_the_rule_send_to_the_work_queue() -> None:
    [allowed, rule] = [
        one for one in statements("AWS::SQS::QueuePolicy", "WorkQueue") if one["Effect"] == "Allow"
    ]

    name = PROPERTIES["TransformEnded"]["Name"]["Fn::Sub"]
    source = rule["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::Sub"]
    assert rule["Principal"] == {"Service": "events.amazonaws.com"}
    assert rule["Action"] == "sqs:SendMessage"
    assert source.endswith(f":rule/{name}")
    assert allowed["Principal"] == {"Service": "s3.amazonaws.com"}
    assert allowed["Action"] == "sqs:SendMessage"
    bucket = PROPERTIES["LandingBucket"]["BucketName"]["Fn::Sub"]
    assert allowed["Condition"] == {
        "ArnEquals": {"aws:SourceArn": {"Fn::Sub": f"arn:${{AWS::Partition}}:s3:::{bucket}"}},
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
    }


def test_both_immediate_lanes_are_notified_and_the_nightly_one_is_not() -> None:
    configurations = PROPERTIES["LandingBucket"]["NotificationConfiguration"]["QueueConfigurations"]

    prefixes = [one["Filter"]["S3Key"]["Rules"] for one in configurations]

    assert prefixes == [
        [{"Name": "prefix", "Value": "incoming/"}],
        [{"Name": "prefix", "Value": "evaluation/"}],
    ]
    assert all(one["Event"] == "s3:ObjectCreated:*" for one in configurations)


def test_the_queue_hides_a_message_for_six_times_the_function_timeout() -> None:
    timeout = PROPERTIES["Summarize"]["Timeout"]

    visibility = PROPERTIES["WorkQueue"]["VisibilityTimeout"]

    assert timeout == 900
    assert visibility >= RECEIVES_BEFORE_TIMEOUT * timeout


def test_a_poison_message_ends_in_a_queue_that_keeps_it_longer() -> None:
    work, dead = PROPERTIES["WorkQueue"], PROPERTIES["DeadLetterQueue"]

    redrive = work["RedrivePolicy"]

    assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": ["DeadLetterQueue", "Arn"]}
    assert redrive["maxReceiveCount"] == 5
    assert dead["MessageRetentionPeriod"] > work["MessageRetentionPeriod"]


@pytest.mark.parametrize("name", of_type("AWS::SQS::Queue"))
def test_queue_is_encrypted(name: str) -> None:
    assert PROPERTIES[name]["KmsMasterKeyId"] == DATA_KEY


@pytest.mark.parametrize(
    ("name", "key"), [("IdempotencyTable", "id"), ("ProgressTable", "object_id")]
)
def test_table_has_the_key_and_the_expiry_that_the_function_writes(name: str, key: str) -> None:
    table = PROPERTIES[name]

    assert table["KeySchema"] == [{"AttributeName": key, "KeyType": "HASH"}]
    assert table["AttributeDefinitions"] == [{"AttributeName": key, "AttributeType": "S"}]
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expiration", "Enabled": True}
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["SSESpecification"]["KMSMasterKeyId"] == DATA_KEY
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True


@pytest.mark.parametrize("name", of_type("AWS::Logs::LogGroup"))
def test_logs_are_encrypted_and_expire(name: str) -> None:
    assert PROPERTIES[name]["KmsKeyId"] == DATA_KEY
    assert PROPERTIES[name]["RetentionInDays"] == {"Ref": "LogRetentionDays"}


def test_deleting_the_stack_keeps_what_holds_reports() -> None:
    policies = {name: one.get("DeletionPolicy") for name, one in RESOURCES.items()}
    # Plain Retain would keep named resources of a first deployment that failed: they would block
    # the next one.
    assert "Retain" not in policies.values()
    kept = {name for name, policy in policies.items() if policy == "RetainExceptOnCreate"}
    replaced = {
        name for name, one in RESOURCES.items() if one.get("UpdateReplacePolicy") == "Retain"
    }

    assert kept == replaced
    assert {"DataKey", "LandingBucket", "ResultsBucket"} <= kept


def test_the_key_rotates_and_no_other_account_uses_it() -> None:
    policy = PROPERTIES["DataKey"]["KeyPolicy"]["Statement"]

    principals = [statement["Principal"] for statement in policy]
    open_ones = [
        one for one in policy if "Service" in one["Principal"] and not one.get("Condition")
    ]

    assert PROPERTIES["DataKey"]["EnableKeyRotation"] is True
    assert "*" not in principals
    assert open_ones == []
