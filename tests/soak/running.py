"""The stack under test: set up for a soak, brought up again after kills, and reached patiently."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from common.stack_settings import LocalStackSettings
from common.stack_state import Outputs
from local.aws import client
from local.client import invoke
from local.errors import InvokeError
from local.stack import lifecycle
from local.stack.lifecycle import Stack
from tests.breaking.kills import configure
from tests.breaking.proxy import Proxy, proxying

# Times are shorter than in template.yaml, in the same order: a claim of a killed invocation lasts
# as long as the function may run, its messages stay hidden longer, the sweep takes what is older.
FUNCTION_S = 120
HIDDEN_S = 150
SWEEP_AFTER_S = 60
RETRY_DELAY_S = 2
AWAY = (BotoCoreError, ClientError)
T = TypeVar("T")


class Running:
    """A running stack.

    `stop` ends what goes on in the background; `in_night` is set while the nightly function runs.
    """

    def __init__(self, stack: Stack, model: Proxy, say: Callable[[str], None]) -> None:
        self.stack, self.model, self.say = stack, model, say
        self.stop = threading.Event()
        self.in_night = threading.Event()
        self._lifecycle = threading.Lock()
        self._clients: dict[tuple[str, str], Any] = {}
        self._making = threading.Lock()

    @property
    def outputs(self) -> Outputs:
        """The names of its buckets, queues and tables."""
        return self.stack.outputs

    def client(self, service: str) -> Any:
        """A boto3 client of the local AWS, SageMaker included.

        Threads may use one client at the same time, but must not make clients at the same time.
        """
        with self._making:
            place = (service, self.stack.front_url)
            if place not in self._clients:
                self._clients[place] = client(*place, self.stack.settings)
            return self._clients[place]

    def up(self) -> None:
        """Start what was killed."""
        with self._lifecycle:
            self.stack = lifecycle.up(self.stack.settings, progress=lambda _: None)
            self.model.target = self.stack.runtime_url

    def patiently(self, do: Callable[[], T], timeout_s: float = 120.0) -> T:
        """Do something as soon as the local AWS is there to do it. Raises its last error."""
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                return do()
            except AWAY:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)

    def send(self, body: str) -> None:
        """Send a message to the work queue."""
        self.patiently(
            lambda: self.client("sqs").send_message(
                QueueUrl=self.outputs.work_queue_url, MessageBody=body
            )
        )

    def sweep(self) -> bool:
        """Run the night, whose sweep re-queues; returns whether it did not die."""
        self.in_night.set()
        try:
            invoke.run_night(self.stack)
        except InvokeError as error:
            self.say(f"the night failed: {str(error)[:200]}")
            return False
        finally:
            self.in_night.clear()
        return True


@contextmanager
def running(folder: Path, say: Callable[[str], None]) -> Iterator[Running]:
    """Set up a stack for a soak in `folder`; it is purged afterwards."""
    settings = LocalStackSettings(state_directory=folder)
    try:
        stack = lifecycle.up(settings, progress=say)
        with proxying(stack.runtime_url) as model:
            _configure(stack, model)
            # Only what a MiniStack saves when it stops is there after SIGKILL.
            lifecycle.down(settings, progress=say)
            made = Running(stack, model, say)
            made.up()
            yield made
    finally:
        lifecycle.purge(settings, progress=say)


def _configure(stack: Stack, model: Proxy) -> None:
    outputs, functions = stack.outputs, stack.client("lambda")
    names = (outputs.function_name, outputs.nightly_function, outputs.operate_function)
    for name in names:
        configure(
            stack,
            name,
            {
                "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": model.url,
                "RETRY_DELAY_S": str(RETRY_DELAY_S),
                "SWEEP_AFTER_S": str(SWEEP_AFTER_S),
            },
        )
    functions.update_function_configuration(FunctionName=names[0], Timeout=FUNCTION_S)
    stack.client("sqs").set_queue_attributes(
        QueueUrl=outputs.work_queue_url, Attributes={"VisibilityTimeout": str(HIDDEN_S)}
    )
