"""Scores files with the deployed stack: every registered model and the baselines."""

from __future__ import annotations

from collections.abc import Sequence

from common.aws import Target, explained
from local.client import run
from training import stack

LANE = "evaluation"
# The queue may not move for a while when an endpoint scales up from one instance.
PATIENCE_S = {"sagemaker": 1800.0, "local": 120.0}


def evaluate(
    target: Target,
    files: Sequence[str],
    *,
    dataset: str | None = None,
    models: Sequence[str] = (),
    quiet: bool = True,
) -> run.Report:
    """Upload files to the evaluation lane, wait, and read their scores from the lake.

    Raises:
        UsageError: a file or a role does not exist.
        StalledError: some records get no result.
        SettingError: the stack is not deployed.
        AwsError: AWS rejected the request or could not be reached.
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
