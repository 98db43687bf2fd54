"""Every kind of call to AWS that the functions make, and a story in which they make it.

Row 26 of the faults shows that the list is complete.
"""

from __future__ import annotations

from tests.account.denials import Call
from tests.account.settings import FINE_TUNED, PRE_TRAINED

IDEMPOTENCY, PROGRESS = "the idempotency table", "the progress table"
WORK_QUEUE, DEAD_LETTERS = "the work queue", "the dead-letter queue"
LANDING, RESULTS = "the landing bucket", "the results bucket"
CALLS = {
    Call("summarize", "dynamodb:GetItem", PROGRESS): "chunks",
    Call("summarize", "dynamodb:PutItem", IDEMPOTENCY): "small",
    Call("summarize", "dynamodb:PutItem", PROGRESS): "chunks",
    Call("summarize", "dynamodb:UpdateItem", IDEMPOTENCY): "chunks",
    Call("summarize", "dynamodb:UpdateItem", PROGRESS): "chunks",
    Call("summarize", "s3:DeleteObject", f"lake/ in {RESULTS}"): "chunks",
    Call("summarize", "s3:GetObject", f"incoming/ in {LANDING}"): "again",
    Call("summarize", "s3:GetObject", f"results/ in {RESULTS}"): "again",
    Call("summarize", "s3:GetObject", f"work/ in {RESULTS}"): "night",
    Call("summarize", "s3:GetObjectVersion", f"evaluation/ in {LANDING}"): "interrupted",
    Call("summarize", "s3:GetObjectVersion", f"incoming/ in {LANDING}"): "chunks",
    Call("summarize", "s3:GetObjectVersion", f"nightly/ in {LANDING}"): "night",
    Call("summarize", "s3:ListBucket", RESULTS): "night",
    Call("summarize", "s3:PutObject", f"lake/ in {RESULTS}"): "chunks",
    Call("summarize", "s3:PutObject", f"results/ in {RESULTS}"): "chunks",
    Call("summarize", "s3:PutObject", f"work/ in {RESULTS}"): "night",
    Call("summarize", "sagemaker:DescribeTransformJob", "the transform job"): "night",
    Call("summarize", "sagemaker:InvokeEndpoint", f"endpoint {FINE_TUNED}"): "chunks",
    Call("summarize", "sagemaker:InvokeEndpoint", f"endpoint {PRE_TRAINED}"): "interrupted",
    Call("summarize", "sqs:ChangeMessageVisibility", WORK_QUEUE): "interrupted",
    Call("summarize", "sqs:DeleteMessage", WORK_QUEUE): "died",
    Call("summarize", "sqs:SendMessage", WORK_QUEUE): "chunks",
    Call("nightly", "dynamodb:GetItem", PROGRESS): "night",
    Call("nightly", "dynamodb:PutItem", PROGRESS): "night",
    Call("nightly", "lambda:InvokeFunction", "the function itself"): "night",
    Call("nightly", "s3:GetObject", f"incoming/ in {LANDING}"): "night",
    Call("nightly", "s3:GetObject", f"nightly/ in {LANDING}"): "night",
    Call("nightly", "s3:GetObject", f"results/ in {RESULTS}"): "night",
    Call("nightly", "s3:GetObject", f"work/ in {RESULTS}"): "second_night",
    Call("nightly", "s3:GetObjectVersion", f"nightly/ in {LANDING}"): "night",
    Call("nightly", "s3:ListBucket", LANDING): "night",
    Call("nightly", "s3:ListBucket", RESULTS): "second_night",
    Call("nightly", "s3:PutObject", f"work/ in {RESULTS}"): "night",
    Call("nightly", "sagemaker:CreateTransformJob", "the transform job"): "night",
    Call("nightly", "sagemaker:DescribeEndpoint", f"endpoint {FINE_TUNED}"): "night",
    Call("nightly", "sagemaker:DescribeEndpointConfig", "the endpoint's configuration"): "night",
    Call("nightly", "sagemaker:DescribeTransformJob", "the transform job"): "second_night",
    Call("nightly", "sqs:SendMessage", WORK_QUEUE): "night",
    Call("operate", "dynamodb:GetItem", PROGRESS): "operator",
    Call("operate", "s3:GetObject", f"incoming/ in {LANDING}"): "operator",
    Call("operate", "s3:GetObject", f"nightly/ in {LANDING}"): "operator",
    Call("operate", "s3:GetObject", f"results/ in {RESULTS}"): "operator",
    Call("operate", "s3:GetObject", f"work/ in {RESULTS}"): "operator",
    Call("operate", "s3:ListBucket", LANDING): "operator",
    Call("operate", "sqs:DeleteMessage", DEAD_LETTERS): "operator",
    Call("operate", "sqs:GetQueueAttributes", DEAD_LETTERS): "operator",
    Call("operate", "sqs:GetQueueAttributes", WORK_QUEUE): "operator",
    Call("operate", "sqs:ReceiveMessage", DEAD_LETTERS): "operator",
    Call("operate", "sqs:SendMessage", WORK_QUEUE): "operator",
}
