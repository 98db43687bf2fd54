"""One set of schemas: what is generated is fresh, and everything agrees with it."""

from __future__ import annotations

import base64
import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from analytics import building, schema, sql, tables
from analytics.building import quicksight, rows, template, workgroups
from chalicelib.output import tables as lambdas
from training.jobs import lake
from training.jobs.points import Point

TEMPLATE = json.loads((building.ROOT / "analytics/template.json").read_text(encoding="utf-8"))
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]


def of(kind: str) -> list[dict[str, Any]]:
    return [one["Properties"] for one in RESOURCES.values() if one["Type"] == kind]


def glue_tables() -> dict[str, dict[str, Any]]:
    made = [one["TableInput"] for one in of("AWS::Glue::Table") if "TableInput" in one]
    return {one["Name"]: one for one in made}


def test_nothing_that_is_generated_is_stale() -> None:
    assert building.stale() == []


def test_what_changes_is_written_and_only_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "ROOT", tmp_path)
    monkeypatch.setattr(building, "FILES", {"a/b.md": lambda: "x", "c.md": lambda: "y"})
    (tmp_path / "c.md").write_text("y")

    assert building.write() == ["a/b.md"]
    assert building.stale() == []


def test_a_new_column_makes_every_generated_file_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    column = schema.Column("severity", "string", "How bad")
    wider = dataclasses.replace(tables.FILES, columns=(*tables.FILES.columns, column))
    monkeypatch.setitem(tables.TABLES, "files", wider)

    # The page about functions names no column.
    assert set(building.stale()) == set(building.FILES) - {"docs/athena.md"}
    assert "severity: str" in rows.source()


def test_the_lambda_writes_the_columns_of_its_tables() -> None:
    for struct, name in lambdas.TABLES.items():
        fields = {field.name for field in msgspec.structs.fields(struct)}
        assert fields == {column.name for column in tables.TABLES[name].columns}


def test_training_writes_the_columns_of_its_table() -> None:
    point = Point(metric="val_loss", step=1, epoch=1.0, value=1.0, at=0)

    (row,) = lake.rows({"TrainingJobName": "job"}, [point], "t5")

    assert set(row) == {column.name for column in tables.TRAINING_METRICS.columns}
    assert row["schema_version"] == tables.SCHEMA_VERSION
    assert tables.TRAINING_METRICS.name == lake.TABLE


def test_glue_has_the_tables_with_partition_projection() -> None:
    for table in tables.TABLES.values():
        found = glue_tables()[table.name]
        columns = {one["Name"]: one["Type"] for one in found["StorageDescriptor"]["Columns"]}
        assert columns == {one.name: one.kind for one in table.columns}
        assert all(one["Comment"] for one in found["StorageDescriptor"]["Columns"])
        parameters = found["Parameters"]
        assert parameters["projection.enabled"] == "true"
        assert parameters["projection.dt.range"] == "2026-01-01,NOW+1DAYS"
        assert parameters["storage.location.template"] == {
            "Fn::Sub": f"s3://${{ResultsBucketName}}/lake/{table.name}/dt=${{!dt}}/"
        }


def test_views_are_stored_as_athena_stores_them() -> None:
    for name, view in sql.views().items():
        found = glue_tables()[name]
        before, encoded, after = found["ViewOriginalText"]["Fn::Join"][1]
        assert (before, after) == ("/* Presto View: ", " */")
        stored = json.loads(encoded["Fn::Base64"]["Fn::Sub"].replace("${DatabaseName}", "d"))
        assert stored["originalSql"] == view.sql
        assert stored["schema"] == "d"
        assert base64.b64encode(json.dumps(stored).encode())
        types = [(one["name"], one["type"]) for one in stored["columns"]]
        assert types == template.view_columns()[name]
        hive = [one["Name"] for one in found["StorageDescriptor"]["Columns"]]
        assert hive == [column for column, _ in types]


def test_both_workgroups_are_enforced_encrypted_and_bounded() -> None:
    groups = of("AWS::Athena::WorkGroup")
    settings = [one["WorkGroupConfiguration"] for one in groups]

    for one in settings:
        assert one["EnforceWorkGroupConfiguration"] is True
        assert one["ResultConfiguration"]["EncryptionConfiguration"]["EncryptionOption"] == (
            "SSE_KMS"
        )
        assert one["ResultConfiguration"]["ExpectedBucketOwner"] == {"Ref": "AWS::AccountId"}
        assert one["BytesScannedCutoffPerQuery"] == {"Ref": "BytesScannedCutoff"}
    places = [one["ResultConfiguration"]["OutputLocation"]["Fn::Sub"] for one in settings]
    assert places == [
        "s3://${ResultsBucketName}/athena/text/",
        "s3://${ResultsBucketName}/athena/scores/",
    ]


