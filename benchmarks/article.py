"""The article's way: one InvokeEndpoint per report in a serial loop, scored one by one.

It is compared with the stack, on the same endpoint and the same reports.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
import msgspec
from botocore.config import Config

from benchmarks import model_limit
from benchmarks.figures import Figures, in_turn, seconds
from benchmarks.reports import records
from benchmarks.stage import Record, Stage
from chalicelib.output.scoring import METRICS
from chalicelib.prompt_template import fill
from chalicelib.settings import Model
from common.stack_settings import ROOT_ACCESS_KEY
from local.aws import ROOT_SECRET_KEY

if TYPE_CHECKING:
    from rouge_score.rouge_scorer import RougeScorer

REPORTS = 2_000
REPEATS = 3


def article(stage: Stage) -> Figures:
    """2,000 reports: the article's loop, one file in the stack, and the model alone, in turn."""
    drawn = [records(REPORTS, f"article-{repeat}") for repeat in range(REPEATS)]

    def stack(repeat: int) -> float:
        return stage.run(stage.one_file(drawn[repeat]), REPORTS).seconds

    def loop(repeat: int) -> float:
        return loop_seconds(stage.stack.runtime_url, stage.model, drawn[repeat])

    def alone(repeat: int) -> float:
        return limit.seconds([one["findings"] for one in drawn[repeat]])

    def callers(repeat: int) -> float:
        findings = [one["findings"] for one in drawn[repeat]]
        return model_limit.callers_seconds(stage, findings)

    limit = model_limit.Limit(stage.model)
    stage.run(stage.one_file(records(100, "warm-up")), 100)
    looped, stacked, limited, called = in_turn(REPEATS, loop, stack, alone, callers)
    return {
        "article_reports_a_second": looped.rate(REPORTS),
        "records_a_second": stacked.rate(REPORTS),
        "model_limit_records_a_second": limited.rate(REPORTS),
        "model_alone_records_a_second": called.rate(REPORTS),
        "one_file_to_article": looped.to(stacked),
        "one_file_to_model_limit": limited.to(stacked),
        "records_to_model_alone": called.to(stacked),
        "model_limit_to_article": looped.to(limited),
    }


def loop_seconds(url: str, model: Model, reports: Sequence[Record]) -> float:
    """The seconds in which the article's loop drafts and scores reports at an endpoint."""
    runtime = runtime_client(url)
    _scorer()  # its import is not a part of the loop

    def loop() -> None:
        for report in reports:
            draft = invoke(runtime, model, report["findings"])
            _scorer().score(report["impression"], draft)

    return seconds(loop)


def invoke(runtime: Any, model: Model, findings: str) -> str:  # noqa: ANN401  # boto3's
    """The draft of one report by one call."""
    body = {"text_inputs": fill(model.prompt, findings), **model.generation}
    response = runtime.invoke_endpoint(
        EndpointName=model.endpoint_name,
        ContentType="application/json",
        Body=msgspec.json.encode(body),
    )
    text: str = msgspec.json.decode(response["Body"].read())["generated_texts"][0]
    return text


def runtime_client(url: str) -> Any:  # noqa: ANN401  # boto3's
    """A client of the runtime at `url`, as boto3 makes it by default, but without proxies."""
    return boto3.client(
        "sagemaker-runtime",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=ROOT_ACCESS_KEY,
        aws_secret_access_key=ROOT_SECRET_KEY,
        config=Config(proxies={}),
    )


@cache
def _scorer() -> RougeScorer:
    from rouge_score.rouge_scorer import RougeScorer  # noqa: PLC0415  # takes half a second

    return RougeScorer(list(METRICS), use_stemmer=False)
