"""The two Athena workgroups and their named queries (docs/adr/0016-two-workgroups.md)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from analytics import sql
from analytics.building.names import Resource, logical, ref, sub
from analytics.engine import dialect
from analytics.tables import TABLES


@dataclass(frozen=True, slots=True)
class Group:
    """A workgroup: its logical id, what its name adds to the database's, where its results lie."""

    logical_id: str
    suffix: str
    results: str  # a folder of the results bucket
    queries: str  # prefix of its named queries' logical ids
    description: str


# The older of the two: its history may show what analysts asked about report text.
TEXT = Group(
    "WorkGroup",
    "",
    "athena/text/",
    "Query",
    "Queries on radiology impressions, with report text; results are encrypted and expire",
)
SCORES = Group(
    "ScoresWorkGroup",
    "_scores",
    "athena/scores/",
    "ScoresQuery",
    "Queries on radiology impressions, without report text; results are encrypted and expire",
)
TEXT_TABLES = tuple(name for name, table in TABLES.items() if table.report_text)
SCORE_TABLES = tuple(name for name in TABLES if name not in TEXT_TABLES)


def resources() -> dict[str, Resource]:
    """Both workgroups, each with the named queries that its analysts may run."""
    found = {}
    for group in (TEXT, SCORES):
        found[group.logical_id] = _workgroup(group)
        for one in sql.queries().values():
            if group is TEXT or tables_of(one).isdisjoint(TEXT_TABLES):
                found[logical(group.queries, one.name)] = _named(one, group)
    return found


def tables_of(statement: sql.Statement) -> set[str]:
    """The tables that a statement reads, those below its views included."""
    named = {one.name for one in dialect.parse(statement.sql).find_all(exp.Table)}
    views = [view for name, view in sql.views().items() if name in named]
    return (named & set(TABLES)).union(*(tables_of(view) for view in views))


def _workgroup(group: Group) -> Resource:
    return {
        "Type": "AWS::Athena::WorkGroup",
        "Properties": {
            "Name": sub("${DatabaseName}" + group.suffix) if group.suffix else ref("DatabaseName"),
            "Description": group.description,
            "State": "ENABLED",
            "RecursiveDeleteOption": True,
            "WorkGroupConfiguration": {
                # Enforced: clients cannot change the result location or its encryption.
                "EnforceWorkGroupConfiguration": True,
                "PublishCloudWatchMetricsEnabled": True,
                "BytesScannedCutoffPerQuery": ref("BytesScannedCutoff"),
                "EngineVersion": {"SelectedEngineVersion": "Athena engine version 3"},
                "ResultConfiguration": {
                    "OutputLocation": sub("s3://${ResultsBucketName}/" + group.results),
                    "ExpectedBucketOwner": ref("AWS::AccountId"),
                    "EncryptionConfiguration": {
                        "EncryptionOption": "SSE_KMS",
                        "KmsKey": ref("DataKeyArn"),
                    },
                },
            },
        },
    }


def _named(one: sql.Statement, group: Group) -> Resource:
    parameters = f" Parameters: {', '.join(one.parameters)}." if one.parameters else ""
    return {
        "Type": "AWS::Athena::NamedQuery",
        "Properties": {
            "Name": one.name,
            "Description": f"{one.question}{parameters}",
            "Database": ref("Database"),
            "WorkGroup": ref(group.logical_id),
            "QueryString": one.sql,
        },
    }
