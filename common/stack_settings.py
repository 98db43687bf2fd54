"""What the local stack is: places, names and limits, in one frozen object."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

from common.paths import ROOT

STATE_DIRECTORY_VARIABLE = "IMPRESSIONS_STATE_DIR"
# The caller that MiniStack takes for the account's root; not a secret, it guards nothing.
ROOT_ACCESS_KEY = "test"


def _default_state_directory() -> Path:
    """`build/local`, or where IMPRESSIONS_STATE_DIR says (two stacks side by side)."""
    named = os.environ.get(STATE_DIRECTORY_VARIABLE)
    return Path(named).resolve() if named else ROOT / "build" / "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalStackSettings:
    """The local stack's settings; times in seconds.

    Everything that a stack writes lies under `state_directory`: logs, the state file, what
    MiniStack keeps, temporary files. Two stacks with different directories do not meet.
    """

    root: Path = ROOT
    state_directory: Path = field(default_factory=_default_state_directory)
    host: str = "127.0.0.1"
    region: str = "us-east-1"
    account_id: str = "000000000000"
    stack_name: str = "impressions-local"
    endpoint_name: str = "impressions-fine-tuned"
    pre_trained_endpoint_name: str = "impressions-pre-trained"
    models_directory: Path = ROOT / "local" / "models"
    model_id: str = "embedded-t5"
    model_version: str = "1"
    worker_concurrency: int = 2
    start_timeout: float = 60.0
    stop_timeout: float = 15.0
    deploy_timeout: float = 120.0

    @property
    def models(self) -> dict[str, Path]:
        """The folders of the models that came with the project, by their endpoints' names."""
        return {
            self.endpoint_name: self.models_directory / "fine-tuned",
            self.pre_trained_endpoint_name: self.models_directory / "pre-trained",
        }

    @property
    def sagemaker_directory(self) -> Path:
        """What the local SageMaker keeps: jobs, models, endpoints."""
        return self.state_directory / "sagemaker"

    @property
    def logs_directory(self) -> Path:
        """Logs of the background processes."""
        return self.state_directory / "logs"

    @property
    def package_directory(self) -> Path:
        """The zip and templates of the interpreter at hand, shared by all local stacks.

        `make package`, which builds for AWS, has a place of its own.
        """
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        return self.root / "build" / "packages" / version

    @property
    def saved_directory(self) -> Path:
        """What MiniStack keeps of every service but the objects of S3."""
        return self.state_directory / "ministack" / "state"

    @property
    def objects_directory(self) -> Path:
        """The objects of S3, a file each."""
        return self.state_directory / "ministack" / "s3"

    @property
    def temporary_directory(self) -> Path:
        """Temporary files of MiniStack and its functions; gone when it stops."""
        return self.state_directory / "tmp"

    @property
    def state_file(self) -> Path:
        """Ports, process ids and outputs of the running stack."""
        return self.state_directory / "state.json"

    @property
    def artifacts_bucket(self) -> str:
        """The bucket that the zip is uploaded to before the deploy."""
        return f"{self.stack_name}-artifacts"

    @property
    def training_bucket(self) -> str:
        """The bucket of training data, checkpoints and models."""
        return f"{self.stack_name}-training"
