"""JumpStart's metadata of a model, read through the SDK from JumpStart's bucket."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from common.aws import Target, explained
from common.errors import SettingError, one_line
from training.jumpstart import sdk

Scope = Literal["training", "inference"]


@dataclass(frozen=True, kw_only=True)
class TrainingCard:
    """How a model is trained.

    `hyperparameters` are all defaults as strings, including the container's. URIs are
    s3://….tar.gz.
    """

    model_id: str
    version: str
    image: str
    model_uri: str
    script_uri: str
    hyperparameters: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class HostingCard:
    """How a model is served: `weights` are those before fine-tuning."""

    model_id: str
    version: str
    image: str
    weights: str
    environment: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which model, and on which instance type.

    `version` may be a pin like `1.*`. `tolerates_vulnerable` accepts a version with known
    vulnerabilities in its packages.
    """

    model_id: str
    version: str
    instance_type: str
    tolerates_vulnerable: bool = False


def for_training(target: Target, wanted: Wanted, changes: Mapping[str, str]) -> TrainingCard:
    """The training metadata; `changes` are hyperparameters to check against it.

    Raises:
        SettingError: the model, version, instance type or a hyperparameter does not exist.
        AwsError: AWS rejected the request or could not be reached.
    """
    session = sdk.session(target)
    from sagemaker.core import hyperparameters, image_uris, model_uris, script_uris

    given = _arguments(session, wanted, "training")
    instance_type = wanted.instance_type
    with _explained(wanted):
        values = hyperparameters.retrieve_default(
            **given, instance_type=instance_type, include_container_hyperparameters=True
        )
        tunable = hyperparameters.retrieve_default(**given, instance_type=instance_type)
        _check(hyperparameters, given, changes, tuple(tunable))
        return TrainingCard(
            model_id=wanted.model_id,
            version=given["model_version"],
            image=image_uris.retrieve(
                **given, framework=None, image_scope="training", instance_type=instance_type
            ),
            model_uri=model_uris.retrieve(
                **given, model_scope="training", instance_type=instance_type
            ),
            script_uri=script_uris.retrieve(**given, script_scope="training"),
            hyperparameters={name: str(value) for name, value in values.items()},
        )


def for_hosting(target: Target, wanted: Wanted) -> HostingCard:
    """The hosting metadata.

    Raises:
        SettingError: the model, version or instance type does not exist.
        AwsError: AWS rejected the request or could not be reached.
    """
    session = sdk.session(target)
    from sagemaker.core import environment_variables, image_uris, model_uris

    given = _arguments(session, wanted, "inference")
    instance_type = wanted.instance_type
    with _explained(wanted):
        values = environment_variables.retrieve_default(
            **given, instance_type=instance_type, include_aws_sdk_env_vars=True
        )
        return HostingCard(
            model_id=wanted.model_id,
            version=given["model_version"],
            image=image_uris.retrieve(
                **given, framework=None, image_scope="inference", instance_type=instance_type
            ),
            weights=model_uris.retrieve(
                **given, model_scope="inference", instance_type=instance_type
            ),
            environment={name: str(value) for name, value in values.items()},
        )


def _version(session: Any, wanted: Wanted, scope: Scope) -> str:  # noqa: ANN401  # untyped SDK
    """The newest version that the pin allows."""
    from sagemaker.core.jumpstart.utils import verify_model_region_and_return_specs

    with _explained(wanted):
        return str(
            verify_model_region_and_return_specs(
                model_id=wanted.model_id,
                version=wanted.version,
                scope=scope,
                region=session.boto_region_name,
                tolerate_vulnerable_model=wanted.tolerates_vulnerable,
                # The pin asks for an old release line.
                tolerate_deprecated_model=True,
                sagemaker_session=session,
            ).version
        )


def _arguments(session: Any, wanted: Wanted, scope: Scope) -> dict[str, Any]:  # noqa: ANN401  # the SDK's
    """The arguments of every lookup; raises SettingError for an unsupported instance type."""
    from sagemaker.core import instance_types

    given = {
        "model_id": wanted.model_id,
        "model_version": _version(session, wanted, scope),
        "region": session.boto_region_name,
        "sagemaker_session": session,
        "tolerate_vulnerable_model": wanted.tolerates_vulnerable,
        "tolerate_deprecated_model": True,
    }
    with _explained(wanted):
        valid = sorted(instance_types.retrieve(**given, scope=scope))
    if wanted.instance_type not in valid:
        problem = f"{wanted.model_id} {given['model_version']} does not support it for {scope}"
        raise SettingError(
            f"--instance-type {wanted.instance_type}", f"{problem}; use one of {', '.join(valid)}"
        )
    return given


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
            raise SettingError(f"--hyperparameter {name}={value}", _message(error)) from None


@contextmanager
def _explained(wanted: Wanted) -> Iterator[None]:
    """Turn the SDK's errors about a model into one-line errors."""
    from sagemaker.core.jumpstart.exceptions import VulnerableJumpStartModelError

    with explained(f"JumpStart's {wanted.model_id}"):
        try:
            yield
        except VulnerableJumpStartModelError:
            problem = "its packages have known vulnerabilities; accept it or choose another version"
            raise SettingError(
                f"{wanted.model_id} {wanted.version}",
                f"{problem}: --tolerate-vulnerable, --model-version",
            ) from None
        except (KeyError, ValueError, NotImplementedError) as error:
            problem = f"{_message(error)}; choose another with --model-id and --model-version"
            raise SettingError(f"{wanted.model_id} {wanted.version}", problem) from None


def _message(error: Exception) -> str:
    # str() of a KeyError is the repr of its message.
    return one_line(error.args[0] if isinstance(error, KeyError) and error.args else error)
