"""Evaluation files through the deployed stack: every registered model, and the baselines."""

from __future__ import annotations

from collections.abc import Sequence

from common.aws import Target, explained
from local.client import run
from training import stack

LANE = "evaluation"
# An endpoint that scales up from one instance may leave the queue standing for a while.
PATIENCE_S = {"sagemaker": 1800.0, "local": 120.0}


def evaluate(
    target: Target,
    files: Sequence[str],
    *,
    dataset: str | None = None,
    models: Sequence[str] = (),
    quiet: bool = True,
) -> run.Report:
    """Drop files into the evaluation lane, wait, and read their scores from the lake.

    Raises:
        UsageError: a file or a role that does not exist.
        StalledError: some records get no result.
        SettingError: the stack is not deployed.
        AwsError: AWS refused, or was not reached.
    """
    deployed = stack.describe(target)
    with explained(f"stack {deployed.name}"):
        return run.run(
            deployed,
            files,
            lane=LANE,
            dataset=dataset,
            models=models,
            quiet=quiet,
            patience_s=PATIENCE_S[target.backend],
        )
