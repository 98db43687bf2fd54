"""The policies for analysts, and what they share with the roles that query for others.

Every analyst has ScoresPolicy: scores, failures and files, in the scores workgroup.
ReportTextPolicy comes on top: report text, in the text workgroup, and only there.
"""

from __future__ import annotations

from collections.abc import Sequence

from analytics.building.names import Resource, ref, sub
from analytics.building.workgroups import SCORE_TABLES, SCORES, TEXT, TEXT_TABLES, Group

CURATED = "curated/rouge_scores/"
_BUCKET = "arn:${AWS::Partition}:s3:::${ResultsBucketName}"
_ATHENA = "arn:${AWS::Partition}:athena:${AWS::Region}:${AWS::AccountId}"
_CATALOG = "arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}"
# Athena uses its caller's permissions. Nobody else may write results: an analyst who could would
# replace another's.
_THROUGH_ATHENA = {"ForAnyValue:StringEquals": {"aws:CalledVia": "athena.amazonaws.com"}}


def resources() -> dict[str, Resource]:
    """The two policies for analysts."""
    return {
        "ScoresPolicy": _policy(
            "Reads scores, failures and files in Athena, and no report text",
            reader_statements(SCORES, [*folders(SCORE_TABLES), CURATED]),
        ),
        "ReportTextPolicy": _policy(
            "Reads findings, reference and drafts in Athena, beside what ScoresPolicy allows",
            [*_lake_statements(TEXT, folders(TEXT_TABLES)), *_confined_statements()],
        ),
    }


def folders(tables: Sequence[str]) -> list[str]:
    """The folders of these tables in the results bucket."""
    return [f"lake/{name}/" for name in tables]


def reader_statements(group: Group, read: Sequence[str]) -> list[Resource]:
    """All that it takes to query these folders of the bucket in this workgroup."""
    return [*_lake_statements(group, read), *_shared_statements()]


def _policy(description: str, statements: list[Resource]) -> Resource:
    return {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {
            "Description": description,
            "PolicyDocument": {"Version": "2012-10-17", "Statement": statements},
        },
    }


def _lake_statements(group: Group, read: Sequence[str]) -> list[Resource]:
    """One workgroup with its history and results, and the objects that its queries read."""
    results = sub(f"{_BUCKET}/{group.results}*")
    return [
        _allow(
            "Query",
            [
                "athena:BatchGetNamedQuery",
                "athena:BatchGetQueryExecution",
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
            sub(f"{_ATHENA}:workgroup/${{{group.logical_id}}}"),
        ),
        _allow(
            "Objects",
            ["s3:GetObject"],
            [sub(f"{_BUCKET}/{folder}*") for folder in (*read, group.results)],
        ),
        _allow(
            "List",
            ["s3:ListBucket"],
            sub(_BUCKET),
            {"StringLike": {"s3:prefix": [f"{folder}*" for folder in (*read, group.results)]}},
        ),
        _allow(
            "Results",
            ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"],
            results,
            _THROUGH_ATHENA,
        ),
    ]


def _shared_statements() -> list[Resource]:
    """What is the same in both workgroups: the catalog, the bucket, the key."""
    return [
        # These two take no resource; they show names only.
        _allow("Consoles", ["athena:ListDataCatalogs", "athena:ListWorkGroups"], "*"),
        _allow(
            "DataCatalog",
            [
                "athena:GetDataCatalog",
                "athena:GetTableMetadata",
                "athena:ListDatabases",
                "athena:ListTableMetadata",
            ],
            sub(f"{_ATHENA}:datacatalog/AwsDataCatalog"),
        ),
        _allow(
            "Glue",
            [
                "glue:GetDatabase",
                "glue:GetDatabases",
                "glue:GetPartition",
                "glue:GetPartitions",
                "glue:GetTable",
                "glue:GetTables",
            ],
            [
                sub(f"{_CATALOG}:catalog"),
                sub(f"{_CATALOG}:database/${{DatabaseName}}"),
                sub(f"{_CATALOG}:table/${{DatabaseName}}/*"),
            ],
        ),
        # Athena asks for the region before every query, without a prefix.
        _allow("Region", ["s3:GetBucketLocation"], sub(_BUCKET)),
        # S3 has no prefix for this one: it lists the keys of every unfinished upload.
        _allow("Uploads", ["s3:ListBucketMultipartUploads"], sub(_BUCKET), _THROUGH_ATHENA),
        _allow(
            "Key",
            ["kms:Decrypt", "kms:GenerateDataKey"],
            ref("DataKeyArn"),
            {
                # The key also encrypts the landing bucket, the queues and the tables. With a bucket
                # key, the context is the bucket's ARN; without one, the object's.
                "StringEquals": {"kms:ViaService": sub("s3.${AWS::Region}.amazonaws.com")},
                "StringLike": {
                    "kms:EncryptionContext:aws:s3:arn": [sub(_BUCKET), sub(f"{_BUCKET}/*")]
                },
            },
        ),
    ]


def _confined_statements() -> list[Resource]:
    """Report text never becomes a result that analysts without the grant can read.

    Whoever has both policies could otherwise query text in the scores workgroup, or UNLOAD text
    to its results.
    """
    return [
        _deny(
            "NoTextInScoresWorkGroup",
            "athena:StartQueryExecution",
            sub(f"{_ATHENA}:workgroup/${{{SCORES.logical_id}}}"),
        ),
        _deny("NoTextInScoresResults", "s3:PutObject", sub(f"{_BUCKET}/{SCORES.results}*")),
    ]


def _allow(
    sid: str,
    actions: list[str],
    resource: str | Resource | list[Resource],
    condition: Resource | None = None,
) -> Resource:
    found: Resource = {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource}
    return found if condition is None else {**found, "Condition": condition}


def _deny(sid: str, action: str, resource: Resource) -> Resource:
    return {"Sid": sid, "Effect": "Deny", "Action": action, "Resource": resource}
