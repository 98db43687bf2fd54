"""Translates SAM to plain CloudFormation, offline, with AWS's translator."""

from __future__ import annotations

import copy
import os
from typing import TYPE_CHECKING, Any, cast

from local.errors import PackageError

if TYPE_CHECKING:
    from pathlib import Path

# A placeholder for the zip's bucket, replaced at deployment.
ARTIFACTS_BUCKET = "replaced-at-deploy"
SERVERLESS_FUNCTION = "AWS::Serverless::Function"

Template = dict[str, Any]


class _NoManagedPolicies:
    """The translator requires the ARNs of managed policies, but our functions use none."""

    def load(self) -> dict[str, str]:
        return {}


def load() -> None:
    """Import the translator, which takes a second: worth doing while something else runs."""
    import samtranslator.translator.transform  # noqa: PLC0415  # 1 s
    import samtranslator.yaml_helper  # noqa: F401, PLC0415  # the same


def read_yaml(path: Path) -> Template:
    """Read a template; expand short forms (`!Ref`) and copy YAML aliases."""
    from samtranslator.yaml_helper import yaml_parse  # noqa: PLC0415  # 1 s

    return cast("Template", copy.deepcopy(yaml_parse(path.read_text(encoding="utf-8"))))


def translate(sam: Template, *, zip_name: str, region: str = "us-east-1") -> Template:
    """Translate a SAM template; functions take their code from `s3://<bucket>/<zip_name>`.

    `zip_name` should contain the zip's hash: CloudFormation updates a function if the key of its
    code changes, not if only the content does. Raises PackageError with the translator's reasons.
    """
    # The translator gets the region from boto3, which would read the user's configuration.
    os.environ.setdefault("AWS_DEFAULT_REGION", region)
    from samtranslator.model.exceptions import InvalidDocumentException  # noqa: PLC0415  # 1 s
    from samtranslator.translator.transform import transform  # noqa: PLC0415  # 1 s

    source = _with_code(sam, f"s3://{ARTIFACTS_BUCKET}/{zip_name}")
    try:
        translated = transform(source, {}, _NoManagedPolicies())
    except InvalidDocumentException as error:
        reasons = "; ".join(cause.message for cause in error.causes)
        message = f"template.yaml cannot be translated to CloudFormation: {reasons}"
        raise PackageError(message) from error
    return cast("Template", translated)


def bind_architecture(sam: Template, architecture: str) -> None:
    """Make `architecture` the only value of the parameter Architecture, and so its default.

    CloudFormation then refuses a deploy that would run the zip on the other one.
    """
    sam["Parameters"]["Architecture"] |= {
        "Default": architecture,
        "AllowedValues": [architecture],
        "ConstraintDescription": (
            f"must be {architecture}, for which this package was built; "
            "build another one with make package ARCHITECTURE=..."
        ),
    }


def _with_code(sam: Template, uri: str) -> Template:
    """A deep copy of the template whose functions take their code from `uri`."""
    template = copy.deepcopy(sam)
    for resource in template["Resources"].values():
        if resource["Type"] == SERVERLESS_FUNCTION:
            resource.setdefault("Properties", {})["CodeUri"] = uri
    return template
