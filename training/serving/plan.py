"""What an endpoint is made of, as the requests that make it. Pure: nothing is asked of AWS."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from training.config import Network, Serving

Request = dict[str, Any]
VARIANT = "AllTraffic"
LONGEST_NAME = 63
DIMENSION = "sagemaker:variant:DesiredInstanceCount"
NAMESPACE = "sagemaker"


def requests(serving: Serving) -> dict[str, list[Request]]:
    """Every request of a deploy by its operation, in the order in which they are made."""
    found: dict[str, list[Request]] = {
        "CreateModel": [model(serving)],
        "CreateEndpointConfig": [config(serving)],
        "CreateEndpoint": [
            {
                "EndpointName": serving.endpoint_name,
                "EndpointConfigName": config_name(serving),
                "Tags": _tags(serving),
            }
        ],
    }
    return found | scaling(serving)


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
        "Tags": _tags(serving),
        **vpc(serving.network),
    }


def config(serving: Serving) -> Request:
    """The CreateEndpointConfig request."""
    return {
        "EndpointConfigName": config_name(serving),
        "ProductionVariants": [_variant(serving)],
        "Tags": _tags(serving),
        **({"KmsKeyId": serving.kms_key} if serving.kms_key else {}),
    }


def scaling(serving: Serving) -> dict[str, list[Request]]:
    """The requests of application-autoscaling: by load, and by the clock when asked for."""
    wanted = serving.scaling
    if wanted is None:
        return {}
    one = {
        "ServiceNamespace": NAMESPACE,
        "ResourceId": resource_id(serving.endpoint_name),
        "ScalableDimension": DIMENSION,
    }
    policy = {
        "TargetValue": wanted.invocations_per_instance,
        "PredefinedMetricSpecification": {
            "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
        },
        "ScaleInCooldown": wanted.scale_in_cooldown_s,
        "ScaleOutCooldown": wanted.scale_out_cooldown_s,
    }
    times = (
        ("night", wanted.night, wanted.night_instances),
        ("morning", wanted.morning, wanted.least),
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
                "ScheduledActionName": f"{serving.endpoint_name}-{name}",
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


def resource_id(endpoint_name: str) -> str:
    """How application-autoscaling names an endpoint's variant."""
    return f"endpoint/{endpoint_name}/variant/{VARIANT}"


def model_name(serving: Serving) -> str:
    """Made of what the model is: the same model has the same name, another another."""
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
    """Made of what the configuration is."""
    return _name(serving, [_variant(serving), serving.kms_key])


def vpc(network: Network) -> Request:
    """The VpcConfig member of a request, or nothing."""
    if not network.subnets:
        return {}
    return {
        "VpcConfig": {
            "Subnets": list(network.subnets),
            "SecurityGroupIds": list(network.security_groups),
        }
    }


def _variant(serving: Serving) -> Request:
    return {
        "VariantName": VARIANT,
        "ModelName": model_name(serving),
        "InstanceType": serving.instance_type,
        "InitialInstanceCount": serving.scaling.least if serving.scaling else 1,
        "InitialVariantWeight": 1.0,
        "VolumeSizeInGB": serving.volume_gb,
        "ModelDataDownloadTimeoutInSeconds": serving.start_timeout_s,
        "ContainerStartupHealthCheckTimeoutInSeconds": serving.start_timeout_s,
    }


def _name(serving: Serving, content: list[Any]) -> str:
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:10]
    start = re.sub(r"[^A-Za-z0-9]+", "-", serving.endpoint_name)[: LONGEST_NAME - 11].strip("-")
    return f"{start}-{digest}"


def _tags(serving: Serving) -> list[Request]:
    return [{"Key": key, "Value": value} for key, value in serving.tags.items()]
