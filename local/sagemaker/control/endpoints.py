"""The operations on endpoints. `serving` loads the models."""

from __future__ import annotations

from typing import Any, Protocol

from local.sagemaker.control.hosting import container_of
from local.sagemaker.control.kinds import CONFIGS, ENDPOINTS, MODELS
from local.sagemaker.control.naming import arn, now
from local.sagemaker.control.paging import Listing
from local.sagemaker.control.refusals import InvalidRequestError, NotFoundError
from local.sagemaker.control.scaling import forget
from local.sagemaker.control.store import Document, Store
from local.sagemaker.control.tags import drop_tags, keep_tags

Variants = list[Any]
_BUSY = ("Creating", "Updating")
_LISTING = Listing(
    member="Endpoints",
    name="EndpointName",
    shown=("EndpointName", "EndpointArn", "CreationTime", "LastModifiedTime", "EndpointStatus"),
    status="EndpointStatus",
)


class Hosting(Protocol):
    """Puts models in service."""

    def load(self, name: str) -> None:
        """Load the configuration that was last requested for an endpoint."""

    def unload(self, name: str) -> None:
        """Take an endpoint out of service."""


class Endpoints:
    """The operations on endpoints."""

    def __init__(self, store: Store, hosting: Hosting) -> None:
        """`hosting` loads and unloads the models."""
        self._store, self._hosting = store, hosting

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
        self._hosting.load(name)
        return {"EndpointArn": made}

    def update(self, request: Document) -> Document:
        """UpdateEndpoint: the old model serves until the new one is loaded."""
        name, config = request["EndpointName"], request["EndpointConfigName"]
        with self._store.lock:
            endpoint = self.describe(request)
            if endpoint["EndpointStatus"] in _BUSY:
                raise InvalidRequestError(
                    f'Cannot update in-progress endpoint "{endpoint["EndpointArn"]}".'
                )
            if endpoint["EndpointStatus"] == "Failed":
                raise InvalidRequestError(
                    f'Cannot update failed endpoint "{endpoint["EndpointArn"]}": delete it first.'
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
        self._hosting.load(name)
        return {"EndpointArn": endpoint["EndpointArn"]}

    def describe(self, request: Document) -> Document:
        """DescribeEndpoint."""
        found = self._store.get(ENDPOINTS, request["EndpointName"])
        if found is None:
            raise NotFoundError("endpoint", arn("endpoint", request["EndpointName"]))
        return found

    def list(self, request: Document) -> Document:
        """ListEndpoints."""
        return _LISTING.page(self._store.all(ENDPOINTS), request)

    def delete(self, request: Document) -> Document:
        """DeleteEndpoint; also deletes its scaling configuration."""
        with self._store.lock:
            endpoint = self.describe(request)
            self._store.delete(ENDPOINTS, request["EndpointName"])
            drop_tags(self._store, endpoint["EndpointArn"])
            forget(self._store, request["EndpointName"])
        self._hosting.unload(request["EndpointName"])
        return {}

    def weigh(self, request: Document) -> Document:
        """UpdateEndpointWeightsAndCapacities: stored and returned, without any other effect."""
        with self._store.lock:
            endpoint = self.describe(request)
            if endpoint["EndpointStatus"] != "InService":
                raise InvalidRequestError(
                    f'Cannot update in-progress endpoint "{endpoint["EndpointArn"]}".'
                )
            variants = {one["VariantName"]: one for one in endpoint["ProductionVariants"]}
            for wanted in request["DesiredWeightsAndCapacities"]:
                if wanted["VariantName"] not in variants:
                    raise InvalidRequestError(
                        f"Could not find variant {wanted['VariantName']} of the endpoint."
                    )
                variants[wanted["VariantName"]] |= _capacities(wanted)
            self._store.change(
                ENDPOINTS,
                request["EndpointName"],
                ProductionVariants=list(variants.values()),
                LastModifiedTime=now(),
            )
        return {"EndpointArn": endpoint["EndpointArn"]}

    def _variants(self, config_name: str) -> Variants:
        config = self._store.get(CONFIGS, config_name)
        if config is None:
            raise NotFoundError("endpoint configuration", arn("endpoint-config", config_name))
        return variants_of(self._store, config)


def variants_of(store: Store, config: Document) -> Variants:
    """The variants of a configuration, as DescribeEndpoint returns them."""
    return [
        {
            "VariantName": one["VariantName"],
            "DeployedImages": _images(store.get(MODELS, one["ModelName"])),
            "CurrentWeight": one.get("InitialVariantWeight", 1.0),
            "DesiredWeight": one.get("InitialVariantWeight", 1.0),
            "CurrentInstanceCount": one.get("InitialInstanceCount", 1),
            "DesiredInstanceCount": one.get("InitialInstanceCount", 1),
        }
        for one in config["ProductionVariants"]
    ]


def _images(model: Document | None) -> list[Document]:
    image = container_of(model).get("Image") if model else None
    at = now()
    return (
        [{"SpecifiedImage": image, "ResolvedImage": image, "ResolutionTime": at}] if image else []
    )


def _capacities(wanted: Document) -> Document:
    found: Document = {}
    if "DesiredWeight" in wanted:
        found |= {
            "CurrentWeight": wanted["DesiredWeight"],
            "DesiredWeight": wanted["DesiredWeight"],
        }
    if "DesiredInstanceCount" in wanted:
        count = wanted["DesiredInstanceCount"]
        found |= {"CurrentInstanceCount": count, "DesiredInstanceCount": count}
    return found
