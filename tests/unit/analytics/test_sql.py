"""The views and queries on lakes of many kinds, against pandas."""

from __future__ import annotations

import gzip
import random
from typing import Any

import pandas as pd
import pytest

from analytics import sql
from analytics.engine.athena import Athena
from analytics.lake import FolderLake
from analytics.tables import TABLES

from .conftest import (
    DAY,
    METRICS,
    LakeOnDisk,
    check,
    clinical,
    failure,
    file,
    impression,
    score,
)
from .oracle.answers import QUERIES, VIEWS, differences
from .oracle.lakes import Lake, random_lake

VALUES = {
    "price per instance hour": "1.515",
    "instance hours a day of each endpoint": "24",
    "instances of a batch's job": "1",
    "dataset": "dev1",
    "source or dataset": "hospital",
    "model role": "fine-tuned",
    "report id": "r1",
    "flag": "wrong_side",
}


def values_of(one: sql.Statement) -> list[str]:
    return [VALUES[name] for name in one.parameters]


def test_every_view_and_query_has_an_oracle() -> None:
    assert set(VIEWS) == set(sql.views())
    assert set(QUERIES) == set(sql.queries())


# Several datasets, one, and none.
@pytest.mark.parametrize(
    ("seed", "datasets"),
    [(1, ("dev1", "hospital")), (2, ("dev1", "dev2", "hospital")), (3, ("dev1",)), (4, ())],
)
def test_views_and_queries_answer_as_pandas_does(
    lake: LakeOnDisk, athena: Athena, seed: int, datasets: tuple[str, ...]
) -> None:
    made = random_lake(seed, datasets)
    made.write(lake, random.Random(seed))

    wrong = wrong_answers(athena, made)

    assert wrong == []
    assert athena.damaged == []


def wrong_answers(athena: Athena, made: Lake) -> list[str]:
    """Every difference between an answer and the oracle's, with its statement."""
    said = []
    for name, oracle in VIEWS.items():
        found = athena.query(f"SELECT * FROM {name}").dicts()
        said += [f"{name}: {one}" for one in differences(found, oracle(made), in_order=False)]
    for name, answer in QUERIES.items():
        one = sql.queries()[name]
        values = [PARAMETERS[parameter] for parameter in one.parameters]
        found = athena.query(one.sql, values).dicts()
        wanted = answer(made, *values)
        said += [f"{name}: {each}" for each in differences(found, wanted, in_order=True)]
    return said


# What a slip of the pen would do. The oracle must notice each.
MUTANTS = [
    ("v_rouge", "r.newest = 1 AND ", ""),
    ("v_rouge", " AND u.run_id IS NULL", ""),
    ("v_rouge", "scored_at DESC", "scored_at"),
    ("v_rouge", "model_role, metric ORDER", "model_role ORDER"),
    ("v_impressions", " AND u.run_id IS NULL", ""),
    ("v_clinical", "r.newest = 1 AND ", ""),
    ("v_checks", "r.newest = 1 AND r.copy = 1", "r.copy = 1"),
    ("v_checks", " AND r.copy = 1", ""),
    ("v_checks", " AND u.run_id IS NULL", ""),
    ("v_failures", "r.newest = 1 AND ", ""),
    ("v_files", "landed_at DESC", "landed_at"),
    ("v_files", "landed_at DESC, finished_at DESC", "landed_at DESC, finished_at"),
    ("v_replaced", " AND f.run_id IS NULL", ""),
    ("v_cases", "metric = 'rouge2'", "metric = 'rouge1'"),
    ("v_cases", "AND s.record_index = i.record_index", ""),
    ("v_flag_rates", "stratum = 'normal'", "stratum = 'abnormal'"),
    ("v_flag_rates", "count(*) FILTER (WHERE first_index = 0)", "count(*)"),
    ("v_clinical_f1", " FILTER (WHERE facts_stratum = 'normal')", ""),
    ("v_clinical_f1", "stratum = facts_stratum", "stratum = draft_stratum"),
    ("v_comparison", "avg(fine_tuned - pre_trained)", "avg(pre_trained - fine_tuned)"),
    ("v_comparison", "'baseline-lead'", "'baseline-constant'"),
    ("v_paired", "b.model_role <> a.model_role", "b.model_role > a.model_role"),
    ("v_paired", "b.record_index = a.record_index AND b.report_id", "b.report_id"),
    ("v_rouge_describe", "WHERE fmeasure IS NOT NULL", ""),
    ("v_rouge_describe", "stddev_samp", "stddev_pop"),
    ("v_rouge_describe", "0.75E0 AS h3", "0.7E0 AS h3"),
    ("v_rouge_box", "1.5E0 * (d.p75 - d.p25)) AS low", "1.0E0 * (d.p75 - d.p25)) AS low"),
    ("v_rouge_box", "coalesce(d.model_version, '')", "'1'"),
    (
        "v_rouge_histogram",
        "least(width_bucket(fmeasure, 0, 1, 20), 20)",
        "width_bucket(fmeasure, 0, 1, 20)",
    ),
    ("v_rouge_mean", "count(fmeasure) FILTER (WHERE metric = 'rouge1') AS n", "count(*) AS n"),
    ("v_strata", "count(fmeasure) AS n", "count(*) AS n"),
    ("v_model_versions", "min(dt)", "max(dt)"),
    ("v_daily_volume", "FROM v_files", "FROM files"),
    ("v_failure_reasons", "count(DISTINCT run_id)", "count(run_id)"),
    ("v_latency", "coalesce(call_records, 1)", "1"),
    ("v_training_loss", "WHERE newest = 1", ""),
]


