"""The analysts' side of the deployed stack: one lake, and the same figures everywhere."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pandas as pd
import pytest
from botocore.exceptions import ClientError

from analytics import report, sql
from analytics.engine.athena import Athena
from analytics.places import local_lake
from analytics.tables import TABLES
from common.paths import ROOT
from local.aws import CONFIG
from local.client import run as running

if TYPE_CHECKING:
    from local.stack.lifecycle import Stack


@pytest.fixture(scope="module")
def evaluated(stack: Stack) -> running.Report:
    """The evaluation set of the demo, answered by two models and two baselines."""
    folder = str(ROOT / "examples" / "evaluation")
    return running.run(stack, [folder], lane="evaluation", dataset="analytics", quiet=True)


def raw_scores(stack: Stack) -> pd.DataFrame:
    """The rows as they lie in the bucket, read without any code of ours."""
    s3, bucket = stack.client("s3"), stack.outputs.results_bucket
    rows = []
    for page in s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix="lake/rouge_scores/"
    ):
        for item in page["Contents"]:
            body = s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read()
            rows += [json.loads(line) for line in gzip.decompress(body).splitlines()]
    frame = pd.DataFrame(rows)
    return frame[frame["dataset"] == "analytics"]


def test_table_view_page_and_pandas_say_the_same(
    stack: Stack, evaluated: running.Report, tmp_path: Path
) -> None:
    page = tmp_path / "report.html"
    with local_lake(stack.settings) as lake, Athena(lake) as athena:
        described = athena.query(
            "SELECT * FROM v_rouge_describe WHERE dataset = 'analytics'"
        ).dicts()
        report.write(lake, page)

    grouped = raw_scores(stack).groupby(["model_role", "metric"])["fmeasure"]
    wanted = grouped.describe()
    printed = {one.model: one.fmeasure for one in evaluated.means}
    text = page.read_text(encoding="utf-8")
    assert len(described) == 16
    for row in described:
        key = (row["model_role"], row["metric"])
        names = {"p25": "25%", "p50": "50%", "p75": "75%"}
        for name in ("count", "mean", "std", "min", "p25", "p50", "p75", "max"):
            assert row[name] == pytest.approx(wanted.loc[key][names.get(name, name)], abs=1e-9)
        assert printed[key[0]][key[1]] == pytest.approx(row["mean"], abs=1e-9)
        assert f"<td>{key[0]}</td>" in text
        assert f'<td class="n">{row["mean"]:.4f}</td><td class="n">{row["std"]:.4f}</td>' in text


def test_every_view_and_query_runs_on_the_stacks_lake(
    stack: Stack, evaluated: running.Report
) -> None:
    values = {"price per instance hour": "1.5", "model role": "fine-tuned"}
    with local_lake(stack.settings) as lake, Athena(lake) as athena:
        for name in sql.views():
            athena.query(f"SELECT * FROM {name}")
        for one in sql.queries().values():
            athena.query(one.sql, [values.get(name, "analytics") for name in one.parameters])
        assert athena.damaged == []
        assert athena.rows_of("v_cases") >= 2 * evaluated.records


def test_a_replay_changes_no_figure(stack: Stack, evaluated: running.Report) -> None:
    def means() -> list[dict[str, Any]]:
        with local_lake(stack.settings) as lake, Athena(lake) as athena:
            return athena.query(
                "SELECT * FROM v_rouge_mean WHERE dataset = 'analytics' ORDER BY model_role"
            ).dicts()

    before = means()

    again = str(ROOT / "examples" / "evaluation")
    running.run(stack, [again], lane="evaluation", dataset="analytics", quiet=True)

    # Sums of floats, in another order.
    assert [list(row.values()) for row in means()] == [
        [pytest.approx(one, abs=1e-12) if isinstance(one, float) else one for one in row.values()]
        for row in before
    ]
    assert before[0]["reports"] == evaluated.records


def test_tables_views_and_workgroup_are_deployed(stack: Stack) -> None:
    glue, athena = stack.client("glue"), stack.client("athena")

    made = {
        one["Name"]: one
        for one in glue.get_tables(DatabaseName="radiology_impressions")["TableList"]
    }

    assert set(made) == set(TABLES) | set(sql.views())
    where = made["impressions"]["Parameters"]["storage.location.template"]
    bucket = stack.outputs.results_bucket
    assert where == f"s3://{bucket}/lake/impressions/dt=${{dt}}/"
    group = athena.get_work_group(WorkGroup="radiology_impressions")["WorkGroup"]["Configuration"]
    assert group["EnforceWorkGroupConfiguration"]
    assert group["ResultConfiguration"]["OutputLocation"] == f"s3://{bucket}/athena/"


def test_an_analyst_without_the_grant_reads_scores_and_no_report_text(
    stack: Stack, evaluated: running.Report
) -> None:
    policies = {
        one["OutputKey"]: one["OutputValue"]
        for one in stack.client("cloudformation").describe_stacks(
            StackName=stack.settings.stack_name
        )["Stacks"][0]["Outputs"]
    }
    scores, text = objects(stack, "rouge_scores"), objects(stack, "impressions")

    analyst = reader(stack, "analyst", policies["ScoresPolicyArn"])
    radiologist = reader(
        stack, "radiologist", policies["ScoresPolicyArn"], policies["ReportTextPolicyArn"]
    )

    bucket = stack.outputs.results_bucket
    assert analyst.get_object(Bucket=bucket, Key=scores)["ContentLength"]
    with pytest.raises(ClientError, match="AccessDenied"):
        analyst.get_object(Bucket=bucket, Key=text)
    assert radiologist.get_object(Bucket=bucket, Key=text)["ContentLength"]


def objects(stack: Stack, table: str) -> str:
    found = stack.client("s3").list_objects_v2(
        Bucket=stack.outputs.results_bucket, Prefix=f"lake/{table}/"
    )
    return str(found["Contents"][0]["Key"])


def reader(stack: Stack, name: str, *policies: str) -> Any:
    """S3 as a user who has just these policies."""
    iam = stack.client("iam")
    iam.create_user(UserName=name)
    for policy in policies:
        iam.attach_user_policy(UserName=name, PolicyArn=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return boto3.client(
        "s3",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        region_name=stack.settings.region,
        endpoint_url=stack.aws_url,
        config=CONFIG,
    )
