"""The create calls of what analysts use: Glue, Athena, the curated layer, QuickSight."""

from __future__ import annotations

from collections.abc import Iterator

from local.cloudformation.evaluate import Stack
from local.cloudformation.making import Call, Maker, Taken, lowered, maker, renamed

MAKERS: dict[str, Maker] = {}


@maker(MAKERS, "AWS::Glue::Database")
def _database(of: Taken, _stack: Stack) -> Iterator[Call]:
    yield Call("glue", "CreateDatabase", of.rest())


@maker(MAKERS, "AWS::Glue::Table")
def _table(of: Taken, _stack: Stack) -> Iterator[Call]:
    iceberg = of.one("OpenTableFormatInput")
    found = of.rest()
    if iceberg:
        names = {"IcebergTableInput": "CreateIcebergTableInput"}
        found["OpenTableFormatInput"] = renamed(iceberg, names)
    yield Call("glue", "CreateTable", found)


@maker(MAKERS, "AWS::Glue::TableOptimizer")
def _optimizer(of: Taken, _stack: Stack) -> Iterator[Call]:
    settings = lowered(of.one("TableOptimizerConfiguration"))
    yield Call(
        "glue", "CreateTableOptimizer", {**of.rest(), "TableOptimizerConfiguration": settings}
    )


@maker(MAKERS, "AWS::Athena::WorkGroup")
def _workgroup(of: Taken, _stack: Stack) -> Iterator[Call]:
    state, recursive = of.one("State"), of.one("RecursiveDeleteOption")
    configuration = of.one("WorkGroupConfiguration", {})
    yield Call("athena", "CreateWorkGroup", {**of.rest(), "Configuration": configuration})
    if state:
        yield Call("athena", "UpdateWorkGroup", {"WorkGroup": of.name, "State": state})
    if recursive is not None:
        asked = {"WorkGroup": of.name, "RecursiveDeleteOption": recursive}
        yield Call("athena", "DeleteWorkGroup", asked)  # when the stack is deleted


@maker(MAKERS, "AWS::Athena::NamedQuery")
def _named_query(of: Taken, _stack: Stack) -> Iterator[Call]:
    yield Call("athena", "CreateNamedQuery", of.rest())


@maker(MAKERS, "AWS::Scheduler::Schedule")
def _schedule(of: Taken, _stack: Stack) -> Iterator[Call]:
    of.one("Name")
    yield Call("scheduler", "CreateSchedule", {"Name": of.name, **of.rest()})


@maker(MAKERS, "AWS::QuickSight::DataSource")
def _data_source(of: Taken, _stack: Stack) -> Iterator[Call]:
    yield Call("quicksight", "CreateDataSource", of.rest())


@maker(MAKERS, "AWS::QuickSight::DataSet")
def _data_set(of: Taken, _stack: Stack) -> Iterator[Call]:
    of.one("IngestionWaitPolicy")  # how long CloudFormation waits; the service has no such thing
    yield Call("quicksight", "CreateDataSet", of.rest())


@maker(MAKERS, "AWS::QuickSight::RefreshSchedule")
def _refresh(of: Taken, _stack: Stack) -> Iterator[Call]:
    names = {"TimeZone": "Timezone"}
    yield Call("quicksight", "CreateRefreshSchedule", renamed(of.rest(), names))


@maker(MAKERS, "AWS::QuickSight::Theme")
def _theme(of: Taken, _stack: Stack) -> Iterator[Call]:
    yield Call("quicksight", "CreateTheme", of.rest())


@maker(MAKERS, "AWS::QuickSight::Dashboard")
def _dashboard(of: Taken, _stack: Stack) -> Iterator[Call]:
    yield Call("quicksight", "CreateDashboard", of.rest())
