"""analytics/template.json: the nested stack that template.yaml includes."""

from __future__ import annotations

import json
import tempfile
from functools import lru_cache
from pathlib import Path

from analytics import sql
from analytics.building import access, catalog, curated, quicksight
from analytics.building.names import Resource, att, ref
from analytics.engine.athena import Athena
from analytics.lake import FolderLake

_ARN = "(arn:[a-z-]+:quicksight:.+)?"


@lru_cache
def view_columns() -> catalog.ViewColumns:
    """Name and Athena type of every view's columns, as the local engine finds them."""
    with tempfile.TemporaryDirectory() as empty, Athena(FolderLake(Path(empty))) as athena:
        return {name: athena.describe(name) for name in sql.views()}


def document() -> str:
    """The template as JSON, without a change of order from one build to the next."""
    columns = view_columns()
    found: Resource = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": (
            "Radiology impressions: tables, views, workgroup, dashboard "
            "(written by python -m analytics build)"
        ),
        "Parameters": _parameters(),
        "Conditions": {
            "HasQuickSight": _given("QuickSightPrincipalArn"),
            "HasCurated": {"Fn::Equals": [ref("CuratedLayer"), "true"]},
            "HasReaders": _given("QuickSightReaderGroupArn"),
            "HasTextReaders": _given("ReportTextGroupArn"),
        },
        "Resources": {
            **catalog.resources(columns),
            **access.resources(),
            **curated.resources(),
            **quicksight.resources(columns),
        },
        "Outputs": {
            "DatabaseName": {"Value": ref("Database")},
            "WorkGroupName": {"Value": ref("WorkGroup")},
            "ScoresPolicyArn": {"Value": ref("ScoresPolicy")},
            "ReportTextPolicyArn": {"Value": ref("ReportTextPolicy")},
            "DashboardArn": {
                "Condition": "HasQuickSight",
                "Value": att("QuickSightDashboard", "Arn"),
            },
        },
    }
    return json.dumps(found, indent=1, ensure_ascii=True) + "\n"


def _given(parameter: str) -> Resource:
    return {"Fn::Not": [{"Fn::Equals": [ref(parameter), ""]}]}


def _parameters() -> Resource:
    def arn(description: str) -> Resource:
        return {
            "Type": "String",
            "Default": "",
            "AllowedPattern": _ARN,
            "Description": description,
        }

    return {
        "DatabaseName": {
            "Type": "String",
            "AllowedPattern": "[a-z][a-z0-9_]{0,127}",
            "Description": "Glue database and Athena workgroup",
        },
        "ResultsBucketName": {"Type": "String", "Description": "The bucket with lake/"},
        "DataKeyArn": {"Type": "String", "Description": "The KMS key of bucket and results"},
        "BytesScannedCutoff": {
            "Type": "Number",
            "MinValue": 10000000,
            "Description": "Bytes that one query may scan",
        },
        "CuratedLayer": {
            "Type": "String",
            "Default": "false",
            "AllowedValues": ["true", "false"],
            "Description": "Scores also in an Iceberg table, merged every night",
        },
        "QuickSightPrincipalArn": arn("Owner of the dashboard; empty: no QuickSight"),
        "QuickSightReaderGroupArn": arn("Group that reads the dashboard; empty: the owner alone"),
        "ReportTextGroupArn": arn("Group that also sees report text; empty: the owner alone"),
    }
