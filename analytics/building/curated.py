"""The optional curated layer: scores in an Iceberg table, merged every night.

It pays off above about 100,000 objects: Athena opens every object of the lake, while Iceberg keeps
a few large files.
"""

from __future__ import annotations

import json

from analytics import sql
from analytics.building.access import CURATED, folders, reader_statements
from analytics.building.names import Resource, att, ref, sub
from analytics.building.workgroups import SCORES
from analytics.schema import Kind
from analytics.tables import FILES, ROUGE_SCORES

TABLE = "rouge_scores_curated"
_CONDITION = "HasCurated"
_FOLDER = "${ResultsBucketName}/" + CURATED
_ICEBERG: dict[Kind, str] = {
    "string": "string",
    "double": "double",
    "int": "int",
    "bigint": "long",
    "boolean": "boolean",
    "timestamp": "timestamp",
    "date": "date",
}
_OMITTED = "schema_version"
# The scores, and which of their files newer uploads have replaced.
_READ = (ROUGE_SCORES.name, FILES.name)


def resources() -> dict[str, Resource]:
    """Table, role, merge schedule and table optimizers."""
    found: dict[str, Resource] = {
        "CuratedScores": _of("AWS::Glue::Table", _table()),
        "CuratedRole": _of("AWS::IAM::Role", _role()),
        "CuratedSchedule": _of("AWS::Scheduler::Schedule", _schedule()),
    }
    for name, settings in _OPTIMIZERS.items():
        found[f"Curated{name.capitalize()}"] = {
            **_of("AWS::Glue::TableOptimizer", _optimizer(name, settings)),
            "DependsOn": "CuratedScores",
        }
    return found


_RETENTION = {
    "IcebergConfiguration": {
        "SnapshotRetentionPeriodInDays": 14,
        "NumberOfSnapshotsToRetain": 3,
        "CleanExpiredFiles": True,
    }
}


_OPTIMIZERS: dict[str, Resource] = {
    "compaction": {},
    "retention": {"RetentionConfiguration": _RETENTION},
}
_LOGS = (
    "arn:${{AWS::Partition}}:logs:${{AWS::Region}}:${{AWS::AccountId}}:"
    "log-group:/aws-glue/iceberg-{}/logs:*"
)


def _of(kind: str, properties: Resource) -> Resource:
    return {"Type": kind, "Condition": _CONDITION, "Properties": properties}


def _table() -> Resource:
    kinds = {name: kind for name, kind in ROUGE_SCORES.kinds.items() if name != _OMITTED}
    fields = [
        {
            "Id": place,
            "Name": name,
            "Type": _ICEBERG[kind],
            "Required": name in ROUGE_SCORES.key,
        }
        for place, (name, kind) in enumerate(kinds.items(), start=1)
    ]
    by_month = {
        "SourceId": len(fields),  # dt, the last
        "FieldId": 1000,
        "Name": "dt_month",
        "Transform": "month",
    }
    return {
        "CatalogId": ref("AWS::AccountId"),
        "DatabaseName": ref("Database"),
        "Name": TABLE,
        "OpenTableFormatInput": {
            "IcebergInput": {
                "MetadataOperation": "CREATE",
                "Version": "2",
                "IcebergTableInput": {
                    "Location": sub(f"s3://{_FOLDER}"),
                    "Schema": {"SchemaId": 0, "Type": "struct", "Fields": fields},
                    "PartitionSpec": {"SpecId": 0, "Fields": [by_month]},
                    "Properties": {
                        "write.format.default": "parquet",
                        "write.parquet.compression-codec": "zstd",
                    },
                },
            }
        },
    }


def _role() -> Resource:
    curated = "arn:${AWS::Partition}:s3:::" + _FOLDER + "*"
    table = (
        "arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:"
        f"table/${{DatabaseName}}/{TABLE}"
    )
    return {
        "Description": "Merges and compacts the curated layer",
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": ["scheduler.amazonaws.com", "glue.amazonaws.com"]},
                    "Action": "sts:AssumeRole",
                    "Condition": {"StringEquals": {"aws:SourceAccount": ref("AWS::AccountId")}},
                }
            ],
        },
        "Policies": [
            {
                "PolicyName": "curated",
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        *reader_statements(
                            SCORES, [*folders([ROUGE_SCORES.name, FILES.name]), CURATED]
                        ),
                        {
                            "Sid": "Curated",
                            "Effect": "Allow",
                            "Action": ["s3:DeleteObject", "s3:PutObject"],
                            "Resource": sub(curated),
                        },
                        {
                            "Sid": "CuratedTable",
                            "Effect": "Allow",
                            "Action": "glue:UpdateTable",
                            "Resource": sub(table),
                        },
                        {
                            # Of Glue's optimizers (its guide, "Table optimization prerequisites").
                            "Sid": "OptimizersLog",
                            "Effect": "Allow",
                            "Action": [
                                "logs:CreateLogGroup",
                                "logs:CreateLogStream",
                                "logs:PutLogEvents",
                            ],
                            "Resource": [sub(_LOGS.format(kind)) for kind in _OPTIMIZERS],
                        },
                    ],
                },
            }
        ],
    }


def _schedule() -> Resource:
    query = sql.maintenance()["merge_rouge_scores"].sql
    request = json.dumps(
        {
            "QueryString": query,
            "QueryExecutionContext": {"Database": "@database@"},
            "WorkGroup": "@group@",
        }
    )
    text = request.replace("@database@", "${DatabaseName}").replace(
        "@group@", f"${{{SCORES.logical_id}}}"
    )
    return {
        "Description": "Merges recent scores into the curated layer",
        "ScheduleExpression": "cron(30 4 * * ? *)",  # after the nightly batch
        "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15},
        "Target": {
            "Arn": sub("arn:${AWS::Partition}:scheduler:::aws-sdk:athena:startQueryExecution"),
            "RoleArn": att("CuratedRole", "Arn"),
            "Input": sub(text),
        },
    }


def _optimizer(kind: str, settings: Resource) -> Resource:
    return {
        "CatalogId": ref("AWS::AccountId"),
        "DatabaseName": ref("Database"),
        "TableName": TABLE,
        "Type": kind,
        "TableOptimizerConfiguration": {
            "RoleArn": att("CuratedRole", "Arn"),
            "Enabled": True,
            **settings,
        },
    }
