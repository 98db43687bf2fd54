"""Checks a dashboard definition against the service model: unknown keys and wrong types."""

from __future__ import annotations

from typing import Any

from botocore.session import Session
from botocore.validate import ParamValidator


def findings(document: dict[str, Any]) -> list[str]:
    """The errors for which botocore would reject the definition."""
    model = Session().get_service_model("quicksight")
    wanted = model.shape_for("DashboardVersionDefinition")
    report = ParamValidator().validate(document, wanted)
    return report.generate_report().splitlines() if report.has_errors() else []