def test_the_older_workgroup_keeps_its_name() -> None:
    # Its history may show text; CloudFormation would delete it if its name changed.
    assert RESOURCES["WorkGroup"]["Properties"]["Name"] == {"Ref": "DatabaseName"}
    assert RESOURCES["ScoresWorkGroup"]["Properties"]["Name"] == {
        "Fn::Sub": "${DatabaseName}_scores"
    }
    longest = TEMPLATE["Parameters"]["DatabaseName"]["AllowedPattern"]
    assert re.fullmatch(longest, "d" * (128 - len("_scores")))
    assert not re.fullmatch(longest, "d" * (129 - len("_scores")))


def test_every_query_is_a_named_query_where_its_tables_can_be_read() -> None:
    made = {
        (one["WorkGroup"]["Ref"], one["Name"]): one["QueryString"]
        for one in of("AWS::Athena::NamedQuery")
    }

    assert made == {
        **{("WorkGroup", name): one.sql for name, one in sql.queries().items()},
        **{
            ("ScoresWorkGroup", name): sql.queries()[name].sql
            for name in ("failures_of_source", "flags_of_source")
        },
    }


def test_a_statement_reads_the_tables_below_its_views() -> None:
    queries = sql.queries()

    assert workgroups.tables_of(queries["side_by_side"]) == {
        "clinical_scores",
        "files",
        "impressions",
        "rouge_scores",
    }
    assert workgroups.tables_of(queries["cost_per_thousand"]) == {"files", "impressions"}
    assert workgroups.tables_of(queries["unread_lines"]) == set(tables.TABLES)
    assert workgroups.tables_of(sql.views()["v_failure_reasons"]) == {"failures", "files"}


def test_report_text_is_in_one_table_and_no_other_column_is_called_so() -> None:
    assert workgroups.TEXT_TABLES == ("impressions",)
    for table in tables.TABLES.values():
        assert table.report_text == {
            one.name for one in table.columns if "report text)" in one.comment
        }


def test_no_quicksight_without_its_condition() -> None:
    made = [one for one in RESOURCES.values() if "QuickSight" in one["Type"]]

    assert len(made) > 5
    assert all(one["Condition"] == "HasQuickSight" for one in made)
    assert RESOURCES["QuickSightRole"]["Condition"] == "HasQuickSight"


def test_report_text_is_hidden_without_the_grant() -> None:
    owner = {"Ref": "QuickSightPrincipalArn"}
    group = {"Fn::If": ["HasTextReaders", {"Ref": "ReportTextGroupArn"}, {"Ref": "AWS::NoValue"}]}
    found = 0
    for one in of("AWS::QuickSight::DataSet"):
        columns = one["PhysicalTableMap"]["view"]["RelationalTable"]["InputColumns"]
        text = {column["Name"] for column in columns} & quicksight.REPORT_TEXT
        rules = one.get("ColumnLevelPermissionRules", [])
        assert [set(rule["ColumnNames"]) for rule in rules] == ([text] if text else [])
        # The owner keeps the columns when a group gets them too.
        assert all(rule["Principals"] == [owner, group] for rule in rules)
        # What is hidden does not lie about in QuickSight's memory either.
        assert not text or one["ImportMode"] == "DIRECT_QUERY"
        found += len(rules)
    assert found == 1


def test_a_refresh_waits_for_its_data_set() -> None:
    made = {
        name: one for name, one in RESOURCES.items() if one["Type"].endswith("::RefreshSchedule")
    }

    assert len(made) == 4
    for name, one in made.items():
        data_set = RESOURCES[one["DependsOn"]]
        assert data_set["Type"] == "AWS::QuickSight::DataSet", name
        assert data_set["Properties"]["DataSetId"] == one["Properties"]["DataSetId"]


def test_text_is_queried_in_the_text_workgroup_and_the_merge_in_the_other() -> None:
    source = RESOURCES["QuickSightSource"]["Properties"]["DataSourceParameters"]
    merge = RESOURCES["CuratedSchedule"]["Properties"]["Target"]["Input"]["Fn::Sub"]

    assert source["AthenaParameters"]["WorkGroup"] == {"Ref": "WorkGroup"}
    assert json.loads(merge)["WorkGroup"] == "${ScoresWorkGroup}"


def test_data_sets_have_the_columns_of_their_views() -> None:
    for name, (view, _) in quicksight.DATA_SETS.items():
        found = RESOURCES[f"QuickSight{name.capitalize()}"]["Properties"]
        source = found["PhysicalTableMap"]["view"]["RelationalTable"]
        assert source["Name"] == view
        assert [one["Name"] for one in source["InputColumns"]] == [
            column for column, kind in template.view_columns()[view] if not kind.startswith("array")
        ]


def test_the_curated_layer_is_off_unless_asked_for() -> None:
    made = [one for name, one in RESOURCES.items() if name.startswith("Curated")]

    assert len(made) == 5
    assert all(one["Condition"] == "HasCurated" for one in made)
    assert TEMPLATE["Parameters"]["CuratedLayer"]["Default"] == "false"
