"""The system that is simulated: its parameters, read from template.yaml and from training/."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chalicelib.aws import LONGEST_CALL_S
from chalicelib.drafting.endpoint import RESERVE_S
from common.paths import ROOT
from local.packaging.translate import read_yaml
from training.config import Scaling

TEMPLATE = ROOT / "template.yaml"
FUNCTION = "Summarize"
# An event source mapping's default (Lambda developer guide, "SQS event source mappings").
NO_WINDOW_S = 0


@dataclass(frozen=True, kw_only=True)
class Design:
    """What an operator can set, and what the code fixes. Times are in seconds.

    Attributes:
        batch_size: the most messages per invocation (BatchSize).
        window_s: MaximumBatchingWindowInSeconds.
        concurrency: the most invocations at once (MaximumConcurrency).
        shares_calls: whether the files of an invocation share model calls.
        calls_at_once: the endpoint calls that one invocation has in flight.
        least_outstanding: whether the endpoint sends a request to its least busy instance, not to a
            random one (RoutingConfig; `python -m training deploy` sets none, which means random).
        time_reserved_s: the time left below which an invocation makes no further call.
    """

    batch_size: int
    window_s: float
    concurrency: int
    chunk_records: int
    micro_batch_records: int
    most_receives: int
    function_timeout_s: float
    memory_mb: int
    retry_delay_s: float
    shard_records: int
    transform_instances: int
    sweep_days: int
    landing_days: int
    shares_calls: bool = True
    calls_at_once: int = 1
    least_outstanding: bool = False
    time_reserved_s: float = LONGEST_CALL_S + RESERVE_S
    scaling: Scaling = field(default_factory=Scaling)


def read(path: Path = TEMPLATE) -> Design:
    """The design that a deployment with default parameters has."""
    template = read_yaml(path)
    parameters = template["Parameters"]

    def value(node: Any) -> Any:  # noqa: ANN401  # any value of a template
        """A property's value: a parameter's default where it refers to one."""
        return parameters[node["Ref"]]["Default"] if isinstance(node, dict) else node

    queue = template["Resources"]["WorkQueue"]["Properties"]
    function = template["Resources"][FUNCTION]["Properties"]
    (source,) = function["Events"].values()
    mapping = source["Properties"]
    return Design(
        batch_size=int(value(mapping["BatchSize"])),
        window_s=float(value(mapping.get("MaximumBatchingWindowInSeconds", NO_WINDOW_S))),
        concurrency=int(value(mapping["ScalingConfig"]["MaximumConcurrency"])),
        chunk_records=int(parameters["ChunkRecords"]["Default"]),
        micro_batch_records=int(parameters["MicroBatchRecords"]["Default"]),
        most_receives=int(queue["RedrivePolicy"]["maxReceiveCount"]),
        function_timeout_s=float(value(function["Timeout"])),
        memory_mb=int(value(function["MemorySize"])),
        retry_delay_s=float(parameters["RetryDelaySeconds"]["Default"]),
        shard_records=int(parameters["ShardRecords"]["Default"]),
        transform_instances=int(parameters["TransformInstances"]["Default"]),
        sweep_days=int(parameters["SweepDays"]["Default"]),
        landing_days=int(parameters["LandingRetentionDays"]["Default"]),
    )
