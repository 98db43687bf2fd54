"""What the views on drafts, facts, flags, failures and files should say."""

from __future__ import annotations

from typing import Any

import numpy as np

from .lakes import Lake, Row
from .rows import DRAFT, files, replaced, shown, standing, values
from .scores import MODEL, STRATA
from .statistics import count, groups, mean, numbers, plain, sem, total

VERSION = ("lane", *MODEL)
NOT_CHECKED = "not_checked"


def cases(lake: Lake) -> list[Row]:
    scores: dict[tuple[Any, ...], Row] = {}
    for row in standing(lake, "rouge_scores"):
        if row.get("metric"):
            one = scores.setdefault(values(row, DRAFT), {})
            one[row["metric"].lower()] = row.get("fmeasure")
    facts = {values(row, DRAFT): row for row in standing(lake, "clinical_scores")}
    names: tuple[str, ...] = (
        *DRAFT,
        "lane",
        "dataset",
        "model_id",
        "model_version",
        "stratum",
        "findings",
    )
    names += ("reference_impression", "generated_impression", "output_truncated", "flags")
    names += ("check_sentences", "source_key", "generated_at", "dt")
    found = []
    for row in standing(lake, "impressions"):
        draft = values(row, DRAFT)
        own, fact = scores.get(draft, {}), facts.get(draft, {})
        case = {name: row.get(name) for name in names}
        case |= {name: own.get(name) for name in ("rouge1", "rouge2", "rougel", "rougelsum")}
        case |= {name: fact.get(name) for name in ("facts_stratum", "draft_stratum")}
        found.append(case | {"clinical_f1": fact.get("fmeasure")})
    return found


def clinical_f1(lake: Lake) -> list[Row]:
    found = []
    for key, of in groups(standing(lake, "clinical_scores"), MODEL):
        scored = of[of["fmeasure"].notna()]
        common, drafts, references = (
            scored[f"facts_{name}"].sum() for name in ("common", "draft", "reference")
        )
        row = key | {"reports": len(of), "scored": len(scored)}
        row |= {
            "mean_precision": mean(of["clinical_precision"]),
            "mean_recall": mean(of["clinical_recall"]),
            "mean_f1": mean(of["fmeasure"]),
            "standard_error": sem(of["fmeasure"]),
            "micro_precision": common / drafts if drafts else None,
            "micro_recall": common / references if references else None,
            "micro_f1": 2 * common / (drafts + references) if drafts + references else None,
            "strata_agree": (of["stratum"] == of["facts_stratum"]).sum() / len(of),
        }
        for stratum in STRATA:
            part = of[of["facts_stratum"] == stratum]["fmeasure"]
            row[f"mean_f1_{stratum}"] = mean(part)
            row[f"scored_{stratum}"] = count(part)
            row[f"standard_error_{stratum}"] = sem(part)
        missed = (of["facts_stratum"] == "abnormal") & (of["draft_stratum"] == "normal")
        found.append(row | {"normal_drafts_of_abnormal": int(missed.sum())})
    return found


def flag_rates(lake: Lake) -> list[Row]:
    of_check: tuple[str, ...] = (*VERSION, "checker")
    drafts: dict[tuple[Any, ...], Row] = {}
    for row in standing(lake, "checks"):
        one = drafts.setdefault(
            values(row, DRAFT),
            {name: row[name] for name in (*of_check, "stratum")} | {"flags": set()},
        )
        one["flags"].add(row["flag"])
    found = []
    for key, of in groups(drafts.values(), of_check):
        read = of[[NOT_CHECKED not in flags for flags in of["flags"]]]
        for flag in set().union(*of["flags"]):
            among = of if flag == NOT_CHECKED else read
            has = among["flags"].map(lambda flags, flag=flag: flag in flags).astype(float)
            row = key | {"flag": flag, "drafts": len(of), "compared": len(read)}
            row |= {"flagged": int(has.sum()), "rate": plain(has.mean())}
            row["standard_error"] = has.std(ddof=0) / len(among) ** 0.5 if len(among) else None
            for stratum in STRATA:
                part = has[among["stratum"] == stratum]
                row[f"drafts_{stratum}"] = int((of["stratum"] == stratum).sum())
                row[f"compared_{stratum}"] = int((read["stratum"] == stratum).sum())
                row[f"flagged_{stratum}"] = int(part.sum())
                row[f"rate_{stratum}"] = plain(part.mean())
            found.append(row)
    return found


def latency(lake: Lake) -> list[Row]:
    drafts = [
        shown(row, "impressions")
        for row in standing(lake, "impressions")
        if row.get("latency_ms") is not None and row.get("endpoint_name")
    ]
    found = []
    for key, of in groups(drafts, ("dt", "model_role", "model_version", "endpoint_name")):
        times = numbers(of["latency_ms"])
        row = key | {"drafts": len(of), "mean_ms": times.mean(), "max_ms": times.max()}
        for name, share in (("p50_ms", 0.5), ("p95_ms", 0.95), ("p99_ms", 0.99)):
            row[name] = np.quantile(times, share, method="inverted_cdf")
        shared = [plain(one) or 1 for one in of["call_records"]]
        row["busy_ms"] = sum(t / n for t, n in zip(times, shared, strict=True))
        found.append(row)
    return found


def daily_volume(lake: Lake) -> list[Row]:
    names = {
        "records": "records_total",
        "impressions": "records_ok",
        "failed": "records_failed",
        "bytes": "source_size",
    }
    return [
        key | {"files": len(of)} | {name: total(of[column]) for name, column in names.items()}
        for key, of in groups(files(lake), ("dt", "lane", "dataset"))
    ]


def failure_reasons(lake: Lake) -> list[Row]:
    by = ("lane", "dataset", "stage", "error_type", "retryable")
    return [
        key
        | {"failures": len(of), "files": of["run_id"].nunique()}
        | {"first_day": min(of["dt"]), "last_day": max(of["dt"])}
        for key, of in groups(standing(lake, "failures"), by)
    ]


def replaced_runs(lake: Lake) -> list[Row]:
    return [{"run_id": run} for run in replaced(lake)]
