"""The templates as they are deployed, for tests that change them."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import Any

import pytest

from common.paths import ROOT
from local.cloudformation.evaluate import Stack
from local.cloudformation.identities import Place
from local.packaging.translate import read_yaml, translate

Template = dict[str, Any]
CHALICE = ROOT / "chalice_app" / ".chalice"
FUNCTIONS = ("Summarize", "Nightly", "Operate")


@cache
def _read() -> tuple[Template, Template]:
    """template.yaml with the roles that Chalice adds, translated, and the nested stack."""
    sam = read_yaml(ROOT / "template.yaml")
    for name in FUNCTIONS:
        policy = json.loads((CHALICE / f"policy-{name.lower()}.json").read_text(encoding="utf-8"))
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        trust = {"Version": "2012-10-17", "Statement": [statement]}
        sam["Resources"][f"{name}Role"] = {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": trust,
                "Policies": [{"PolicyName": f"{name}Policy", "PolicyDocument": policy}],
            },
        }
        sam["Resources"][name]["Properties"]["Role"] = {"Fn::GetAtt": [f"{name}Role", "Arn"]}
    nested = json.loads((ROOT / "analytics" / "template.json").read_bytes())
    return translate(sam, zip_name="deployment.zip"), nested


@pytest.fixture
def root() -> Template:
    return copy.deepcopy(_read()[0])


@pytest.fixture
def analytics() -> Template:
    return copy.deepcopy(_read()[1])


def small(resources: Template, **sections: Any) -> Stack:
    """A stack of some resources."""
    return Stack({"Resources": resources, **sections}, {}, Place("demo", "us-east-1"))
