"""Cron expressions as Application Auto Scaling reads them."""

from __future__ import annotations

import time

import pytest

from common.errors import SettingError
from training.serving import cron


@pytest.mark.parametrize(
    "expression",
    [
        "cron(0 1 * * ? *)",
        "cron(30 18 ? * MON-FRI *)",
        "cron(0,30 6-18/2 ? jan,Dec SUN 2026-2199)",
        "cron(0/15 * 1 * ? *)",
        "cron(0 8 LW * ? *)",
        "cron(0 8 L * ? *)",
        "cron(0 8 15W * ? *)",
        "cron(0 8 ? * 6L *)",
        "cron(0 8 ? * FRI#2 *)",
        "cron(*/5 0 ? * 2 *)",
        "cron(0 1  *   * ? *)",
    ],
)
def test_what_aws_accepts(expression: str) -> None:
    cron.check("--night", expression)


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("0 1 * * ? *", "write cron(0 1 * * ? *), in UTC"),
        ("rate(1 day)", "write cron("),
        ("cron(0 1 * * ? *) ", "write cron("),
        ("cron(0 1 * * ?)", "has 5 fields instead of six: minutes, hours"),
        ("cron(0 1 * * * *)", "exactly one of day of month and day of week must be ?"),
        ("cron(0 1 ? * ? *)", "exactly one of day of month and day of week must be ?"),
        ("cron(60 1 * * ? *)", "60 is no minutes: 0 to 59"),
        ("cron(0 24 * * ? *)", "24 is no hours"),
        ("cron(0 1 0 * ? *)", "0 is no day of month: 1 to 31"),
        ("cron(0 1 32W * ? *)", "32W is no day of month"),
        ("cron(0 1 * 13 ? *)", "13 is no month: 1 to 12 or JAN to DEC"),
        ("cron(0 1 ? * 0 *)", "0 is no day of week: 1 to 7 or SUN to SAT"),
        ("cron(0 1 ? * MON-XXX *)", "MON-XXX is no day of week"),
        ("cron(0 1 ? * MON#6 *)", "MON#6 is no day of week"),
        ("cron(0 1 * * ? 1969)", "1969 is no year"),
        ("cron(? 1 * * ? *)", "? is no minutes"),
        ("cron(0/0 1 * * ? *)", "0/0 is no minutes"),
        ("cron(0/x 1 * * ? *)", "0/X is no minutes"),
        ("cron(,1 1 * * ? *)", ",1 is no minutes"),
        ("cron(1- 1 * * ? *)", "1- is no minutes"),
        ("cron(² 1 * * ? *)", "² is no minutes"),
    ],
)
def test_what_aws_rejects_is_refused_with_the_field(expression: str, says: str) -> None:
    with pytest.raises(SettingError) as caught:
        cron.check("--night", expression)
    assert says in str(caught.value)
    assert str(caught.value).startswith("--night ")


def test_a_long_expression_takes_no_longer() -> None:
    began = time.process_time()
    with pytest.raises(SettingError):
        cron.check("--night", f"cron({'1,' * 1_000_000})")
    assert time.process_time() - began < 1
