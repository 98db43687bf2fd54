"""Tags, by ARN."""

from __future__ import annotations

import hashlib

from local.sagemaker.control import kinds
from local.sagemaker.control.refusals import InvalidRequestError
from local.sagemaker.control.store import Document, Store

KIND = "tags"
# By the word in an ARN: the kind of resource in the store, and the member with the ARN.
_TAGGED = {
    "training-job": (kinds.TRAINING_JOBS, "TrainingJobArn"),
    "model": (kinds.MODELS, "ModelArn"),
    "endpoint-config": (kinds.CONFIGS, "EndpointConfigArn"),
    "endpoint": (kinds.ENDPOINTS, "EndpointArn"),
}


def keep_tags(store: Store, arn: str, request: Document) -> None:
    """Store the tags of a request; a new value replaces an existing one."""
    given = {tag["Key"]: tag["Value"] for tag in request.get("Tags", [])}
    with store.lock:
        _write(store, arn, _read(store, arn) | given)


def drop_tags(store: Store, arn: str) -> None:
    """Delete the tags of a deleted resource."""
    store.delete(KIND, _name(arn))


class Tags:
    """The operations on tags."""

    def __init__(self, store: Store) -> None:
        """Tags are stored in `store`."""
        self._store = store

    def add(self, request: Document) -> Document:
        """AddTags."""
        self._check(request["ResourceArn"])
        keep_tags(self._store, request["ResourceArn"], request)
        return self.list(request)

    def list(self, request: Document) -> Document:
        """ListTags."""
        self._check(request["ResourceArn"])
        found = _read(self._store, request["ResourceArn"])
        return {"Tags": [{"Key": key, "Value": found[key]} for key in sorted(found)]}

    def delete(self, request: Document) -> Document:
        """DeleteTags."""
        self._check(request["ResourceArn"])
        with self._store.lock:
            found = _read(self._store, request["ResourceArn"])
            left = {key: value for key, value in found.items() if key not in request["TagKeys"]}
            _write(self._store, request["ResourceArn"], left)
        return {}

    def _check(self, arn: str) -> None:
        word = arn.rpartition(":")[2].partition("/")[0]
        kind, member = _TAGGED.get(word, ("", ""))
        if not any(one[member] == arn for one in self._store.all(kind)):
            raise InvalidRequestError(f'Could not find resource "{arn}".')


def _read(store: Store, arn: str) -> dict[str, str]:
    found: dict[str, str] = (store.get(KIND, _name(arn)) or {}).get("tags", {})
    return found


def _write(store: Store, arn: str, tags: dict[str, str]) -> None:
    if tags:
        store.put(KIND, _name(arn), {"arn": arn, "tags": tags})
    else:
        store.delete(KIND, _name(arn))


def _name(arn: str) -> str:
    """The file name: a hash, because ARNs contain colons and slashes."""
    return hashlib.sha256(arn.encode()).hexdigest()[:32]
