"""Logger, metrics and tracer of the process, and what they may contain.

Findings are protected health information: a log line contains only the fields of an allow-list, so
that no later change can leak report text, object keys or report ids into the logs.
"""

from __future__ import annotations

import logging
import os
import threading
import warnings
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit

LEVELS = {"WARN": logging.WARNING, "WARNING": logging.WARNING, "ERROR": logging.ERROR}

# Service name, metrics namespace and level come from POWERTOOLS_* and LOG_LEVEL.
logger = Logger()
# Packages that add a handler to the root logger would print every line twice.
logging.getLogger(logger.service).propagate = False
metrics = Metrics()
# Powertools' metrics are not safe for the threads of a batch.
_adding = threading.Lock()
# An invocation with only ignored messages has no metrics.
warnings.filterwarnings("ignore", "No application metrics to publish")
# Only botocore is patched: it makes all calls worth a subsegment, and patching every module that
# the X-Ray SDK supports would import them all.
tracer = Tracer(patch_modules=("botocore",))
if not tracer.disabled:
    from chalicelib import tracing  # not without tracing: it loads the X-Ray SDK

    tracing.install()
# Lambda's own log level would filter the metrics too, which are log lines without a level: it stays
# at INFO, and LOG_LEVEL above that is applied here.
logging.getLogger(logger.service).setLevel(
    max(logging.getLogger(logger.service).level, LEVELS.get(os.environ.get("LOG_LEVEL", ""), 0))
)

ALLOWED_FIELDS = frozenset(
    {
        "attempt",
        "chunk",
        "chunks",
        "delay_s",
        "error",
        "failed",
        "job",
        "lane",
        "message_id",
        "night",
        "object_id",
        "objects",
        "problem",
        "reason",
        "records",
        "shards",
        "status",
    }
)


def log_info(event: str, **fields: Any) -> None:  # noqa: ANN401  # any loggable value
    """Log one event with allowed fields."""
    logger.info(event, extra=_allowed(fields))


def log_warning(event: str, **fields: Any) -> None:  # noqa: ANN401  # any loggable value
    """Log one event that an operator may need to investigate."""
    logger.warning(event, extra=_allowed(fields))


def count(name: str, value: float = 1) -> None:
    """Add to a count metric; zero adds nothing."""
    if value:
        with _adding:
            metrics.add_metric(name, MetricUnit.Count, value)


def observe_call(role: str, batch: int, milliseconds: float) -> None:
    """Record one successful endpoint call."""
    del role  # not a metric dimension: the lake has the values per role
    with _adding:
        metrics.add_metric("EndpointLatency", MetricUnit.Milliseconds, milliseconds)
        metrics.add_metric("EndpointBatchSize", MetricUnit.Count, batch)


def _allowed(fields: dict[str, Any]) -> dict[str, Any]:
    unknown = fields.keys() - ALLOWED_FIELDS
    if unknown:
        raise ValueError(f"fields not on the allow-list: {', '.join(sorted(unknown))}")
    return fields
