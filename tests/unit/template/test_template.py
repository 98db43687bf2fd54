"""What must hold of template.yaml whatever else changes in it."""

import json
import re
from typing import Any

import pytest
import yaml

from chalicelib.settings import read_settings
from common.platforms import ARCHITECTURES, DEFAULT_ARCHITECTURE
from tests.unit.template.deployed import (
    FUNCTION,
    NO_VALUE,
    PARAMETERS,
    PROPERTIES,
    RESOURCES,
    ROOT,
    TEMPLATE,
    chalice_functions,
    environment,
    of_type,
    references,
)

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
    *("SHARD_RECORDS", "SWEEP_AFTER_S", "SWEEP_DAYS", "DRAFT_CHECKS"),
    *("OMITTED_FROM", "LONGER_THAN", "AGE_TOLERANCE"),
    *("TRANSFORM_INSTANCE_TYPE", "TRANSFORM_INSTANCES"),
}
SET_WITH_A_PRE_TRAINED_MODEL = {
    *("PRE_TRAINED_ENDPOINT", "PRE_TRAINED_MODEL_ID", "PRE_TRAINED_MODEL_VERSION"),
    *("PRE_TRAINED_CODEC", "PRE_TRAINED_PROMPT", "PRE_TRAINED_GENERATION"),
}


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

    found = [
        one
        for one in alarms
        if (one.get("Namespace"), one.get("MetricName")) == (namespace, metric)
    ]

    assert found
    for alarm in found:
        assert alarm["AlarmActions"]["Fn::If"][0] == "HasAlarmTarget"
        assert alarm["TreatMissingData"] == "notBreaching"


def test_each_endpoint_has_an_alarm() -> None:
    endpoints = {
        PROPERTIES[name]["Dimensions"][0]["Value"]["Ref"]: RESOURCES[name].get("Condition")
        for name in of_type("AWS::CloudWatch::Alarm")
        if PROPERTIES[name].get("Namespace") == "AWS/SageMaker"
    }

    assert endpoints == {"FineTunedEndpoint": None, "PreTrainedEndpoint": "HasPreTrained"}


def test_the_dashboard_is_json_about_resources_that_are_there() -> None:
    body = PROPERTIES["Dashboard"]["DashboardBody"]["Fn::Sub"]

    # A digit, because a threshold is a number.
    widgets = json.loads(re.sub(r"\$\{[^}]+\}", "1", body))["widgets"]

    assert len(widgets) >= 6
    known = {*RESOURCES, *PARAMETERS, "AWS::Region", "AWS::StackName"}
    assert references(PROPERTIES["Dashboard"]) <= known


def test_everything_that_is_referred_to_exists() -> None:
    pseudo = {"AWS::NoValue", "AWS::AccountId", "AWS::Region", "AWS::Partition", "AWS::StackName"}

    assert references(TEMPLATE["Resources"]) <= {*RESOURCES, *PARAMETERS, *pseudo}
    assert references(TEMPLATE["Outputs"]) <= {*RESOURCES, *PARAMETERS, *pseudo}


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


def test_the_end_of_a_transform_job_reaches_the_work_queue() -> None:
    rule = PROPERTIES["TransformEnded"]

    assert rule["EventPattern"]["source"] == ["aws.sagemaker"]
    assert rule["EventPattern"]["detail"]["TransformJobStatus"] == [
        "Completed",
        "Failed",
        "Stopped",
    ]
    assert [target["Arn"] for target in rule["Targets"]] == [{"Fn::GetAtt": ["WorkQueue", "Arn"]}]


def test_the_event_of_the_night_has_chalices_name() -> None:
    # Under another name, Chalice's placeholder stays beside it, and the function runs twice.
    assert list(PROPERTIES["Nightly"]["Events"]) == ["NightlyEvent"]


def test_the_time_of_the_night_is_a_parameter() -> None:
    [event] = PROPERTIES["Nightly"]["Events"].values()
    pattern = PARAMETERS["NightlySchedule"]["AllowedPattern"]

    assert event["Properties"]["Schedule"] == {"Ref": "NightlySchedule"}
    assert re.fullmatch(pattern, PARAMETERS["NightlySchedule"]["Default"])
    assert not re.fullmatch(pattern, "at night")


def test_the_deployed_runtime_is_the_pinned_one() -> None:
    assert TEMPLATE["Globals"]["Function"]["Runtime"] == "python3.13"
