"""What the views on ROUGE scores should say."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pandas as pd

from .lakes import Lake, Row
from .rows import REPORT, standing, values
from .statistics import count, groups, mean, numbers, plain, sem, std

MODEL = ("dataset", "model_role", "model_id", "model_version")
STRATA = ("normal", "abnormal")
POINTS = 100


def _of(rows: pd.DataFrame, metric: str | None = None, stratum: str | None = None) -> Any:
    """The F1 of a metric and a stratum."""
    if metric is not None:
        rows = rows[rows["metric"] == metric]
    if stratum is not None:
        rows = rows[rows["stratum"] == stratum]
    return rows["fmeasure"]


def _rouge(lake: Lake, *, scored: bool = False) -> list[Row]:
    names = (*MODEL, *REPORT, "metric", "stratum", "fmeasure", "dt")
    rows = [{name: row.get(name) for name in names} for row in standing(lake, "rouge_scores")]
    return [row for row in rows if row["fmeasure"] is not None] if scored else rows


def means(lake: Lake) -> list[Row]:
    found = []
    for model, of in groups(_rouge(lake), MODEL):
        row = model | {"reports": len(of[of["metric"] == "rouge1"]), "n": count(_of(of, "rouge1"))}
        row["standard_error"] = sem(_of(of, "rouge1"))
        for metric in ("rouge1", "rouge2", "rougeL", "rougeLsum"):
            row[metric.lower()] = mean(_of(of, metric))
            if metric != "rouge1":
                row[f"{metric.lower()}_standard_error"] = sem(_of(of, metric))
        for stratum in STRATA:
            part = _of(of, "rouge1", stratum)
            row[f"rouge1_{stratum}"] = mean(part)
            row[f"n_{stratum}"] = count(part)
            row[f"standard_error_{stratum}"] = sem(part)
        found.append(row)
    return found


def versions(lake: Lake) -> list[Row]:
    kept: tuple[str, ...]
    kept = ("reports", "n", "standard_error", "rouge1_normal", "rouge1_abnormal", *MODEL)
    kept += ("rouge1", "rouge2", "rougel", "rougelsum")
    days = {values(model, MODEL): of["dt"] for model, of in groups(_rouge(lake), MODEL)}
    found = []
    for row in means(lake):
        own = days[values(row, MODEL)]
        both = {"first_day": min(own), "last_day": max(own)}
        found.append({name: row[name] for name in kept} | both)
    return found


def describe(lake: Lake) -> list[Row]:
    found = []
    for key, of in groups(_rouge(lake, scored=True), (*MODEL, "metric")):
        said = numbers(_of(of)).describe()
        row = key | {"count": int(said["count"]), "std": plain(said["std"])}
        row |= {name: said[name] for name in ("mean", "min", "max")}
        row |= {f"p{place}": said[f"{place}%"] for place in (25, 50, 75)}
        found.append(row | {"standard_error": sem(_of(of))})
    return found


def box(lake: Lake) -> list[Row]:
    scores = {
        values(key, (*MODEL, "metric")): numbers(_of(of))
        for key, of in groups(_rouge(lake, scored=True), (*MODEL, "metric"))
    }
    found = []
    for row in describe(lake):
        own = scores[values(row, (*MODEL, "metric"))]
        reach = 1.5 * (row["p75"] - row["p25"])
        inside = own[own.between(row["p25"] - reach, row["p75"] + reach)]
        whiskers = {
            "low_whisker": own[own >= row["p25"] - reach].min(),
            "high_whisker": own[own <= row["p75"] + reach].max(),
            "outliers": len(own) - len(inside),
        }
        found.append({k: v for k, v in row.items() if k not in ("min", "max", "std")} | whiskers)
    return found


def histogram(lake: Lake) -> list[Row]:
    edges = [place / 20 for place in range(21)]
    found = []
    for key, of in groups(_rouge(lake, scored=True), (*MODEL, "metric")):
        # The last bin includes its end.
        bins = pd.cut(numbers(_of(of)).clip(upper=0.999), edges, right=False, labels=False)
        for place in sorted(set(bins)):
            own = of[bins == place]
            row = key | {"bin_from": edges[place], "bin_to": edges[place + 1], "reports": len(own)}
            row |= {f"reports_{one}": int((own["stratum"] == one).sum()) for one in STRATA}
            found.append(row)
    return found


def strata(lake: Lake) -> list[Row]:
    return [
        key
        | {"reports": len(of), "n": count(_of(of)), "mean": mean(_of(of))}
        | {"std": std(_of(of)), "standard_error": sem(_of(of))}
        for key, of in groups(_rouge(lake), (*MODEL, "stratum", "metric"))
    ]


def comparison(lake: Lake) -> list[Row]:
    reports: dict[tuple[Any, ...], dict[str, Row]] = {}
    for row in _rouge(lake):
        key = values(row, ("dataset", "metric", *REPORT))
        reports.setdefault(key, {})[row["model_role"]] = row
    lines = []
    for place, by_role in reports.items():
        line: Row = {"dataset": place[0], "metric": place[1]}
        for role in ("fine-tuned", "pre-trained", "baseline-constant", "baseline-lead"):
            line[role.replace("-", "_")] = by_role.get(role, {}).get("fmeasure")
        for role in ("fine-tuned", "pre-trained"):
            for what in ("id", "version"):
                name = f"{role.replace('-', '_')}_{what}"
                line[name] = by_role.get(role, {}).get(f"model_{what}")
        lines.append(line)
    pair = ("fine_tuned_id", "fine_tuned_version", "pre_trained_id", "pre_trained_version")
    found = []
    for group, of in groups(lines, ("dataset", "metric", *pair)):
        row = group | {"reports": len(of)}
        for name in ("fine_tuned", "pre_trained", "baseline_constant", "baseline_lead"):
            row[name] = mean(of[name])
        for name, other in (
            ("gain", "pre_trained"),
            ("over_constant", "baseline_constant"),
            ("over_lead", "baseline_lead"),
        ):
            both = of[of["fine_tuned"].notna() & of[other].notna()]
            gains = POINTS * (numbers(both["fine_tuned"]) - numbers(both[other]))
            row[f"{name}_points"] = mean(gains)
            if name == "gain":
                row |= {"gain_reports": len(gains), "gain_standard_error": sem(gains)}
        found.append(row)
    return found


def paired(lake: Lake) -> list[Row]:
    reports: dict[tuple[Any, ...], list[Row]] = {}
    for row in _rouge(lake, scored=True):
        key = values(row, (*REPORT, "metric"))
        if None not in key:  # a row that has no place is paired with none
            reports.setdefault(key, []).append(row)
    lines = []
    for rows in reports.values():
        for one, other in permutations(rows, 2):
            line = {name: one[name] for name in (*MODEL, "metric", "stratum")}
            line |= {"first": one["fmeasure"], "second": other["fmeasure"]}
            names = ("role", "id", "version")
            line |= {f"other_{name}": other[f"model_{name}"] for name in names}
            lines.append(line | {"difference": one["fmeasure"] - other["fmeasure"]})
    others = ("other_role", "other_id", "other_version")
    found = []
    for group, of in groups(lines, (*MODEL, "metric", *others)):
        row = group | {"n": len(of), "mean": mean(of["first"]), "other_mean": mean(of["second"])}
        row |= {"mean_difference": mean(of["difference"]), "std": std(of["difference"])}
        row["standard_error"] = sem(of["difference"])
        for stratum in STRATA:
            part = of[of["stratum"] == stratum]["difference"]
            row[f"n_{stratum}"] = len(part)
            row[f"mean_difference_{stratum}"] = mean(part)
            row[f"standard_error_{stratum}"] = sem(part)
        found.append(row)
    return found
