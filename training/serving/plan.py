"""The requests that create an endpoint and its parts. Pure functions: no call to AWS."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from training.config import Network, Serving
from training.instances import has_volume

Request = dict[str, Any]
VARIANT = "AllTraffic"
LONGEST_NAME = 63
_DIGITS = 10  # of the content's hash, at the end of a name
DIMENSION = "sagemaker:variant:DesiredInstanceCount"
NAMESPACE = "sagemaker"
NIGHT, MORNING = "night", "morning"


def requests(serving: Serving) -> dict[str, list[Request]]:
    """All requests of a first deployment by operation, in the order in which they are sent."""
    found: dict[str, list[Request]] = {
        "CreateModel": [model(serving)],
        "CreateEndpointConfig": [config(serving)],
        "CreateEndpoint": [create(serving)],
    }
    return found | scaling(serving)


def create(serving: Serving) -> Request:
    """The CreateEndpoint request."""
    return {
        "EndpointName": serving.endpoint_name,
        "EndpointConfigName": config_name(serving),
        "Tags": tags(serving),
    }


def update(serving: Serving, before: Request) -> Request:
    """The UpdateEndpoint request for an endpoint as DescribeEndpoint returned it.

    The number of instances is kept: it is what scaling has found to be needed, and the new
    configuration's initial number would drop calls in the middle of a day. Traffic weight and data
    capture are those of the new configuration: capture that someone switched on for the old one
    would go on writing report texts to S3.
    """
    found = {"EndpointName": serving.endpoint_name, "EndpointConfigName": config_name(serving)}
    if not any(one.get("VariantName") == VARIANT for one in before.get("ProductionVariants", [])):
        return found  # created elsewhere: nothing to keep
    return found | {
        "RetainAllVariantProperties": True,
        "ExcludeRetainedVariantProperties": [
            {"VariantPropertyType": kind} for kind in ("DesiredWeight", "DataCaptureConfig")
        ],
    }


def model(serving: Serving) -> Request:
    """The CreateModel request."""
    container: Request = {"Image": serving.container.image}
    if serving.container.weights.endswith(".tar.gz"):
        container["ModelDataUrl"] = serving.container.weights
    else:
        container["ModelDataSource"] = {
            "S3DataSource": {
                "S3Uri": f"{serving.container.weights.rstrip('/')}/",
                "S3DataType": "S3Prefix",
                "CompressionType": "None",
            }
        }
    if serving.container.environment:
        container["Environment"] = dict(serving.container.environment)
    return {
        "ModelName": model_name(serving),
        "PrimaryContainer": container,
        "ExecutionRoleArn": serving.execution_role_arn,
        "EnableNetworkIsolation": serving.network.isolated,
        "Tags": tags(serving),
        **vpc(serving.network),
    }


def config(serving: Serving) -> Request:
    """The CreateEndpointConfig request."""
    return {
        "EndpointConfigName": config_name(serving),
        "ProductionVariants": [_variant(serving)],
        "Tags": tags(serving),
        **({"KmsKeyId": key} if (key := _volume_key(serving)) else {}),
    }


def scaling(serving: Serving) -> dict[str, list[Request]]:
    """The Application Auto Scaling requests: by load and, if configured, on a schedule."""
    wanted = serving.scaling
    if wanted is None:
        return {}
    one = scalable(serving.endpoint_name)
    policy = {
        "TargetValue": wanted.invocations_per_instance,
        "PredefinedMetricSpecification": {
            "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
        },
        "ScaleInCooldown": wanted.scale_in_cooldown_s,
        "ScaleOutCooldown": wanted.scale_out_cooldown_s,
    }
    times = (
        (NIGHT, wanted.night, wanted.night_instances),
        (MORNING, wanted.morning, wanted.least),
    )
    return {
        "RegisterScalableTarget": [one | {"MinCapacity": wanted.least, "MaxCapacity": wanted.most}],
        "PutScalingPolicy": [
            one
            | {
                "PolicyName": f"{serving.endpoint_name}-invocations",
                "PolicyType": "TargetTrackingScaling",
                "TargetTrackingScalingPolicyConfiguration": policy,
            }
        ],
        "PutScheduledAction": [
            one
            | {
                "ScheduledActionName": _action(serving.endpoint_name, name),
                "Schedule": at,
                "ScalableTargetAction": {
                    "MinCapacity": least,
                    "MaxCapacity": max(wanted.most, least),
                },
            }
            for name, at, least in times
            if at
        ],
    }


def scalable(endpoint_name: str) -> Request:
    """The members that name an endpoint's variant in every request of auto scaling."""
    return {
        "ServiceNamespace": NAMESPACE,
        "ResourceId": resource_id(endpoint_name),
        "ScalableDimension": DIMENSION,
    }


