"""The settings of the local stack: paths, names and limits."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

from common.paths import ROOT

STATE_DIRECTORY_VARIABLE = "IMPRESSIONS_STATE_DIR"
# The access key that MiniStack treats as the account's root; not a secret.
ROOT_ACCESS_KEY = "test"


def _default_state_directory() -> Path:
    """`build/local`, or IMPRESSIONS_STATE_DIR (for two stacks side by side)."""
    configured = os.environ.get(STATE_DIRECTORY_VARIABLE)
    return Path(configured).resolve() if configured else ROOT / "build" / "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalStackSettings:
    """The local stack's settings; times in seconds.

    Everything that a stack writes is in `state_directory`: logs, the state file, MiniStack's data,
    temporary files. Stacks with different directories are independent.
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
        """The folders of the embedded models, by endpoint name."""
        return {
            self.endpoint_name: self.models_directory / "fine-tuned",
            self.pre_trained_endpoint_name: self.models_directory / "pre-trained",
        }

    @property
    def sagemaker_directory(self) -> Path:
        """The local SageMaker's state: jobs, models, endpoints."""
        return self.state_directory / "sagemaker"

    @property
    def logs_directory(self) -> Path:
        """Logs of the background processes."""
        return self.state_directory / "logs"

    @property
    def package_directory(self) -> Path:
        """The zip and templates for the current interpreter, shared by all local stacks.

        `make package`, which builds for AWS, uses its own folder.
        """
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        return self.root / "build" / "packages" / version

    @property
    def saved_directory(self) -> Path:
        """MiniStack's saved state of all services, except S3 objects."""
        return self.state_directory / "ministack" / "state"

    @property
    def objects_directory(self) -> Path:
        """The objects of S3, one file per object."""
        return self.state_directory / "ministack" / "s3"

    @property
    def temporary_directory(self) -> Path:
        """Temporary files of MiniStack and its functions; deleted when it stops."""
        return self.state_directory / "tmp"

    @property
    def state_file(self) -> Path:
        """Ports, process ids and outputs of the running stack."""
        return self.state_directory / "state.json"

    @property
    def artifacts_bucket(self) -> str:
        """The bucket that the zip is uploaded to before a deployment."""
        return f"{self.stack_name}-artifacts"

    @property
    def training_bucket(self) -> str:
        """The bucket of training data, checkpoints and models."""
        return f"{self.stack_name}-training"
