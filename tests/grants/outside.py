"""What the roles must not allow: what lies beside the planned prefixes, tables and names."""

from __future__ import annotations

from tests.account.settings import FINE_TUNED, REGION
from tests.grants.engine import Need
from tests.grants.roles import ACCOUNT, DATA_KEY, STACK, names_of_test_account

_ARNS = names_of_test_account().arns
LANDING_ARN, RESULTS_ARN = _ARNS["LandingBucket"], _ARNS["ResultsBucket"]
_SAGEMAKER = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}"
# The folder of a night.
NIGHT = f"{RESULTS_ARN}/work/nightly/nightly-20261103-020500-abcdef-1"
OUTSIDE: dict[str, list[Need]] = {
    "summarize": [
        *(Need(f"s3:{a}", f"{LANDING_ARN}/other/x") for a in ("GetObject", "GetObjectVersion")),
        *(Need(f"s3:{a}Object", f"{LANDING_ARN}/incoming/x") for a in ("Put", "Delete")),
        *(Need("s3:PutObject", f"{RESULTS_ARN}/{key}") for key in ("x", "work/x", "athena/x")),
        *(Need("s3:GetObject", f"{RESULTS_ARN}/{key}") for key in ("x", "work/x", "lake/x")),
        Need("s3:GetObject", f"{RESULTS_ARN}/athena/x"),
        Need("s3:DeleteObject", f"{RESULTS_ARN}/results/x"),
        *(Need("s3:PutObject", f"{NIGHT}/{key}") for key in ("in/0.jsonl", "out/0.jsonl.out")),
        Need("sagemaker:DescribeTransformJob", f"{_SAGEMAKER}:transform-job/other-nightly-1"),
        Need("sagemaker:InvokeEndpoint", f"{_SAGEMAKER}:endpoint/other"),
        Need("sagemaker:InvokeEndpoint", f"{_SAGEMAKER}:endpoint/{FINE_TUNED}-2"),
        Need("dynamodb:DeleteItem", _ARNS["ProgressTable"]),
        *(
            Need(f"dynamodb:{a}Item", _ARNS["IdempotencyTable"])
            for a in ("BatchWrite", "Delete", "Get")
        ),
        Need("sqs:SendMessage", _ARNS["DeadLetterQueue"]),
        Need("kms:Decrypt", f"{DATA_KEY}2"),
    ],
    "nightly": [
        *(Need("s3:GetObjectVersion", f"{LANDING_ARN}/{lane}/x") for lane in ("incoming", "other")),
        Need("s3:GetObject", f"{LANDING_ARN}/other/x"),
        *(
            Need("s3:PutObject", f"{RESULTS_ARN}/{key}")
            for key in ("results/x", "lake/x", "work/x")
        ),
        *(Need("s3:GetObject", f"{NIGHT}/{key}") for key in ("in/0.jsonl", "out/0", "batch.json")),
        Need("s3:PutObject", f"{NIGHT}/out/0.jsonl.out"),
        Need("s3:GetObject", f"{RESULTS_ARN}/work/drafts/x"),
        *(
            Need(f"sagemaker:{action}TransformJob", f"{_SAGEMAKER}:transform-job/{name}")
            for action in ("Create", "Describe")
            for name in ("other", f"{STACK}-weekly-1", f"{STACK}2-nightly-1")
        ),
        Need("sagemaker:DescribeEndpointConfig", f"{_SAGEMAKER}:endpoint-config/other"),
        Need(
            "lambda:InvokeFunction", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{STACK}-operate"
        ),
        Need("sqs:ReceiveMessage", _ARNS["WorkQueue"]),
        Need("dynamodb:PutItem", _ARNS["IdempotencyTable"]),
    ],
    "operate": [
        Need("s3:GetObjectVersion", f"{LANDING_ARN}/incoming/x"),
        Need("s3:GetObject", f"{LANDING_ARN}/other/x"),
        *(Need("s3:GetObject", f"{NIGHT}/{key}") for key in ("in/0.jsonl", "out/0", "batch.json")),
        *(Need("s3:GetObject", f"{RESULTS_ARN}/{key}") for key in ("lake/x", "work/drafts/x")),
        Need("s3:PutObject", f"{RESULTS_ARN}/results/x"),
        Need("sqs:ReceiveMessage", _ARNS["WorkQueue"]),
        Need("sqs:SendMessage", _ARNS["DeadLetterQueue"]),
        *(Need("dynamodb:PutItem", _ARNS[f"{t}Table"]) for t in ("Progress", "Idempotency")),
    ],
}
