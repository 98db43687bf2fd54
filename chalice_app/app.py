"""Entry points of the Lambda functions: parse, call chalicelib, return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from chalice.app import Chalice, CloudWatchEvent, ConvertToMiddleware, SQSEvent

from chalicelib.handlers import nightly as nightly_handler
from chalicelib.handlers import operate as operate_handler
from chalicelib.handlers import summarize as summarize_handler
from chalicelib.observability import logger, metrics, tracer

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# Chalice's logger has the name of the app, which is also Powertools' service name: by default,
# Chalice may set that shared logger to ERROR.
app = Chalice(app_name="impressions", configure_logs=False)
app.register_middleware(ConvertToMiddleware(logger.inject_lambda_context(clear_state=True)))
# Traces contain neither return values nor error messages.
app.register_middleware(
    ConvertToMiddleware(tracer.capture_lambda_handler(capture_response=False, capture_error=False))
)
app.register_middleware(ConvertToMiddleware(metrics.log_metrics(capture_cold_start_metric=True)))

# A placeholder: template.yaml replaces it with the stack's work queue. Chalice cannot refer to it
# (a queue *name* would be merged into {Fn::Sub, Fn::GetAtt} together and fail to deploy).
WORK_QUEUE_ARN = "arn:aws:sqs:us-east-1:000000000000:replaced-by-template"


@app.on_sqs_message(queue_arn=WORK_QUEUE_ARN, batch_size=10, name="summarize")
def summarize(event: SQSEvent) -> dict[str, Any]:
    """Draft impressions for the files that the messages of the work queue refer to."""
    return summarize_handler.handle(event.to_dict(), cast("LambdaContext", event.context))


# A placeholder too: the time is a parameter of template.yaml.
@app.schedule("cron(0 2 * * ? *)", name="nightly")
def nightly(event: CloudWatchEvent) -> dict[str, Any]:
    """Re-queue objects without a result, and start a transform job for the nightly lane."""
    return nightly_handler.handle(event.to_dict(), cast("LambdaContext", event.context))


# The entry point for Lambda: an operator's `{}` also starts a nightly run.
nightly = nightly_handler.invocable_by_hand(nightly)


@app.lambda_function(name="operate")
def operate(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Process an operator's request: a file's state, counts, redrive, re-run."""
    return operate_handler.handle(event, context)
