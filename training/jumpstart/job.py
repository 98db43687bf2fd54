"""The CreateTrainingJob request of a JumpStart fine-tune, as the SDK's ModelTrainer composes it.

The script is an input channel, and the container's hyperparameters point to it, as the training
toolkit in JumpStart's image expects when the network is isolated. Composing the request therefore
uploads nothing to S3 and keeps the image's own entry point.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from common.aws import Target, explained
from common.errors import SettingError, one_line
from common.s3 import parse
from training.config import FineTune, Network
from training.instances import has_volume
from training.jumpstart import sdk
from training.jumpstart.metadata import TrainingCard

# Where SageMaker copies checkpoints from and to, in the container.
CHECKPOINTS = "/opt/ml/checkpoints"
CONTENT_TYPE = "application/x-sagemaker-model"
_COMPOSED = "provide-client-params.sagemaker.CreateTrainingJob"


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One job: its name, the instance type, and what identifies it.

    `checkpoints` is the s3:// prefix from which an interrupted spot job continues.
    """

    name: str
    instance_type: str
    tags: Mapping[str, str]
    checkpoints: str


def request(
    config: FineTune, target: Target, card: TrainingCard, attempt: Attempt
) -> dict[str, Any]:
    """The request as boto3 would send it; sends nothing. `config.data` is an s3:// prefix.

    Raises:
        SettingError: the SDK rejects a setting, or the role cannot train.
        AwsError: AWS rejected the request or could not be reached.
    """
    session = sdk.session(target, parse(config.output).bucket)
    # The SDK has no public way to compose the request without sending it. botocore passes the
    # request to this listener, which stops the call by raising.
    session.boto_session.events.register(_COMPOSED, _stop)
    with explained("fine-tune"), sdk.role_checks(target):
        trainer = _trainer(session, config, card, attempt)
        try:
            trainer.train(wait=False, logs=False)
        except _ComposedError as composed:
            return composed.request | {"TrainingJobName": attempt.name}
    raise AssertionError("the SDK composed no request")  # pragma: no cover - it would have raised


class _ComposedError(Exception):
    """Carries the request out of the SDK."""

    def __init__(self, request: dict[str, Any]) -> None:
        super().__init__()
        self.request = request


def _stop(params: dict[str, Any], **_: Any) -> NoReturn:  # noqa: ANN401  # botocore's signature
    raise _ComposedError(params)


def _trainer(
    session: Any,  # noqa: ANN401  # untyped SDK, here and below
    config: FineTune,
    card: TrainingCard,
    attempt: Attempt,
) -> Any:  # noqa: ANN401  # the SDK's
    from pydantic import ValidationError
    from sagemaker.core.helper.iam_role_resolver import RoleValidationError
    from sagemaker.core.training.configs import (
        CheckpointConfig,
        Compute,
        InputData,
        MetricDefinition,
        OutputDataConfig,
        StoppingCondition,
        Tag,
    )
    from sagemaker.train import ModelTrainer

    key = {"volume_kms_key_id": config.kms_key} if config.kms_key else {}
    is_spot = config.spot_max_wait_s is not None
    uri = card.script_uri
    script = [InputData(channel_name="code", data_source=uri)] if uri else []
    try:
        trainer = ModelTrainer(
            sagemaker_session=session,
            role=config.role_arn,
            training_image=card.image,
            base_job_name=config.model_id,
            compute=Compute(
                instance_type=attempt.instance_type,
                instance_count=config.instance_count,
                volume_size_in_gb=config.volume_gb,
                **(key if has_volume(attempt.instance_type) else {}),
                **({"enable_managed_spot_training": True} if is_spot else {}),
            ),
            stopping_condition=StoppingCondition(
                max_runtime_in_seconds=config.max_runtime_s,
                **({"max_wait_time_in_seconds": config.spot_max_wait_s} if is_spot else {}),
            ),
            checkpoint_config=(
                CheckpointConfig(s3_uri=attempt.checkpoints, local_path=CHECKPOINTS)
                if is_spot
                else None
            ),
            networking=_networking(config.network),
            output_data_config=OutputDataConfig(
                s3_output_path=config.output,
                **({"kms_key_id": config.kms_key} if config.kms_key else {}),
            ),
            hyperparameters=dict(card.hyperparameters) | dict(config.hyperparameters),
            input_data_config=[
                InputData(channel_name="training", data_source=config.data),
                InputData(
                    channel_name="model",
                    data_source=config.base or card.model_uri,
                    content_type=CONTENT_TYPE,
                ),
                *script,
            ],
            tags=[Tag(key=name, value=value) for name, value in attempt.tags.items()],
        )
    except RoleValidationError as error:
        raise SettingError(f"--role-arn {config.role_arn}", one_line(error)) from None
    except (ValidationError, ValueError) as error:
        raise SettingError("fine-tune", one_line(error)) from None
    return trainer.with_metric_definitions(
        [MetricDefinition(name=one.name, regex=one.regex) for one in config.metrics]
    )


def _networking(network: Network) -> Any:  # noqa: ANN401  # the SDK's
    from sagemaker.core.training.configs import Networking

    places = (
        {
            "subnets": list(network.subnets),
            "security_group_ids": list(network.security_groups),
        }
        if network.subnets
        else {}
    )
    return Networking(
        enable_network_isolation=network.isolated,
        enable_inter_container_traffic_encryption=network.encrypted_between_containers,
        **places,
    )
