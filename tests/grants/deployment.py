"""The functions under their roles in a test account: what the stories are told with."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import boto3
import pytest

from chalicelib import aws
from chalicelib.handlers import contexts
from chalicelib.handlers import nightly as handler
from tests.account import account as account_module
from tests.account.account import Account, account_in_moto
from tests.account.landed import Context
from tests.account.model import Runtime
from tests.account.settings import FINE_TUNED, REGION
from tests.grants.engine import Statement
from tests.grants.guard import Guard
from tests.grants.roles import ACCOUNT, DATA_KEY, STACK
from tests.nights import MODEL, Nights, Transforms

_OWN_ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{STACK}-nightly"


@dataclass
class Deployment:
    """The functions under their roles, in a test account."""

    account: Account
    guard: Guard
    sagemaker: Any

    def call(self, function: str, event: Mapping[str, Any], milliseconds: int = 900_000) -> Any:
        """Call a function under its role."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Context, "get_remaining_time_in_millis", lambda _: milliseconds)
            patch.setattr(
                account_module, "Context", partial(Context, invoked_function_arn=_OWN_ARN)
            )
            return self.account.call(function, dict(event))

    def ask(self, action: str, **members: str) -> Any:
        """Ask the operators' function."""
        return self.call("operate", {"action": action, **members})

    def run_night(self) -> Any:
        """Run the nightly function; every object counts as old enough for the sweep."""
        made = contexts.nightly_context
        in_a_minute = time.time() + 60
        self.account.configure({"SWEEP_AFTER_S": "1"})
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                handler, "nightly_context", lambda c: replace(made(c), clock=lambda: in_a_minute)
            )
            return self.call("nightly", {})

    def end_job(self, name: str) -> None:
        """Write a job's output as its container does, without the event of its end."""
        found = self.sagemaker.describe_transform_job(TransformJobName=name)
        self._transforms(name, found).complete(name)

    def tell(self, name: str) -> None:
        """Deliver the event of a job's end, and do all that follows."""
        found = self.sagemaker.describe_transform_job(TransformJobName=name)
        Nights(self.account, self._transforms(name, found)).tell(name)

    def _transforms(self, name: str, found: Mapping[str, Any]) -> Transforms:
        return Transforms(self.account, {name: dict(found)})


@contextlib.contextmanager
def deployment(runtime: Runtime, roles: Mapping[str, list[Statement]]) -> Iterator[Deployment]:
    """A new account with the functions in it, each under its role."""
    with pytest.MonkeyPatch.context() as patch, account_in_moto(runtime, patch) as account:
        account.configure({"STACK_NAME": STACK, "DATA_KEY_ARN": DATA_KEY})
        aws.forget_clients()
        guard = Guard(roles)
        guard.watch(aws.session().events)
        called = account.call

        def call(name: str, event: dict[str, Any]) -> Any:
            guard.acting = name
            return called(name, event)

        patch.setattr(account, "call", call)
        yield Deployment(account, guard, _endpoint_with_a_model())
        aws.forget_clients()


def _endpoint_with_a_model() -> Any:
    """SageMaker's control plane, in which `training deploy` has made the live endpoint."""
    client = boto3.Session("testing", "testing", region_name=REGION).client("sagemaker")
    client.create_model(
        ModelName=MODEL,
        ExecutionRoleArn="arn:aws:iam::123456789012:role/models",
        PrimaryContainer={"Image": "image"},
    )
    config = f"{FINE_TUNED}-0123456789ab"
    client.create_endpoint_config(
        EndpointConfigName=config,
        ProductionVariants=[
            {
                "VariantName": "AllTraffic",
                "ModelName": MODEL,
                "InstanceType": "ml.g4dn.xlarge",
                "InitialInstanceCount": 1,
                "InitialVariantWeight": 1.0,
            }
        ],
    )
    client.create_endpoint(EndpointName=FINE_TUNED, EndpointConfigName=config)
    return client