def test_a_slip_in_a_view_is_noticed(lake: LakeOnDisk, athena: Athena) -> None:
    made = random_lake(2, ("dev1", "dev2", "hospital"))
    made.write(lake, random.Random(2))
    kept = []
    wanted = {name: VIEWS[name](made) for name, _, _ in MUTANTS}

    for name, old, new in MUTANTS:
        right = sql.views()[name].sql
        assert old in right, (name, old)
        found = athena.query(right.replace(old, new, 1)).dicts()
        if not differences(found, wanted[name], in_order=False):
            kept.append((name, old, new))

    assert kept == []


PARAMETERS = VALUES | {"source or dataset": "dev1", "report id": "0-1-r0"}


def test_every_view_and_query_stands_on_an_empty_lake(athena: Athena) -> None:
    for name in [*TABLES, *sql.views()]:
        result = athena.query(f"SELECT * FROM {name}")
        assert result.rows == ()
        assert result.columns
    for one in sql.queries().values():
        assert athena.query(one.sql, values_of(one)).rows == ()


def test_every_view_and_query_has_rows_on_a_full_lake(lake: LakeOnDisk, athena: Athena) -> None:
    lake.drafts(5)
    lake.put("impressions", impression(), impression(), day="2026-11-03")  # a replay
    lake.put("failures", failure())
    lake.put("rouge_scores", score(model_role="pre-trained", report_id="r0"))
    lake.put("clinical_scores", clinical())
    lake.put("checks", check(flag="wrong_side", dataset="hospital"))
    lake.put("impressions", impression(check_sentences=["Left is right."], dataset="hospital"))
    earlier = f"{DAY} 09:00:00.000"
    lake.put("files", file(), file(run_id="o0", landed_at=earlier, finished_at=earlier))
    loss = {
        "training_job_name": "job",
        "model_id": "t5",
        "model_version": "job",
        "metric_name": "val_loss",
        "step": 1.0,
        "epoch": 0.5,
        "value": 2.0,
        "observed_at": f"{DAY} 00:00:00.000",
        "schema_version": 1,
    }
    lake.put("training_metrics", loss)
    empty_here = {"unread_lines"}

    for name in sql.views():
        assert athena.query(f"SELECT * FROM {name}").rows, name
    for one in sql.queries().values():
        assert bool(athena.query(one.sql, values_of(one)).rows) != (one.name in empty_here)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 100, 1001])
def test_describe_is_pandas(lake: LakeOnDisk, athena: Athena, count: int) -> None:
    draw = random.Random(count)
    made = [
        score(record_index=i, report_id=f"r{i}", metric=metric, fmeasure=draw.random())
        for i in range(count)
        for metric in METRICS
    ]
    lake.put("rouge_scores", *made)

    found = athena.query("SELECT * FROM v_rouge_describe").dicts()

    frame = pd.DataFrame(made)
    wanted = frame.groupby(["dataset", "model_role", "metric"])["fmeasure"].describe()
    assert len(found) == len(METRICS)
    for row in found:
        one = wanted.loc[(row["dataset"], row["model_role"], row["metric"])]
        ours = [row[name] for name in ("count", "mean", "min", "p25", "p50", "p75", "max")]
        theirs = [one[name] for name in ("count", "mean", "min", "25%", "50%", "75%", "max")]
        assert ours == pytest.approx(theirs, abs=1e-9)
        # pandas says NaN of one value's deviation, SQL says null.
        assert row["std"] == (None if count == 1 else pytest.approx(one["std"], abs=1e-9))


