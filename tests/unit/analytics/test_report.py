"""The page, from lakes of many kinds, without a browser."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from analytics import report
from analytics.engine.athena import Athena
from analytics.lake import FolderLake
from analytics.report.gather import gather
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
        self._cell = self._inside and tag in {"th", "td"}
        if self._cell:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
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

    wanted = athena.query(
        "SELECT dataset, model_role, metric, count, mean, std, min, p25, p50, p75, max "
        "FROM v_rouge_describe"
    ).rows
    plain = {
        tuple("-" if v is None else f"{v:.4f}" if isinstance(v, float) else str(v) for v in row)
        for row in wanted
    }
    shown_as_stored = {
        (dataset, model, metric.replace("ROUGE-", "rouge"), *rest)
        for dataset, model, metric, *rest in shown
    }
    assert shown_as_stored == plain
    assert len(shown) == 17


def test_models_stand_in_order_and_cases_worst_first(lake: LakeOnDisk) -> None:
    full(lake)

    page = text_of(lake)

    assert [row[:2] for row in table(page, "t-means")] == [
        ["dev1", "fine-tuned"],
        ["dev1", "pre-trained"],
        ["dev1", "baseline-constant"],
        ["dev2", "fine-tuned"],
        ["dev2", "pre-trained"],
    ]
    scores = [case["m"][0][1] for case in cases(page)]
    assert scores == sorted(scores)
    assert len(scores) == 14
    assert [draft[0] for draft in cases(page)[0]["m"]] == ["fine-tuned", "pre-trained"]
    assert page.count("<svg ") == 2
    assert [row[5] for row in table(page, "t-reasons")] == ["1"]


def test_versions_of_a_model_are_not_mixed(lake: LakeOnDisk) -> None:
    for version, run, fmeasure in (("1", "o1", 0.25), ("2", "o2", 0.75)):
        one = {"model_version": version, "run_id": run, "fmeasure": fmeasure}
        lake.put("rouge_scores", score(**one))
        lake.put("rouge_scores", score(**one | {"model_role": "pre-trained", "model_version": "1"}))
        lake.put("impressions", impression(run_id=run, model_version=version))

    page = text_of(lake)

    names = ["fine-tuned t5@1", "fine-tuned t5@2", "pre-trained"]
    assert [row[1] for row in table(page, "t-means")] == names
    assert [row[3] for row in table(page, "t-means")] == ["0.2500", "0.7500", "0.5000"]
    assert [row[1] for row in table(page, "t-describe")] == names
    assert [row[1] for row in table(page, "t-strata")] == names
    pairs = [row[0] for row in table(page, "t-gains")]
    assert pairs == ["dev1 (t5@1, t5@1)", "dev1 (t5@2, t5@1)"]


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
                "There are no scores for the pre-trained model: gains over it are empty.",
                "There are no baselines: upload reports to the evaluation lane to get them.",
                "There is only one dataset: results cannot be compared across hospitals.",
                UNCHECKED,
            ],
        ),
        (
            lambda lake: lake.put("rouge_scores", score(model_role="another")),
            [
                "The lake contains no impressions yet.",
                "There are no scores for a fine-tuned model.",
                "There are no scores for the pre-trained model: gains over it are empty.",
                "There are no baselines: upload reports to the evaluation lane to get them.",
                "There is only one dataset: results cannot be compared across hospitals.",
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
    assert len(table(page, "t-describe")) == 17


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

    assert ["(none)", "(none)"] in [row[:2] for row in table(page, "t-means")]
    assert table(page, "t-failures") == [["-", "-", "-", "-"]]
