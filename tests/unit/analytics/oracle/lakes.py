"""Random lakes, made from a seed: what hospitals, redeployments and replays leave behind."""

from __future__ import annotations

import gzip
import random
from dataclasses import dataclass, field
from typing import Any

from tests.unit.analytics.conftest import (
    METRICS,
    LakeOnDisk,
    check,
    clinical,
    failure,
    file,
    impression,
    score,
)

Row = dict[str, Any]
DAYS = ("2026-10-30", "2026-11-01", "2026-11-02", "2026-11-03")
ROLES = ("fine-tuned", "pre-trained", "baseline-constant", "baseline-lead")
CHECKERS = ("draft-checks 1", "draft-checks 1; longer_than=2")
FLAGS = ("wrong_side", "contradicted", "omitted", "normal_draft_abnormal_findings", "not_checked")
FRACTIONS = (0.0, 0.05, 0.25, 0.3, 0.5, 0.95, 1.0)  # ties, and the edges of bins


@dataclass
class Lake:
    """Rows by table, each with the day of its partition, in any order."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    unread: list[tuple[str, str]] = field(default_factory=list)  # table and day

    def add(self, table: str, day: str, *rows: Row) -> None:
        """Rows of one partition; a key that is missing in a row is null."""
        self.rows.setdefault(table, []).extend(row | {"dt": day} for row in rows)

    def write(self, disk: LakeOnDisk, draw: random.Random) -> None:
        """Write the rows in a random order, several objects per partition."""
        for table, rows in self.rows.items():
            for day in sorted({row["dt"] for row in rows}):
                own = [
                    {name: value for name, value in row.items() if name != "dt"}
                    for row in rows
                    if row["dt"] == day
                ]
                draw.shuffle(own)
                cut = draw.randrange(len(own) + 1)
                for part in (own[:cut], own[cut:]):
                    if part:
                        disk.put(table, *part, day=day)
        for number, (table, day) in enumerate(self.unread):
            path = disk.put(table, {}, day=day, name=f"unread-{number}")
            path.write_bytes(gzip.compress(b"this line is not JSON\n"))


def random_lake(seed: int, datasets: tuple[str, ...]) -> Lake:
    """A lake of several days. Rows of one key differ only if their times do."""
    draw = random.Random(seed)
    lake = Lake()
    for number, dataset in enumerate(datasets):
        for place in range(draw.randint(4, 7)):
            _Upload(lake, draw, dataset, f"{number}-{place}").write()
    if datasets:
        _older_rows(lake, draw, datasets[0])
        _training(lake, draw)
        lake.unread += [("rouge_scores", DAYS[1]), ("checks", DAYS[1]), ("files", DAYS[2])]
    return lake


class _Upload:
    """One key: its first upload, perhaps a second one, and what replays of them wrote."""

    def __init__(self, lake: Lake, draw: random.Random, dataset: str, name: str) -> None:
        self.lake, self.draw, self.dataset, self.name = lake, draw, dataset, name
        self.lane = draw.choice(("evaluation", "incoming"))
        self.key = f"{self.lane}/{dataset}/{name}.json"

    def write(self) -> None:
        uploads = self.draw.choice((1, 1, 1, 2, 3))
        for number in range(uploads):
            is_done = self.draw.random() < 0.8
            self._run(f"run-{self.name}-{number}", number, is_done=is_done)

    def _run(self, run: str, number: int, *, is_done: bool) -> None:
        place = self.draw.randrange(len(DAYS))
        day, at = DAYS[place], f"{DAYS[place]} {10 + number}:00:00.000"
        # A role is deployed again in the middle of the lake's days.
        version = "1" if place < 2 else "2"
        roles = self.draw.sample(ROLES, self.draw.randint(1, 4))
        records = self.draw.randint(1, 6)
        common = {"run_id": run, "lane": self.lane, "dataset": self.dataset, "source_key": self.key}
        for index in range(records):
            stratum = self.draw.choice(("normal", "abnormal", None))
            for role in roles:
                one = common | {
                    # Two records of a file may have the same id.
                    "report_id": f"{self.name}-r{index // 2}",
                    "record_index": index,
                    "model_role": role,
                    "model_id": "large" if role == "pre-trained" and place == 3 else "t5",
                    "model_version": version if role == "fine-tuned" else "1",
                }
                if self.draw.random() < 0.1:
                    self._failure(one, day, at)
                else:
                    self._draft(one, day, at, stratum)
        if self.draw.random() < 0.3:
            whole = {"record_index": None, "report_id": None, "model_role": None}
            self._failure(common | whole, day, at)
        if is_done:
            done = f"{day} {20 + number}:00:00.000"
            row = file(
                **common,
                source_size=self.draw.choice((None, 50, 200)),
                records_total=records,
                records_ok=records - 1,
                chunks=self.draw.randint(1, 3),
                landed_at=at,
                finished_at=done,
            )
            self.lake.add("files", day, row)
            if self.draw.random() < 0.4:  # a second delivery of the last message
                again = row | {"attempt": 2, "finished_at": done.replace("00:00.000", "30:00.000")}
                self.lake.add("files", day, again)

    def _draft(self, one: Row, day: str, at: str, stratum: str | None) -> None:
        later = at.replace(":00.000", ":09.000")
        with_score = one | {"stratum": stratum}
        flags = [self._flags() for _ in range(2)]
        replayed = self.draw.choice(("no", "no", "same", "changed"))
        for time, said in ((at, flags[0]), (later, flags[1])):
            if time == later and replayed != "changed":
                continue
            for _ in range(2 if replayed == "same" else 1):
                state = self.draw.getstate()
                row = with_score
                if time == later and row["model_role"] == "fine-tuned" and self.draw.random() < 0.5:
                    row = row | {"model_version": "2"}  # a re-run by the version deployed since
                self._rows(row, day, time, said)
                if replayed == "same":  # the same rows again, not new ones
                    self.draw.setstate(state)

    def _rows(self, one: Row, day: str, at: str, flags: list[str]) -> None:
        draw, stratum = self.draw, one["stratum"]
        baseline = one["model_role"].startswith("baseline-")
        text = impression(
            **one,
            generated_at=at,
            endpoint_name="" if baseline else draw.choice(("a", "b")),
            latency_ms=draw.choice((0.0, 10.0, 10.5, 99.0, 1000.0)),
            call_records=draw.choice((None, 1, 8)),
            reference_impression=None if stratum is None else "Normal.",
            flags=flags,
            check_sentences=[f"{flag}, in words" for flag in flags],
        )
        self.lake.add("impressions", day, text)
        if stratum is not None:
            for metric in METRICS:
                values = [draw.choice((draw.random(), draw.choice(FRACTIONS))) for _ in range(3)]
                names = ("rouge_precision", "rouge_recall", "fmeasure")
                row = score(**one, metric=metric, scored_at=at) | dict(
                    zip(names, values, strict=True)
                )
                self.lake.add("rouge_scores", day, row)
            self._clinical(one, day, at)
        if not baseline:
            with_checker = one | {"checker": CHECKERS[one["record_index"] % 2]}
            for place, flag in enumerate(flags or [None]):
                row = check(**with_checker, flag_index=place, flag=flag, checked_at=at)
                self.lake.add("checks", day, row)

    def _clinical(self, one: Row, day: str, at: str) -> None:
        draw = self.draw
        common, more, others = (draw.randint(0, 3) for _ in range(3))
        is_defined = common + others > 0
        row = clinical(
            **one,
            scored_at=at,
            facts_stratum=draw.choice(("normal", "abnormal")),
            draft_stratum=draw.choice(("normal", "abnormal")),
            facts_common=common,
            facts_draft=common + more,
            facts_reference=common + others,
        )
        names = ("clinical_precision", "clinical_recall", "fmeasure")
        self.lake.add(
            "clinical_scores", day, row | {n: draw.random() if is_defined else None for n in names}
        )

    def _flags(self) -> list[str]:
        return [self.draw.choice(FLAGS) for _ in range(self.draw.choice((0, 0, 1, 2, 4)))]

    def _failure(self, one: Row, day: str, at: str) -> None:
        names = ("run_id", "lane", "dataset", "source_key", "record_index", "report_id")
        row = failure(
            **{name: one[name] for name in (*names, "model_role")},
            stage=self.draw.choice(("read", "decode", "model")),
            error_type=self.draw.choice(("ModelDown", "RecordRejected")),
            retryable=self.draw.random() < 0.5,
            failed_at=at,
        )
        self.lake.add("failures", day, *[row] * self.draw.choice((1, 1, 2)))


def _older_rows(lake: Lake, draw: random.Random, dataset: str) -> None:
    """Rows of a form without some columns, and scores without a value or a metric."""
    for number in range(3):
        old = {"run_id": f"old-{number}", "report_id": f"o{number}", "dataset": dataset}
        old |= {"model_role": "fine-tuned"}
        lake.add("impressions", DAYS[0], old | {"record_index": number})
        lake.add("rouge_scores", DAYS[0], old | {"metric": "rouge1", "fmeasure": draw.random()})
        lake.add("rouge_scores", DAYS[0], old | {"metric": "rouge2", "record_index": number})
        lake.add("rouge_scores", DAYS[0], old | {"fmeasure": draw.random(), "record_index": number})


def _training(lake: Lake, draw: random.Random) -> None:
    for step in range(4):
        row = {
            "training_job_name": "job",
            "model_id": "t5",
            "model_version": "job",
            "metric_name": draw.choice(("train_loss", "val_loss")),
            "step": float(step),
            "epoch": None if step == 0 else 0.5 * step,
            "value": draw.random(),
            "observed_at": f"{DAYS[0]} 00:00:0{step}.000",
            "schema_version": 1,
        }
        lake.add("training_metrics", DAYS[0], row, *[row] * (step % 2))
