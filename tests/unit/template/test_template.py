"""What must hold of template.yaml whatever else changes in it."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from chalicelib.settings import read_settings
from common.platforms import ARCHITECTURES, DEFAULT_ARCHITECTURE
from local.packaging.translate import read_yaml

ROOT = Path(__file__).resolve().parents[3]
TEMPLATE = read_yaml(ROOT / "template.yaml")
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
PARAMETERS: dict[str, Any] = TEMPLATE["Parameters"]
PROPERTIES = {name: resource.get("Properties", {}) for name, resource in RESOURCES.items()}
DATA_KEY = {"Fn::GetAtt": ["DataKey", "Arn"]}
NO_VALUE = {"Ref": "AWS::NoValue"}
FUNCTION = "AWS::Serverless::Function"
RECEIVES_BEFORE_TIMEOUT = 6  # AWS: visibility at least six times the function's time-out
ENVIRONMENT_LIMIT = 4096  # bytes, all variables of a function together
CONDITIONAL_ON = {
    "HasPreTrained": "PreTrainedEndpoint",
    "HasRuntimeUrl": "SageMakerRuntimeEndpointUrl",
}

ALWAYS_SET = {
    *("LANDING_BUCKET", "RESULTS_BUCKET", "WORK_QUEUE_URL", "IDEMPOTENCY_TABLE", "PROGRESS_TABLE"),
    *("FINE_TUNED_ENDPOINT", "FINE_TUNED_MODEL_ID", "FINE_TUNED_MODEL_VERSION"),
    *("FINE_TUNED_CODEC", "FINE_TUNED_PROMPT", "FINE_TUNED_GENERATION"),
    *("CHUNK_RECORDS", "MICRO_BATCH_RECORDS", "MAX_FINDINGS_CHARACTERS", "MAX_OBJECT_BYTES"),
    *("BASELINE_SENTENCE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE", "LOG_LEVEL"),
    *("RETRY_DELAY_S", "DEAD_LETTER_QUEUE_URL", "DATA_KEY_ARN", "STACK_NAME", "NIGHTLY_MODE"),
    *("SHARD_RECORDS", "SWEEP_AFTER_S", "SWEEP_DAYS"),
    *("TRANSFORM_INSTANCE_TYPE", "TRANSFORM_INSTANCES"),
}
SET_WITH_A_PRE_TRAINED_MODEL = {
    *("PRE_TRAINED_ENDPOINT", "PRE_TRAINED_MODEL_ID", "PRE_TRAINED_MODEL_VERSION"),
    *("PRE_TRAINED_CODEC", "PRE_TRAINED_PROMPT", "PRE_TRAINED_GENERATION"),
}


def of_type(kind: str) -> list[str]:
    return [name for name, resource in RESOURCES.items() if resource["Type"] == kind]


def environment() -> dict[str, Any]:
    variables: dict[str, Any] = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    return variables


def references(node: Any) -> set[str]:
    """Every name that Ref, GetAtt and Sub point to."""
    if isinstance(node, list):
        return set().union(*(references(item) for item in node), set())
    if not isinstance(node, dict):
        return set()
    if "Ref" in node:
        return {node["Ref"]}
    if "Fn::GetAtt" in node:
        return {node["Fn::GetAtt"][0]}
    if "Fn::Sub" in node:
        return set(re.findall(r"\$\{([\w:]+)", node["Fn::Sub"]))
    return set().union(*(references(item) for item in node.values()), set())


def statements(policies_of: str, target: str) -> list[dict[str, Any]]:
    """The policy statements on `target`, with those that stand under the condition TlsEnforced."""
    found = []
    for name in of_type(policies_of):
        policy = PROPERTIES[name]
        if {"Ref": target} not in [policy.get("Bucket"), *policy.get("Queues", [])]:
            continue
        for statement in policy["PolicyDocument"]["Statement"]:
            if "Fn::If" in statement:
                condition, then, otherwise = statement["Fn::If"]
                assert (condition, otherwise) == ("TlsEnforced", NO_VALUE)
                found.append(then)
            else:
                found.append(statement)
    return found


def test_no_key_is_written_twice() -> None:
    class Loader(yaml.SafeLoader):
        pass

    def mapping(loader: Loader, node: yaml.MappingNode) -> dict[Any, Any]:
        keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
        assert len(keys) == len(set(keys)), f"{keys} at {node.start_mark}"
        return loader.construct_mapping(node, deep=True)

    Loader.add_constructor("tag:yaml.org,2002:map", mapping)
    Loader.add_multi_constructor("!", lambda *_: None)

    text = (ROOT / "template.yaml").read_text(encoding="utf-8")

    assert yaml.load(text, Loader) is not None  # noqa: S506  # a safe loader with one more check


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


def test_the_function_has_every_variable_of_the_contract() -> None:
    variables = environment()

    conditional = {name: value["Fn::If"] for name, value in variables.items() if "Fn::If" in value}

    assert set(variables) - set(conditional) == ALWAYS_SET
    assert set(conditional) == {
        *SET_WITH_A_PRE_TRAINED_MODEL,
        "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME",
        "AWS_ENDPOINT_URL_SAGEMAKER",
    }
    for name, (condition, _, otherwise) in conditional.items():
        expected = "HasPreTrained" if name in SET_WITH_A_PRE_TRAINED_MODEL else "HasRuntimeUrl"
        assert (condition, otherwise) == (expected, NO_VALUE)


def deployed_environment(**chosen: str) -> dict[str, str]:
    """The variables as a deploy with the default parameters, or the chosen ones, sets them."""
    values = {name: str(one.get("Default", "")) for name, one in PARAMETERS.items()} | chosen
    set_ones = {}
    for name, value in environment().items():
        if isinstance(value, dict) and "Fn::If" in value:
            condition, value, _ = value["Fn::If"]  # noqa: PLW2901  # its first branch
            if not values[CONDITIONAL_ON[condition]]:
                continue
        named = None
        if isinstance(value, dict):
            named = value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0]
        set_ones[name] = str(values.get(named, f"the-{named}")) if named else str(value)
    return set_ones


def test_the_function_reads_what_the_template_sets() -> None:
    variables = deployed_environment(PreTrainedEndpoint="impressions-pre-trained")

    settings = read_settings({**variables, "AWS_REGION": "us-east-1"})

    assert [model.endpoint_name for model in settings.models] == [
        "impressions-fine-tuned",
        "impressions-pre-trained",
    ]


def test_the_variables_fit_into_what_a_function_may_have() -> None:
    longest = {
        name: "x" * parameter["MaxLength"]
        for name, parameter in PARAMETERS.items()
        if "MaxLength" in parameter
    }

    names = {"PreTrainedEndpoint": "x" * 63, "FineTunedEndpoint": "x" * 63}
    variables = deployed_environment(**longest, **names)
    # Buckets, queue URLs, tables, key ARN and stack name are longer than those made up here.
    physical = 2 * 63 + 2 * 130 + 2 * 100 + 76 + 60

    size = sum(len(name) + len(value) for name, value in variables.items())
    assert size + physical < ENVIRONMENT_LIMIT


@pytest.mark.parametrize("parameter", ["FineTunedPrompt", "PreTrainedPrompt"])
def test_a_prompt_holds_the_findings_once(parameter: str) -> None:
    pattern = PARAMETERS[parameter]["AllowedPattern"]

    assert re.fullmatch(pattern, "Findings: {findings}\nImpression:")
    assert not re.fullmatch(pattern, "Findings:")
    assert not re.fullmatch(pattern, "{findings} and {findings}")


def test_the_defaults_are_the_article_s() -> None:
    prompt = PARAMETERS["FineTunedPrompt"]["Default"]
    generation = json.loads(PARAMETERS["FineTunedGeneration"]["Default"])

    assert prompt == (
        "Generate radiology report impressions based on the following findings. "
        "Findings: {findings}"
    )
    assert generation == {"max_length": 80, "num_beams": 10, "num_return_sequences": 1}
    assert PARAMETERS["BaselineSentence"]["Default"] == "No acute cardiopulmonary abnormality."
    assert PARAMETERS["ChunkRecords"]["Default"] == 50


@pytest.mark.parametrize("name", ["Impressions-Fine", "-x", "a_b", "a" * 64])
def test_an_endpoint_name_that_its_arn_would_not_carry_is_refused(name: str) -> None:
    for parameter in ("FineTunedEndpoint", "PreTrainedEndpoint"):
        assert not re.fullmatch(PARAMETERS[parameter]["AllowedPattern"], name)


@pytest.mark.parametrize("name", ["impressions-fine-tuned", "a", "x9-1"])
def test_an_endpoint_name_in_lower_case_is_taken(name: str) -> None:
    for parameter in ("FineTunedEndpoint", "PreTrainedEndpoint"):
        assert re.fullmatch(PARAMETERS[parameter]["AllowedPattern"], name)


def test_every_parameter_is_in_one_group_and_described() -> None:
    groups = TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]

    grouped = [name for group in groups for name in group["Parameters"]]

    assert sorted(grouped) == sorted(PARAMETERS)
    assert all(parameter.get("Description") for parameter in PARAMETERS.values())


def test_one_bad_message_does_not_take_its_batch_along() -> None:
    source = PROPERTIES["Summarize"]["Events"]["SummarizeSqsEventSource"]["Properties"]

    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["ScalingConfig"] == {"MaximumConcurrency": {"Ref": "WorkerConcurrency"}}
    assert source["Queue"] == {"Fn::GetAtt": ["WorkQueue", "Arn"]}
    assert source["BatchSize"] == {"Ref": "MessagesPerInvocation"}
    assert source["MaximumBatchingWindowInSeconds"] == {"Ref": "BatchingWindowSeconds"}
    assert PARAMETERS["WorkerConcurrency"]["MinValue"] == 2


@pytest.mark.parametrize(
    ("namespace", "metric"),
    [
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
        ("AWS/SQS", "ApproximateAgeOfOldestMessage"),
        ("AWS/Lambda", "Errors"),
        ("AWS/Lambda", "Throttles"),
        ("AWS/SageMaker", "Invocation5XXErrors"),
        ("RadiologyImpressions", "EndpointUnavailable"),
    ],
)
def test_there_is_an_alarm(namespace: str, metric: str) -> None:
    alarms = [PROPERTIES[name] for name in of_type("AWS::CloudWatch::Alarm")]

    found = [one for one in alarms if (one["Namespace"], one["MetricName"]) == (namespace, metric)]

    assert found
    for alarm in found:
        assert alarm["AlarmActions"]["Fn::If"][0] == "HasAlarmTarget"
        assert alarm["TreatMissingData"] == "notBreaching"


def test_each_endpoint_has_an_alarm() -> None:
    endpoints = {
        PROPERTIES[name]["Dimensions"][0]["Value"]["Ref"]: RESOURCES[name].get("Condition")
        for name in of_type("AWS::CloudWatch::Alarm")
        if PROPERTIES[name]["Namespace"] == "AWS/SageMaker"
    }

    assert endpoints == {"FineTunedEndpoint": None, "PreTrainedEndpoint": "HasPreTrained"}


def test_the_dashboard_is_json_about_resources_that_are_there() -> None:
    body = PROPERTIES["Dashboard"]["DashboardBody"]["Fn::Sub"]

    widgets = json.loads(re.sub(r"\$\{[^}]+\}", "x", body))["widgets"]

    assert len(widgets) >= 6
    known = {*RESOURCES, *PARAMETERS, "AWS::Region", "AWS::StackName"}
    assert references(PROPERTIES["Dashboard"]) <= known


def test_everything_that_is_referred_to_exists() -> None:
    pseudo = {"AWS::NoValue", "AWS::AccountId", "AWS::Region", "AWS::Partition", "AWS::StackName"}

    assert references(TEMPLATE["Resources"]) <= {*RESOURCES, *PARAMETERS, *pseudo}
    assert references(TEMPLATE["Outputs"]) <= {*RESOURCES, *PARAMETERS, *pseudo}


def chalice_functions() -> list[str]:
    """Names of the functions that app.py registers."""
    tree = ast.parse((ROOT / "chalice_app" / "app.py").read_text(encoding="utf-8"))
    return [
        str(keyword.value.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
        for keyword in decorator.keywords
        if keyword.arg == "name" and isinstance(keyword.value, ast.Constant)
    ]


@pytest.mark.parametrize("name", of_type(FUNCTION))
def test_a_function_runs_on_the_chosen_architecture(name: str) -> None:
    # In every function and not in Globals, which the value that Chalice writes would override.
    assert PROPERTIES[name]["Architectures"] == [{"Ref": "Architecture"}]


def test_lambdas_architectures_can_be_chosen() -> None:
    assert PARAMETERS["Architecture"]["AllowedValues"] == list(ARCHITECTURES)
    assert PARAMETERS["Architecture"]["Default"] == DEFAULT_ARCHITECTURE


def test_overrides_hit_the_functions_that_chalice_makes() -> None:
    made = {"".join(part.title() for part in name.split("-")) for name in chalice_functions()}

    assert made == set(of_type(FUNCTION))


CHALICE = ROOT / "chalice_app" / ".chalice"
CONFIG = json.loads((CHALICE / "config.json").read_text(encoding="utf-8"))
CONFIGURED = CONFIG["stages"]["prod"]["lambda_functions"]
# EC2 knows no narrower resources for what Lambda does to connect a function to a VPC.
IN_A_VPC = {
    *("ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"),
    *("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses"),
}
# That each of these is used, and on which resources: tests/grants.
ALLOWED = {
    "summarize": {
        *("s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:PutObject"),
        *("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
        *("sqs:ReceiveMessage", "sqs:SendMessage"),
        *("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
        *IN_A_VPC,
        "s3:DeleteObject",  # lake rows of a run that broke off
        *("sagemaker:InvokeEndpoint", "sagemaker:DescribeTransformJob"),
        *("kms:Decrypt", "kms:GenerateDataKey"),
        *("logs:CreateLogStream", "logs:PutLogEvents"),
        *("xray:PutTelemetryRecords", "xray:PutTraceSegments"),
    },
    "nightly": {
        *("s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:PutObject"),
        *("sqs:SendMessage", "dynamodb:GetItem", "dynamodb:PutItem"),
        *("sagemaker:CreateTransformJob", "sagemaker:DescribeTransformJob"),
        *("sagemaker:DescribeEndpoint", "sagemaker:DescribeEndpointConfig"),
        *("lambda:InvokeFunction", "kms:Decrypt", "kms:GenerateDataKey"),
        *IN_A_VPC,
        *("logs:CreateLogStream", "logs:PutLogEvents"),
        *("xray:PutTelemetryRecords", "xray:PutTraceSegments"),
    },
    "operate": {
        *("s3:GetObject", "s3:ListBucket"),
        *IN_A_VPC,
        *("sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
        *("dynamodb:GetItem", "kms:Decrypt", "kms:GenerateDataKey"),
        *("logs:CreateLogStream", "logs:PutLogEvents"),
        *("xray:PutTelemetryRecords", "xray:PutTraceSegments"),
    },
}
# X-Ray knows no resources: AWS, "Actions, resources, and condition keys for AWS X-Ray".
WITHOUT_RESOURCE = {"xray:PutTelemetryRecords", "xray:PutTraceSegments", *IN_A_VPC}


def policy(name: str) -> list[dict[str, Any]]:
    path = CHALICE / CONFIGURED[name]["iam_policy_file"]
    allowed = []
    for statement in json.loads(path.read_text(encoding="utf-8"))["Statement"]:
        one = statement
        if "Fn::If" in statement:
            condition, one, otherwise = statement["Fn::If"]
            assert (condition, otherwise) == ("InVpc", NO_VALUE)
        assert one["Effect"] == "Allow" or one["Sid"] == "OnlyLambdaItselfConnects"
        allowed += [one] if one["Effect"] == "Allow" else []
    return allowed


def actions(statement: dict[str, Any]) -> set[str]:
    found = statement["Action"]
    return set(found) if isinstance(found, list) else {found}


def test_every_function_has_a_policy_of_its_own() -> None:
    files = [CONFIGURED[name]["iam_policy_file"] for name in CONFIGURED]

    assert set(CONFIGURED) == set(chalice_functions())
    assert len(files) == len(set(files))
    assert CONFIG["autogen_policy"] is False
    assert {path.name for path in CHALICE.glob("policy-*.json")} == set(files)


@pytest.mark.parametrize("name", sorted(CONFIGURED))
def test_a_policy_allows_the_listed_actions_and_no_other(name: str) -> None:
    assert set().union(*(actions(one) for one in policy(name))) == ALLOWED[name]


@pytest.mark.parametrize("name", sorted(CONFIGURED))
def test_a_policy_names_its_resources(name: str) -> None:
    for statement in policy(name):
        resources = statement["Resource"]
        resources = resources if isinstance(resources, list) else [resources]

        assert "*" not in resources or actions(statement) <= WITHOUT_RESOURCE
        assert references(resources) <= {
            *RESOURCES,
            *PARAMETERS,
            *("AWS::Partition", "AWS::Region", "AWS::AccountId", "AWS::NoValue"),
            "AWS::StackName",
        }


def test_only_registered_endpoints_may_be_invoked() -> None:
    [statement] = [
        one for one in policy("summarize") if one["Action"] == "sagemaker:InvokeEndpoint"
    ]

    fine_tuned, pre_trained = statement["Resource"]

    assert fine_tuned["Fn::Sub"].endswith(":endpoint/${FineTunedEndpoint}")
    condition, then, otherwise = pre_trained["Fn::If"]
    assert (condition, otherwise) == ("HasPreTrained", NO_VALUE)
    assert then["Fn::Sub"].endswith(":endpoint/${PreTrainedEndpoint}")


def test_the_night_may_invoke_no_function_but_itself() -> None:
    [statement] = [one for one in policy("nightly") if one["Action"] == "lambda:InvokeFunction"]
    name = PROPERTIES["Nightly"]["FunctionName"]["Fn::Sub"]

    assert statement["Resource"]["Fn::Sub"].endswith(f":function:{name}")


def test_an_invocation_that_is_given_up_is_kept_and_raises_an_alarm() -> None:
    configured = PROPERTIES["Nightly"]["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]
    queue = {"Fn::GetAtt": ["FailedInvocationsQueue", "Arn"]}
    [alarm] = [
        PROPERTIES[name]
        for name in of_type("AWS::CloudWatch::Alarm")
        if "FailedInvocationsQueue" in references(PROPERTIES[name].get("Dimensions"))
    ]

    assert configured == {"Type": "SQS", "Destination": queue}
    # A redrive sends what is in the dead-letter queue to the work queue: not the place for it.
    assert "FailedInvocationsQueue" not in references(PROPERTIES["WorkQueue"])
    assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert alarm["Threshold"] == 0


def test_functions_run_in_the_given_subnets_and_in_no_vpc_by_default() -> None:
    condition, network, otherwise = TEMPLATE["Globals"]["Function"]["VpcConfig"]["Fn::If"]

    assert (condition, otherwise) == ("InVpc", NO_VALUE)
    assert network == {
        "SubnetIds": {"Ref": "SubnetIds"},
        "SecurityGroupIds": {"Ref": "SecurityGroupIds"},
    }
    assert TEMPLATE["Conditions"]["InVpc"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "VpcId"}, ""]}]}
    assert PARAMETERS["VpcId"]["Default"] == ""
    assert not any("VpcConfig" in PROPERTIES[name] for name in of_type(FUNCTION))


def test_a_private_network_has_an_endpoint_for_every_service_that_the_functions_call() -> None:
    tree = ast.parse((ROOT / "chalice_app" / "chalicelib" / "aws.py").read_text(encoding="utf-8"))
    called = {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "_client"
        and isinstance(node.args[0], ast.Constant)
    }
    names = {"sagemaker": "sagemaker.api", "sagemaker-runtime": "sagemaker.runtime"}

    endpoints = {
        PROPERTIES[name]["ServiceName"]["Fn::Sub"].removeprefix("com.amazonaws.${AWS::Region}."): (
            PROPERTIES[name]["VpcEndpointType"],
            RESOURCES[name]["Condition"],
        )
        for name in of_type("AWS::EC2::VPCEndpoint")
    }

    assert set(endpoints) == {names.get(str(service), service) for service in called}
    assert {name for name, kind in endpoints.items() if kind[0] == "Gateway"} == {"s3", "dynamodb"}
    assert {condition for _, condition in endpoints.values()} == {"MakesEndpoints"}


def test_the_end_of_a_transform_job_reaches_the_work_queue() -> None:
    rule = PROPERTIES["TransformEnded"]

    assert rule["EventPattern"]["source"] == ["aws.sagemaker"]
    assert rule["EventPattern"]["detail"]["TransformJobStatus"] == [
        "Completed",
        "Failed",
        "Stopped",
    ]
    assert [target["Arn"] for target in rule["Targets"]] == [{"Fn::GetAtt": ["WorkQueue", "Arn"]}]


def test_the_time_of_the_night_is_a_parameter() -> None:
    [event] = PROPERTIES["Nightly"]["Events"].values()
    pattern = PARAMETERS["NightlySchedule"]["AllowedPattern"]

    assert event["Properties"]["Schedule"] == {"Ref": "NightlySchedule"}
    assert re.fullmatch(pattern, PARAMETERS["NightlySchedule"]["Default"])
    assert not re.fullmatch(pattern, "at night")


def test_the_deployed_runtime_is_the_pinned_one() -> None:
    assert TEMPLATE["Globals"]["Function"]["Runtime"] == "python3.13"
