"""Tables of scores: against means that are computed here, from the rows that were written."""

from __future__ import annotations

from statistics import mean
from typing import Any

import pytest

from analytics.engine.athena import Athena
from analytics.report import scores, tables
from tests.unit.analytics.conftest import LakeOnDisk, clinical, score

WORDS = ["normal", "normal", "abnormal", "abnormal"]
FACTS = ["normal", "abnormal", "abnormal", "abnormal"]


def put(lake: LakeOnDisk) -> list[dict[str, Any]]:
    """Four reports of each of two versions, with ROUGE-1 and facts."""
    rows = []
    for version, run in (("1", "o1"), ("2", "o2")):
        for i in range(4):
            name = {
                "run_id": run,
                "record_index": i,
                "report_id": f"r{i}",
                "model_version": version,
                "stratum": WORDS[i],
            }
            rows.append(
                name
                | {
                    "facts_stratum": FACTS[i],
                    "rouge1": (i + int(version)) / 8,
                    "facts_common": i,
                    "facts_draft": i + 1,
                    "facts_reference": 4,
                    "clinical": None if i == 3 else 2 * i / (i + 5),
                }
            )
            lake.put("rouge_scores", score(**name, fmeasure=rows[-1]["rouge1"]))
            kept = {k: v for k, v in rows[-1].items() if k not in {"rouge1", "clinical"}}
            lake.put("clinical_scores", clinical(**kept, fmeasure=rows[-1]["clinical"]))
    return rows


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize(
    ("rule", "stratum"),
    [
        ("all", "all"),
        ("words", "normal"),
        ("words", "abnormal"),
        ("facts", "normal"),
        ("facts", "abnormal"),
    ],
)
def test_means_are_of_one_version_and_stratum(
    lake: LakeOnDisk, athena: Athena, version: str, rule: str, stratum: str
) -> None:
    column = {"words": "stratum", "facts": "facts_stratum"}.get(rule)
    rows = [
        row
        for row in put(lake)
        if row["model_version"] == version and (column is None or row[column] == stratum)
    ]
    compared = [row for row in rows if row["clinical"] is not None]

    lines = tables.means(scores.read(athena))

    (line,) = (
        one
        for one in lines
        if (one.model.version, one.rule, one.stratum) == (version, rule, stratum)
    )
    rouge, clinical_f1, micro = (line.cells[one] for one in ("rouge1", "clinical", "micro"))
    assert (line.n, line.dataset) == (len(rows), "dev1")
    assert rouge is not None
    assert clinical_f1 is not None
    assert micro is not None
    assert rouge.value == pytest.approx(mean(row["rouge1"] for row in rows))
    assert clinical_f1.value == pytest.approx(mean(row["clinical"] for row in compared))
    assert clinical_f1.n == micro.n == len(compared)
    assert micro.value == pytest.approx(
        2
        * sum(row["facts_common"] for row in compared)
        / sum(row["facts_draft"] + row["facts_reference"] for row in compared)
    )


def test_a_stratum_without_a_report_has_no_line(lake: LakeOnDisk, athena: Athena) -> None:
    lake.drafts(3)

    lines = tables.means(scores.read(athena))

    assert [(line.rule, line.stratum) for line in lines] == [("all", "all"), ("words", "normal")]


def test_rows_without_a_score_have_no_line(lake: LakeOnDisk, athena: Athena) -> None:
    lake.put("rouge_scores", {"run_id": "o7"})

    read = scores.read(athena)

    assert tables.means(read) == []
    assert tables.distributions(read) == []


def test_micro_f1_is_no_column_without_clinical_scores(lake: LakeOnDisk, athena: Athena) -> None:
    lake.drafts(3)

    lines = tables.means(scores.read(athena))

    assert set(lines[0].cells) == {"rouge1", "rouge2", "rougeL"}


def test_how_often_both_rules_agree(lake: LakeOnDisk, athena: Athena) -> None:
    put(lake)

    (found,) = tables.agreement(list(scores.read(athena).datasets.values()))

    assert (found.share.value, found.share.n) == (6 / 8, 8)
    assert found.counts == {
        ("normal", "normal"): 2,
        ("normal", "abnormal"): 2,
        ("abnormal", "normal"): 0,
        ("abnormal", "abnormal"): 4,
    }


def test_datasets_without_facts_agree_on_nothing(lake: LakeOnDisk, athena: Athena) -> None:
    lake.drafts(3)

    assert tables.agreement(list(scores.read(athena).datasets.values())) == []


def test_distributions_are_by_version_stratum_and_metric(lake: LakeOnDisk, athena: Athena) -> None:
    put(lake)

    found = {
        (one.model.version, one.rule, one.stratum, one.metric): one.values
        for one in tables.distributions(scores.read(athena))
    }

    assert len(found) == 2 * 5 * 2
    assert found["2", "facts", "abnormal", "rouge1"].p50 == 4 / 8
    assert found["1", "all", "all", "clinical"].n == 3
