"""The permissions with which QuickSight shares a resource: it takes certain sets of actions only.

A set with an action too few or too many is refused on creation ("unsupported permission sets"). The
sets are from the QuickSight user guide, as remembered.
"""

from __future__ import annotations

from collections.abc import Iterator

from local.cloudformation.evaluate import Stack

_SETS: dict[str, tuple[frozenset[str], ...]] = {
    "AWS::QuickSight::DataSource": (
        frozenset({"DescribeDataSource", "DescribeDataSourcePermissions", "PassDataSource"}),
        frozenset(
            {
                "DescribeDataSource",
                "DescribeDataSourcePermissions",
                "PassDataSource",
                "UpdateDataSource",
                "DeleteDataSource",
                "UpdateDataSourcePermissions",
            }
        ),
    ),
    "AWS::QuickSight::DataSet": (
        frozenset(
            {
                "DescribeDataSet",
                "DescribeDataSetPermissions",
                "PassDataSet",
                "DescribeIngestion",
                "ListIngestions",
            }
        ),
        frozenset(
            {
                "DescribeDataSet",
                "DescribeDataSetPermissions",
                "PassDataSet",
                "DescribeIngestion",
                "ListIngestions",
                "UpdateDataSet",
                "DeleteDataSet",
                "CreateIngestion",
                "CancelIngestion",
                "UpdateDataSetPermissions",
            }
        ),
        # Since 2023; the set above is still taken.
        frozenset(
            {
                "DescribeDataSet",
                "DescribeDataSetPermissions",
                "PassDataSet",
                "DescribeIngestion",
                "ListIngestions",
                "UpdateDataSet",
                "DeleteDataSet",
                "CreateIngestion",
                "CancelIngestion",
                "UpdateDataSetPermissions",
                "DescribeDataSetRefreshProperties",
                "PutDataSetRefreshProperties",
                "DeleteDataSetRefreshProperties",
                "CreateRefreshSchedule",
                "DescribeRefreshSchedule",
                "ListRefreshSchedules",
                "UpdateRefreshSchedule",
                "DeleteRefreshSchedule",
            }
        ),
    ),
    "AWS::QuickSight::Dashboard": (
        frozenset({"DescribeDashboard", "ListDashboardVersions", "QueryDashboard"}),
        frozenset(
            {
                "DescribeDashboard",
                "ListDashboardVersions",
                "QueryDashboard",
                "UpdateDashboard",
                "DeleteDashboard",
                "DescribeDashboardPermissions",
                "UpdateDashboardPermissions",
                "UpdateDashboardPublishedVersion",
            }
        ),
    ),
    "AWS::QuickSight::Theme": (
        frozenset({"DescribeTheme", "DescribeThemeAlias", "ListThemeAliases", "ListThemeVersions"}),
        frozenset(
            {
                "DescribeTheme",
                "DescribeThemeAlias",
                "ListThemeAliases",
                "ListThemeVersions",
                "UpdateTheme",
                "DeleteTheme",
                "CreateThemeAlias",
                "UpdateThemeAlias",
                "DeleteThemeAlias",
                "DescribeThemePermissions",
                "UpdateThemePermissions",
            }
        ),
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
