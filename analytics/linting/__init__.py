"""`analytics lint`: checks SQL, dashboard and generated files before they reach AWS."""

from __future__ import annotations

from analytics import building
from analytics.building import quicksight, template
from analytics.linting import definition, service, statements


def findings() -> list[str]:
    """All findings, one line each; an empty list means that everything is clean.

    Raises:
        AnalyticsError: a check cannot be run.
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
