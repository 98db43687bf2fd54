"""The errors of boto3's own client."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from chalicelib.drafting.endpoint import ATTEMPTS, Draft, EndpointClient
from chalicelib.errors import (
    EndpointBusyError,
    EndpointRejectedError,
    EndpointUnavailableError,
    ImpressionsError,
    ModelError,
)

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient

from tests.unit.chalicelib.drafting.endpoint.runtime import CANARY, MODEL, Clock, echo, impressions


class TestRealClient:
    """The same through botocore's own serialising and parsing."""

    @pytest.fixture
    def client(self) -> SageMakerRuntimeClient:
        client: SageMakerRuntimeClient = boto3.client(
            "sagemaker-runtime",
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        return client

    def drafts(
        self, client: SageMakerRuntimeClient, findings: Sequence[str]
    ) -> list[Draft | ModelError]:
        return EndpointClient(client, Clock().pace()).draft(MODEL, findings, 8)

    def test_answer_is_read_from_its_stream(self, client: SageMakerRuntimeClient) -> None:
        body = echo(["a"])
        answer = {"Body": StreamingBody(io.BytesIO(body), len(body))}

        with Stubber(client) as stub:
            stub.add_response("invoke_endpoint", answer)
            drafts = self.drafts(client, ["a"])

        assert impressions(drafts) == ["seen: a"]

    @pytest.mark.parametrize(
        ("code", "status", "fields", "kind"),
        [
            ("ModelError", 424, {"OriginalStatusCode": 0}, EndpointBusyError),
            ("ModelNotReadyException", 429, {}, EndpointBusyError),
            ("ServiceUnavailable", 503, {}, EndpointBusyError),
            ("AccessDeniedException", 403, {}, EndpointUnavailableError),
        ],
    )
    def test_errors_are_sorted(
        self,
        client: SageMakerRuntimeClient,
        code: str,
        status: int,
        fields: Any,
        kind: type[ImpressionsError],
    ) -> None:
        with Stubber(client) as stub:
            for _ in range(ATTEMPTS):
                stub.add_client_error(
                    "invoke_endpoint", code, CANARY, status, modeled_fields=fields
                )
            with pytest.raises(kind):
                self.drafts(client, ["a"])

    def test_model_error_fails_its_record(self, client: SageMakerRuntimeClient) -> None:
        with Stubber(client) as stub:
            stub.add_client_error(
                "invoke_endpoint",
                "ModelError",
                CANARY,
                424,
                modeled_fields={"OriginalStatusCode": 500, "OriginalMessage": CANARY},
            )
            (error,) = self.drafts(client, ["a"])

        assert isinstance(error, EndpointRejectedError)
        assert "status 500" in str(error)
        assert CANARY not in str(error)
