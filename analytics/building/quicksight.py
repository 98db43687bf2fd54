"""QuickSight: data source, data sets, theme, dashboard and refresh, all under one condition."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from analytics.building.access import folders, reader_statements
from analytics.building.catalog import ViewColumns
from analytics.building.names import Resource, att, logical, quicksight_columns, ref, sub
from analytics.building.workgroups import TEXT
from analytics.tables import TABLES

DEFINITION = Path(__file__).resolve().parent.parent / "dashboards" / "impressions.json"
# View and import mode of each data set; SPICE is QuickSight's in-memory store, refreshed nightly.
DATA_SETS = {
    "rouge": ("v_rouge", "SPICE"),
    "describe": ("v_rouge_describe", "DIRECT_QUERY"),
    "failures": ("v_failures", "SPICE"),
    "volume": ("v_daily_volume", "DIRECT_QUERY"),
    "cases": ("v_cases", "DIRECT_QUERY"),  # not imported: report text stays in the lake
    "training": ("v_training_loss", "DIRECT_QUERY"),
}
REPORT_TEXT = frozenset[str]().union(*(table.report_text for table in TABLES.values()))
_CONDITION = "HasQuickSight"
_OWN = {
    "DataSource": (
        "Describe",
        "DescribePermissions",
        "Pass",
        "Update",
        "Delete",
        "UpdatePermissions",
    ),
    "DataSet": ("Describe", "DescribePermissions", "Pass", "Update", "Delete", "UpdatePermissions"),
    "Dashboard": (
        "Describe",
        "DescribePermissions",
        "Query",
        "Update",
        "Delete",
        "UpdatePermissions",
    ),
    "Theme": ("Describe", "DescribePermissions", "Update", "Delete", "UpdatePermissions"),
}
_MORE = {
    "DataSource": (),
    "DataSet": ("DescribeIngestion", "ListIngestions", "CreateIngestion", "CancelIngestion"),
    "Dashboard": ("ListDashboardVersions", "UpdateDashboardPublishedVersion"),
    "Theme": (
        "ListThemeVersions",
        "ListThemeAliases",
        "CreateThemeAlias",
        "DescribeThemeAlias",
        "UpdateThemeAlias",
        "DeleteThemeAlias",
    ),
}
_READ = ("DescribeDashboard", "ListDashboardVersions", "QueryDashboard")


def resources(columns: ViewColumns) -> dict[str, Resource]:
    """All QuickSight resources."""
    found = {
        "QuickSightRole": _role(),
        "QuickSightSource": _of("DataSource", _source()),
        "QuickSightTheme": _of("Theme", _theme()),
    }
    for name, (view, mode) in DATA_SETS.items():
        found[_id(name)] = _of("DataSet", _data_set(name, view, mode, columns[view]))
        found[_id(name)]["DependsOn"] = logical("View", view.removeprefix("v_"))
        if mode == "SPICE":
            found[f"{_id(name)}Refresh"] = {
                **_of("RefreshSchedule", _refresh(name)),
                # It names its data set by an id, from which CloudFormation derives no order.
                "DependsOn": _id(name),
            }
    found["QuickSightDashboard"] = _of("Dashboard", _dashboard())
    return found


def _id(data_set: str) -> str:
    return logical("QuickSight", data_set)


def _of(kind: str, properties: Resource) -> Resource:
    return {
        "Type": f"AWS::QuickSight::{kind}",
        "Condition": _CONDITION,
        "Properties": {"AwsAccountId": ref("AWS::AccountId"), **properties},
    }


def _owner(kind: str) -> Resource:
    actions = [
        f"quicksight:{one.removesuffix('Permissions')}{kind}"
        f"{'Permissions' if one.endswith('Permissions') else ''}"
        for one in _OWN[kind]
    ]
    actions += [f"quicksight:{one}" for one in _MORE[kind]]
    return {"Principal": ref("QuickSightPrincipalArn"), "Actions": actions}


def _role() -> Resource:
    return {
        "Type": "AWS::IAM::Role",
        "Condition": _CONDITION,
        "Properties": {
            "Description": "QuickSight reads the lake through Athena",
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "quicksight.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                        "Condition": {"StringEquals": {"aws:SourceAccount": ref("AWS::AccountId")}},
                    }
                ],
            },
            "Policies": [
                {
                    "PolicyName": "lake",
                    "PolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": reader_statements(TEXT, folders(list(TABLES))),
                    },
                }
            ],
        },
    }


def _source() -> Resource:
    return {
        "DataSourceId": sub("${DatabaseName}-athena"),
        "Name": "Radiology impressions",
        "Type": "ATHENA",
        "DataSourceParameters": {
            "AthenaParameters": {
                "WorkGroup": ref(TEXT.logical_id),
                "RoleArn": att("QuickSightRole", "Arn"),
            }
        },
        "SslProperties": {"DisableSsl": False},
        "Permissions": [_owner("DataSource")],
    }


def _data_set(name: str, view: str, mode: str, columns: list[tuple[str, str]]) -> Resource:
    found: Resource = {
        "DataSetId": sub(f"${{DatabaseName}}-{name}"),
        "Name": f"Impressions: {name}",
        "ImportMode": mode,
        "PhysicalTableMap": {
            "view": {
                "RelationalTable": {
                    "DataSourceArn": att("QuickSightSource", "Arn"),
                    "Catalog": "AwsDataCatalog",
                    "Schema": ref("Database"),
                    "Name": view,
                    "InputColumns": quicksight_columns(columns),
                }
            }
        },
        "LogicalTableMap": {"table": {"Alias": name, "Source": {"PhysicalTableId": "view"}}},
        "Permissions": [_owner("DataSet")],
    }
    if mode == "SPICE":
        found["IngestionWaitPolicy"] = {"WaitForSpiceIngestion": False}
    shown = (one["Name"] for one in quicksight_columns(columns))
    text = [name for name in shown if name in REPORT_TEXT]
    if text:
        # Without this grant, a column is hidden on the dashboard and everywhere else. The owner
        # could read the text anyway, through the data source.
        group = {"Fn::If": ["HasTextReaders", ref("ReportTextGroupArn"), ref("AWS::NoValue")]}
        found["ColumnLevelPermissionRules"] = [
            {"ColumnNames": text, "Principals": [ref("QuickSightPrincipalArn"), group]}
        ]
    return found


def _refresh(name: str) -> Resource:
    return {
        "DataSetId": sub(f"${{DatabaseName}}-{name}"),
        "Schedule": {
            "ScheduleId": "nightly",
            "RefreshType": "FULL_REFRESH",
            # After the nightly run, before working hours.
            "ScheduleFrequency": {
                "Interval": "DAILY",
                "TimeOfTheDay": "05:30",
                "TimeZone": "Etc/UTC",
            },
        },
    }


def _theme() -> Resource:
    return {
        "ThemeId": sub("${DatabaseName}-theme"),
        "Name": "Radiology impressions",
        "BaseThemeId": "CLASSIC",
        "Configuration": {
            "DataColorPalette": {
                # Paul Tol's "bright" and "vibrant" palettes: distinguishable if colour-blind.
                "Colors": ["#EE7733", "#4477AA", "#228833", "#AA3377", "#66CCEE", "#888888"],
                "EmptyFillColor": "#FFFFFF",
                "MinMaxGradient": ["#DDEEFF", "#114477"],
            },
            "UIColorPalette": {"PrimaryForeground": "#1B1B1B", "PrimaryBackground": "#FFFFFF"},
        },
        "Permissions": [_owner("Theme")],
    }


def _dashboard() -> Resource:
    readers = {
        "Principal": ref("QuickSightReaderGroupArn"),
        "Actions": [f"quicksight:{one}" for one in _READ],
    }
    return {
        "DashboardId": sub("${DatabaseName}-dashboard"),
        "Name": "Radiology impressions: models and radiologists",
        "ThemeArn": att("QuickSightTheme", "Arn"),
        "ValidationStrategy": {"Mode": "STRICT"},
        "Definition": _with_arns(definition()),
        "DashboardPublishOptions": {
            "AdHocFilteringOption": {"AvailabilityStatus": "ENABLED"},
            # Report text must not be exported from the dashboard.
            "ExportToCSVOption": {"AvailabilityStatus": "DISABLED"},
            "SheetControlsOption": {"VisibilityState": "EXPANDED"},
        },
        "Permissions": [
            _owner("Dashboard"),
            {"Fn::If": ["HasReaders", readers, ref("AWS::NoValue")]},
        ],
    }


def definition() -> Resource:
    """The dashboard's definition file."""
    found: Resource = json.loads(DEFINITION.read_text(encoding="utf-8"))
    return found


def _with_arns(node: Any) -> Any:  # noqa: ANN401  # a JSON document
    if isinstance(node, dict):
        return {name: _with_arns(value) for name, value in node.items()}
    if isinstance(node, list):
        return [_with_arns(value) for value in node]
    if isinstance(node, str) and node.startswith("${"):
        return att(_id(node.removeprefix("${").removesuffix("}")), "Arn")
    return node
