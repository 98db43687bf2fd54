"""The page, from lakes of many kinds, without a browser."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analytics import report
from analytics.engine.athena import Athena
from analytics.lake import FolderLake
from analytics.report.gather import gather
from analytics.report.scope import Scope
from common.errors import UsageError

from .conftest import LakeOnDisk, check, clinical, failure, file, impression, score

EVIL = '</script><script>alert(1)</script> <b>"it\'s"</b> & \u2028 \U0001fac1\n{{ 7*7 }} ${x}'
UNCHECKED = (
    "No draft was checked: the stack ran with DraftChecks=none, or before there were checks. "
    "A draft without flags may be wrong."
)


def text_of(lake: LakeOnDisk, most: int = 2000) -> str:
    out = lake.folder.parent / "report.html"
    report.write(FolderLake(lake.folder), out, most)
    return out.read_text(encoding="utf-8")


def cases(page: str) -> Any:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    data = json.loads(found[1])
    for case in data["cases"]:
        for draft in case["m"]:
            draft[0] = data["models"][draft[0]][0]
    return data["cases"]


class Cells(HTMLParser):
    """The cells of one table."""

    def __init__(self, table: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._wanted, self._inside, self._cell = table, False, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._inside = dict(attrs).get("id") == self._wanted
        if self._inside and tag == "tr":
            self.rows.append([])
        if self._inside and tag in {"th", "td"}:
            self._cell = True
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"th", "td", "table"}:
            self._cell = False

    def handle_data(self, data: str) -> None:
        if self._cell:
            self.rows[-1][-1] += data


def table(page: str, name: str) -> list[list[str]]:
    found = Cells(name)
    found.feed(page)
    return found.rows[1:]


def full(lake: LakeOnDisk) -> None:
    for role in ("fine-tuned", "pre-trained"):
        lake.drafts(9, model_role=role)
        lake.drafts(5, dataset="dev2", model_role=role, run_id="o2", stratum="abnormal")
    lake.put("rouge_scores", score(model_role="baseline-constant", fmeasure=0.25))
    lake.put("failures", failure())
    lake.put("files", file())


def test_the_page_says_what_describe_says(lake: LakeOnDisk, athena: Athena) -> None:
    full(lake)

    shown = table(text_of(lake), "t-describe")

    rows = pd.DataFrame(
        athena.query(
            "SELECT dataset, model_role, metric, fmeasure FROM v_rouge WHERE metric <> 'rougeLsum'"
        ).dicts()
    )
    wanted = {
        (dataset, role if role.startswith("baseline") else f"{role} 1", metric): [
            str(int(n)),
            *("" if pd.isna(value) else f"{value:.2f}" for value in values),
        ]
        for (dataset, role, metric), (n, *values) in zip(
            rows.groupby(["dataset", "model_role", "metric"]).groups,
            rows.groupby(["dataset", "model_role", "metric"])["fmeasure"].describe().to_numpy(),
            strict=True,
        )
    }
    whole = {
        (dataset, model, metric.replace("ROUGE-", "rouge")): values
        for dataset, model, stratum, metric, *values in shown
        if stratum == "all"
    }
    assert whole == wanted
    assert len(whole) == 13
    assert len(shown) == 26  # and of each, one stratum


def test_models_stand_in_order_and_cases_worst_first(lake: LakeOnDisk) -> None:
    full(lake)

    page = text_of(lake)

    assert [row[:2] for row in table(page, "t-means") if row[2] == "all"] == [
        ["dev1", "fine-tuned 1"],
        ["dev1", "pre-trained 1"],
        ["dev1", "baseline-constant"],
        ["dev2", "fine-tuned 1"],
        ["dev2", "pre-trained 1"],
    ]
    scores = [case["m"][0][1] for case in cases(page)]
    assert scores == sorted(scores)
    assert len(scores) == 14
    assert [draft[0] for draft in cases(page)[0]["m"]] == ["fine-tuned", "pre-trained"]
    assert page.count("<svg ") == 2
    assert [row[5] for row in table(page, "t-reasons")] == ["1"]


def test_a_redeploy_does_not_pool_versions_and_an_interval_stands_beside_each_mean(
    lake: LakeOnDisk,
) -> None:
    for version, value in (("1", 0.2), ("2", 0.8)):
        names = [
            {"run_id": f"o{version}", "record_index": i, "report_id": f"r{i}"} for i in range(20)
        ]
        for i, name in enumerate(names):
            drafted = name | {"model_version": version}
            lake.put("rouge_scores", score(fmeasure=value + 0.01 * (i % 10), **drafted))
            lake.put("clinical_scores", clinical(fmeasure=value, **drafted))
            lake.put("checks", check(flag="wrong_side" if i == 0 else None, **drafted))
            lake.put("impressions", impression(findings=f"Findings {i}.", **drafted))

    page = text_of(lake)

    assert [row[1:6] for row in table(page, "t-means") if row[2] == "all"] == [
        ["fine-tuned 2", "all", "20", "0.85 [0.83, 0.86]", "0.80"],
        ["fine-tuned 1", "all", "20", "0.25 [0.23, 0.26]", "0.20"],
    ]
    assert [row[1:5] for row in table(page, "t-means")][1:3] == [
        ["fine-tuned 2", "normal by facts", "20", "0.85 [0.83, 0.86]"],
        ["fine-tuned 2", "normal by words", "20", "0.85 [0.83, 0.86]"],
    ]
    assert table(page, "t-differences")[0][1:5] == [
        "fine-tuned 2 - fine-tuned 1",
        "all",
        "20",
        "+0.60 p < 0.001",
    ]
    assert table(page, "t-agreement")[0] == ["dev1", "40", "100 % [91, 100]", "40", "0", "0", "0"]
    assert table(page, "t-flags")[0][1:5] == ["fine-tuned 2", "all", "20", "5 % [1, 24]"]
    assert [row[0] for row in table(page, "t-versions")] == ["fine-tuned", "fine-tuned"]


def test_a_cell_says_how_many_reports_it_is_of_if_not_all(lake: LakeOnDisk) -> None:
    for i in range(12):
        name = {"record_index": i, "report_id": f"r{i}"}
        lake.put("rouge_scores", score(**name), score(model_role="pre-trained", **name))
        lake.put("clinical_scores", clinical(fmeasure=None if i == 11 else 0.5, **name))

    page = text_of(lake)

    assert table(page, "t-means")[0][4:] == [
        "0.50",
        "0.50 n 11",
        "0.50 n 11",
    ]
    # Nothing is said where there is nothing: no dash, no zero.
    assert table(page, "t-means")[-1][4:] == ["0.50", "", ""]
    assert table(page, "t-differences")[0][3:] == ["12", "0.00 p 1.00", ""]


def test_a_restricted_page_says_so(lake: LakeOnDisk) -> None:
    full(lake)
    out = lake.folder.parent / "report.html"

    report.write(FolderLake(lake.folder), out, scope=Scope(datasets=("dev2",)))

    page = out.read_text(encoding="utf-8")
    assert '<p class="scope">Only dataset dev2.</p>' in page
    assert {row[0] for row in table(page, "t-means")} == {"dev2"}
    assert {case["d"] for case in cases(page)} == {"dev2"}


def test_the_same_lake_makes_the_same_page(lake: LakeOnDisk) -> None:
    full(lake)

    assert text_of(lake) == text_of(lake)


def test_the_page_asks_for_nothing_outside(lake: LakeOnDisk) -> None:
    full(lake)

    page = text_of(lake)

    outside = re.findall(r"""(?:src|href|url|action)\s*[=(]\s*["']?(?!#)[^\s"'>)]+""", page)
    assert outside == []
    assert "default-src 'none'" in page
    assert "xlink:href" not in page


def test_report_text_is_data(lake: LakeOnDisk) -> None:
    lake.put(
        "impressions",
        impression(
            report_id=EVIL,
            dataset=EVIL,
            findings=EVIL,
            generated_impression=EVIL,
            source_key=EVIL,
            check_sentences=[EVIL],
            flags=[EVIL],
        ),
    )
    lake.put("checks", check(flag=EVIL, report_id=EVIL, dataset=EVIL))
    lake.put("rouge_scores", score(report_id=EVIL, dataset=EVIL))
    lake.put("failures", failure(dataset=EVIL, report_id=EVIL, error_message=EVIL, source_key=EVIL))
    lake.put("files", file(dataset=EVIL))

    page = text_of(lake)

    assert page.count("<script") == 2
    assert "alert(1)</script>" not in page
    assert "<b>" not in page
    assert cases(page)[0]["f"] == EVIL
    assert "7*7" in page
    assert page.count("&lt;script&gt;alert(1)") >= 2  # in the list of the worst: id, flag
    assert table(page, "t-failures")[0][3] == EVIL


@pytest.mark.parametrize(
    ("make", "notes"),
    [
        (lambda _: None, ["The lake contains no impressions yet."]),
        (
            lambda lake: lake.put("impressions", impression(reference_impression=None)),
            ["No report has a radiologist's impression, so there are no scores.", UNCHECKED],
        ),
        (
            lambda lake: lake.drafts(3),
            [
                "There are no scores for the pre-trained model, so there is no gain over it.",
                "There are no baselines: upload reports to the evaluation lane to get them.",
                "There is only one dataset: results cannot be compared across hospitals.",
                "ROUGE-Lsum is not shown: it equals ROUGE-L for every draft here.",
                "No draft has a clinical F1: the rows were written before it existed.",
                UNCHECKED,
            ],
        ),
        (
            lambda lake: lake.put("rouge_scores", score(model_role="another")),
            [
                "The lake contains no impressions yet.",
                "There are no scores for a fine-tuned model.",
                "There are no scores for the pre-trained model, so there is no gain over it.",
                "There are no baselines: upload reports to the evaluation lane to get them.",
                "There is only one dataset: results cannot be compared across hospitals.",
                "No draft has a clinical F1: the rows were written before it existed.",
            ],
        ),
    ],
)
def test_what_is_missing_is_said(lake: LakeOnDisk, make: Any, notes: list[str]) -> None:
    make(lake)

    page = text_of(lake).replace("&#39;", "'")

    said = re.search(r'<ul class="notes".*?</ul>', page, re.DOTALL)
    assert said
    assert re.findall(r"<li>(.*?)</li>", said[0]) == notes


def test_a_damaged_object_is_named_on_the_page(lake: LakeOnDisk) -> None:
    full(lake)
    path = lake.put("rouge_scores", *(score(record_index=i) for i in range(500)), name="half-0")
    path.write_bytes(path.read_bytes()[:100])

    page = text_of(lake)

    assert "rouge_scores/dt=2026-11-02/half-0.jsonl.gz" in page
    assert len(table(page, "t-describe")) == 26


def test_long_findings_and_rows_of_an_older_form_are_shown(lake: LakeOnDisk) -> None:
    old = {"report_id": "old", "run_id": "o9", "dataset": "dev1", "model_role": "fine-tuned"}
    lake.put("impressions", impression(findings="word " * 4000), old | {"record_index": 1})
    lake.put(
        "rouge_scores",
        score(),
        old | {"record_index": 1, "metric": "rouge1", "fmeasure": 0.1},
    )

    found = {case["i"]: case for case in cases(text_of(lake))}

    assert len(found["r1"]["f"]) == 20000
    assert found["old"]["f"] == ""


def test_only_the_worst_are_kept_and_that_is_said(lake: LakeOnDisk) -> None:
    lake.drafts(30)

    page = text_of(lake, 10)

    assert len(cases(page)) == 10
    assert "Only the 10 worst of 30 cases are shown." in page
    assert max(case["m"][0][1] for case in cases(page)) < 0.4


def test_without_cases_the_page_says_why(lake: LakeOnDisk) -> None:
    lake.put("impressions", impression(reference_impression=None, stratum=None))
    assert "No draft has a flag, or a radiologist" in text_of(lake)

    lake.put("checks", check(flag="omitted"))
    lake.put("clinical_scores", clinical())
    page = text_of(lake, 0)

    assert cases(page) == []
    assert "1 case, none of which is shown: <code>--cases 0</code>." in page
    assert "Only the 0 worst of 1 cases are shown." in page
    assert page.count('<button type="button" disabled') == 4
    assert "it counts all drafts, of which this page has only the worst 0 cases" in page


def test_cases_without_a_fine_tuned_draft_count_by_their_worst(lake: LakeOnDisk) -> None:
    lake.drafts(3, model_role="pre-trained")

    with Athena(FolderLake(lake.folder)) as athena:
        found = gather(athena, "here", 2)

    assert [case["m"][0][1] for case in found.cases.rows] == [0.0, 0.5]


def test_the_page_is_the_owners_alone(lake: LakeOnDisk) -> None:
    text_of(lake)

    assert (lake.folder.parent / "report.html").stat().st_mode & 0o077 == 0


def test_a_folder_that_is_not_there_is_named(lake: LakeOnDisk, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="its folder does not exist"):
        report.write(FolderLake(lake.folder), tmp_path / "gone" / "report.html")


def test_rows_without_any_name_are_shown_too(lake: LakeOnDisk) -> None:
    lake.drafts(2)
    lake.put("impressions", {"run_id": "o8"})
    lake.put(
        "rouge_scores", {"run_id": "o8", "fmeasure": 0.5, "metric": "rouge1"}, {"run_id": "o7"}
    )
    lake.put("failures", {"run_id": "o8"})
    lake.put("files", {"run_id": "o8"})

    page = text_of(lake)

    assert ["(none)", "(none)", "all"] in [row[:3] for row in table(page, "t-means")]
    assert table(page, "t-failures") == [["-", "-", "-", "-"]]
