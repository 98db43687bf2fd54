"""The folders of a training container, as SageMaker lays them out in /opt/ml."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from common.errors import SettingError

BASE_VARIABLE = "SAGEMAKER_BASE_DIR"
DEFAULT_BASE = "/opt/ml"


@dataclass(frozen=True)
class Layout:
    """The paths of a job's inputs and outputs."""

    base: Path

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Layout:
        """The layout that the environment selects."""
        return cls(Path(environment.get(BASE_VARIABLE) or DEFAULT_BASE))

    @property
    def training(self) -> Path:
        """The channel with `train.jsonl` and `template.json`."""
        return self.base / "input" / "data" / "training"

    @property
    def base_model(self) -> Path:
        """The channel with the model to start from."""
        return self.base / "input" / "data" / "model"

    @property
    def model(self) -> Path:
        """The folder that becomes model.tar.gz."""
        return self.base / "model"

    @property
    def checkpoints(self) -> Path:
        """The folder that outlives the job (CheckpointConfig.LocalPath)."""
        return self.base / "checkpoints"

    @property
    def failure(self) -> Path:
        """The file with the one line that becomes the job's FailureReason."""
        return self.base / "output" / "failure"

    def hyperparameters(self) -> dict[str, str]:
        """The job's hyperparameters, all of them strings.

        Raises:
            SettingError: the file is missing or invalid.
        """
        path = self.base / "input" / "config" / "hyperparameters.json"
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise SettingError(str(path), f"cannot be read ({type(error).__name__})") from None
        if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
            raise SettingError(str(path), "must be a JSON object of strings")
        return found
