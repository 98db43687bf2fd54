"""The analysts' side of the deployed stack: one lake, and the same figures everywhere."""

from __future__ import annotations

import gzip
import json
import time
import uuid
from collections.abc import Callable
from functools import partial
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
from tests.iam.documents import Analytics

if TYPE_CHECKING:
    from local.stack.lifecycle import Stack

User = Callable[[str], Any]  # its client of a service
TEXT_GROUP, SCORES_GROUP = "radiology_impressions", "radiology_impressions_scores"


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
        if row["metric"] == "rougeLsum":  # equal to ROUGE-L here, and so not shown
            continue
        cells = [row["count"], *(f"{row[name]:.2f}" for name in ("mean", "std", "min"))]
        numbers = "".join(f'<td class="n">{cell}</td>' for cell in cells)
        name = row["metric"].replace("rouge", "ROUGE-")
        version = f"<td>{row['model_role']} {row['model_version']}</td>"
        if row["model_role"].startswith("baseline-"):
            version = f"<td>{row['model_role']}</td>"
        assert f"{version}<td>all</td><td>{name}</td>{numbers}" in text


def test_every_view_and_query_runs_on_the_stacks_lake(
    stack: Stack, evaluated: running.Report
) -> None:
    values = {
        "price per instance hour": "1.5",
        "instance hours a day of each endpoint": "24",
        "instances of a batch's job": "1",
        "model role": "fine-tuned",
    }
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
    for name, folder in ((TEXT_GROUP, "text"), (SCORES_GROUP, "scores")):
        group = athena.get_work_group(WorkGroup=name)["WorkGroup"]["Configuration"]
        assert group["EnforceWorkGroupConfiguration"]
        place = group["ResultConfiguration"]["OutputLocation"]
        assert place == f"s3://{bucket}/athena/{folder}/"


def test_the_policies_are_deployed_as_the_unit_tests_evaluate_them(stack: Stack) -> None:
    iam, found = stack.client("iam"), outputs(stack)
    expected = Analytics(
        {
            "AWS::AccountId": stack.settings.account_id,
            "AWS::Region": stack.settings.region,
            "AWS::StackName": stack.settings.stack_name,
            "DataKey.Arn": found["DataKeyArn"],
        }
    )

    for name in ("ScoresPolicy", "ReportTextPolicy"):
        policy = iam.get_policy(PolicyArn=found[f"{name}Arn"])["Policy"]
        version = iam.get_policy_version(
            PolicyArn=policy["Arn"], VersionId=policy["DefaultVersionId"]
        )
        assert version["PolicyVersion"]["Document"] == expected.policy(name)