def action_names(endpoint_name: str) -> set[str]:
    """The names of all scheduled actions that `deploy` may create."""
    return {_action(endpoint_name, name) for name in (NIGHT, MORNING)}


def resource_id(endpoint_name: str) -> str:
    """Application Auto Scaling's id of an endpoint's variant."""
    return f"endpoint/{endpoint_name}/variant/{VARIANT}"


def model_name(serving: Serving) -> str:
    """The model's name, derived from its content: equal models have equal names."""
    content = [
        serving.container.image,
        serving.container.weights,
        dict(serving.container.environment),
        serving.execution_role_arn,
        vpc(serving.network),
        serving.network.isolated,
    ]
    return _name(serving, content)


def config_name(serving: Serving) -> str:
    """The endpoint configuration's name, derived from its content.

    The initial number of instances is left out: a change of scaling alone is no new configuration,
    for which SageMaker would replace all instances.
    """
    return _name(serving, [_variant(serving) | {"InitialInstanceCount": 1}, _volume_key(serving)])


def vpc(network: Network) -> Request:
    """The VpcConfig member of a request, or an empty dict."""
    if not network.subnets:
        return {}
    return {
        "VpcConfig": {
            "Subnets": list(network.subnets),
            "SecurityGroupIds": list(network.security_groups),
        }
    }


def _volume_key(serving: Serving) -> str | None:
    """The KMS key of the instances' volumes; None for types with built-in storage."""
    return serving.kms_key if has_volume(serving.instance_type) else None


def _action(endpoint_name: str, name: str) -> str:
    return f"{endpoint_name}-{name}"


def _variant(serving: Serving) -> Request:
    routing = serving.routing
    return {
        "VariantName": VARIANT,
        "ModelName": model_name(serving),
        "InstanceType": serving.instance_type,
        "InitialInstanceCount": serving.scaling.least if serving.scaling else 1,
        "InitialVariantWeight": 1.0,
        **({"VolumeSizeInGB": serving.volume_gb} if has_volume(serving.instance_type) else {}),
        "ModelDataDownloadTimeoutInSeconds": serving.start_timeout_s,
        "ContainerStartupHealthCheckTimeoutInSeconds": serving.start_timeout_s,
        **({"RoutingConfig": {"RoutingStrategy": routing}} if routing else {}),
    }


def tags(serving: Serving) -> list[Request]:
    """Tags in the format of the requests."""
    return [{"Key": key, "Value": value} for key, value in serving.tags.items()]


def is_made_for(name: str, endpoint_name: str) -> bool:
    """Whether `deploy` gives this name to a model or configuration of the endpoint."""
    start = _start(endpoint_name)
    return re.fullmatch(rf"{re.escape(start)}-[0-9a-f]{{{_DIGITS}}}", name) is not None


def _name(serving: Serving, content: list[Any]) -> str:
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return f"{_start(serving.endpoint_name)}-{digest[:_DIGITS]}"


def _start(endpoint_name: str) -> str:
    longest = LONGEST_NAME - _DIGITS - 1
    return re.sub(r"[^A-Za-z0-9]+", "-", endpoint_name)[:longest].strip("-")
