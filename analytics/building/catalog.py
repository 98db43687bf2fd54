"""The Glue database, its tables with partition projection, and the views."""

from __future__ import annotations

import json

from sqlglot import exp

from analytics import sql
from analytics.building.names import HIVE, Resource, logical, ref, sub
from analytics.engine import dialect
from analytics.schema import PARTITION, Table
from analytics.tables import FIRST_DAY, TABLES

ViewColumns = dict[str, list[tuple[str, str]]]  # by view: column names and Athena types
_TEXT_INPUT = "org.apache.hadoop.mapred.TextInputFormat"
_TEXT_OUTPUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"


def resources(columns: ViewColumns) -> dict[str, Resource]:
    """Database, tables and views; `columns` are the views' columns."""
    found = {"Database": _database()}
    for table in TABLES.values():
        found[logical("Table", table.name)] = _glue(_table(table))
    for name, view in sql.views().items():
        found[_view_id(name)] = {
            **_glue(_view(view, columns[name])),
            "DependsOn": _read_by(view),
        }
    return found


def _view_id(name: str) -> str:
    return logical("View", name.removeprefix("v_"))


def _read_by(view: sql.Statement) -> list[str]:
    """The logical ids of what a view reads.

    QuickSight fills a data set as soon as it exists, so all below its view must exist before.
    """
    names = {one.name for one in dialect.parse(view.sql).find_all(exp.Table)}
    tables = [logical("Table", name) for name in TABLES if name in names]
    return tables + [_view_id(name) for name in sql.views() if name in names]


def _database() -> Resource:
    return {
        "Type": "AWS::Glue::Database",
        "Properties": {
            "CatalogId": ref("AWS::AccountId"),
            "DatabaseInput": {
                "Name": ref("DatabaseName"),
                "Description": "Radiology impressions: drafts, scores, failures, files, training",
                "LocationUri": sub("s3://${ResultsBucketName}/lake/"),
            },
        },
    }


def _glue(table: Resource) -> Resource:
    return {
        "Type": "AWS::Glue::Table",
        "Properties": {
            "CatalogId": ref("AWS::AccountId"),
            "DatabaseName": ref("Database"),
            "TableInput": table,
        },
    }


def _table(table: Table) -> Resource:
    where = f"s3://${{ResultsBucketName}}/lake/{table.name}/"
    return {
        "Name": table.name,
        "Description": table.comment,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {
            "EXTERNAL": "TRUE",
            "classification": "json",
            # Partition projection: Athena computes the days, without a crawler or ALTER TABLE.
            "projection.enabled": "true",
            f"projection.{PARTITION}.type": "date",
            f"projection.{PARTITION}.format": "yyyy-MM-dd",
            f"projection.{PARTITION}.range": f"{FIRST_DAY},NOW+1DAYS",
            f"projection.{PARTITION}.interval": "1",
            f"projection.{PARTITION}.interval.unit": "DAYS",
            "storage.location.template": sub(f"{where}{PARTITION}=${{!{PARTITION}}}/"),
        },
        "PartitionKeys": [
            {
                "Name": PARTITION,
                "Type": "date",
                "Comment": "UTC day on which the landing object was written",
            }
        ],
        "StorageDescriptor": {
            "Location": sub(where),
            "InputFormat": _TEXT_INPUT,
            "OutputFormat": _TEXT_OUTPUT,
            "Compressed": True,
            "SerdeInfo": {
                "SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe",
                # A line that is not JSON becomes a row of nulls, which the views skip and the query
                # unread_lines finds: one bad line must not break every dashboard.
                "Parameters": {"ignore.malformed.json": "true", "case.insensitive": "true"},
            },
            "Columns": [
                {"Name": one.name, "Type": one.kind, "Comment": one.comment}
                for one in table.columns
            ],
        },
    }


def _view(view: sql.Statement, columns: list[tuple[str, str]]) -> Resource:
    # Athena stores a view in Glue as Trino's JSON, Base64-encoded in a comment.
    stored = {
        "originalSql": view.sql,
        "catalog": "awsdatacatalog",
        "schema": "@database@",
        "columns": [{"name": name, "type": kind} for name, kind in columns],
    }
    text = json.dumps(stored).replace("${", "${!").replace("@database@", "${DatabaseName}")
    return {
        "Name": view.name,
        "Description": view.question,
        "TableType": "VIRTUAL_VIEW",
        "Parameters": {"presto_view": "true", "comment": "Presto View"},
        "ViewOriginalText": {
            "Fn::Join": ["", ["/* Presto View: ", {"Fn::Base64": sub(text)}, " */"]]
        },
        "ViewExpandedText": "/* Presto View */",
        "PartitionKeys": [],
        "StorageDescriptor": {
            "SerdeInfo": {},
            "Columns": [{"Name": name, "Type": HIVE[kind]} for name, kind in columns],
        },
    }