# MiniStack enforces IAM on real requests, but knows no aws:CalledVia: there, nobody writes results
# directly, and Athena writes them unchecked. Requests that name a query execution instead of a
# workgroup get no resource, so they are left to the unit tests.
def test_an_analyst_without_the_grant_reads_scores_and_no_report_text(
    stack: Stack, evaluated: running.Report
) -> None:
    scores, text = objects(stack, "rouge_scores"), objects(stack, "impressions")
    analyst, radiologist = users(stack)
    bucket = stack.outputs.results_bucket

    assert analyst("s3").get_object(Bucket=bucket, Key=scores)["ContentLength"]
    assert radiologist("s3").get_object(Bucket=bucket, Key=text)["ContentLength"]
    for prefix in ("lake/rouge_scores/", "athena/scores/"):
        analyst("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)
    radiologist("s3").list_objects_v2(Bucket=bucket, Prefix="lake/impressions/")

    s3 = analyst("s3")
    result = stack.client("s3").list_objects_v2(Bucket=bucket, Prefix="results/")["Contents"][0]
    denied(lambda: s3.get_object(Bucket=bucket, Key=text))
    denied(lambda: s3.get_object(Bucket=bucket, Key=result["Key"]))
    denied(lambda: s3.list_objects_v2(Bucket=bucket))
    for prefix in ("", "lake/", "lake/impressions/", "results/", "athena/text/"):
        denied(partial(s3.list_objects_v2, Bucket=bucket, Prefix=prefix))
    for key in (scores, text, "athena/scores/x.csv", "athena/text/x.csv"):
        denied(partial(s3.put_object, Bucket=bucket, Key=key, Body=b""))


def test_each_analyst_queries_in_one_workgroup_and_reads_its_results(stack: Stack) -> None:
    analyst, radiologist = users(stack)
    bucket = stack.outputs.results_bucket

    def run(user: User, group: str) -> str:
        """Run a query to its end; the key of its result."""
        query = user("athena").start_query_execution(QueryString="SELECT 1 AS n", WorkGroup=group)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            found = stack.client("athena").get_query_execution(**without_metadata(query))
            execution = found["QueryExecution"]
            if execution["Status"].get("CompletionDateTime"):  # set after the result is written
                assert execution["Status"]["State"] == "SUCCEEDED"
                place = execution["ResultConfiguration"]["OutputLocation"]
                # MiniStack writes the result below the key that it reports.
                prefix = place.removeprefix(f"s3://{bucket}/")
                found = stack.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)
                return str(found["Contents"][0]["Key"])
            time.sleep(0.1)
        pytest.fail(f"the query in {group} did not end")

    scores, text = run(analyst, SCORES_GROUP), run(radiologist, TEXT_GROUP)

    assert scores.startswith("athena/scores/")
    assert text.startswith("athena/text/")
    assert analyst("s3").get_object(Bucket=bucket, Key=scores)["ContentLength"]
    assert radiologist("s3").get_object(Bucket=bucket, Key=text)["ContentLength"]
    denied(lambda: analyst("s3").get_object(Bucket=bucket, Key=text))
    denied(lambda: run(analyst, TEXT_GROUP))
    denied(lambda: run(radiologist, SCORES_GROUP))
    assert analyst("athena").list_query_executions(WorkGroup=SCORES_GROUP)["QueryExecutionIds"]
    denied(lambda: analyst("athena").list_query_executions(WorkGroup=TEXT_GROUP))
    assert analyst("athena").list_work_groups()["WorkGroups"]
    assert analyst("glue").get_tables(DatabaseName="radiology_impressions")["TableList"]
    denied(
        lambda: analyst("glue").delete_table(DatabaseName="radiology_impressions", Name="v_strata")
    )


def without_metadata(response: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in response.items() if name != "ResponseMetadata"}


def outputs(stack: Stack) -> dict[str, str]:
    (found,) = stack.client("cloudformation").describe_stacks(StackName=stack.settings.stack_name)[
        "Stacks"
    ]
    return {one["OutputKey"]: one["OutputValue"] for one in found["Outputs"]}


def denied(call: Callable[[], Any]) -> None:
    with pytest.raises(ClientError) as raised:
        call()
    assert raised.value.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException"}


def objects(stack: Stack, table: str) -> str:
    found = stack.client("s3").list_objects_v2(
        Bucket=stack.outputs.results_bucket, Prefix=f"lake/{table}/"
    )
    return str(found["Contents"][0]["Key"])


def users(stack: Stack) -> tuple[User, User]:
    """An analyst without the grant for report text, and one with it."""
    found = outputs(stack)
    scores, text = found["ScoresPolicyArn"], found["ReportTextPolicyArn"]
    return user(stack, scores), user(stack, scores, text)


def user(stack: Stack, *policies: str) -> User:
    """Clients of a new user who has just these policies."""
    iam, name = stack.client("iam"), f"user-{uuid.uuid4().hex[:8]}"
    iam.create_user(UserName=name)
    for policy in policies:
        iam.attach_user_policy(UserName=name, PolicyArn=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]

    def client(service: str) -> Any:
        return boto3.client(
            service,
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
            region_name=stack.settings.region,
            endpoint_url=stack.aws_url,
            config=CONFIG,
        )

    return client
