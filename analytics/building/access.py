"""The Athena workgroup, its named queries and the policies for analysts."""

from __future__ import annotations

from typing import Any

from analytics import sql
from analytics.building.names import Resource, logical, ref, sub
from analytics.tables import IMPRESSIONS, TABLES

_LAKE = "arn:${AWS::Partition}:s3:::${ResultsBucketName}/lake"
_ANSWERS = "arn:${AWS::Partition}:s3:::${ResultsBucketName}/athena/*"
_CATALOG = "arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}"


def resources() -> dict[str, Resource]:
    """Workgroup, named queries and the two policies for analysts."""
    found = {"WorkGroup": _workgroup()}
    for one in sql.queries().values():
        found[logical("Query", one.name)] = _named(one)
    found["ScoresPolicy"] = _policy(
        "Reads scores, failures and files in Athena, and no report text",
        [
            *query_statements(),
            objects_statement([name for name in TABLES if name != "impressions"]),
        ],
    )
    found["ReportTextPolicy"] = _policy(
        "Reads findings, reference and drafts in Athena, beside what ScoresPolicy allows",
        [objects_statement([IMPRESSIONS.name])],
    )
    return found


def _workgroup() -> Resource:
    return {
        "Type": "AWS::Athena::WorkGroup",
        "Properties": {
            "Name": ref("DatabaseName"),
            "Description": "Queries on radiology impressions; results are encrypted and expire",
            "State": "ENABLED",
            "RecursiveDeleteOption": True,
            "WorkGroupConfiguration": {
                # Enforced: clients cannot change the result location or its encryption.
                "EnforceWorkGroupConfiguration": True,
                "PublishCloudWatchMetricsEnabled": True,
                "BytesScannedCutoffPerQuery": ref("BytesScannedCutoff"),
                "EngineVersion": {"SelectedEngineVersion": "Athena engine version 3"},
                "ResultConfiguration": {
                    "OutputLocation": sub("s3://${ResultsBucketName}/athena/"),
                    "ExpectedBucketOwner": ref("AWS::AccountId"),
                    "EncryptionConfiguration": {
                        "EncryptionOption": "SSE_KMS",
                        "KmsKey": ref("DataKeyArn"),
                    },
                },
            },
        },
    }


def _named(one: sql.Statement) -> Resource:
    parameters = f" Parameters: {', '.join(one.parameters)}." if one.parameters else ""
    return {
        "Type": "AWS::Athena::NamedQuery",
        "Properties": {
            "Name": one.name,
            "Description": f"{one.question}{parameters}",
            "Database": ref("Database"),
            "WorkGroup": ref("WorkGroup"),
            "QueryString": one.sql,
        },
    }


def _policy(description: str, statements: list[Any]) -> Resource:
    return {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {
            "Description": description,
            "PolicyDocument": {"Version": "2012-10-17", "Statement": statements},
        },
    }


def query_statements() -> list[Resource]:
    """Permissions that every user of the workgroup needs, without access to lake objects."""
    return [
        {
            "Sid": "Query",
            "Effect": "Allow",
            "Action": [
                "athena:BatchGetNamedQuery",
                "athena:GetNamedQuery",
                "athena:GetQueryExecution",
                "athena:GetQueryResults",
                "athena:GetQueryResultsStream",
                "athena:GetWorkGroup",
                "athena:ListNamedQueries",
                "athena:ListQueryExecutions",
                "athena:StartQueryExecution",
                "athena:StopQueryExecution",
            ],
            "Resource": sub(
                "arn:${AWS::Partition}:athena:${AWS::Region}:${AWS::AccountId}:workgroup/${WorkGroup}"
            ),
        },
        {
            "Sid": "Catalog",
            "Effect": "Allow",
            "Action": [
                "glue:GetDatabase",
                "glue:GetDatabases",
                "glue:GetPartitions",
                "glue:GetTable",
                "glue:GetTables",
            ],
            "Resource": [
                sub(f"{_CATALOG}:catalog"),
                sub(f"{_CATALOG}:database/${{DatabaseName}}"),
                sub(f"{_CATALOG}:table/${{DatabaseName}}/*"),
            ],
        },
        {
            "Sid": "Answers",
            "Effect": "Allow",
            "Action": ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
            "Resource": sub(_ANSWERS),
        },
        {
            "Sid": "Bucket",
            "Effect": "Allow",
            "Action": ["s3:GetBucketLocation", "s3:ListBucket"],
            "Resource": sub("arn:${AWS::Partition}:s3:::${ResultsBucketName}"),
        },
        {
            "Sid": "Key",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": ref("DataKeyArn"),
        },
    ]


def objects_statement(tables: list[str]) -> Resource:
    """Permission to read the objects of these tables."""
    return {
        "Sid": "Lake",
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": [sub(f"{_LAKE}/{name}/*") for name in tables],
    }
