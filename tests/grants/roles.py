"""The roles of the functions, with the template's references replaced by an account's names."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from common.paths import ROOT
from local.packaging.translate import read_yaml
from tests.account.settings import FINE_TUNED, LANDING, PRE_TRAINED, REGION, RESULTS, SETTINGS
from tests.grants.engine import Need, Statement, allows, listed

FUNCTIONS = ("summarize", "nightly", "operate")
ACCOUNT = "123456789012"
STACK = "radiology-impressions"
DATA_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/data-key"
_POLICIES = ROOT / "chalice_app" / ".chalice"
_NO_VALUE = {"Ref": "AWS::NoValue"}


class Names(NamedTuple):
    """What references of a deployed stack become; `conditions` are those that hold."""

    refs: Mapping[str, str]
    arns: Mapping[str, str]
    conditions: frozenset[str]


class Grant(NamedTuple):
    """One action on one resource that one statement of a role allows."""

    function: str
    statement: int
    sid: str
    action: str
    resource: str

    def __str__(self) -> str:
        """As it is read in the name of a test."""
        return f"{self.function} {self.sid} {self.action} {self.resource}"


def names_of_test_account(*, in_vpc: bool = True) -> Names:
    """The names of what tests.account makes, in a stack with a second model."""
    log_groups = {
        f"{name.title()}LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:"
        f"/aws/lambda/{STACK}-{name}:*"
        for name in FUNCTIONS
    }
    tables = {
        "IdempotencyTable": SETTINGS["IDEMPOTENCY_TABLE"],
        "ProgressTable": SETTINGS["PROGRESS_TABLE"],
    }
    queues = {
        "WorkQueue": "work",
        "DeadLetterQueue": "dead",
        "FailedInvocationsQueue": "failed-invocations",
    }
    return Names(
        refs={
            "AWS::Partition": "aws",
            "AWS::Region": REGION,
            "AWS::AccountId": ACCOUNT,
            "AWS::StackName": STACK,
            "FineTunedEndpoint": FINE_TUNED,
            "PreTrainedEndpoint": PRE_TRAINED,
        },
        arns={
            "LandingBucket": f"arn:aws:s3:::{LANDING}",
            "ResultsBucket": f"arn:aws:s3:::{RESULTS}",
            "DataKey": DATA_KEY,
            **{
                name: f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{t}" for name, t in tables.items()
            },
            **{name: f"arn:aws:sqs:{REGION}:{ACCOUNT}:{q}" for name, q in queues.items()},
            **log_groups,
        },
        conditions=frozenset({"HasPreTrained", *(("InVpc",) if in_vpc else ())}),
    )


def role(function: str, names: Names) -> list[Statement]:
    """The statements of a function's role in a deployed stack."""
    text = (_POLICIES / f"policy-{function}.json").read_text(encoding="utf-8")
    found: list[Statement] = resolve(json.loads(text)["Statement"], names)
    return found


def transform_role(names: Names) -> list[Statement]:
    """The statements of the policy for the models' execution role."""
    template = read_yaml(ROOT / "template.yaml")
    policy = template["Resources"]["TransformPolicy"]["Properties"]["PolicyDocument"]
    found: list[Statement] = resolve(policy["Statement"], names)
    return found


def resolve(node: Any, names: Names) -> Any:
    """Replace the intrinsic functions that policies use; list members without a value go."""
    if isinstance(node, list):
        return [value for one in node if (value := resolve(one, names)) != _NO_VALUE]
    if not isinstance(node, dict) or node == _NO_VALUE:
        return node
    [(function, argument), *others] = node.items()
    if others or function not in _INTRINSIC:
        return {key: resolve(value, names) for key, value in node.items()}
    return _INTRINSIC[function](argument, names)


def _if(argument: Any, names: Names) -> Any:
    condition, then, otherwise = argument
    return resolve(then if condition in names.conditions else otherwise, names)


def _arn(argument: Any, names: Names) -> str:
    resource, attribute = argument
    assert attribute == "Arn", "no policy uses another attribute"
    return names.arns[resource]


def _sub(argument: Any, names: Names) -> str:
    return re.sub(r"\$\{([^}]+)\}", lambda found: _named(found[1], names), argument)


_INTRINSIC: Mapping[str, Callable[[Any, Names], Any]] = {
    "Ref": lambda argument, names: names.refs[argument],
    "Fn::If": _if,
    "Fn::GetAtt": _arn,
    "Fn::Sub": _sub,
}


def grants(function: str, statements: list[Statement]) -> Iterator[Grant]:
    """Each action on each resource that a role allows."""
    for number, statement in enumerate(statements):
        if statement["Effect"] == "Allow":
            for action in listed(statement["Action"]):
                for resource in listed(statement["Resource"]):
                    yield Grant(function, number, statement.get("Sid", ""), action, resource)


def without(statements: list[Statement], grant: Grant) -> list[Statement]:
    """The role without one grant; the statement's other actions and resources stay."""
    rest = list(statements)
    statement = copy.deepcopy(dict(rest.pop(grant.statement)))
    actions, resources = listed(statement["Action"]), listed(statement["Resource"])
    others = [action for action in actions if action != grant.action]
    if others:
        rest.append(statement | {"Action": others})
    elsewhere = [resource for resource in resources if resource != grant.resource]
    if elsewhere:
        rest.append(statement | {"Action": grant.action, "Resource": elsewhere})
    return rest


def denied_without(statements: list[Statement], grant: Grant, needs: set[Need]) -> set[Need]:
    """What a role may no longer do without one of its grants."""
    rest = without(statements, grant)
    return {need for need in needs if allows(statements, need) and not allows(rest, need)}


def _named(reference: str, names: Names) -> str:
    if reference.endswith(".Arn"):
        return names.arns[reference.removesuffix(".Arn")]
    return names.refs[reference]
