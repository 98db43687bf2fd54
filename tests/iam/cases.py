"""What analysts may do and may not: requests, each with the answer that it must get.

Bucket policies are left out (they only deny plain HTTP); the key's own policy is evaluated.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.iam.documents import ACCOUNT, KEY_ARN, REGION, Analytics
from tests.iam.simulator import Request

SCORES = ("ScoresPolicy",)
TEXT = ("ScoresPolicy", "ReportTextPolicy")
BOTH = (SCORES, TEXT)
Context = dict[str, str | list[str]]
Users = tuple[tuple[str, ...], ...]  # each by the policies that they have

_STACK = Analytics()
_BUCKET = f"arn:aws:s3:::{_STACK.results_bucket}"
_LANDING = f"arn:aws:s3:::{_STACK.landing_bucket}"
_ATHENA = f"arn:aws:athena:{REGION}:{ACCOUNT}"
_GLUE = f"arn:aws:glue:{REGION}:{ACCOUNT}"
_DATABASE = _STACK.values["DatabaseName"]
_SCORES_GROUP = f"{_ATHENA}:workgroup/{_DATABASE}_scores"
_TEXT_GROUP = f"{_ATHENA}:workgroup/{_DATABASE}"
_PRIMARY = f"{_ATHENA}:workgroup/primary"
_CATALOG = f"{_ATHENA}:datacatalog/AwsDataCatalog"
_OTHER_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/99999999-2222-3333-4444-555555555555"
_DAY = "dt=2026-11-02/0a1b-00000.jsonl.gz"
_RESULT = "6f1c1de2-1111-2222-3333-444455556666.csv"

_ATHENA_CALLS: Context = {"aws:CalledVia": ["athena.amazonaws.com"]}
_GLUE_CALLS: Context = {"aws:CalledVia": ["glue.amazonaws.com"]}


@dataclass(frozen=True)
class Case:
    """A request and whether it must be allowed; the policies are those that its user has."""

    allowed: bool
    request: Request

    @property
    def name(self) -> str:
        """For the test's report: who asks what, on what."""
        one = self.request
        who = "text" if "ReportTextPolicy" in one.policies else "scores"
        context = "".join(f" {value}" for value in one.context.values())
        return f"{who} {one.action} {one.resource.split(':', 5)[-1]}{context}"


def _requests(
    who: Users,
    actions: str,
    resources: tuple[str, ...],
    *contexts: Context,
) -> list[Request]:
    """Every combination; without contexts, requests that carry none."""
    key = "key" if actions.startswith("kms:") else None
    return [
        Request(policies, action, resource, context, key)
        for policies in who
        for action in actions.split()
        for resource in resources
        for context in contexts or ({},)
    ]


def _allowed(
    who: Users,
    actions: str,
    resources: tuple[str, ...],
    *contexts: Context,
) -> list[Case]:
    return [
        Case(allowed=True, request=one) for one in _requests(who, actions, resources, *contexts)
    ]


def _denied(
    who: Users,
    actions: str,
    resources: tuple[str, ...],
    *contexts: Context,
) -> list[Case]:
    return [
        Case(allowed=False, request=one) for one in _requests(who, actions, resources, *contexts)
    ]


def _listing(*prefixes: str) -> tuple[Context, ...]:
    return tuple({"s3:prefix": one} for one in prefixes)


def _encrypting(bucket: str, via: str = f"s3.{REGION}.amazonaws.com") -> Context:
    return {"kms:ViaService": via, "kms:EncryptionContext:aws:s3:arn": bucket}


def _objects(*keys: str) -> tuple[str, ...]:
    return tuple(f"{_BUCKET}/{key}" for key in keys)


_HISTORY = (
    "athena:BatchGetNamedQuery athena:BatchGetQueryExecution athena:GetNamedQuery"
    " athena:GetQueryExecution athena:GetQueryResults athena:GetQueryResultsStream"
    " athena:GetWorkGroup athena:ListNamedQueries athena:ListQueryExecutions"
    " athena:StopQueryExecution"
)
_SCORE_TABLES = (
    "rouge_scores",
    "clinical_scores",
    "checks",
    "failures",
    "files",
    "training_metrics",
)
_WRITING = "s3:AbortMultipartUpload s3:ListMultipartUploadParts s3:PutObject"
# Results of the release with one workgroup, which may contain report text.
_OLD_RESULT = f"athena/{_RESULT}"

