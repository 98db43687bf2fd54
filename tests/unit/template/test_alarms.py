"""The alarm on drafts in disagreement with findings, and the metrics that the template names."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from chalicelib.processing.flag_counts import FLAG_METRICS
from tests.unit.template.deployed import PARAMETERS, PROPERTIES, ROOT, TEMPLATE, of_type

ALARM = PROPERTIES["DisagreementAlarm"]
NAMESPACE = "RadiologyImpressions"
_PERIODS_OF_HOURS = 604_800  # CloudWatch: period times evaluation periods, from an hour on


def datapoint(compared: int | None, disagreeing: int | None) -> float | None:
    """What the alarm's expression is for the sums of one period; None if nothing was sent.

    As the CloudWatch user guide says: FILL replaces what is missing, and a value is missing if
    a metric that it is computed from is.
    """
    [rate] = [one for one in ALARM["Metrics"] if "Expression" in one]
    text = re.sub(
        r"\$\{(\w+)\}",
        lambda found: str(PARAMETERS[found[1]]["Default"]),
        rate["Expression"]["Fn::Sub"],
    )
    if compared is None:
        return None
    names: dict[str, Any] = {
        "IF": lambda condition, then, otherwise: then if condition else otherwise,
        "FILL": lambda value, instead: instead if value is None else value,
        "compared": compared,
        "disagreeing": disagreeing,
    }
    value: float = eval(text, {"__builtins__": {}}, names)  # noqa: S307  # our own template
    return value


@pytest.mark.parametrize(
    ("compared", "disagreeing", "alarm"),
    [
        (None, None, False),
        (50, None, False),
        (49, 49, False),
        (50, 5, False),
        (50, 6, True),
        (1000, 100, False),
        (1000, 101, True),
    ],
)
def test_the_alarm_is_raised_by_a_share_of_enough_drafts(
    compared: int | None,
    disagreeing: int | None,
    alarm: bool,  # noqa: FBT001  # a case
) -> None:
    rate = datapoint(compared, disagreeing)

    assert ALARM["ComparisonOperator"] == "GreaterThanThreshold"
    assert ALARM["TreatMissingData"] == "notBreaching"
    assert ALARM["Threshold"] == {"Ref": "DisagreementPercent"}
    assert (rate is not None and rate > PARAMETERS["DisagreementPercent"]["Default"]) == alarm


def test_the_alarm_returns_one_series_of_what_the_functions_send() -> None:
    returned = [one for one in ALARM["Metrics"] if one.get("ReturnData", True)]
    stats = {one["Id"]: one["MetricStat"] for one in ALARM["Metrics"] if "MetricStat" in one}

    assert len(returned) == 1
    assert "Expression" in returned[0]
    assert {name: one["Metric"]["MetricName"] for name, one in stats.items()} == {
        "compared": "DraftsCompared",
        "disagreeing": "DraftsInDisagreement",
    }
    for one in stats.values():
        assert one["Stat"] == "Sum"
        assert one["Metric"]["Namespace"] == NAMESPACE
        assert one["Metric"]["Dimensions"] == [{"Name": "service", "Value": "impressions"}]
    [period] = {one["Period"] for one in stats.values()}
    assert period % 3600 == 0
    assert period * ALARM["EvaluationPeriods"] <= _PERIODS_OF_HOURS
    assert ALARM["AlarmActions"]["Fn::If"][0] == "HasAlarmTarget"


def our_metrics(node: Any) -> set[str]:
    """Our own metrics that a dashboard body names; "." repeats the namespace above it."""
    found = set()
    for widget in json.loads(re.sub(r"\$\{[^}]+\}", "1", node))["widgets"]:
        namespace = ""
        for metric in widget["properties"].get("metrics", []):
            if isinstance(metric[0], str) and metric[0] != "...":
                namespace = namespace if metric[0] == "." else metric[0]
                if namespace == NAMESPACE:
                    found.add(metric[1])
    return found


def test_every_metric_of_the_template_is_one_that_the_code_counts() -> None:
    named = our_metrics(PROPERTIES["Dashboard"]["DashboardBody"]["Fn::Sub"])
    for name in of_type("AWS::CloudWatch::Alarm"):
        alarm = PROPERTIES[name]
        named |= {
            one["MetricStat"]["Metric"]["MetricName"]
            for one in alarm.get("Metrics", [])
            if "MetricStat" in one
        }
        if alarm.get("Namespace") == NAMESPACE:
            named.add(alarm["MetricName"])
    code = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "chalice_app/chalicelib").rglob("*.py")
    )

    written = set(re.findall(r'(?:count|add_metric)\(\s*"(\w+)"', code))

    assert named - set(FLAG_METRICS.values()) <= written
    assert set(FLAG_METRICS.values()) <= named


def test_the_documentation_shows_the_defaults_of_the_parameters() -> None:
    text, _, _ = (ROOT / "docs" / "draft-checks.md").read_text(encoding="utf-8").partition("```")
    [group] = [
        one["Parameters"]
        for one in TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
        if one["Label"]["default"] == "Checks of drafts"
    ]
    shown: dict[str, str] = {}
    for names, defaults in re.findall(r"^\| (`[A-Z][^|]*) \| ([^|]*) \|", text, re.MULTILINE):
        shown |= dict(
            zip(
                names.replace("`", "").split(", "),
                defaults.replace("`", "").split(", "),
                strict=True,
            )
        )

    alarm = ["DisagreementPercent", "DisagreementDrafts"]
    assert shown == {name: str(PARAMETERS[name]["Default"]) for name in [*group, *alarm]}
