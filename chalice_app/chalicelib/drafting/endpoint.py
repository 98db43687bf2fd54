"""Calls a SageMaker endpoint: classifies errors, backs off, and bisects rejected requests."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from chalicelib.aws import LONGEST_CALL_S
from chalicelib.drafting import codecs
from chalicelib.drafting.call_size import CallSizes
from chalicelib.drafting.truncation import NOT_CUT, Truncation, truncation_of
from chalicelib.errors import (
    EndpointBusyError,
    EndpointRejectedError,
    EndpointSlowError,
    EndpointUnavailableError,
    ImpressionsError,
    ModelError,
    OutOfTimeError,
)
from chalicelib.settings import Model

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient

# Time that an invocation reserves for writing results after the last response.
RESERVE_S = 20.0
ATTEMPTS = 4
FIRST_WAIT_S = 1.0

_BUSY = frozenset(
    {
        "InternalDependencyException",
        "InternalFailure",
        "ModelNotReadyException",
        "ServiceUnavailable",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
_DENIED = frozenset({"AccessDenied", "AccessDeniedException"})
_MISSING = re.compile(r"\bEndpoint\b.*\bnot found\b|\bnot in service\b", re.IGNORECASE | re.DOTALL)
# Expired or unknown credentials, or clock skew: not caused by a record.
_DENIED_STATUS = frozenset({401, 403})
TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500
# What SageMaker reports as the model's status if the container did not respond within 60 s.
TIMED_OUT = 0


class Draft(msgspec.Struct, frozen=True):
    """The model's text for one record, and the duration of its call in milliseconds.

    `call_records` is the number of records that shared the call, `truncation` says whether the
    model stopped before the text was complete.
    """

    impression: str
    latency_ms: float
    call_records: int = 1
    truncation: Truncation = NOT_CUT


class CallBudget(msgspec.Struct, frozen=True):
    """The time that the client may use, and its clocks, which tests replace."""

    seconds_left: Callable[[], float]
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.perf_counter
    jitter: Callable[[], float] = random.random


Observer = Callable[[str, int, float], None]


class EndpointClient:
    """Drafts impressions through one runtime client."""

    def __init__(
        self,
        runtime: SageMakerRuntimeClient,
        pace: CallBudget,
        observe: Observer | None = None,
        sizes: CallSizes | None = None,
    ) -> None:
        """`observe` receives the role, batch size and milliseconds of every successful call.

        `sizes` learns which calls have too many records.
        """
        self._runtime = runtime
        self._pace = pace
        self._observe = observe
        self._sizes = sizes or CallSizes()

    def most_records(self, model: Model, micro_batch: int) -> int:
        """The most records that a call may carry: `micro_batch`, or as many as have been found."""
        return self._sizes.most(model, micro_batch)

    def draft(
        self,
        model: Model,
        prompts: Sequence[str],
        micro_batch: int,
        drafts: list[Draft | ModelError] | None = None,
    ) -> list[Draft | ModelError]:
        """Draft one impression for each prompt, in order.

        A request that the endpoint rejects is halved until the rejected record is isolated, so
        that a poison record fails alone.

        Args:
            model: the model to call.
            prompts: what the model gets.
            micro_batch: the most records per call.
            drafts: an empty list, filled in place, so that the caller has what was made when this
                raises.

        Raises:
            RetryableError: the endpoint is busy or unavailable, or too little time is left.
        """
        drafts = [] if drafts is None else drafts
        size = self.most_records(model, micro_batch)
        for start in range(0, len(prompts), size):
            self._bisect(model, prompts[start : start + size], drafts)
        return drafts

    def _bisect(
        self, model: Model, prompts: Sequence[str], drafts: list[Draft | ModelError]
    ) -> None:
        """Extend `drafts` by one per prompt, in order."""
        try:
            made = self._call_with_retries(model, prompts)
        except ModelError as error:
            if len(prompts) == 1:
                if isinstance(error, EndpointSlowError):
                    raise EndpointBusyError(str(error)) from None
                drafts.append(error)
                return
        else:
            self._sizes.note_success(model, len(prompts))
            drafts += made
            return
        middle, began = len(prompts) // 2, len(drafts)
        self._bisect(model, prompts[:middle], drafts)
        self._bisect(model, prompts[middle:], drafts)
        if not any(isinstance(draft, ModelError) for draft in drafts[began:]):
            # No record of it was at fault: there were too many.
            self._sizes.note_too_many(model, len(prompts))

    def _call_with_retries(self, model: Model, prompts: Sequence[str]) -> list[Draft]:
        """Call, and retry with exponential back-off while the endpoint is busy."""
        wait = FIRST_WAIT_S
        for attempt in range(1, ATTEMPTS + 1):
            if self._pace.seconds_left() < LONGEST_CALL_S + RESERVE_S:
                raise OutOfTimeError("too little time left to call the endpoint; try again")
            try:
                return self._call(model, prompts)
            except EndpointBusyError:
                if attempt == ATTEMPTS:
                    raise
                # Jitter: functions that were throttled together do not retry together.
                self._pace.sleep(wait * (0.5 + self._pace.jitter() / 2))
                wait *= 2
        raise AssertionError("unreachable")

    def _call(self, model: Model, prompts: Sequence[str]) -> list[Draft]:
        began = self._pace.clock()
        try:
            response = self._runtime.invoke_endpoint(
                EndpointName=model.endpoint_name,
                ContentType="application/json",
                Accept="application/json",
                Body=codecs.encode_request(model.codec, prompts, model.generation),
            )
            body = response["Body"].read()
        except ClientError as error:
            raise _classify(error, model.endpoint_name) from None
        except ReadTimeoutError:
            problem = f"endpoint {model.endpoint_name} did not respond in time"
            raise EndpointSlowError(problem) from None
        except (IncompleteReadError, ResponseStreamingError):
            problem = f"the response of endpoint {model.endpoint_name} was truncated"
            raise EndpointBusyError(problem) from None
        except (HTTPClientError, BotoCoreError) as error:
            problem = f"endpoint {model.endpoint_name} did not respond ({type(error).__name__})"
            raise EndpointBusyError(problem) from None
        texts = codecs.decode_answer(model.codec, body, len(prompts))
        elapsed_ms = (self._pace.clock() - began) * 1000
        if self._observe is not None:
            self._observe(model.role, len(prompts), elapsed_ms)
        return [
            Draft(
                text,
                round(elapsed_ms, 3),
                len(texts),
                truncation_of(text, at_limit, model.generation),
            )
            for text, at_limit in texts
        ]


def _classify(error: ClientError, endpoint: str) -> ImpressionsError:
    """Turn botocore's generic error into the specific one.

    The endpoint's message is not passed on: a container may repeat its input there.
    """
    code = error.response.get("Error", {}).get("Code", "")
    message = error.response.get("Error", {}).get("Message") or ""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code == "ModelError":
        original = error.response.get("OriginalStatusCode", TIMED_OUT)
        if original == TIMED_OUT:
            return EndpointSlowError(f"the model behind endpoint {endpoint} timed out")
        problem = f"the model behind endpoint {endpoint} failed with status {original}"
        return EndpointRejectedError(problem)
    if code in _DENIED or status in _DENIED_STATUS:
        problem = f"sagemaker:InvokeEndpoint on endpoint {endpoint} is denied; check the policy"
        return EndpointUnavailableError(problem)
    if code in _BUSY or status == TOO_MANY_REQUESTS or status >= SERVER_ERROR:
        return EndpointBusyError(f"endpoint {endpoint} is busy ({code})")
    if _MISSING.search(message):
        problem = f"endpoint {endpoint} is not in service; create it or wait for it"
        return EndpointUnavailableError(problem)
    return EndpointRejectedError(f"endpoint {endpoint} rejected the request ({code})")
