"""JumpStart's metadata of a model, read through the SDK from JumpStart's bucket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.aws import Target
from common.errors import SettingError
from training.jumpstart import sdk
from training.jumpstart.listing import Listing, message, refusals


@dataclass(frozen=True, kw_only=True)
class TrainingCard:
    """How a model is trained.

    `hyperparameters` are all defaults as strings, including the container's. URIs are
    s3://….tar.gz; without a `script_uri`, the image has its own script.
    """

    model_id: str
    version: str
    image: str
    model_uri: str
    script_uri: str | None
    hyperparameters: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class HostingCard:
    """How a model is served: `weights` are those before fine-tuning.

    `script_uri` is the script that serves weights whose archive does not contain it.
    """

    model_id: str
    version: str
    image: str
    weights: str
    script_uri: str | None
    environment: Mapping[str, str]


def for_training(
    target: Target, listing: Listing, instance_type: str, changes: Mapping[str, str]
) -> TrainingCard:
    """The training metadata; `changes` are hyperparameters to check against it.

    Raises:
        SettingError: the instance type or a hyperparameter does not exist.
        AwsError: AWS rejected the request or could not be reached.
    """
    listing.check_type(instance_type)
    given = _arguments(target, listing)
    from sagemaker.core import hyperparameters, image_uris, model_uris, script_uris

    with refusals(listing.wanted):
        values = hyperparameters.retrieve_default(
            **given, instance_type=instance_type, include_container_hyperparameters=True
        )
        tunable = hyperparameters.retrieve_default(**given, instance_type=instance_type)
        _check(hyperparameters, given, changes, tuple(tunable))
        return TrainingCard(
            model_id=listing.wanted.model_id,
            version=listing.version,
            image=image_uris.retrieve(
                **given, framework=None, image_scope="training", instance_type=instance_type
            ),
            model_uri=model_uris.retrieve(
                **given, model_scope="training", instance_type=instance_type
            ),
            script_uri=script_uris.retrieve(**given, script_scope="training"),
            hyperparameters={name: str(value) for name, value in values.items()},
        )


def for_hosting(target: Target, listing: Listing, instance_type: str) -> HostingCard:
    """The hosting metadata.

    Raises:
        SettingError: the instance type is not supported.
        AwsError: AWS rejected the request or could not be reached.
    """
    listing.check_type(instance_type)
    given = _arguments(target, listing)
    from sagemaker.core import environment_variables, image_uris, model_uris, script_uris

    with refusals(listing.wanted):
        values = environment_variables.retrieve_default(
            **given, instance_type=instance_type, include_aws_sdk_env_vars=True
        )
        return HostingCard(
            model_id=listing.wanted.model_id,
            version=listing.version,
            image=image_uris.retrieve(
                **given, framework=None, image_scope="inference", instance_type=instance_type
            ),
            weights=model_uris.retrieve(
                **given, model_scope="inference", instance_type=instance_type
            ),
            script_uri=(
                script_uris.retrieve(**given, script_scope="inference")
                if any(listing.needs_script)
                else None
            ),
            environment={name: str(value) for name, value in values.items()},
        )


def _arguments(target: Target, listing: Listing) -> dict[str, Any]:
    """The arguments of every lookup."""
    session = sdk.session(target)
    return {
        "model_id": listing.wanted.model_id,
        "model_version": listing.version,
        "region": session.boto_region_name,
        "sagemaker_session": session,
        "tolerate_vulnerable_model": listing.wanted.tolerates_vulnerable,
        "tolerate_deprecated_model": True,
    }


def _check(
    hyperparameters: Any,  # noqa: ANN401  # the SDK's module
    given: Mapping[str, Any],
    changes: Mapping[str, str],
    known: tuple[str, ...],
) -> None:
    """Raise SettingError for a hyperparameter that the training script would reject."""
    from sagemaker.core.jumpstart.exceptions import JumpStartHyperparametersError

    for name, value in changes.items():
        if name not in known:
            raise SettingError(
                f"--hyperparameter {name}", f"is unknown; use one of {', '.join(sorted(known))}"
            )
        try:
            hyperparameters.validate(
                **given,
                hyperparameters={name: value},
            )
        except JumpStartHyperparametersError as error:
            raise SettingError(f"--hyperparameter {name}={value}", message(error)) from None
