"""Applies endpoint configurations: fetches models, loads them, puts them in service."""

from __future__ import annotations

import asyncio
import tarfile
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from typing import Any

from local.sagemaker.control import artefacts, seeds
from local.sagemaker.control.buckets import TROUBLE, Aws
from local.sagemaker.control.endpoints import variants_of
from local.sagemaker.control.hosting import container_of
from local.sagemaker.control.kinds import CONFIGS, ENDPOINTS, MODELS
from local.sagemaker.control.naming import now
from local.sagemaker.control.store import Document, Store
from local.sagemaker.ctranslate2_model import CTranslate2Model
from local.sagemaker.errors import SetupError
from local.sagemaker.model import Model
from local.sagemaker.registry import EndpointRegistry

Load = Callable[[Path], Model]
_TROUBLE = (SetupError, OSError, EOFError, tarfile.TarError, *TROUBLE)
# An internal member of an endpoint: the folder of the served model. As on AWS, a restart then needs
# neither S3 nor the configuration.
_FOLDER = "LocalModelFolder"


class Serving:
    """Loads models in a separate thread and passes them to the registry."""

    def __init__(self, store: Store, aws: Aws, folder: Path, load: Load = CTranslate2Model) -> None:
        """Fetched models are stored in `folder`; `load` loads a model folder."""
        self._store, self._aws, self._folder, self._load = store, aws, folder, load
        self._seeds: Mapping[str, Path] = {}
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="endpoints")
        self._registry: EndpointRegistry | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def take_up(self, given: Mapping[str, Path]) -> dict[str, Model]:
        """The models in service by endpoint: those of an earlier server, and the seeds `given`.

        An endpoint that cannot be loaded becomes Failed. `attach` resumes the creation of others.
        Raises SetupError if a seed cannot be loaded.
        """
        self._seeds = given
        seeds.sow(self._store, given)
        loaded = {}
        for endpoint in self._store.all(ENDPOINTS):
            name = endpoint["EndpointName"]
            is_seed = seeds.is_own(endpoint) and name in given
            if endpoint["EndpointStatus"] == "Creating":
                continue
            if endpoint["EndpointStatus"] == "Failed" and not is_seed:
                continue
            try:
                folder = self._kept(endpoint) or self._fetched(name, endpoint["EndpointConfigName"])
                loaded[name] = self._load(folder)
            except _TROUBLE as error:
                if is_seed:
                    raise  # the checkout is broken, so the server must not start
                self._settle(endpoint, EndpointStatus="Failed", FailureReason=_line(error))
                continue
            self._tidy(name, folder)
            if endpoint["EndpointStatus"] == "Failed":
                self._settle(endpoint, EndpointStatus="InService", FailureReason=None)
            if endpoint.get(_FOLDER) != self._name_of(name, folder):
                self._store.change(ENDPOINTS, name, **{_FOLDER: self._name_of(name, folder)})
        return loaded

    def attach(self, registry: EndpointRegistry, loop: asyncio.AbstractEventLoop) -> None:
        """Connect to the registry and the server's event loop, and resume unfinished loading."""
        self._registry, self._loop = registry, loop
        for endpoint in self._store.all(ENDPOINTS):
            if endpoint["EndpointStatus"] in ("Creating", "Updating"):
                self.load(endpoint["EndpointName"])

    def load(self, name: str) -> None:
        """Load the configuration that was last requested for an endpoint."""
        self._pool.submit(self._load_endpoint, name)

    def load_apart(self, model: Document) -> Model:
        """Load a model for a transform job, separately from those in service; raises _TROUBLE."""
        seed = self._seed(model)
        if seed is not None:
            return self._load(seed)
        folder = artefacts.fetch(self._aws, container_of(model), self._folder.parent / "batch")
        try:
            return self._load(folder)
        finally:
            rmtree(folder, ignore_errors=True)

    def unload(self, name: str) -> None:
        """Take an endpoint out of service; its pending requests are finished."""
        self._pool.submit(self._take_out, name)

    def close(self) -> None:
        """Stop loading; the registry shuts down the models in service."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _load_endpoint(self, name: str) -> None:
        endpoint = self._store.get(ENDPOINTS, name)
        if endpoint is None:
            return
        config_name = endpoint.get("NextConfigName") or endpoint["EndpointConfigName"]
        # A failed update leaves the old model in service, as after a rollback.
        on_failure = "InService" if endpoint["EndpointStatus"] == "Updating" else "Failed"
        try:
            folder = self._fetched(name, config_name)
            model = self._load(folder)
        except Exception as error:  # noqa: BLE001  # the endpoint would stay in progress forever
            known = isinstance(error, _TROUBLE)
            reason = _line(error) if known else f"InternalServerError: {type(error).__name__}"
            self._settle(
                endpoint, EndpointStatus=on_failure, FailureReason=reason, NextConfigName=None
            )
            self._tidy(name, self._kept(endpoint))
            return
        assert self._registry is not None  # noqa: S101  # attached before anything is loaded
        self._await(self._registry.replace(name, model))
        config = self._store.get(CONFIGS, config_name)
        still_exists = self._settle(
            endpoint,
            EndpointStatus="InService",
            EndpointConfigName=config_name,
            FailureReason=None,
            NextConfigName=None,
            **{_FOLDER: self._name_of(name, folder)},
            **({"ProductionVariants": variants_of(self._store, config)} if config else {}),
        )
        if still_exists:
            self._tidy(name, folder)
        else:
            self._take_out(name)

    def _settle(self, endpoint: Document, **members: Any) -> bool:  # noqa: ANN401  # any JSON
        """Record the outcome; returns False if the endpoint has been deleted meanwhile."""
        name = endpoint["EndpointName"]
        with self._store.lock:
            current = self._store.get(ENDPOINTS, name)
            # A new endpoint of the same name may have been created since.
            if current is None or current["CreationTime"] != endpoint["CreationTime"]:
                return False
            self._store.change(ENDPOINTS, name, LastModifiedTime=now(), **members)
            return True

    def _take_out(self, name: str) -> None:
        assert self._registry is not None  # noqa: S101  # attached before anything is unloaded
        self._await(self._registry.discard(name))
        rmtree(self._folder / name, ignore_errors=True)

    def _await(self, work: Coroutine[Any, Any, None]) -> None:
        assert self._loop is not None  # noqa: S101  # as above
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _kept(self, endpoint: Document) -> Path | None:
        """The folder that an earlier server fetched, if it still exists."""
        name = endpoint.get(_FOLDER)
        folder = self._folder / endpoint["EndpointName"] / (name or "")
        return folder if name and folder.is_dir() else None

    def _name_of(self, endpoint: str, folder: Path) -> str | None:
        """The name by which an endpoint's document refers to a folder fetched for it."""
        return folder.name if folder.parent == self._folder / endpoint else None

    def _fetched(self, name: str, config_name: str) -> Path:
        """Fetch the model of an endpoint configuration into a folder; raises one of _TROUBLE."""
        config = self._store.get(CONFIGS, config_name)
        if config is None:
            raise FileNotFoundError(f"the endpoint configuration {config_name} no longer exists")
        model_name = config["ProductionVariants"][0]["ModelName"]
        model = self._store.get(MODELS, model_name)
        if model is None:
            raise FileNotFoundError(f"the model {model_name} no longer exists")
        return self._seed(model) or artefacts.fetch(
            self._aws, container_of(model), self._folder / name
        )

    def _seed(self, model: Document) -> Path | None:
        """The folder of an embedded model; None for a model in S3."""
        seed = seeds.seed_of(model)
        if seed is None:
            return None
        if seed not in self._seeds:
            raise FileNotFoundError(f"there is no embedded model with the name {seed}")
        return self._seeds[seed]

    def _tidy(self, name: str, kept: Path | None) -> None:
        """Delete the folders fetched for an endpoint, except the one that it serves."""
        with suppress(OSError):
            for folder in (self._folder / name).iterdir():
                if folder != kept:
                    rmtree(folder, ignore_errors=True)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:1024] or type(error).__name__