def test_box_and_histogram_hold_every_score(lake: LakeOnDisk, athena: Athena) -> None:
    values = [0.0, 0.4, 0.5, 0.5, 0.55, 0.6, 1.0]
    lake.put("rouge_scores", *(score(record_index=i, fmeasure=v) for i, v in enumerate(values)))

    box = athena.query("SELECT * FROM v_rouge_box").dicts()[0]
    bins = athena.query("SELECT * FROM v_rouge_histogram ORDER BY bin_from").dicts()

    frame = pd.Series(values)
    low, high = frame.quantile(0.25), frame.quantile(0.75)
    inside = frame[(frame >= low - 1.5 * (high - low)) & (frame <= high + 1.5 * (high - low))]
    assert (box["low_whisker"], box["high_whisker"]) == (inside.min(), inside.max())
    assert box["outliers"] == len(frame) - len(inside) == 2
    assert sum(row["reports"] for row in bins) == len(values)
    assert (bins[-1]["bin_from"], bins[-1]["bin_to"], bins[-1]["reports"]) == (0.95, 1.0, 1)


def test_gains_count_only_reports_that_both_scored(lake: LakeOnDisk, athena: Athena) -> None:
    lake.put(
        "rouge_scores",
        score(record_index=0, fmeasure=0.9),
        score(record_index=0, fmeasure=0.5, model_role="pre-trained"),
        score(record_index=0, fmeasure=0.3, model_role="baseline-constant"),
        score(record_index=1, fmeasure=0.1),  # the pre-trained endpoint was down
    )

    both, alone = athena.query("SELECT * FROM v_comparison ORDER BY pre_trained_version").dicts()

    assert (both["pre_trained_version"], alone["pre_trained_version"]) == ("1", None)
    assert both["reports"] == both["gain_reports"] == 1
    assert both["gain_points"] == pytest.approx(40)
    assert both["over_constant_points"] == pytest.approx(60)
    assert both["over_lead_points"] is None
    assert alone["fine_tuned"] == pytest.approx(0.1)
    assert alone["gain_points"] is None


def test_replays_and_second_deliveries_count_once(lake: LakeOnDisk, athena: Athena) -> None:
    old, new = impression(generated_at="2026-11-02 10:00:00.000"), impression(latency_ms=99.0)
    lake.put("impressions", old)
    lake.put("impressions", new, new)
    lake.put("impressions", old, day="2026-11-03")
    lake.put("rouge_scores", score(), score())
    lake.put("failures", failure(), failure(), failure(record_index=4))
    lake.put("files", file(), file(finished_at="2026-11-03 00:00:00.000", attempt=2))

    assert athena.rows_of("impressions") == 4
    assert athena.query("SELECT latency_ms FROM v_impressions").rows == ((99.0,),)
    assert athena.rows_of("v_rouge") == 1
    assert athena.rows_of("v_failures") == 2
    assert athena.query("SELECT attempt FROM v_files").rows == ((2,),)
    replays = athena.query(sql.queries()["replayed_rows"].sql).dicts()
    assert [(row["table_name"], row["dt"].day, row["replays"]) for row in replays] == [
        ("failures", 2, 1),
        ("files", 2, 1),
        ("impressions", 2, 2),
        ("impressions", 3, 0),
        ("rouge_scores", 2, 1),
    ]


