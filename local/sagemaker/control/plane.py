"""The control plane put together: its memory, its jobs, its endpoints, the way to MiniStack."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from local.sagemaker.control import api
from local.sagemaker.control.buckets import Aws
from local.sagemaker.control.front import Front
from local.sagemaker.control.hosting import Endpoints
from local.sagemaker.control.jobs import Jobs
from local.sagemaker.control.runner import Command, Runner, container_command
from local.sagemaker.control.serving import Serving
from local.sagemaker.control.store import Store
from local.sagemaker.ctranslate2_model import CTranslate2Model
from local.sagemaker.registry import EndpointRegistry
from local.settings import ROOT, Settings

PRE_TRAINED = ROOT / "local" / "models" / "pre-trained"


class ControlPlane:
    """SageMaker's operations, and the front door of every other service."""

    def __init__(
        self,
        folder: Path,
        aws_url: str,
        *,
        base_model: Path = PRE_TRAINED,
        command: Command | Sequence[str] = container_command,
    ) -> None:
        """State lies below `folder`; `aws_url` is MiniStack's."""
        self._store = Store(folder / "resources")
        aws = Aws(aws_url, Settings())
        chosen: Command = command if callable(command) else lambda: command
        runner = Runner(self._store, aws, folder / "jobs", base_model, chosen)
        self._jobs = Jobs(self._store, runner.begin)
        self._serving = Serving(self._store, aws, folder / "models")
        endpoints = Endpoints(self._store, self._serving.load, self._serving.unload)
        self._operations = api.operations(self._store, self._jobs, endpoints)
        self._front = Front(aws_url)

    def models(self, seeds: Mapping[str, Path]) -> dict[str, CTranslate2Model]:
        """The models in service, by endpoint; `seeds` are those that came with the project."""
        self._serving.seed(seeds)
        return self._serving.load_all()

    def attach(self, registry: EndpointRegistry) -> None:
        """Take up what an earlier server left, now that the event loop runs."""
        self._serving.attach(registry, asyncio.get_running_loop())
        self._jobs.take_up()

    async def handle(self, request: Request) -> Response:
        """One request that is not for the runtime."""
        target = request.headers.get("x-amz-target", "")
        if target.startswith("SageMaker."):
            body = await request.body()
            return await run_in_threadpool(api.answer, self._operations, target, body)
        return await self._front.hand_on(request)
