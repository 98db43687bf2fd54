"""Messages as S3, EventBridge, SageMaker and the project's own parts send them."""

from __future__ import annotations

import json
from urllib.parse import quote_plus

import msgspec

from chalicelib.objects import ObjectRef
from chalicelib.queue.messages import whole_object_message


def notification(ref: ObjectRef) -> str:
    """S3's notification of an upload."""
    found = {
        "key": quote_plus(ref.key, safe="/"),
        "eTag": ref.etag,
        "versionId": ref.version_id,
        "size": 1,
    }
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Put",
        "s3": {"bucket": {"name": ref.bucket}, "object": found},
    }
    return json.dumps({"Records": [record]})


def bridged(ref: ObjectRef) -> str:
    """EventBridge's event of an upload."""
    found = {"key": ref.key, "etag": ref.etag, "version-id": ref.version_id, "size": 1}
    detail = {"bucket": {"name": ref.bucket}, "object": found}
    return json.dumps({"detail-type": "Object Created", "source": "aws.s3", "detail": detail})


def own(ref: ObjectRef) -> str:
    """The sweep's message."""
    return msgspec.json.encode(whole_object_message(ref)).decode()


def job_changed(job: str) -> str:
    """EventBridge's event of a transform job that ended."""
    return json.dumps(
        {
            "detail-type": "SageMaker Transform Job State Change",
            "source": "aws.sagemaker",
            "detail": {"TransformJobName": job, "TransformJobStatus": "Completed"},
        }
    )


SHAPES = (notification, bridged, own)
