"""The real server in a thread, and clients for it."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

from local.sagemaker.app import TIME_LIMIT_S, create_app
from local.sagemaker.model import Model
from local.sagemaker.server import RuntimeServer, bind_loopback

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient
    from starlette.types import ASGIApp

START_S = 20


@dataclass(frozen=True)
class Runtime:
    """A server that is up."""

    port: int

    def client(self) -> SageMakerRuntimeClient:
        client: SageMakerRuntimeClient = boto3.client(
            "sagemaker-runtime",
            endpoint_url=f"http://127.0.0.1:{self.port}",
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}, max_pool_connections=50),
        )
        return client

    def invoke(self, endpoint: str, payload: object) -> Any:
        """Invoke with a JSON payload; returns the decoded answer."""
        answer = self.client().invoke_endpoint(
            EndpointName=endpoint, ContentType="application/json", Body=json.dumps(payload)
        )
        return json.loads(answer["Body"].read())

    def request(self, method: str, path: str) -> http.client.HTTPResponse:
        """Make a plain HTTP request without body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=START_S)
        connection.request(method, path)
        response = connection.getresponse()
        response.read()
        connection.close()
        return response


@contextmanager
def _running(app: ASGIApp) -> Iterator[Runtime]:
    ready = threading.Event()
    with bind_loopback("127.0.0.1", 0) as listener:
        server = RuntimeServer(app, ready.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            assert ready.wait(START_S)
            yield Runtime(listener.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(START_S)
        assert not thread.is_alive()


@pytest.fixture
def serve() -> Iterator[Callable[..., Runtime]]:
    """Start a server of the given models by endpoint name; it stops with the test."""
    with ExitStack() as stack:

        def start(
            models: Mapping[str, Model],
            *,
            time_limit_s: float = TIME_LIMIT_S,
            around: Callable[[ASGIApp], ASGIApp] = lambda app: app,
        ) -> Runtime:
            app = around(create_app(models, time_limit_s=time_limit_s))
            return stack.enter_context(_running(app))

        yield start


@pytest.fixture(scope="session")
def embedded_model_directory() -> Path:
    """The weights that come with the project."""
    return Path(__file__).parents[4] / "local" / "models" / "fine-tuned"
