"""Brings endpoints to their configurations: fetches models, loads them, puts them in service."""

from __future__ import annotations

import asyncio
import hashlib
import tarfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import rmtree
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from local.archives import unpack
from local.sagemaker.control.buckets import Aws
from local.sagemaker.control.hosting import CONFIGS, ENDPOINTS, MODELS, variants_of
from local.sagemaker.control.naming import arn, now
from local.sagemaker.control.store import Document, Store
from local.sagemaker.ctranslate2_model import CTranslate2Model
from local.sagemaker.errors import SetupError
from local.sagemaker.registry import EndpointRegistry

# A model that came with the project is named so, for it is in no bucket.
FOLDER_VARIABLE = "IMPRESSIONS_MODEL_FOLDER"
IMAGE = "impressions-local/small-t5:1"
_TROUBLE = (SetupError, OSError, EOFError, tarfile.TarError, BotoCoreError, ClientError, Boto3Error)


class Serving:
    """Loads models in a thread of its own and hands them to the registry."""

    def __init__(self, store: Store, aws: Aws, cache: Path) -> None:
        """Models that were fetched lie below `cache`, for the next start."""
        self._store, self._aws, self._cache = store, aws, cache
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="endpoints")
        self._registry: EndpointRegistry | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def seed(self, seeds: Mapping[str, Path]) -> None:
        """Write down the models that came with the project and their endpoints, once."""
        for name, folder in seeds.items():
            if self._store.get(ENDPOINTS, name) is None:
                self._seed(name, folder)

    def load_all(self) -> dict[str, CTranslate2Model]:
        """Load what was in service before; what cannot be loaded fails, by name.

        What was being made when the server stopped is begun again by `attach`.
        """
        loaded = {}
        for endpoint in self._store.all(ENDPOINTS):
            name = endpoint["EndpointName"]
            if endpoint["EndpointStatus"] == "Creating":
                continue
            try:
                loaded[name] = CTranslate2Model(self._fetched(endpoint["EndpointConfigName"]))
            except _TROUBLE as error:
                self._store.change(
                    ENDPOINTS, name, EndpointStatus="Failed", FailureReason=_line(error)
                )
        return loaded

    def attach(self, registry: EndpointRegistry, loop: asyncio.AbstractEventLoop) -> None:
        """From now on models go into `registry`, on the server's event loop."""
        self._registry, self._loop = registry, loop
        for endpoint in self._store.all(ENDPOINTS):
            if endpoint["EndpointStatus"] in ("Creating", "Updating"):
                self.load(endpoint["EndpointName"])

    def load(self, name: str) -> None:
        """Bring an endpoint to the configuration that was asked for last."""
        self._pool.submit(self._bring, name)

    def unload(self, name: str) -> None:
        """Take an endpoint out of service; what it was asked before is answered."""
        self._pool.submit(self._take_out, name)

    def _bring(self, name: str) -> None:
        endpoint = self._store.get(ENDPOINTS, name)
        if endpoint is None:
            return
        config_name = endpoint.get("NextConfigName") or endpoint["EndpointConfigName"]
        try:
            model = CTranslate2Model(self._fetched(config_name))
        except _TROUBLE as error:
            # A failed update leaves the old model in service, as a roll-back does.
            status = "InService" if endpoint["EndpointStatus"] == "Updating" else "Failed"
            self._finish(name, EndpointStatus=status, FailureReason=_line(error))
            return
        assert self._registry is not None and self._loop is not None  # noqa: S101, PT018
        replacing = self._registry.replace(name, model)
        asyncio.run_coroutine_threadsafe(replacing, self._loop).result()
        self._finish(
            name,
            EndpointStatus="InService",
            EndpointConfigName=config_name,
            ProductionVariants=variants_of(self._store.get(CONFIGS, config_name) or {}),
        )

    def _finish(self, name: str, **members: Any) -> None:  # noqa: ANN401  # any JSON
        if self._store.get(ENDPOINTS, name) is None:
            self._take_out(name)  # deleted while it was loading
            return
        self._store.change(ENDPOINTS, name, NextConfigName=None, LastModifiedTime=now(), **members)

    def _take_out(self, name: str) -> None:
        assert self._registry is not None and self._loop is not None  # noqa: S101, PT018
        removing = self._registry.discard(name)
        asyncio.run_coroutine_threadsafe(removing, self._loop).result()

    def _fetched(self, config_name: str) -> Path:
        """The folder of a configuration's model, fetched when it is not here.

        Raises one of _TROUBLE.
        """
        config = self._store.get(CONFIGS, config_name)
        if config is None:
            raise FileNotFoundError(f"the endpoint configuration {config_name} is gone")
        model = self._store.get(MODELS, config["ProductionVariants"][0]["ModelName"])
        if model is None:
            raise FileNotFoundError("the model of the endpoint configuration is gone")
        container = model.get("PrimaryContainer") or model["Containers"][0]
        folder = container.get("Environment", {}).get(FOLDER_VARIABLE)
        return Path(folder) if folder else self._from_s3(container)

    def _from_s3(self, container: Document) -> Path:
        source = container.get("ModelDataSource", {}).get("S3DataSource", {})
        uri = container.get("ModelDataUrl") or source.get("S3Uri")
        if not uri:
            raise FileNotFoundError("the model names no artefact")
        folder = self._cache / hashlib.sha256(uri.encode()).hexdigest()[:32]
        if folder.is_dir():
            return folder
        partial = folder.with_suffix(".partial")
        rmtree(partial, ignore_errors=True)
        files = self._aws.fetch(uri, partial / "fetched")
        if not files:
            raise FileNotFoundError(f"could not find model data at {uri}")
        if uri.endswith(".tar.gz"):
            unpack(files[0], partial / "model")
            (partial / "model").rename(folder)
        else:
            (partial / "fetched").rename(folder)
        rmtree(partial, ignore_errors=True)
        return folder

    def _seed(self, name: str, folder: Path) -> None:
        at = now()
        self._store.put(
            MODELS,
            name,
            {
                "ModelName": name,
                "ModelArn": arn("model", name),
                "CreationTime": at,
                "PrimaryContainer": {
                    "Image": IMAGE,
                    "Environment": {FOLDER_VARIABLE: str(folder)},
                },
            },
        )
        variant = {
            "VariantName": "AllTraffic",
            "ModelName": name,
            "InstanceType": "ml.m5.large",
            "InitialInstanceCount": 1,
            "InitialVariantWeight": 1.0,
        }
        config = {
            "EndpointConfigName": name,
            "EndpointConfigArn": arn("endpoint-config", name),
            "CreationTime": at,
            "ProductionVariants": [variant],
        }
        self._store.put(CONFIGS, name, config)
        self._store.put(
            ENDPOINTS,
            name,
            {
                "EndpointName": name,
                "EndpointArn": arn("endpoint", name),
                "EndpointConfigName": name,
                "ProductionVariants": variants_of(config),
                "EndpointStatus": "InService",
                "CreationTime": at,
                "LastModifiedTime": at,
            },
        )


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:1024] or type(error).__name__
