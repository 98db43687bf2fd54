"""The assembled control plane: its store, jobs, endpoints, and forwarding to MiniStack."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from common.paths import ROOT
from common.stack_settings import LocalStackSettings
from local.sagemaker.control import api
from local.sagemaker.control.buckets import Aws
from local.sagemaker.control.bus import Bus
from local.sagemaker.control.endpoints import Endpoints
from local.sagemaker.control.front import Front
from local.sagemaker.control.jobs import Jobs
from local.sagemaker.control.runner import Command, Patience, Runner, container_command
from local.sagemaker.control.serving import Load, Serving
from local.sagemaker.control.store import Store
from local.sagemaker.control.transformer import Announce, Transformer
from local.sagemaker.control.transforms import Transforms
from local.sagemaker.ctranslate2_model import CTranslate2Model
from local.sagemaker.model import Model
from local.sagemaker.registry import EndpointRegistry

PRE_TRAINED = ROOT / "local" / "models" / "pre-trained"


class ControlPlane:
    """SageMaker's operations, and the front end for all other services."""

    def __init__(  # noqa: PLR0913  # dependencies that tests replace
        self,
        folder: Path,
        aws_url: str,
        *,
        aws: Aws | None = None,
        base_model: Path = PRE_TRAINED,
        command: Command | Sequence[str] = container_command,
        load: Load = CTranslate2Model,
        patience: Patience | None = None,
        announce: Announce | None = None,
    ) -> None:
        """The state is stored in `folder`; `aws_url` is MiniStack's.

        `command` is the training container's command line, or a function that returns it; `load`
        loads a model; `announce` receives every transform job that has ended.
        Raises StateFileError.
        """
        store = Store(folder / "resources")
        aws = aws or Aws(aws_url, LocalStackSettings())
        chosen: Command = command if callable(command) else lambda _say: command
        self._runner = Runner(
            store, aws, folder / "jobs", base_model, command=chosen, patience=patience
        )
        self._jobs = Jobs(store, self._runner.begin)
        self._serving = Serving(store, aws, folder / "models", load)
        self._transformer = Transformer(
            store,
            aws,
            folder / "transforms",
            self._serving.load_apart,
            announce or Bus(aws_url, LocalStackSettings()).announce,
        )
        self._transforms = Transforms(store, self._transformer.begin)
        endpoints = Endpoints(store, self._serving)
        self._operations = api.operations(store, self._jobs, self._transforms, endpoints)
        self._front = Front(aws_url)

    def models(self, seeds: Mapping[str, Path]) -> dict[str, Model]:
        """The models in service, by endpoint; `seeds` are the embedded ones. Raises SetupError."""
        return self._serving.take_up(seeds)

    def attach(self, registry: EndpointRegistry) -> None:
        """Resume the work of an earlier server; the event loop must be running."""
        self._serving.attach(registry, asyncio.get_running_loop())
        self._jobs.take_up()
        self._transforms.take_up()

    async def close(self) -> None:
        """Stop the running training job, keeping its checkpoint, and interrupt a transform job."""
        self._serving.close()
        await run_in_threadpool(self._transformer.close)
        await run_in_threadpool(self._runner.close)

    async def handle(self, request: Request) -> Response:
        """Handle a request that is not for the runtime."""
        target = request.headers.get("x-amz-target", "")
        if api.is_ours(target):
            body = await request.body()
            return await run_in_threadpool(api.answer, self._operations, target, body)
        return await self._front.hand_on(request)