CASES: list[Case] = [
    # Workgroups: runs, results, history and saved queries of one's own; text only in its own.
    *_allowed(BOTH, _HISTORY, (_SCORES_GROUP,)),
    *_allowed((SCORES,), "athena:StartQueryExecution", (_SCORES_GROUP,)),
    *_denied((TEXT,), "athena:StartQueryExecution", (_SCORES_GROUP, _PRIMARY)),
    *_allowed((TEXT,), f"{_HISTORY} athena:StartQueryExecution", (_TEXT_GROUP,)),
    *_denied((SCORES,), f"{_HISTORY} athena:StartQueryExecution", (_TEXT_GROUP, _PRIMARY)),
    *_denied(
        BOTH,
        "athena:UpdateWorkGroup athena:DeleteWorkGroup athena:CreateNamedQuery"
        " athena:DeleteNamedQuery athena:UpdateNamedQuery athena:CreatePreparedStatement"
        " athena:GetPreparedStatement athena:StartSession",
        (_SCORES_GROUP, _TEXT_GROUP),
    ),
    # What consoles show.
    *_allowed(BOTH, "athena:ListWorkGroups athena:ListDataCatalogs", ("*",)),
    *_allowed(
        BOTH,
        "athena:GetDataCatalog athena:ListDatabases athena:ListTableMetadata"
        " athena:GetTableMetadata",
        (_CATALOG,),
    ),
    *_denied(BOTH, "athena:ListTableMetadata", (f"{_ATHENA}:datacatalog/other",)),
    # The catalog: definitions only, of this database only, unchanged.
    *_allowed(
        BOTH,
        "glue:GetTable glue:GetTables glue:GetPartition glue:GetPartitions",
        tuple(f"{_GLUE}:table/{_DATABASE}/{name}" for name in ("rouge_scores", "v_cases")),
    ),
    *_allowed(
        BOTH,
        "glue:GetDatabase glue:GetDatabases",
        (f"{_GLUE}:catalog", f"{_GLUE}:database/{_DATABASE}"),
    ),
    *_denied(BOTH, "glue:GetTable", (f"{_GLUE}:table/payroll/salaries",)),
    *_denied(
        BOTH,
        "glue:CreateTable glue:UpdateTable glue:DeleteTable glue:GetColumnStatisticsForTable",
        (f"{_GLUE}:table/{_DATABASE}/impressions",),
    ),
    # Lake Formation would hand out credentials of its own, past what S3 denies here.
    *_denied(BOTH, "lakeformation:GetDataAccess", ("*",)),
    # The lake's objects, without their older versions.
    *_allowed(BOTH, "s3:GetObject", _objects(*(f"lake/{one}/{_DAY}" for one in _SCORE_TABLES))),
    *_allowed(BOTH, "s3:GetObject", _objects("curated/rouge_scores/metadata/1.json")),
    *_allowed((TEXT,), "s3:GetObject", _objects(f"lake/impressions/{_DAY}")),
    *_denied((SCORES,), "s3:GetObject", _objects(f"lake/impressions/{_DAY}")),
    *_denied((SCORES,), "s3:GetObject", _objects(f"lake/impressions/{_DAY}"), _ATHENA_CALLS),
    *_denied(
        BOTH,
        "s3:GetObject s3:GetObjectVersion s3:PutObject",
        _objects(
            "results/incoming/ward/a.json.json",
            "results/incoming/ward/a.json.parts/0a1b-00000.jsonl",
            "work/drafts/0a1b-00000/fine-tuned-1.json",
            "work/nightly/1/shard-0.jsonl",
            "lake/impressions_copy/x",
            "athena/scoresheet/x",
            "else/x",
        ),
        {},
        _ATHENA_CALLS,
    ),
    *_denied(
        BOTH,
        "s3:GetObjectVersion s3:PutObject s3:DeleteObject",
        _objects(f"lake/rouge_scores/{_DAY}", f"lake/impressions/{_DAY}"),
        {},
        _ATHENA_CALLS,
    ),
    *_denied(BOTH, "s3:GetObject s3:PutObject", (f"{_LANDING}/incoming/ward/a.json",)),
    # Results: read in one's own workgroup; written by Athena alone; never text beside scores.
    *_allowed(BOTH, "s3:GetObject", _objects(f"athena/scores/{_RESULT}"), {}, _ATHENA_CALLS),
    *_allowed((TEXT,), "s3:GetObject", _objects(f"athena/text/{_RESULT}"), {}, _ATHENA_CALLS),
    *_denied((SCORES,), "s3:GetObject", _objects(f"athena/text/{_RESULT}"), {}, _ATHENA_CALLS),
    *_denied(BOTH, "s3:GetObject s3:PutObject", _objects(_OLD_RESULT), {}, _ATHENA_CALLS),
    *_allowed((SCORES,), _WRITING, _objects(f"athena/scores/{_RESULT}"), _ATHENA_CALLS),
    *_denied((SCORES,), _WRITING, _objects(f"athena/scores/{_RESULT}"), {}, _GLUE_CALLS),
    *_denied((TEXT,), "s3:PutObject", _objects(f"athena/scores/{_RESULT}"), {}, _ATHENA_CALLS),
    *_allowed((TEXT,), _WRITING, _objects(f"athena/text/{_RESULT}"), _ATHENA_CALLS),
    *_denied((TEXT,), _WRITING, _objects(f"athena/text/{_RESULT}"), {}, _GLUE_CALLS),
    *_denied((SCORES,), _WRITING, _objects(f"athena/text/{_RESULT}"), {}, _ATHENA_CALLS),
    *_denied(
        BOTH,
        "s3:DeleteObject s3:GetObjectVersion s3:PutObjectAcl",
        _objects(f"athena/scores/{_RESULT}", f"athena/text/{_RESULT}"),
    ),
    # Keys: landing keys, in which people write names, stand under results/.
    *_allowed(BOTH, "s3:GetBucketLocation", (_BUCKET,)),
    *_denied(BOTH, "s3:GetBucketLocation", (_LANDING,)),
    *_denied(
        BOTH,
        "s3:ListBucket",
        (_LANDING,),
        *_listing("incoming/", "lake/rouge_scores/", "lake/impressions/"),
    ),
    *_allowed(
        BOTH,
        "s3:ListBucket",
        (_BUCKET,),
        *_listing(
            *(f"lake/{one}/" for one in _SCORE_TABLES),
            "lake/rouge_scores/dt=2026-11-02/",
            "curated/rouge_scores/data/",
            "athena/scores/",
        ),
    ),
    *_allowed((TEXT,), "s3:ListBucket", (_BUCKET,), *_listing("lake/impressions/", "athena/text/")),
    *_denied(
        (SCORES,),
        "s3:ListBucket",
        (_BUCKET,),
        *_listing("lake/impressions/", "athena/text/"),
    ),
    *_denied(
        BOTH,
        "s3:ListBucket",
        (_BUCKET,),
        {},
        *_listing("", "lake/", "athena/", "results/", "results/incoming/", "work/", "l"),
    ),
    *_denied(BOTH, "s3:ListBucketVersions", (_BUCKET,), *_listing("lake/rouge_scores/")),
    *_allowed(BOTH, "s3:ListBucketMultipartUploads", (_BUCKET,), _ATHENA_CALLS),
    *_denied(BOTH, "s3:ListBucketMultipartUploads", (_BUCKET,), {}, _GLUE_CALLS),
    *_denied(BOTH, "s3:ListBucketMultipartUploads", (_LANDING,), _ATHENA_CALLS),
    # The key, which also encrypts the landing bucket, the queues and the tables.
    *_allowed(
        BOTH,
        "kms:Decrypt kms:GenerateDataKey",
        (KEY_ARN,),
        _encrypting(_BUCKET),
        _encrypting(f"{_BUCKET}/lake/rouge_scores/{_DAY}"),
    ),
    *_denied(
        BOTH,
        "kms:Decrypt kms:GenerateDataKey",
        (KEY_ARN,),
        {},
        _encrypting(_LANDING),
        _encrypting(f"{_LANDING}/incoming/ward/a.json"),
        _encrypting(_BUCKET, f"sqs.{REGION}.amazonaws.com"),
        {"kms:EncryptionContext:aws:s3:arn": _BUCKET},
        {"kms:ViaService": f"s3.{REGION}.amazonaws.com"},
        {"kms:ViaService": f"dynamodb.{REGION}.amazonaws.com"},
    ),
    *_denied(BOTH, "kms:CreateGrant kms:Encrypt", (KEY_ARN,), _encrypting(_BUCKET)),
    *_denied(BOTH, "kms:Decrypt", (_OTHER_KEY,), _encrypting(_BUCKET)),
    # Ways round the policies.
    *_denied(
        BOTH,
        "sts:AssumeRole",
        (f"arn:aws:iam::{ACCOUNT}:role/reports-QuickSightRole",),
    ),
    *_denied(BOTH, "iam:AttachUserPolicy", (f"arn:aws:iam::{ACCOUNT}:user/analyst",)),
    *_denied(BOTH, "s3:PutBucketPolicy", (_BUCKET,)),
]
