"""The permissions with which QuickSight shares a resource: it takes certain sets of actions only.

A set with an action too few or too many is refused on creation ("unsupported permission sets"). The
sets are from the QuickSight user guide, as remembered.
"""

from __future__ import annotations

from collections.abc import Iterator

from local.cloudformation.evaluate import Stack

# What a reader of each may do, and what its owner may do beside it.
_SOURCE = frozenset({"DescribeDataSource", "DescribeDataSourcePermissions", "PassDataSource"})
_DATA_SET = frozenset(
    {
        "DescribeDataSet",
        "DescribeDataSetPermissions",
        "PassDataSet",
        "DescribeIngestion",
        "ListIngestions",
    }
)
_OWN_DATA_SET = _DATA_SET | {
    "UpdateDataSet",
    "DeleteDataSet",
    "CreateIngestion",
    "CancelIngestion",
    "UpdateDataSetPermissions",
}
_DASHBOARD = frozenset({"DescribeDashboard", "ListDashboardVersions", "QueryDashboard"})
_THEME = frozenset({"DescribeTheme", "DescribeThemeAlias", "ListThemeAliases", "ListThemeVersions"})

_SETS: dict[str, tuple[frozenset[str], ...]] = {
    "AWS::QuickSight::DataSource": (
        _SOURCE,
        _SOURCE | {"UpdateDataSource", "DeleteDataSource", "UpdateDataSourcePermissions"},
    ),
    "AWS::QuickSight::DataSet": (
        _DATA_SET,
        _OWN_DATA_SET,
        # Since 2023; the set above is still taken.
        _OWN_DATA_SET
        | {
            "DescribeDataSetRefreshProperties",
            "PutDataSetRefreshProperties",
            "DeleteDataSetRefreshProperties",
            "CreateRefreshSchedule",
            "DescribeRefreshSchedule",
            "ListRefreshSchedules",
            "UpdateRefreshSchedule",
            "DeleteRefreshSchedule",
        },
    ),
    "AWS::QuickSight::Dashboard": (
        _DASHBOARD,
        _DASHBOARD
        | {
            "UpdateDashboard",
            "DeleteDashboard",
            "DescribeDashboardPermissions",
            "UpdateDashboardPermissions",
            "UpdateDashboardPublishedVersion",
        },
    ),
    "AWS::QuickSight::Theme": (
        _THEME,
        _THEME
        | {
            "UpdateTheme",
            "DeleteTheme",
            "CreateThemeAlias",
            "UpdateThemeAlias",
            "DeleteThemeAlias",
            "DescribeThemePermissions",
            "UpdateThemePermissions",
        },
    ),
}


def findings(stack: Stack) -> list[str]:
    """The permissions that are none of the sets."""
    return list(_findings(stack))


def _findings(stack: Stack) -> Iterator[str]:
    for one in stack.resources.values():
        for share in one.properties.get("Permissions", []) if one.kind in _SETS else ():
            given = {action.removeprefix("quicksight:") for action in share["Actions"]}
            if given not in _SETS[one.kind]:
                nearest = min(_SETS[one.kind], key=lambda each: len(each ^ given))
                yield (
                    f"{one.logical_id}: QuickSight takes no such set of actions; "
                    f"too many or missing: {', '.join(sorted(nearest ^ given))}"
                )
