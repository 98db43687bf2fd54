"""A dashboard's definition against the service's model: keys and types that it does not know."""

from __future__ import annotations

from typing import Any

from botocore.session import Session
from botocore.validate import ParamValidator


def findings(document: dict[str, Any]) -> list[str]:
    """What botocore would refuse to send."""
    model = Session().get_service_model("quicksight")
    wanted = model.shape_for("DashboardVersionDefinition")
    report = ParamValidator().validate(document, wanted)
    return report.generate_report().splitlines() if report.has_errors() else []
