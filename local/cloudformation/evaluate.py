"""Evaluates a template for given parameters: conditions, intrinsic functions, dependencies."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.cloudformation import parameters
from local.cloudformation.identities import NAMES, Identity, Place, identity
from local.errors import PackageError

Template = Mapping[str, Any]
NO_VALUE = object()
_VARIABLE = re.compile(r"\$\{([^}]*)\}")


@dataclass(slots=True)
class Resource:
    """A resource that a stack creates.

    Attributes:
        properties: without intrinsic functions.
        needs: logical ids of the resources that must exist before: DependsOn, Ref, GetAtt, Sub.
        nested: the stack that it is, if it is one.
    """

    logical_id: str
    kind: str
    source: Mapping[str, Any]
    identity: Identity
    properties: dict[str, Any] = field(default_factory=dict)
    needs: set[str] = field(default_factory=set)
    nested: Stack | None = None

    @property
    def is_named(self) -> bool:
        """Whether the template gives it a name; otherwise CloudFormation makes one."""
        return bool(_named(self.kind, self.properties))


def _named(kind: str, properties: Any) -> Any:  # noqa: ANN401  # a name, or an intrinsic function
    """The name that a template gives a resource, as it is written there."""
    where, _ = NAMES.get(kind, ("", 0))
    for path in where.split("|"):
        node = properties
        for part in path.split("."):
            node = node.get(part) if isinstance(node, dict) else None
        if node is not None:
            return node
    return None


class Stack:
    """A template with its parameters: the resources that it creates, and its outputs.

    Args:
        template: plain CloudFormation, no SAM.
        given: values of parameters; for the others the template must have defaults.
        place: the stack's name, region and account.
        nested: templates of nested stacks by their logical id.

    Raises:
        PackageError: a value that the parameters do not allow, or something that CloudFormation
            would refuse: an unknown name, function or attribute.
    """

    def __init__(
        self,
        template: Template,
        given: Mapping[str, str],
        place: Place,
        nested: Mapping[str, Template] | None = None,
    ) -> None:
        self.template, self.place, self._nested = template, place, dict(nested or {})
        self.parameters = parameters.values(template.get("Parameters", {}), given)
        self._needed: set[str] = set()
        self._above: dict[str, set[str]] = {}
        self.conditions: dict[str, bool] = {}
        for name in template.get("Conditions", {}):
            self.conditions[name] = self._condition({"Condition": name})
        self.resources: dict[str, Resource] = {}
        for name, source in template["Resources"].items():
            if self.conditions.get(source.get("Condition", ""), True):
                one = Resource(name, source["Type"], source, self._identity(name, source))
                self.resources[name] = one
        for one in self.resources.values():
            self._fill(one)

    def output(self, name: str) -> Any:  # noqa: ANN401  # any value
        """The value of an output."""
        found = self.template["Outputs"].get(name)
        if found is None:
            raise PackageError(f"the nested stack has no output {name}")
        return self.value(found["Value"])

    def value(self, node: Any) -> Any:  # noqa: ANN401  # any value of a template
        """A value without intrinsic functions; NO_VALUE if it is to be left out."""
        if isinstance(node, list):
            return [one for one in map(self.value, node) if one is not NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            (name, argument) = next(iter(node.items()))
            if name in _FUNCTIONS:
                return _FUNCTIONS[name](self, argument)
            if name.startswith("Fn::"):
                raise PackageError(f"{name}: add it to local/cloudformation/evaluate.py")
        return {
            name: value
            for name, inner in node.items()
            if (value := self.value(inner)) is not NO_VALUE
        }

    def ancestors(self, logical_id: str) -> set[str]:
        """All that exists when this resource is created, in every order that is allowed."""
        if logical_id in self._above:
            return self._above[logical_id]
        found: set[str] = set()
        waiting = [logical_id]
        while waiting:
            for name in self.resources[waiting.pop()].needs - found:
                found.add(name)
                waiting.append(name)
        self._above[logical_id] = found
        return found

    def _identity(self, logical_id: str, source: Mapping[str, Any]) -> Identity:
        name = _named(source["Type"], source.get("Properties", {}))
        name = None if name is None else self.value(name)
        return identity(source["Type"], logical_id, name, self.place)

    def _fill(self, one: Resource) -> None:
        self._needed = set()
        one.properties = self.value(one.source.get("Properties", {}))
        depends = one.source.get("DependsOn", [])
        for name in [depends] if isinstance(depends, str) else depends:
            if name not in self.template["Resources"]:
                raise PackageError(f"{one.logical_id}: DependsOn {name}, which does not exist")
            self._needed.add(name)
        one.needs = self._needed & set(self.resources) - {one.logical_id}

    def nested(self, name: str) -> Stack:
        """The nested stack of this logical id, evaluated with what its parent gives it."""
        one = self.resources[name]
        if one.nested is None:
            if name not in self._nested:
                raise PackageError(f"{name}: its template is not given")
            given = {
                key: str(value)
                for key, value in self.value(one.source["Properties"]["Parameters"]).items()
            }
            place = Place(
                one.identity.name, self.place.region, self.place.account, self.place.partition
            )
            one.nested = Stack(self._nested[name], given, place)
        return one.nested

    def _condition(self, node: Mapping[str, Any]) -> bool:
        (name, argument) = next(iter(node.items()))
        if name == "Condition":
            if argument not in self.template.get("Conditions", {}):
                raise PackageError(f"there is no condition {argument}")
            return self._condition(self.template["Conditions"][argument])
        if name == "Fn::Equals":
            left, right = (_text(self.value(one)) for one in argument)
            return bool(left == right)
        if name == "Fn::Not":
            return not self._condition(argument[0])
        if name == "Fn::And":
            return all(self._condition(one) for one in argument)
        if name == "Fn::Or":
            return any(self._condition(one) for one in argument)
        raise PackageError(f"{name} in a condition: add it to local/cloudformation/evaluate.py")

    def ref(self, name: str) -> Any:  # noqa: ANN401  # any value
        """`Ref`: a parameter, a pseudo parameter or a resource."""
        pseudo = {
            "AWS::AccountId": self.place.account,
            "AWS::NoValue": NO_VALUE,
            "AWS::Partition": self.place.partition,
            "AWS::Region": self.place.region,
            "AWS::StackName": self.place.stack,
            "AWS::URLSuffix": "amazonaws.com",
        }
        if name in pseudo:
            return pseudo[name]
        if name in self.parameters:
            return self.parameters[name]
        return self._known(name).ref

    def attribute(self, name: str, attribute: str) -> Any:  # noqa: ANN401  # any value
        """`GetAtt`."""
        found = self._known(name)
        if attribute.startswith("Outputs."):
            return self.nested(name).output(attribute.removeprefix("Outputs."))
        if attribute not in found.attributes:
            raise PackageError(f"{name} has no attribute {attribute} that is known here")
        return found.attributes[attribute]

    def _known(self, name: str) -> Identity:
        self._needed.add(name)
        if name in self.resources:
            return self.resources[name].identity
        if name not in self.template["Resources"]:
            raise PackageError(f"{name} is neither a parameter nor a resource")
        raise PackageError(f"{name} is referred to, but its condition is off")

    def chosen(self, argument: list[Any]) -> Any:  # noqa: ANN401  # any value
        """`Fn::If`; only the branch that is chosen is evaluated."""
        condition, yes, no = argument
        is_on = self._condition({"Condition": condition})
        return self.value(yes if is_on else no)

    def substituted(self, argument: Any) -> str:  # noqa: ANN401  # text, or text and values
        """`Fn::Sub`."""
        text, own = (argument, {}) if isinstance(argument, str) else argument

        def one(found: re.Match[str]) -> str:
            name = found[1].strip()
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            if name in own:
                return _text(self.value(own[name]))
            parent, dot, attribute = name.partition(".")
            return _text(self.attribute(parent, attribute) if dot else self.ref(name))

        return _VARIABLE.sub(one, text)


def _att(stack: Stack, argument: Any) -> Any:  # noqa: ANN401  # any value
    name, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
    return stack.attribute(name, attribute)


def _join(stack: Stack, argument: Any) -> str:  # noqa: ANN401  # a separator and a list
    return str(argument[0]).join(_text(one) for one in stack.value(argument[1]))


def _base64(stack: Stack, argument: Any) -> str:  # noqa: ANN401  # any value
    return base64.b64encode(_text(stack.value(argument)).encode()).decode()


_FUNCTIONS: dict[str, Callable[[Stack, Any], Any]] = {
    "Ref": Stack.ref,
    "Fn::GetAtt": _att,
    "Fn::Sub": Stack.substituted,
    "Fn::If": Stack.chosen,
    "Fn::Join": _join,
    "Fn::Base64": _base64,
}


def _text(value: Any) -> str:  # noqa: ANN401  # any value
    return str(value).lower() if isinstance(value, bool) else str(value)
