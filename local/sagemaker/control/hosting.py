"""Models, endpoint configurations and endpoints: the operations. Loading is `serving`'s."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from local.sagemaker.control.naming import arn, now
from local.sagemaker.control.refusals import InvalidRequestError, NotFoundError
from local.sagemaker.control.store import Document, Store
from local.sagemaker.control.tags import drop_tags, keep_tags

MODELS, CONFIGS, ENDPOINTS = "models", "endpoint-configs", "endpoints"
Variants = list[Any]
_BUSY = ("Creating", "Updating", "Deleting")


class Kind:
    """The operations that models and endpoint configurations have alike."""

    def __init__(self, store: Store, kind: str, word: str, member: str) -> None:
        """`word` as in ARNs, `member` as in names: Model, EndpointConfig."""
        self._store, self._kind, self._word, self._member = store, kind, word, member

    def create(self, request: Document) -> Document:
        """CreateModel, CreateEndpointConfig."""
        name = request[f"{self._member}Name"]
        made = arn(self._word, name)
        with self._store.lock:
            if self._store.get(self._kind, name) is not None:
                raise InvalidRequestError(f'Cannot create already existing {self._word} "{made}".')
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
            raise NotFoundError(self._word, arn(self._word, name))
        return found

    def list(self, request: Document) -> Document:
        """ListModels, ListEndpointConfigs."""
        wanted = (f"{self._member}Name", f"{self._member}Arn", "CreationTime")
        return page(self._store.all(self._kind), request, f"{self._member}s", wanted)

    def delete(self, request: Document) -> Document:
        """DeleteModel, DeleteEndpointConfig."""
        name = request[f"{self._member}Name"]
        self.describe(request)
        self._store.delete(self._kind, name)
        drop_tags(self._store, arn(self._word, name))
        return {}


class Configs(Kind):
    """The operations on endpoint configurations."""

    def __init__(self, store: Store) -> None:
        """Configurations are kept in `store`."""
        super().__init__(store, CONFIGS, "endpoint-config", "EndpointConfig")

    def create(self, request: Document) -> Document:
        """CreateEndpointConfig: one variant, whose model is there."""
        variants = request["ProductionVariants"]
        if len(variants) != 1:
            raise InvalidRequestError("The local SageMaker serves one production variant.")
        name = variants[0].get("ModelName", "")
        if self._store.get(MODELS, name) is None:
            raise NotFoundError("model", arn("model", name))
        return super().create(request)


class Endpoints:
    """The operations on endpoints."""

    def __init__(
        self, store: Store, load: Callable[[str], None], unload: Callable[[str], None]
    ) -> None:
        """`load` is told an endpoint to bring to its configuration, `unload` one that goes."""
        self._store, self._load, self._unload = store, load, unload

    def create(self, request: Document) -> Document:
        """CreateEndpoint."""
        name, config = request["EndpointName"], request["EndpointConfigName"]
        made = arn("endpoint", name)
        with self._store.lock:
            if self._store.get(ENDPOINTS, name) is not None:
                raise InvalidRequestError(f'Cannot create already existing endpoint "{made}".')
            variants = self._variants(config)
            self._store.put(
                ENDPOINTS,
                name,
                {
                    "EndpointName": name,
                    "EndpointArn": made,
                    "EndpointConfigName": config,
                    "ProductionVariants": variants,
                    "EndpointStatus": "Creating",
                    "CreationTime": now(),
                    "LastModifiedTime": now(),
                },
            )
            keep_tags(self._store, made, request)
        self._load(name)
        return {"EndpointArn": made}

    def update(self, request: Document) -> Document:
        """UpdateEndpoint: the old model answers until the new one is loaded."""
        name, config = request["EndpointName"], request["EndpointConfigName"]
        with self._store.lock:
            endpoint = self.describe(request)
            if endpoint["EndpointStatus"] in _BUSY:
                raise InvalidRequestError(
                    f'Cannot update in-progress endpoint "{endpoint["EndpointArn"]}".'
                )
            self._variants(config)
            self._store.change(
                ENDPOINTS,
                name,
                EndpointStatus="Updating",
                LastModifiedTime=now(),
                NextConfigName=config,
                FailureReason=None,
            )
        self._load(name)
        return {"EndpointArn": endpoint["EndpointArn"]}

    def describe(self, request: Document) -> Document:
        """DescribeEndpoint."""
        found = self._store.get(ENDPOINTS, request["EndpointName"])
        if found is None:
            raise NotFoundError("endpoint", arn("endpoint", request["EndpointName"]))
        return found

    def list(self, request: Document) -> Document:
        """ListEndpoints."""
        wanted = (
            *("EndpointName", "EndpointArn", "CreationTime"),
            *("LastModifiedTime", "EndpointStatus"),
        )
        return page(self._store.all(ENDPOINTS), request, "Endpoints", wanted)

    def delete(self, request: Document) -> Document:
        """DeleteEndpoint."""
        endpoint = self.describe(request)
        self._store.delete(ENDPOINTS, request["EndpointName"])
        drop_tags(self._store, endpoint["EndpointArn"])
        self._unload(request["EndpointName"])
        return {}

    def _variants(self, config_name: str) -> Variants:
        config = self._store.get(CONFIGS, config_name)
        if config is None:
            raise NotFoundError("endpoint configuration", arn("endpoint-config", config_name))
        return variants_of(config)


def variants_of(config: Document) -> Variants:
    """What DescribeEndpoint tells of a configuration's variants."""
    return [
        {
            "VariantName": one["VariantName"],
            "CurrentWeight": one.get("InitialVariantWeight", 1.0),
            "DesiredWeight": one.get("InitialVariantWeight", 1.0),
            "CurrentInstanceCount": one.get("InitialInstanceCount", 1),
            "DesiredInstanceCount": one.get("InitialInstanceCount", 1),
        }
        for one in config["ProductionVariants"]
    ]


def page(
    found: Iterator[Document], request: Document, member: str, wanted: tuple[str, ...]
) -> Document:
    """One page of summaries, the newest first unless asked otherwise."""
    contains = request.get("NameContains", "").lower()
    rows = [one for one in found if contains in str(one[wanted[0]]).lower()]
    by_name = request.get("SortBy", "CreationTime") == "Name"
    rows.sort(
        key=lambda one: one[wanted[0]] if by_name else one["CreationTime"],
        reverse=request.get("SortOrder", "Descending") == "Descending",
    )
    start = int(request.get("NextToken") or 0)
    stop = start + int(request.get("MaxResults", 10))
    more = {"NextToken": str(stop)} if stop < len(rows) else {}
    return {member: [{name: one[name] for name in wanted} for one in rows[start:stop]]} | more
