"""Parameters that turn each condition of the templates on and off, alone and with all others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from local.cloudformation.evaluate import Stack, Template
from local.cloudformation.identities import Place

NESTED = "Analytics"
# The longest stack name that local.packaging.preflight lets pass, and the longest region's name.
LONGEST = Place("r" * 27, "ap-southeast-1")
_GROUP = "arn:aws:quicksight:us-east-1:123456789012:group/default/"
# What turns a condition, or a choice that no condition names, to its other side.
TOGGLES: dict[str, dict[str, str]] = {
    "a pre-trained model": {"PreTrainedEndpoint": "p" * 63},
    "a private network": {
        "VpcId": "vpc-0123456789abcdef0",
        "SubnetIds": "subnet-0123456789abcdef0,subnet-0123456789abcdef1",
        "SecurityGroupIds": "sg-0123456789abcdef0",
    },
    "VPC endpoints": {"VpcEndpoints": "true", "RouteTableIds": "rtb-0123456789abcdef0"},
    "alarms by email": {"AlarmEmail": "on-call@hospital.example"},
    "alarms to a topic": {"AlarmTopicArn": "arn:aws:sns:us-east-1:123456789012:alarms"},
    "plain HTTP": {"EnforceTls": "false"},
    "a local SageMaker": {"SageMakerRuntimeEndpointUrl": "http://127.0.0.1:4566"},
    "reports kept": {"LandingRetentionDays": "0"},
    "results expire": {"ResultsRetentionDays": "365"},
    "debug logs": {"LogLevel": "DEBUG"},
    "a curated layer": {"CuratedLayer": "true"},
    "a dashboard": {
        "QuickSightPrincipalArn": "arn:aws:quicksight:us-east-1:123456789012:user/default/owner"
    },
    "readers of the dashboard": {"QuickSightReaderGroupArn": f"{_GROUP}readers"},
    "readers of text": {"ReportTextGroupArn": f"{_GROUP}text"},
    "live nights": {"NightlyMode": "live"},
    "the longest names": {"DatabaseName": "d" * 121, "FineTunedEndpoint": "f" * 63},
}


@dataclass(frozen=True)
class Scenario:
    """A root stack and the nested stack as they would be deployed with some parameters."""

    name: str
    root: Stack
    analytics: Stack

    @property
    def stacks(self) -> tuple[tuple[str, Stack], ...]:
        """Both stacks, each with the file that its template is in."""
        return (("template.yaml", self.root), ("analytics/template.json", self.analytics))


def scenarios(root: Template, analytics: Template) -> Iterator[Scenario]:
    """All toggles off, all on, each alone on and each alone off.

    So any two toggles appear in all four combinations.
    """
    every = frozenset(TOGGLES)
    yield scenario("nothing", root, analytics, frozenset())
    yield scenario("everything", root, analytics, every)
    for name in TOGGLES:
        yield scenario(f"only {name}", root, analytics, frozenset({name}))
        yield scenario(f"everything but {name}", root, analytics, every - {name})


def scenario(name: str, root: Template, analytics: Template, on: frozenset[str]) -> Scenario:
    """The stacks with these toggles on; raises PackageError if a template cannot be evaluated."""
    given: dict[str, str] = {}
    for one, values in TOGGLES.items():
        given |= values if one in on else {}
    return deployed(name, root, analytics, given)


def deployed(
    name: str,
    root: Template,
    analytics: Template,
    given: Mapping[str, str],
    place: Place = LONGEST,
) -> Scenario:
    """The stacks with these parameters."""
    stack = Stack(root, given, place, {NESTED: analytics})
    return Scenario(name, stack, stack.nested(NESTED))
