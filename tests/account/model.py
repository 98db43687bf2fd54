"""A deterministic model behind the real SageMaker runtime server."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from local.sagemaker.app import create_app
from local.sagemaker.payload import GenerationParameters
from local.sagemaker.server import RuntimeServer, bind_loopback
from tests.account.settings import FINE_TUNED, PRE_TRAINED, PROMPT_HEAD

START_S = 20


def draft_of(prompt: str) -> str:
    """What the test model writes for a prompt: other prompts, other drafts."""
    return f"Draft {hashlib.sha256(prompt.encode()).hexdigest()[:16]}."


def draft_for(findings: str) -> str:
    """What the test model writes for findings under the default prompt."""
    return draft_of(PROMPT_HEAD + findings)


class RecordingModel:
    """A deterministic model behind the real server that remembers what reached it."""

    def __init__(self) -> None:
        self.prompts: list[str] = []
        self.write: Callable[[str], str] = draft_of

    def generate(self, texts: Sequence[str], parameters: GenerationParameters) -> list[list[str]]:
        """Write `num_return_sequences` equal drafts for each text."""
        self.prompts += texts
        return [[self.write(text)] * parameters.num_return_sequences for text in texts]

    def forget(self) -> None:
        """Be as new."""
        self.prompts.clear()
        self.write = draft_of


class Runtime(NamedTuple):
    """A local SageMaker runtime that is up."""

    url: str
    fine_tuned: RecordingModel
    pre_trained: RecordingModel


@contextlib.contextmanager
def runtime() -> Iterator[Runtime]:
    """Serve two recording models on a free port of the loopback."""
    models = {FINE_TUNED: RecordingModel(), PRE_TRAINED: RecordingModel()}
    ready = threading.Event()
    with bind_loopback("127.0.0.1", 0) as listener:
        server = RuntimeServer(create_app(models), ready.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            assert ready.wait(START_S)
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            yield Runtime(url, models[FINE_TUNED], models[PRE_TRAINED])
        finally:
            server.should_exit = True
            thread.join(START_S)
