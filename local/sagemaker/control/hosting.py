"""The operations on models and endpoint configurations."""

from __future__ import annotations

from local.sagemaker.control.kinds import CONFIGS, MODELS
from local.sagemaker.control.naming import arn, now
from local.sagemaker.control.paging import Listing
from local.sagemaker.control.refusals import InvalidRequestError, NotFoundError
from local.sagemaker.control.store import Document, Store
from local.sagemaker.control.tags import drop_tags, keep_tags

_WORDS = {"model": "model", "endpoint-config": "endpoint configuration"}


class Kind:
    """The operations that models and endpoint configurations have in common."""

    def __init__(self, store: Store, kind: str, word: str, member: str) -> None:
        """`word` is used in ARNs, `member` in member names (Model, EndpointConfig)."""
        self._store, self._kind, self._word, self._member = store, kind, word, member
        name = f"{member}Name"
        self._listing = Listing(f"{member}s", name, (name, f"{member}Arn", "CreationTime"))

    def create(self, request: Document) -> Document:
        """CreateModel, CreateEndpointConfig."""
        name = request[f"{self._member}Name"]
        made = arn(self._word, name)
        with self._store.lock:
            if self._store.get(self._kind, name) is not None:
                raise InvalidRequestError(
                    f'Cannot create already existing {_WORDS[self._word]} "{made}".'
                )
            kept = {key: value for key, value in request.items() if key != "Tags"}
            document = kept | {f"{self._member}Arn": made, "CreationTime": now()}
            self._store.put(self._kind, name, document)
            keep_tags(self._store, made, request)
        return {f"{self._member}Arn": made}

    def describe(self, request: Document) -> Document:
        """DescribeModel, DescribeEndpointConfig."""
        name = request[f"{self._member}Name"]
        found = self._store.get(self._kind, name)
        if found is None:
            raise NotFoundError(_WORDS[self._word], arn(self._word, name))
        return found

    def list(self, request: Document) -> Document:
        """ListModels, ListEndpointConfigs."""
        return self._listing.page(self._store.all(self._kind), request)

    def delete(self, request: Document) -> Document:
        """DeleteModel, DeleteEndpointConfig."""
        name = request[f"{self._member}Name"]
        self.describe(request)
        with self._store.lock:
            self._store.delete(self._kind, name)
            drop_tags(self._store, arn(self._word, name))
        return {}


class Models(Kind):
    """The operations on models."""

    def __init__(self, store: Store) -> None:
        """Models are stored in `store`."""
        super().__init__(store, MODELS, "model", "Model")

    def create(self, request: Document) -> Document:
        """CreateModel: one container."""
        containers = request.get("Containers", [])
        if len(containers) + ("PrimaryContainer" in request) != 1:
            raise InvalidRequestError(
                "The local SageMaker serves only models with one container: use PrimaryContainer."
            )
        return super().create(request)


class Configs(Kind):
    """The operations on endpoint configurations."""

    def __init__(self, store: Store) -> None:
        """Configurations are stored in `store`."""
        super().__init__(store, CONFIGS, "endpoint-config", "EndpointConfig")

    def create(self, request: Document) -> Document:
        """CreateEndpointConfig: exactly one variant, with an existing model."""
        variants = request["ProductionVariants"]
        if len(variants) != 1:
            raise InvalidRequestError("The local SageMaker serves only one production variant.")
        name = variants[0].get("ModelName", "")
        if self._store.get(MODELS, name) is None:
            raise NotFoundError("model", arn("model", name))
        return super().create(request)


def container_of(model: Document) -> Document:
    """The first container of a model, which is the one that is served."""
    found: Document = model.get("PrimaryContainer") or model["Containers"][0]
    return found
