"""The templates are clean, and each check finds a fault that is planted in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from local.cloudformation import check, scenarios
from local.cloudformation.scenarios import TOGGLES

Template = dict[str, Any]
Change = Callable[[Template, Template], object]
EVERY = frozenset(TOGGLES) - {"plain HTTP", "alarms to a topic"}


def found(root: Template, analytics: Template, on: frozenset[str] = EVERY) -> list[str]:
    """The findings for one set of parameters, after an update from the defaults."""
    before = scenarios.scenario("before", root, analytics, frozenset())
    one = scenarios.scenario("after", root, analytics, on)
    return list(check._of_scenario(one, before, set()))


@pytest.mark.once
def test_the_templates_are_clean_with_every_set_of_parameters(
    root: Template, analytics: Template
) -> None:
    assert check.findings(root, analytics) == []


def test_a_finding_says_with_which_parameters(root: Template, analytics: Template) -> None:
    del analytics["Resources"]["CuratedCompaction"]["DependsOn"]

    lines = check.findings(root, analytics)

    (line,) = lines
    assert line.startswith("analytics/template.json: CuratedCompaction: TableName needs Curated")
    assert line.endswith("add DependsOn: CuratedScores (with everything)")


def properties(template: Template, name: str) -> Any:
    return template["Resources"][name]["Properties"]


def resource(template: Template, name: str) -> Any:
    return template["Resources"][name]


def statement(template: Template, name: str, policy: str, sid: str) -> Any:
    every = properties(template, name)[policy]["Statement"]
    return next(one for one in every if one.get("Sid") == sid)


def data_set(template: Template) -> Any:
    return properties(template, "QuickSightRouge")


def relational(template: Template) -> Any:
    return data_set(template)["PhysicalTableMap"]["view"]["RelationalTable"]


def without(template: Template, name: str, *paths: str) -> None:
    node = template["Resources"][name]
    for path in paths[:-1]:
        node = node[path]
    del node[paths[-1]]


def again(template: Template, name: str) -> None:
    template["Resources"][f"{name}Again"] = template["Resources"][name]


def disallow(template: Template, name: str, action: str) -> None:
    for one in properties(template, name)["Policies"]:
        for grant in one["PolicyDocument"]["Statement"]:
            allowed = grant["Fn::If"][1] if "Fn::If" in grant else grant
            actions = allowed["Action"]
            actions = [actions] if isinstance(actions, str) else actions
            allowed["Action"] = [one for one in actions if one != action]


# Each fault, and what is said of it.
FAULTS: dict[str, tuple[Change, str]] = {
    # --- schema ---
    "an enumeration of the schema": (
        lambda r, a: data_set(a).update(ImportMode="SPICY"),
        "QuickSightRouge: ImportMode: 'SPICY' is not one of",
    ),
    "a property that the schema lacks": (
        lambda r, a: properties(r, "WorkQueue").update(ReceiveMessageWaitTimeSeconds="x"),
        "WorkQueue: ReceiveMessageWaitTimeSeconds: 'x' is not of type 'integer' (schema)",
    ),
    # --- the service's model ---
    "a member that the service lacks": (
        lambda r, a: properties(a, "QuickSightDashboard")["Definition"].update(Sheet=[]),
        "QuickSightDashboard: quicksight CreateDashboard.Definition.Sheet: the service knows no",
    ),
    "a required member": (
        lambda r, a: relational(a).pop("InputColumns"),
        "RelationalTable.InputColumns is missing",
    ),
    "a pattern of the service": (
        lambda r, a: properties(a, "QuickSightTheme").update(ThemeId="a theme"),
        "QuickSightTheme: quicksight CreateTheme.ThemeId: does not match",
    ),
    "a name that is too long with the longest database name": (
        lambda r, a: properties(a, "WorkGroup").update(
            Name={"Fn::Sub": "${DatabaseName}-12345678"}
        ),
        "WorkGroup: athena CreateWorkGroup.Name: does not match",
    ),
    "a rule's name that is too long with the longest stack name": (
        lambda r, a: properties(r, "TransformEnded").update(
            Name={"Fn::Sub": "${AWS::StackName}-" + "x" * 40}
        ),
        "TransformEnded: events PutRule.Name: 68 characters, at most 64 are allowed",
    ),
    # --- order ---
    "a refresh schedule before its data set": (
        lambda r, a: without(a, "QuickSightRougeRefresh", "DependsOn"),
        "QuickSightRougeRefresh: DataSetId needs QuickSightRouge,",
    ),
    "a refresh schedule of no data set": (
        lambda r, a: properties(a, "QuickSightRougeRefresh").update(DataSetId="another"),
        "QuickSightRougeRefresh: DataSetId names no AWS::QuickSight::DataSet of the stack",
    ),
    "a data set before its view": (
        lambda r, a: without(a, "QuickSightRouge", "DependsOn"),
        "QuickSightRouge: PhysicalTableMap.*.RelationalTable.Name needs ViewRouge,",
    ),
    "a data set before its source": (
        lambda r, a: relational(a).update(
            DataSourceArn={
                "Fn::Join": [
                    ":",
                    [
                        "arn:aws:quicksight",
                        {"Ref": "AWS::Region"},
                        {"Ref": "AWS::AccountId"},
                        {"Fn::Sub": "datasource/${DatabaseName}-athena"},
                    ],
                ]
            }
        ),
        "RelationalTable.DataSourceArn needs QuickSightSource,",
    ),
    "a view before the view that it reads": (
        lambda r, a: resource(a, "ViewFailures").update(DependsOn=["TableFailures"]),
        "ViewFailures: ViewOriginalText needs ViewReplaced,",
    ),
    "a table before its database": (
        lambda r, a: properties(a, "TableFiles").update(DatabaseName={"Ref": "DatabaseName"}),
        "TableFiles: DatabaseName needs Database,",
    ),
    "a bucket before the policy of its queue": (
        lambda r, a: resource(r, "LandingBucket").update(DependsOn="AccessLogsBucketPolicy"),
        "LandingBucket: NotificationConfiguration needs WorkQueuePolicy,",
    ),
    "a bucket before the policy of its access logs": (
        lambda r, a: without(r, "ResultsBucket", "DependsOn"),
        "ResultsBucket: LoggingConfiguration needs AccessLogsBucketPolicy,",
    ),
    "a name where no rule looks": (
        lambda r, a: properties(r, "ErrorsAlarm").update(
            Dimensions=[{"Name": "QueueName", "Value": {"Fn::Sub": "${AWS::StackName}-nightly"}}]
        ),
        "ErrorsAlarm: Dimensions.*.Value needs Nightly,",
    ),
    "a cycle": (
        lambda r, a: resource(a, "Database").update(DependsOn="TableFiles"),
        "cycle: ",
    ),
    # --- grants ---
    "a role that its service may not assume": (
        lambda r, a: properties(a, "QuickSightRole")["AssumeRolePolicyDocument"]["Statement"][
            0
        ].update(Principal={"Service": "glue.amazonaws.com"}),
        "QuickSightSource: quicksight.amazonaws.com may not assume QuickSightRole",
    ),
    "a function that may not read its queue": (
        lambda r, a: disallow(r, "SummarizeRole", "sqs:ReceiveMessage"),
        "SummarizeSummarizeSqsEventSource: SummarizeRole does not allow sqs:ReceiveMessage",
    ),
    "a function that may not reach its destination": (
        lambda r, a: disallow(r, "NightlyRole", "sqs:SendMessage"),
        "NightlyEventInvokeConfig: NightlyRole does not allow sqs:SendMessage",
    ),
    "a function that may not enter its network": (
        lambda r, a: disallow(r, "OperateRole", "ec2:CreateNetworkInterface"),
        "Operate: OperateRole does not allow ec2:CreateNetworkInterface",
    ),
    "an optimizer that may not log": (
        lambda r, a: disallow(a, "CuratedRole", "logs:PutLogEvents"),
        "CuratedRetention: CuratedRole does not allow logs:PutLogEvents",
    ),
    "an optimizer that may not update its table": (
        lambda r, a: disallow(a, "CuratedRole", "glue:UpdateTable"),
        "CuratedCompaction: CuratedRole does not allow glue:UpdateTable",
    ),
    "messages that come back too soon": (
        lambda r, a: properties(r, "WorkQueue").update(VisibilityTimeout=899),
        "WorkQueue hides messages for 899 s, less than Summarize may take",
    ),
    "a large batch without a window": (
        lambda r, a: properties(r, "SummarizeSummarizeSqsEventSource").update(BatchSize=11),
        "a batch of 11 requires a window of at least 1 s",
    ),
    "a queue that takes no notifications": (
        lambda r, a: statement(
            r, "WorkQueuePolicy", "PolicyDocument", "LandingBucketNotifies"
        ).update(Principal={"Service": "sns.amazonaws.com"}),
        "LandingBucket: WorkQueue takes no messages from it",
    ),
    "a queue that takes another bucket's notifications": (
        lambda r, a: statement(r, "WorkQueuePolicy", "PolicyDocument", "LandingBucketNotifies")[
            "Condition"
        ]["ArnEquals"].update({"aws:SourceArn": "arn:aws:s3:::another"}),
        "LandingBucket: WorkQueue takes no messages from it",
    ),
    "a key that S3 may not use": (
        lambda r, a: statement(r, "DataKey", "KeyPolicy", "S3NotifiesEncryptedQueue").update(
            Action="kms:Decrypt"
        ),
        "LandingBucket: s3.amazonaws.com may not use the key of WorkQueue",
    ),
    "a key that EventBridge may not use": (
        lambda r, a: statement(r, "DataKey", "KeyPolicy", "EventsReachEncryptedQueue").update(
            Effect="Deny"
        ),
        "TransformEnded: events.amazonaws.com may not use the key of WorkQueue",
    ),
    "a key that logs may not use": (
        lambda r, a: properties(r, "OperateLogGroup").update(LogGroupName="/another/group"),
        "OperateLogGroup: DataKey does not allow kms:Encrypt for it",
    ),
    "access logs that may not be delivered": (
        lambda r, a: statement(
            r, "AccessLogsBucketPolicy", "PolicyDocument", "S3DeliversAccessLogs"
        ).update(Resource="arn:aws:s3:::another/*"),
        "LandingBucket: its access logs may not be delivered",
    ),
    "a schedule that may not invoke": (
        lambda r, a: r["Resources"].pop("NightlyNightlyEventPermission"),
        "NightlyNightlyEvent: no permission to invoke its target",
    ),
    "notifications that overlap": (
        lambda r, a: properties(r, "LandingBucket")["NotificationConfiguration"][
            "QueueConfigurations"
        ][0]["Filter"]["S3Key"]["Rules"][0].update(Value="eval"),
        "LandingBucket: notifications overlap: eval and evaluation/",
    ),
    "a share that QuickSight does not take": (
        lambda r, a: data_set(a)["Permissions"][0]["Actions"].remove("quicksight:ListIngestions"),
        "QuickSightRouge: QuickSight takes no such set of actions; too many or missing: ListInges",
    ),
    # --- deletion ---
    "a bucket that is not kept": (
        lambda r, a: resource(r, "AccessLogsBucket").update(DeletionPolicy="Delete"),
        "AccessLogsBucket: a bucket that is not empty cannot be deleted",
    ),
    "a workgroup with a history": (
        lambda r, a: properties(a, "WorkGroup").update(RecursiveDeleteOption=False),
        "WorkGroup: a workgroup with a history cannot be deleted",
    ),
    "a bucket that loses its policy": (
        lambda r, a: without(r, "ResultsBucketPolicy", "DeletionPolicy"),
        "ResultsBucketPolicy: ResultsBucket is kept, and loses its policy",
    ),
    "a key that is deleted before what it encrypts": (
        lambda r, a: resource(r, "DataKey").update(DeletionPolicy="Delete"),
        "ResultsBucket is kept, but DataKey, which it uses, is deleted",
    ),
    "a name that a failed creation leaves taken": (
        lambda r, a: resource(r, "ResultsBucket").update(DeletionPolicy="Retain"),
        "ResultsBucket: has a name of its own: with Retain,",
    ),
    "a bucket that an update may delete": (
        lambda r, a: without(r, "LandingBucket", "UpdateReplacePolicy"),
        "LandingBucket: is kept, but not if an update replaces it",
    ),
    # --- updates ---
    "a table that an update replaces": (
        lambda r, a: properties(r, "ProgressTable").update(TableName={"Ref": "LogLevel"}),
        "ProgressTable: TableName changes, which replaces it and loses what is in it",
    ),
    "a named function that an update cannot replace": (
        lambda r, a: properties(r, "Operate").update(
            PackageType={"Fn::If": ["LogsDebug", "Image", "Zip"]}
        ),
        "Operate: PackageType changes, which replaces it, but its name is taken",
    ),
    # --- limits ---
    "an environment that is too large": (
        lambda r, a: properties(r, "Nightly")["Environment"]["Variables"].update(MORE="x" * 3000),
        "bytes of environment, at most 4,096 are allowed",
    ),
    "a variable that Lambda sets": (
        lambda r, a: properties(r, "Nightly")["Environment"]["Variables"].update(AWS_REGION="x"),
        "Nightly: Lambda sets AWS_REGION itself",
    ),
    "a role with too much in it": (
        lambda r, a: properties(a, "CuratedRole")["Policies"][0]["PolicyDocument"][
            "Statement"
        ].append({"Sid": "x" * 9000, "Effect": "Deny", "Action": "s3:*", "Resource": "*"}),
        "bytes of inline policies, at most 10,240 are allowed",
    ),
    "a dashboard that is not JSON": (
        lambda r, a: properties(r, "Dashboard").update(DashboardBody="{"),
        "Dashboard: DashboardBody is not JSON",
    ),
    "a schedule that EventBridge refuses": (
        lambda r, a: properties(a, "CuratedSchedule").update(ScheduleExpression="cron(30 4 * * *)"),
        "CuratedSchedule: cron has 6 fields",
    ),
    "two schedules of one function": (
        lambda r, a: again(r, "NightlyNightlyEvent"),
        "NightlyNightlyEventAgain: does what NightlyNightlyEvent does: two schedules",
    ),
    "two resources of one name": (
        lambda r, a: again(a, "QuickSightTheme"),
        "QuickSightThemeAgain: has the name of QuickSightTheme",
    ),
    "two queries of one name": (
        lambda r, a: again(a, "QueryUnreadLines"),
        "QueryUnreadLinesAgain: has the name of QueryUnreadLines",
    ),
}


@pytest.mark.once
@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str, root: Template, analytics: Template) -> None:
    change, words = FAULTS[fault]
    change(root, analytics)

    assert any(words in line for line in found(root, analytics)), found(root, analytics)


def test_a_template_that_is_too_large_is_found(root: Template, analytics: Template) -> None:
    analytics["Metadata"] = {"More": "x" * 1_000_000}
    root["Resources"]["x" * 256] = root["Resources"]["DeadLetterQueue"]

    lines = check.findings(root, analytics)

    assert any("bytes, at most 1,000,000 are allowed" in line for line in lines)
    assert any("256 characters in xxx" in line for line in lines)
