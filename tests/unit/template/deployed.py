"""template.yaml, read, and how its parts refer to each other."""

import ast
import re
from pathlib import Path
from typing import Any

from local.packaging.translate import read_yaml

ROOT = Path(__file__).resolve().parents[3]
TEMPLATE = read_yaml(ROOT / "template.yaml")
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
PARAMETERS: dict[str, Any] = TEMPLATE["Parameters"]
PROPERTIES = {name: resource.get("Properties", {}) for name, resource in RESOURCES.items()}
DATA_KEY = {"Fn::GetAtt": ["DataKey", "Arn"]}
NO_VALUE = {"Ref": "AWS::NoValue"}
FUNCTION = "AWS::Serverless::Function"
RECEIVES_BEFORE_TIMEOUT = 6  # AWS: visibility at least six times the function's time-out


def of_type(kind: str) -> list[str]:
    return [name for name, resource in RESOURCES.items() if resource["Type"] == kind]


def environment() -> dict[str, Any]:
    variables: dict[str, Any] = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    return variables


def references(node: Any) -> set[str]:
    """Every name that Ref, GetAtt and Sub point to."""
    if isinstance(node, list):
        return set().union(*(references(item) for item in node), set())
    if not isinstance(node, dict):
        return set()
    if "Ref" in node:
        return {node["Ref"]}
    if "Fn::GetAtt" in node:
        return {node["Fn::GetAtt"][0]}
    if "Fn::Sub" in node:
        return set(re.findall(r"\$\{([\w:]+)", node["Fn::Sub"]))
    return set().union(*(references(item) for item in node.values()), set())


def statements(policies_of: str, target: str) -> list[dict[str, Any]]:
    """The policy statements on `target`, with those that stand under the condition TlsEnforced."""
    found = []
    for name in of_type(policies_of):
        policy = PROPERTIES[name]
        if {"Ref": target} not in [policy.get("Bucket"), *policy.get("Queues", [])]:
            continue
        for statement in policy["PolicyDocument"]["Statement"]:
            if "Fn::If" in statement:
                condition, then, otherwise = statement["Fn::If"]
                assert (condition, otherwise) == ("TlsEnforced", NO_VALUE)
                found.append(then)
            else:
                found.append(statement)
    return found


def chalice_functions() -> list[str]:
    """Names of the functions that app.py registers."""
    tree = ast.parse((ROOT / "chalice_app" / "app.py").read_text(encoding="utf-8"))
    return [
        str(keyword.value.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
        for keyword in decorator.keywords
        if keyword.arg == "name" and isinstance(keyword.value, ast.Constant)
    ]
