from pathlib import Path

from benchmarks.scale import design
from common.paths import ROOT

TEMPLATE = (ROOT / "template.yaml").read_text(encoding="utf-8")


def test_the_design_is_the_templates() -> None:
    found = design.read()

    assert (found.micro_batch_records, found.chunk_records) == (8, 50)
    assert (found.concurrency, found.most_receives) == (4, 5)
    assert (found.function_timeout_s, found.memory_mb) == (900, 1024)
    assert (found.sweep_days, found.landing_days, found.shard_records) == (14, 365, 2000)
    assert found.scaling.invocations_per_instance == 20


def test_a_changed_default_changes_the_design(tmp_path: Path) -> None:
    changed = tmp_path / "template.yaml"
    text = TEMPLATE.replace("BatchSize: !Ref BatchSize", "BatchSize: 5")
    text = text.replace("BatchSize: 5", "BatchSize: !Ref MicroBatchRecords")
    changed.write_text(text.replace("Timeout: 900", "Timeout: 300"), encoding="utf-8")

    found = design.read(changed)

    assert found.batch_size == found.micro_batch_records == 8
    assert found.function_timeout_s == 300
