"""What JumpStart offers of a model: its newest allowed version, and the instance types for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from common.aws import Target, explained
from common.errors import SettingError, one_line
from training.jumpstart import sdk

Scope = Literal["training", "inference"]
_GONE = "choose another with --model-id and --model-version, or give --image-uri and --model-uri"
# The hyperparameter of JumpStart's text2text training script that selects an adapter.
_ADAPTER, _LORA = "peft_type", "lora"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which model; `version` may be a pin like `1.*`.

    `tolerates_vulnerable` accepts a version with known vulnerabilities in its packages.
    """

    model_id: str
    version: str
    tolerates_vulnerable: bool = False


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A version of a model in JumpStart's metadata.

    `warnings` are what an operator should read before it is used: one line each. `needs_script`
    says for the weights before and after fine-tuning whether the archive lacks the script that
    serves them. `hyperparameters` contains the allowed values of each, empty if any is allowed.
    """

    wanted: Wanted
    scope: Scope
    version: str
    instance_types: tuple[str, ...]
    default_type: str
    warnings: tuple[str, ...]
    needs_script: tuple[bool, bool]
    hyperparameters: Mapping[str, tuple[str, ...]]

    @property
    def name(self) -> str:
        """The model's id and version."""
        return f"{self.wanted.model_id} {self.version}"

    def check_type(self, instance_type: str) -> None:
        """Raise SettingError for an instance type that this version does not support."""
        if instance_type not in self.instance_types:
            problem = f"{self.name} does not support it for {self.scope}"
            raise SettingError(
                f"--instance-type {instance_type}",
                f"{problem}; use one of {', '.join(self.instance_types)}",
            )

    def lora(self) -> dict[str, str]:
        """The hyperparameter that trains a low-rank adapter; SettingError if there is none."""
        if _LORA not in self.hyperparameters.get(_ADAPTER, ()):
            problem = f"{self.name} has no hyperparameter {_ADAPTER} with the value {_LORA}"
            raise SettingError("--lora", f"{problem}: leave it out, or choose another version")
        return {_ADAPTER: _LORA}


def read(target: Target, wanted: Wanted, scope: Scope) -> Listing:
    """Read the newest version that the pin allows.

    Raises:
        SettingError: the model or version does not exist, or is vulnerable.
        AwsError: AWS rejected the request or could not be reached.
    """
    session = sdk.session(target)
    from sagemaker.core.jumpstart.utils import verify_model_region_and_return_specs

    with refusals(wanted):
        specs = verify_model_region_and_return_specs(
            model_id=wanted.model_id,
            version=wanted.version,
            scope=scope,
            region=session.boto_region_name,
            tolerate_vulnerable_model=wanted.tolerates_vulnerable,
            tolerate_deprecated_model=True,  # said by `warnings`
            sagemaker_session=session,
        )
        listed = getattr(specs, f"supported_{scope}_instance_types", None) or ()
        return Listing(
            wanted=wanted,
            scope=scope,
            version=str(specs.version),
            instance_types=tuple(sorted(listed)),
            default_type=getattr(specs, f"default_{scope}_instance_type", None) or "",
            warnings=tuple(_warnings(specs, wanted, scope)),
            needs_script=(
                bool(specs.use_inference_script_uri()),
                not specs.training_prepacked_script_key and bool(specs.hosting_use_script_uri),
            ),
            hyperparameters={
                one.name: tuple(str(value) for value in getattr(one, "options", None) or ())
                for one in getattr(specs, "hyperparameters", None) or ()
            },
        )


@contextmanager
def refusals(wanted: Wanted) -> Iterator[None]:
    """Turn the SDK's errors about a model into one-line errors."""
    from sagemaker.core.jumpstart.exceptions import VulnerableJumpStartModelError

    with explained(f"JumpStart's {wanted.model_id}"):
        try:
            yield
        except VulnerableJumpStartModelError as error:
            # The SDK ends its message with the list.
            names = str(error).rpartition("List of vulnerabilities: ")[2]
            problem = f"its packages have known vulnerabilities ({one_line(names) or 'not named'})"
            raise SettingError(
                f"{wanted.model_id} {wanted.version}",
                f"{problem}; accept them or choose another version: --tolerate-vulnerable,"
                " --model-version",
            ) from None
        except (KeyError, ValueError, NotImplementedError) as error:
            raise SettingError(
                f"{wanted.model_id} {wanted.version}", f"{message(error)}; {_GONE}"
            ) from None


def message(error: Exception) -> str:
    """An error's message; str() of a KeyError is the repr of its message."""
    return one_line(error.args[0] if isinstance(error, KeyError) and error.args else error)


def _warnings(specs: Any, wanted: Wanted, scope: Scope) -> Iterator[str]:  # noqa: ANN401  # the SDK's
    name = f"{wanted.model_id} {specs.version}"
    if specs.deprecated:
        yield f"{name} is deprecated: {one_line(specs.deprecated_message or 'AWS gives no reason')}"
    elif specs.deprecate_warn_message:
        yield f"{name} will be deprecated: {one_line(specs.deprecate_warn_message)}"
    if getattr(specs, f"{scope}_vulnerable", False):
        names = getattr(specs, f"{scope}_vulnerabilities", None) or ["not named"]
        yield f"the packages of {name} have known vulnerabilities: {one_line(', '.join(names))}"