def test_a_key_that_was_uploaded_again_counts_once(lake: LakeOnDisk) -> None:
    for run, second in (("o1", 1), ("o2", 2)):
        at = f"2026-11-02 10:00:0{second}.000"
        lake.put("impressions", impression(run_id=run, generated_at=at))
        lake.put("rouge_scores", score(run_id=run, scored_at=at))
        lake.put("failures", failure(run_id=run, source_key="evaluation/dev1/a.json"))
    # Only the earlier upload has a second record; another file is not done yet.
    lake.put("impressions", impression(run_id="o1", record_index=1))
    lake.put("impressions", impression(run_id="o3", source_key="evaluation/dev1/b.json"))
    lake.put("files", file(run_id="o1", landed_at="2026-11-02 10:00:01.000"))
    views = ("v_impressions", "v_rouge", "v_failures", "v_files")

    def uploads() -> list[list[str]]:
        # A new engine: one that is open does not see objects that are added.
        with Athena(FolderLake(lake.folder)) as athena:
            return [
                [run for (run,) in athena.query(f"SELECT run_id FROM {view} ORDER BY run_id").rows]
                for view in views
            ]

    assert uploads() == [["o1", "o1", "o2", "o3"], ["o1", "o2"], ["o1", "o2"], ["o1"]]
    lake.put("files", file(run_id="o2", landed_at="2026-11-02 10:00:02.000", status="failed"))
    lake.put("files", file(run_id="o1", landed_at="2026-11-02 10:00:01.000", attempt=2))
    assert uploads() == [["o2", "o3"], ["o2"], ["o2"], ["o2"]]


def test_rows_of_an_older_form_have_nulls(lake: LakeOnDisk, athena: Athena) -> None:
    old = {"report_id": "r9", "run_id": "o9", "dataset": "dev1", "model_role": "fine-tuned"}
    lake.put("impressions", old | {"schema_version": 0}, impression())
    lake.put("rouge_scores", old | {"metric": "rouge1", "fmeasure": 0.25})

    drafts = athena.query("SELECT report_id, findings FROM v_impressions ORDER BY report_id").rows

    assert drafts == (("r1", "Heart is normal."), ("r9", None))
    assert athena.query("SELECT rouge1 FROM v_rouge_mean").rows == ((0.25,),)


def test_columns_of_a_newer_form_are_passed_over(lake: LakeOnDisk, athena: Athena) -> None:
    lake.put("impressions", impression() | {"of_tomorrow": {"a": [1]}, "schema_version": 2})

    assert athena.query("SELECT schema_version AS v FROM impressions").rows == ((2,),)


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: whole[: len(whole) // 2],
        lambda whole: b"",
        lambda _: b"no gzip at all",
        lambda _: gzip.compress(b'{"run_id": "o1", "report'),
        lambda _: gzip.compress(b'[1, 2]\n"text"\n'),
    ],
)
def test_an_object_that_cannot_be_read_hides_no_other(
    lake: LakeOnDisk, athena: Athena, warnings: list[str], damage: Any
) -> None:
    path = lake.put("impressions", *(impression(record_index=i) for i in range(200)), name="bad-0")
    path.write_bytes(damage(path.read_bytes()))
    lake.put("impressions", impression(report_id="whole"))

    found = athena.query("SELECT report_id, latency_ms FROM v_impressions").rows

    assert ("whole", 10.0) in found
    if len(found) == 1:
        assert athena.damaged in ([f"impressions/dt={DAY}/bad-0.jsonl.gz"], [])
        assert all("Heart" not in line for line in warnings)


def test_text_is_data(lake: LakeOnDisk, athena: Athena) -> None:
    text = (
        "quotes ' \" ; -- \\ newline\n tab\t emoji \U0001fac1 <b>html</b> {findings} \u2028" * 400
    )
    lake.put("impressions", impression(findings=text))
    lake.put("rouge_scores", score())

    assert athena.query("SELECT findings FROM v_cases").rows == ((text,),)
    assert athena.query("SELECT report_id FROM v_cases WHERE findings = ?", [text]).rows


def test_a_call_that_records_shared_is_paid_once(lake: LakeOnDisk, athena: Athena) -> None:
    lake.put(
        "impressions",
        *(impression(record_index=i, latency_ms=900.0, call_records=9) for i in range(9)),
        impression(record_index=9, latency_ms=100.0, call_records=None),  # an older row
        impression(record_index=10, model_role="baseline-lead", endpoint_name="", latency_ms=0.0),
    )

    (row,) = athena.query("SELECT * FROM v_latency").dicts()
    (cost,) = athena.query(sql.queries()["cost_per_thousand"].sql, ["3.6", "24", "1"]).dicts()

    assert (row["drafts"], row["p50_ms"], row["p99_ms"]) == (10, 900.0, 900.0)
    assert row["busy_ms"] == pytest.approx(1000)
    # A second of work for ten drafts at 3.6 an hour: 0.1 for a thousand.
    assert cost["cost_per_thousand"] == pytest.approx(0.1)
