"""Small files and one file at an endpoint with a GPU's costs, against the article's loop there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from benchmarks.article import loop_seconds
from benchmarks.curve.cost import CostCurve
from benchmarks.curve.endpoint import CurveEndpoint, called_by_the_function, serving
from benchmarks.curve.server import Counts, draft_of
from benchmarks.figures import Figure, Figures, in_turn
from benchmarks.reports import records
from chalicelib.drafting.prompts import prompt_for

if TYPE_CHECKING:
    from benchmarks.stage import Record, Stage
    from local.client.waiting import Answered

# Reports, and how often they are measured: the larger number takes minutes.
SIZES = ((160, 3), (2_000, 1))
# The loop's time is the same for each report: it is measured with these and multiplied.
LOOPED = 60
IDEAL_BATCH = 8
ONE_FILE, SMALL_FILES = "one_file", "small_files"
SHAPES = (ONE_FILE, SMALL_FILES)


def curve(stage: Stage) -> Figures:
    """Reports a second and endpoint-seconds, for every size as one file and as small files."""
    # MiniStack does not always survive a new configuration while the function starts.
    stage.run(stage.small_files(records(10, "curve-before")), 10)
    with (
        serving(CostCurve(), stage.folder / "curve.log") as endpoint,
        called_by_the_function(stage.stack, endpoint.url),
    ):
        stage.run(stage.small_files(records(10, "curve-warm-up")), 10)
        report_s = loop_seconds(endpoint.url, stage.model, records(LOOPED, "curve-loop")) / LOOPED
        figures = {"curve_article_report_ms": Figure.of(report_s * 1000)}
        for count, repeats in SIZES:
            runs = {shape: _Runs(stage, endpoint, count, shape) for shape in SHAPES}
            for shape, taken in zip(SHAPES, in_turn(repeats, *runs.values()), strict=True):
                prefix = f"curve_{count}_{shape}"
                figures |= {
                    f"{prefix}_reports_a_second": taken.rate(count),
                    f"{prefix}_to_article": taken.rate(count).times(report_s),
                    **_endpoint_figures(prefix, endpoint.curve, runs[shape].worked),
                }
    return figures


class _Runs:
    """Runs of one size and shape; `worked` is what the endpoint did in each."""

    def __init__(self, stage: Stage, endpoint: CurveEndpoint, count: int, shape: str) -> None:
        self._stage, self._endpoint, self._count, self._shape = stage, endpoint, count, shape
        self.worked: list[Counts] = []

    def __call__(self, repeat: int) -> float:
        drawn = records(self._count, f"curve-{self._count}-{self._shape}-{repeat}")
        stage = self._stage
        path = stage.one_file(drawn) if self._shape == ONE_FILE else stage.small_files(drawn)
        before = self._endpoint.counts()
        report = stage.run(path, self._count)
        self.worked.append(self._endpoint.counts().since(before))
        check_drafts(stage, drawn, report.answered)
        return report.seconds


def _endpoint_figures(prefix: str, curve: CostCurve, worked: Sequence[Counts]) -> Figures:
    """What the endpoint's time went into; "ideal" is the same number of reports in batches of 8."""
    ideal_s = curve.seconds(IDEAL_BATCH) / IDEAL_BATCH
    report_s = [counts.seconds(curve) / counts.records for counts in worked]
    return {
        f"{prefix}_endpoint_s_a_thousand": Figure.of(*(one * 1000 for one in report_s)),
        f"{prefix}_to_ideal": Figure.of(*(ideal_s / one for one in report_s)),
        f"{prefix}_records_a_call": Figure.of(*(one.records / one.calls for one in worked)),
    }


def check_drafts(stage: Stage, drawn: Sequence[Record], answered: Sequence[Answered]) -> None:
    """Raise RuntimeError unless every file has the drafts of its own records, in their order."""
    expected = []
    for record in drawn:
        prompt = prompt_for(stage.model.prompt, record["findings"])
        expected.append((record["study_id"], draft_of(prompt)))
    found = [entry for one in answered for entry in _entries(stage, one)]
    if [(entry["report_id"], entry["impression"]) for entry in found] != expected:
        raise RuntimeError("a report has the draft of another one: do not use these figures")


def _entries(stage: Stage, one: Answered) -> list[dict[str, Any]]:
    if "impressions" in one.document:
        return list(one.document["impressions"])
    s3, bucket = stage.stack.client("s3"), stage.stack.outputs.results_bucket
    parts = [s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in one.document["parts"]]
    return [json.loads(line) for part in parts for line in part.splitlines()]
