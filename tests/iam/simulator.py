"""An engine that evaluates IAM policies: iam-simulate, in Node.

It knows every condition operator, and from AWS's service authorization reference which actions,
resources and condition keys exist and belong together.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analytics.linting import npm
from tests.iam.documents import ACCOUNT, Document

_SCRIPT = Path(__file__).with_name("simulate.mjs")
ALLOWED, DENIED, UNMATCHED = "Allowed", "ExplicitlyDenied", "ImplicitlyDenied"


@dataclass(frozen=True)
class Request:
    """One request of a user who has `policies`, named as in the documents given with it."""

    policies: Sequence[str]
    action: str
    resource: str
    context: Mapping[str, str | list[str]] = field(default_factory=dict)
    resource_policy: str | None = None


def decisions(documents: Mapping[str, Document], requests: Sequence[Request]) -> list[str]:
    """ALLOWED, DENIED (by a statement) or UNMATCHED (by no statement allowed) for each request.

    Fails if AWS knows no such request, or if a document is not a valid policy.
    """
    wanted = [
        {
            "principal": f"arn:aws:iam::{ACCOUNT}:user/analyst",
            "policies": list(one.policies),
            "resourcePolicy": one.resource_policy,
            "action": one.action,
            "resource": one.resource,
            "context": dict(one.context),
        }
        for one in requests
    ]
    done = subprocess.run(
        [str(npm.node()), str(_SCRIPT)],
        cwd=npm.installed(),
        input=json.dumps({"documents": dict(documents), "requests": wanted}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    errors = {
        f"{request.action} on {request.resource}: {answer['error']}"
        for request, answer in zip(requests, answers, strict=True)
        if "error" in answer
    }
    assert not errors, "\n".join(errors)
    return [answer["result"] for answer in answers]
