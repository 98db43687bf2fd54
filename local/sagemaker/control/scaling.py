"""Application Auto Scaling's operations on endpoints, which MiniStack does not have.

Targets, policies and scheduled actions are stored and returned unchanged. Nothing scales, because
one machine has one instance; so there are no alarms and no activities.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from uuid import uuid4

from local.sagemaker.control.kinds import ENDPOINTS
from local.sagemaker.control.naming import ACCOUNT_ID, REGION, now
from local.sagemaker.control.refusals import InvalidRequestError, NoScalableTargetError
from local.sagemaker.control.store import Document, Store

TARGETS, POLICIES, ACTIONS = "scalable-targets", "scaling-policies", "scheduled-actions"
NAMESPACE, DIMENSION = "sagemaker", "sagemaker:variant:DesiredInstanceCount"
_RESOURCE = re.compile(r"endpoint/([^/]+)/variant/([^/]+)")
_TARGET = ("ServiceNamespace", "ResourceId", "ScalableDimension")


class Scaling:
    """The operations of Application Auto Scaling."""

    def __init__(self, store: Store) -> None:
        """Everything is stored in `store`."""
        self._store = store

    def register(self, request: Document) -> Document:
        """RegisterScalableTarget: creates a target, or changes its limits."""
        _check_variant(self._store, request)
        with self._store.lock:
            before = self._store.get(TARGETS, _key(request))
            wanted = _without_none(request)
            if before is None:
                for bound in ("MinCapacity", "MaxCapacity"):
                    if bound not in wanted:
                        raise InvalidRequestError(f"{bound} is required for a new scalable target.")
                arn = _arn("scalable-target", uuid4().hex)
                before = {"CreationTime": now(), "ScalableTargetARN": arn}
            document: Document = before | wanted
            if document["MinCapacity"] > document["MaxCapacity"]:
                raise InvalidRequestError("Maximum capacity cannot be less than minimum capacity.")
            self._store.put(TARGETS, _key(request), document)
        return {"ScalableTargetARN": document["ScalableTargetARN"]}

    def deregister(self, request: Document) -> Document:
        """DeregisterScalableTarget: also deletes its policies and scheduled actions."""
        with self._store.lock:
            self._target(request)
            _drop(self._store, lambda one: _key(one) == _key(request))
        return {}

    def targets(self, request: Document) -> Document:
        """DescribeScalableTargets."""
        wanted = request.get("ResourceIds")
        found = [
            one
            for one in _matching(self._store, TARGETS, request)
            if not wanted or one["ResourceId"] in wanted
        ]
        return {"ScalableTargets": found}

    def put_policy(self, request: Document) -> Document:
        """PutScalingPolicy."""
        kept = self._put(POLICIES, "PolicyName", request, "PolicyARN", "scalingPolicy")
        return {"PolicyARN": kept["PolicyARN"], "Alarms": []}

    def delete_policy(self, request: Document) -> Document:
        """DeleteScalingPolicy."""
        return self._delete(POLICIES, "PolicyName", request)

    def policies(self, request: Document) -> Document:
        """DescribeScalingPolicies."""
        found = _matching(self._store, POLICIES, request)
        return {"ScalingPolicies": _named(found, "PolicyName", request.get("PolicyNames"))}

    def put_action(self, request: Document) -> Document:
        """PutScheduledAction."""
        self._put(ACTIONS, "ScheduledActionName", request, "ScheduledActionARN", "scheduledAction")
        return {}

    def delete_action(self, request: Document) -> Document:
        """DeleteScheduledAction."""
        return self._delete(ACTIONS, "ScheduledActionName", request)

    def actions(self, request: Document) -> Document:
        """DescribeScheduledActions."""
        found = _matching(self._store, ACTIONS, request)
        names = request.get("ScheduledActionNames")
        return {"ScheduledActions": _named(found, "ScheduledActionName", names)}

    def activities(self, request: Document) -> Document:
        """DescribeScalingActivities: nothing scales."""
        del request
        return {"ScalingActivities": []}

    def _put(self, kind: str, name: str, request: Document, arn_member: str, word: str) -> Document:
        with self._store.lock:
            self._target(request)
            key = _key(request, request[name])
            before = self._store.get(kind, key) or {
                "CreationTime": now(),
                arn_member: _arn(word, f"{uuid4()}:resource/{NAMESPACE}/{request['ResourceId']}"),
            }
            document: Document = before | _without_none(request)
            self._store.put(kind, key, document)
        return document

    def _delete(self, kind: str, name: str, request: Document) -> Document:
        with self._store.lock:
            key = _key(request, request[name])
            if self._store.get(kind, key) is None:
                raise NoScalableTargetError(
                    f"No {name} {request[name]} found for {_describe(request)}"
                )
            self._store.delete(kind, key)
        return {}

    def _target(self, request: Document) -> Document:
        found = self._store.get(TARGETS, _key(request))
        if found is None:
            raise NoScalableTargetError(f"No scalable target registered for {_describe(request)}")
        return found


def forget(store: Store, endpoint: str) -> None:
    """Delete the scaling configuration of a deleted endpoint."""
    _drop(store, lambda one: one["ResourceId"].startswith(f"endpoint/{endpoint}/"))


def _drop(store: Store, is_unwanted: Callable[[Document], bool]) -> None:
    with store.lock:
        for kind, name in (
            (TARGETS, ""),
            (POLICIES, "PolicyName"),
            (ACTIONS, "ScheduledActionName"),
        ):
            for one in store.all(kind):
                if is_unwanted(one):
                    store.delete(kind, _key(one, one.get(name, "")))


def _check_variant(store: Store, request: Document) -> None:
    if (request["ServiceNamespace"], request["ScalableDimension"]) != (NAMESPACE, DIMENSION):
        raise InvalidRequestError(f"Only {NAMESPACE} is supported here, with {DIMENSION}.")
    found = _RESOURCE.fullmatch(request["ResourceId"])
    if found is None:
        raise InvalidRequestError(f"Unsupported resource id {request['ResourceId']}.")
    endpoint = store.get(ENDPOINTS, found[1]) or {}
    variants = [one["VariantName"] for one in endpoint.get("ProductionVariants", [])]
    if found[2] not in variants:
        raise InvalidRequestError(f"Could not find {request['ResourceId']}.")


def _matching(store: Store, kind: str, request: Document) -> Iterator[Document]:
    for one in store.all(kind):
        if all(request.get(name) in (None, one[name]) for name in _TARGET):
            yield one


def _named(found: Iterable[Document], member: str, names: list[str] | None) -> list[Document]:
    return [one for one in found if not names or one[member] in names]


def _key(one: Document, name: str = "") -> str:
    """The file name of a target, or of one of its policies or actions."""
    text = "\n".join([*(one[member] for member in _TARGET), name])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _describe(request: Document) -> str:
    return (
        f"service namespace: {request['ServiceNamespace']}, resource ID: {request['ResourceId']}, "
        f"scalable dimension: {request['ScalableDimension']}"
    )


def _arn(kind: str, rest: str) -> str:
    scaling = "application-autoscaling" if kind == "scalable-target" else "autoscaling"
    separator = "/" if kind == "scalable-target" else ":"
    return f"arn:aws:{scaling}:{REGION}:{ACCOUNT_ID}:{kind}{separator}{rest}"


def _without_none(request: Document) -> Document:
    return {name: value for name, value in request.items() if name != "Tags" and value is not None}
