"""The policies of the templates with every reference replaced, as IAM receives them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from common.paths import ROOT
from local.packaging.translate import read_yaml

Document = dict[str, Any]

ACCOUNT = "123456789012"
REGION = "eu-west-1"
KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::StackName": "reports",
}
_NAME = re.compile(r"\$\{([^}]+)\}")


class Analytics:
    """The nested stack of analysts with the parameters that template.yaml gives it.

    `given` replaces values by the name that the template refers to them by.
    """

    def __init__(self, given: Mapping[str, str] | None = None) -> None:
        outer = read_yaml(ROOT / "template.yaml")
        defaults = {name: one.get("Default") for name, one in outer["Parameters"].items()}
        pseudo = {name: (given or {}).get(name, value) for name, value in PSEUDO.items()}
        buckets = {
            name: resolve(one["Properties"]["BucketName"], pseudo)
            for name, one in outer["Resources"].items()
            if one["Type"] == "AWS::S3::Bucket" and "BucketName" in one["Properties"]
        }
        values = pseudo | defaults | buckets | {"DataKey.Arn": KEY_ARN} | dict(given or {})
        passed = outer["Resources"]["Analytics"]["Properties"]["Parameters"]
        inner = json.loads((ROOT / "analytics" / "template.json").read_text(encoding="utf-8"))
        self.resources: Document = inner["Resources"]
        self.values: dict[str, Any] = pseudo | resolve(passed, values)
        for name, one in self.resources.items():
            if one["Type"] == "AWS::Athena::WorkGroup":
                self.values[name] = resolve(one["Properties"]["Name"], self.values)
        self.landing_bucket: str = buckets["LandingBucket"]
        self.results_bucket: str = self.values["ResultsBucketName"]
        self.key_policy: Document = resolve(
            outer["Resources"]["DataKey"]["Properties"]["KeyPolicy"], pseudo
        )

    def policy(self, name: str) -> Document:
        """The document of a managed policy, or of a role's only inline policy."""
        properties = self.resources[name]["Properties"]
        if "PolicyDocument" not in properties:
            (properties,) = properties["Policies"]
        found: Document = resolve(properties["PolicyDocument"], self.values)
        return found


def resolve(node: Any, values: dict[str, Any]) -> Any:
    """A part of a template with `Ref`, `GetAtt` and `Sub` replaced; KeyError if one is unknown."""
    if isinstance(node, list):
        return [resolve(item, values) for item in node]
    if not isinstance(node, dict):
        return node
    if "Ref" in node:
        return values[node["Ref"]]
    if "Fn::GetAtt" in node:
        return values[".".join(node["Fn::GetAtt"])]
    if "Fn::Sub" in node:
        return _NAME.sub(lambda found: str(values[found[1]]), node["Fn::Sub"])
    unknown = [name for name in node if name.startswith("Fn::")]
    if unknown:
        raise KeyError(*unknown)
    return {name: resolve(value, values) for name, value in node.items()}
