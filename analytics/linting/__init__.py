"""`analytics lint`: what is kept as code, checked before AWS sees it."""

from __future__ import annotations

from analytics import building
from analytics.building import quicksight, template
from analytics.linting import definition, service, statements


def findings() -> list[str]:
    """Everything that is wrong, a line each; empty when all is well.

    Raises:
        AnalyticsError: a gate cannot be run.
    """
    columns = {
        name: dict(template.view_columns()[view])
        for name, (view, _) in quicksight.DATA_SETS.items()
    }
    document = quicksight.definition()
    found = [f"{name}: is stale; run python -m analytics build" for name in building.stale()]
    found += [f"analytics/sql/{one}" for one in statements.findings()]
    where = "analytics/dashboards/impressions.json"
    found += [f"{where}: {one}" for one in definition.findings(document, columns)]
    found += [f"{where}: {one}" for one in service.findings(document)]
    return found
