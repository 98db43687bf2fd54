import pytest

from local.cloudformation.schedules import faults


@pytest.mark.parametrize(
    "expression",
    [
        "cron(0 2 * * ? *)",
        "cron(0/15 8-17 ? * MON-FRI *)",
        "cron(0 18 L * ? 2026,2027)",
        "cron(0 9 ? * 2#1 *)",
        "cron(30 4 1W JAN,jul ? 2026-2030)",
        "rate(1 day)",
        "rate(12 hours)",
    ],
)
def test_what_eventbridge_takes(expression: str) -> None:
    assert list(faults(expression)) == []


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("at night", "write cron(…) or rate(…)"),
        ("cron(0 2 * * *)", "cron has 6 fields"),
        ("cron(0 2 * * * *)", "exactly one of day of month and day of week must be ?"),
        ("cron(0 2 ? * ? *)", "exactly one of day of month and day of week must be ?"),
        ("cron(60 2 * * ? *)", "minutes: 60 is not allowed"),
        ("cron(0 24 * * ? *)", "hours: 24 is not allowed"),
        ("cron(0 2 32 * ? *)", "day of month: 32 is not allowed"),
        ("cron(0 2 * 13 ? *)", "month: 13 is not allowed"),
        ("cron(0 2 ? * 8 *)", "day of week: 8 is not allowed"),
        ("cron(0 2 ? * MON-FUN *)", "day of week: MON-FUN is not allowed"),
        ("cron(0/0 2 * * ? *)", "minutes: 0/0 is not allowed"),
        ("cron(? 2 * * ? *)", "minutes: ? is not allowed"),
        ("cron(0 2 * * ? 1969)", "year: 1969 is not allowed"),
        ("rate(1 days)", "write rate(1 day), rate(2 days)"),
        ("rate(2 day)", "write rate(1 day), rate(2 days)"),
        ("rate(0 days)", "write rate(1 day), rate(2 days)"),
    ],
)
def test_what_it_refuses(expression: str, words: str) -> None:
    assert [one for one in faults(expression) if words in one], list(faults(expression))
