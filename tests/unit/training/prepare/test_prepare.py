"""Every form of collection, made of invented reports, becomes the same files."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import json
import random
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from chalicelib.drafting.prompts import prompt_for
from chalicelib.intake.context import context_of
from chalicelib.settings import DEFAULT_PROMPT
from training.errors import CollectionError, OutputError
from training.prepare import index as index_module
from training.prepare import prepare as module
from training.prepare.patients import Patients, pattern_of
from training.prepare.prepare import Plan, prepare
from training.prepare.records import Reading
from training.prepare.report import Pair, Report
from training.prepare.tokens import Limits
from training.synthetic.stream import reports

Invented = list[tuple[str, str, str]]
PLAN = Plan("invented", 0.2, 1)


@pytest.fixture
def invented() -> Invented:
    found = {" ".join(r.findings.split()): r for r in reports(60, "prepare")}
    # In free text, findings that begin with "Comparison:" would be that section.
    return [
        (one.report_id, text, " ".join(one.impression.split()))
        for text, one in found.items()
        if ":" not in text.split(".")[0]
    ]


def as_mimic(folder: Path, invented: Invented) -> Path:
    path = folder / "mimic-cxr-reports.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("files/README.md", "not a report")
        for number, (name, findings, impression) in enumerate(invented):
            text = f" FINAL REPORT\n EXAMINATION:  CHEST\n\n FINDINGS:\n\n {findings}\n\n"
            archive.writestr(
                f"files/p10/p{10_000_000 + number}/{name}.txt",
                f"{text} IMPRESSION:\n\n {impression}\n",
            )
    return path


def as_open_i(folder: Path, invented: Invented) -> Path:
    home = folder / "ecgen-radiology"
    home.mkdir()
    for number, (name, findings, impression) in enumerate(invented):
        text = (
            f'<?xml version="1.0" encoding="utf-8"?><eCitation><uId id="{name}"/><MedlineCitation>'
            '<Article><Abstract><AbstractText Label="COMPARISON">None.</AbstractText>'
            f'<AbstractText Label="FINDINGS">{escape(findings)}</AbstractText>'
            f'<AbstractText Label="IMPRESSION">{escape(impression)}</AbstractText>'
            "</Abstract></Article></MedlineCitation></eCitation>"
        )
        (home / f"{number:03d}.xml").write_text(text, encoding="utf-8")
    return home


def as_mediqa(folder: Path, invented: Invented) -> Path:
    path = folder / "dev2.json"
    rows = [
        {"study_id": n, "subject_id": n, "findings": f, "impression": i, "background": "Cough."}
        for n, f, i in invented
    ]
    path.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return path


def as_kaggle(folder: Path, invented: Invented) -> Path:
    path = folder / "indiana_reports.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["uid", "MeSH", "indication", "findings", "impression"])
        rows.writerows([n, "normal", "", f, i] for n, f, i in invented)
    return path


def as_lines(folder: Path, invented: Invented) -> Path:
    path = folder / "reports.jsonl.gz"
    lines = [{"report_id": n, "findings": f, "impression": i} for n, f, i in invented]
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    return path


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("make", [as_mimic, as_open_i, as_mediqa, as_kaggle, as_lines])
def test_collection_of_every_form_becomes_the_same_files(
    make: Callable[[Path, Invented], Path], invented: Invented, tmp_path: Path
) -> None:
    source = make(tmp_path, invented)

    summary = prepare([source], tmp_path / "out", PLAN)

    train = lines(tmp_path / "out" / "train" / "train.jsonl")
    evaluation = lines(tmp_path / "out" / "evaluation" / "invented.jsonl")
    masked = {f.replace("XXXX", "____"): (n, i.replace("XXXX", "____")) for n, f, i in invented}
    assert summary.kept == {"train": len(train), "evaluation": len(evaluation)}
    assert summary.left_out == {}
    assert len(train) > len(evaluation) > 3
    assert {one["prompt"]: one["completion"] for one in train} == {
        f: masked[f][1] for f in (one["prompt"] for one in train)
    }
    assert [(one["report_id"], one["impression"]) for one in evaluation] == [
        masked[one["findings"]] for one in evaluation
    ]
    assert {one["prompt"] for one in train}.isdisjoint(one["findings"] for one in evaluation)
    assert sorted(p.name for p in (tmp_path / "out" / "train").iterdir()) == [
        "template.json",
        "train.jsonl",
    ]


def test_template_makes_the_prompt_that_the_functions_send(
    invented: Invented, tmp_path: Path
) -> None:
    prepare([as_lines(tmp_path, invented)], tmp_path / "out", PLAN)

    template = json.loads((tmp_path / "out" / "train" / "template.json").read_text())

    assert template["prompt"].format(prompt="X") == DEFAULT_PROMPT.format(findings="X")
    assert template["completion"].format(completion="Y") == "Y"


WITH_CONTEXT = "[Indication: {indication}. ]Findings: {findings}"


def test_prompt_that_names_context_is_filled_in_where_a_report_has_it(tmp_path: Path) -> None:
    source = tmp_path / "reports.csv"
    source.write_text(
        "id,findings,impression,indication\n"
        "a,Lungs clear.,Normal.,Cough of XXXX\n"
        "b,Heart large.,Cardiomegaly.,\n",
        encoding="utf-8",
    )

    prepare([source], tmp_path / "out", Plan("d", 0.0, prompt=WITH_CONTEXT))

    template = json.loads((tmp_path / "out/train/template.json").read_text(encoding="utf-8"))
    report = json.loads((tmp_path / "out/report.json").read_text(encoding="utf-8"))
    prompts = [one["prompt"] for one in lines(tmp_path / "out/train/train.jsonl")]
    assert prompts == [
        "Indication: Cough of ____. Findings: Lungs clear.",
        "Findings: Heart large.",
    ]
    assert template["prompt"] == "{prompt}"
    assert report["prompt"] == WITH_CONTEXT
    # What the functions make of the same report under the same template.
    assert prompts[0] == prompt_for(
        WITH_CONTEXT, "Lungs clear.", context_of({"indication": "Cough of XXXX"})
    )


def test_context_of_a_report_is_in_the_evaluation_file(tmp_path: Path) -> None:
    source = tmp_path / "s1.txt"
    source.write_text("INDICATION: Cough.\n\nFINDINGS: Clear.\n\nIMPRESSION: Normal.\n", "utf-8")

    prepare([source], tmp_path / "out", Plan("d", 1.0))

    assert lines(tmp_path / "out/evaluation/d.jsonl") == [
        {"report_id": "s1", "findings": "Clear.", "impression": "Normal.", "indication": "Cough."}
    ]


def test_same_reports_from_two_collections_are_kept_once(
    invented: Invented, tmp_path: Path
) -> None:
    sources = [as_mediqa(tmp_path, invented), as_kaggle(tmp_path, invented)]

    summary = prepare(sources, tmp_path / "out", PLAN)

    assert sum(summary.kept.values()) == len(invented)
    assert summary.left_out == {"repeated findings": len(invented)}


def test_order_of_the_reports_changes_no_split(invented: Invented, tmp_path: Path) -> None:
    prepare([as_lines(tmp_path, invented)], tmp_path / "one", PLAN)
    prepare([as_lines(tmp_path, invented[::-1])], tmp_path / "two", PLAN)

    for name in ("train/train.jsonl", "evaluation/invented.jsonl"):
        one, two = (lines(tmp_path / folder / name) for folder in ("one", "two"))
        assert one == two[::-1]


def test_reports_that_cannot_be_used_are_counted_by_reason_and_named(tmp_path: Path) -> None:
    path = tmp_path / "mixed.jsonl"
    path.write_bytes(
        b'{"id": "a", "findings": "Clear.", "impression": "Normal."}\n'
        b'{"id": "b", "findings": "Hazy."}\n'
        b'{"id": "c", "findings": " ", "impression": "Normal."}\n'
        b'{"id": "d", "impression": "Normal."}\n'
        b'{"id": "e", "findings": "clear", "impression": "Other."}\n'
        b'{"id": "f", "findings": "' + b"x" * 20_001 + b'", "impression": "Long."}\n'
        b'{"id": "g", "findings": 7, "impression": "Normal."}\n'
        b"\xff\xfe not a record\n"
    )

    prepare([path], tmp_path / "out", Plan("mixed", 0.0, 1))

    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["reports"] == 8
    assert report["kept"] == {"train": 1, "evaluation": 0}
    assert report["left_out"] == {
        "no impression": 1,
        "no findings": 3,
        "repeated findings": 1,
        "findings too long": 1,
        "unreadable": 1,
    }
    assert report["examples"]["no findings"] == ["c", "d", "g"]


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("empty.jsonl", b"", "is empty"),
        ("empty.zip", b"", "is not a zip archive; download it again"),
        ("picture.json", b"\x89PNG\r\n", "is neither JSON, XML nor a table"),
        ("other.csv", b"a,b\n1,2\n", "name them with --findings-column and --impression-column"),
        ("latin.csv", "uid,findings,impression\n1,gr\xf6\xdfer,x\n".encode("latin-1"), "UTF-8"),
        ("quotes.csv", b'uid,findings,impression\n1,"a,b\n', "fix its quotes"),
        ("nothing.csv", b"uid,findings,impression\n", "contains no report"),
        ("none.jsonl", b'{"findings": ""}', "none of its 1 reports can be used (1 no findings)"),
        ("cut.json.gz", gzip.compress(b'{"findings": "x"}')[:-9], "ends too soon"),
    ],
)
def test_collection_that_cannot_be_read_is_named_and_nothing_is_left_behind(
    name: str, data: bytes, problem: str, tmp_path: Path
) -> None:
    source = tmp_path / name
    source.write_bytes(data)

    with pytest.raises(CollectionError) as caught:
        prepare([source], tmp_path / "out", Plan(name, 0.1, 1))

    assert problem in str(caught.value)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_damaged_member_of_a_zip_is_named(invented: Invented, tmp_path: Path) -> None:
    path = as_mimic(tmp_path, invented)
    data = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        member = archive.infolist()[3]
    start = member.header_offset + 30 + len(member.filename) + 5
    path.write_bytes(data[:start] + b"\xff" * 20 + data[start + 20 :])

    with pytest.raises(CollectionError, match="download the archive again") as caught:
        prepare([path], tmp_path / "out", PLAN)

    assert member.filename in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_zip_without_reports_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "x")

    with pytest.raises(
        CollectionError,
        match=r"other\.zip: contains no reports; .*a\.csv is neither JSON, XML nor a table",
    ):
        prepare([path], tmp_path / "out", PLAN)


def test_broken_xml_and_text_of_another_encoding_cost_themselves_only(
    invented: Invented, tmp_path: Path
) -> None:
    folder = as_open_i(tmp_path, invented[:3])
    (folder / "broken.xml").write_text("<eCitation>", encoding="utf-8")
    (folder / "latin.txt").write_bytes("FINDINGS: gr\xf6\xdfer\nIMPRESSION: x".encode("latin-1"))

    summary = prepare([folder], tmp_path / "out", PLAN)

    assert sum(summary.kept.values()) == 3
    assert summary.examples == {"unreadable": ["broken.xml", "latin"]}


@pytest.mark.parametrize("make", ["folder", "file"])
def test_what_is_there_already_is_never_written_over(
    make: str, invented: Invented, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    if make == "folder":
        out.mkdir()
        (out / "mine.txt").write_text("mine")
    else:
        out.write_text("mine")

    with pytest.raises(OutputError, match="already exists; give a new folder"):
        prepare([as_lines(tmp_path, invented)], out, PLAN)

    assert (out / "mine.txt" if make == "folder" else out).read_text() == "mine"


def as_patients(folder: Path, patients: int, reports_each: int, shared: float) -> Path:
    """Invented patients in the layout of MIMIC-CXR; a share of the reports has common findings."""
    draw = random.Random(7)
    for patient in range(patients):
        home = folder / "files" / "p10" / f"p{10_000_000 + patient}"
        home.mkdir(parents=True)
        for number in range(reports_each):
            own = f"Nodule {patient} in segment {number}."
            findings = f"Lungs clear {draw.randrange(20)}." if draw.random() < shared else own
            text = f"FINDINGS: {findings}\nIMPRESSION: As {patient}, {number}.\n"
            (home / f"s{50_000_000 + patient * 100 + number}.txt").write_text(text)
    return folder / "files"


def written(out: Path, name: str = "invented") -> dict[str, list[tuple[str, int]]]:
    """The findings and the patient of every pair that was written, by split."""
    found = {
        "train": [(one["prompt"], one["completion"]) for one in lines(out / "train/train.jsonl")]
    }
    for path in (out / "evaluation").iterdir():
        found[path.stem] = [(one["findings"], one["impression"]) for one in lines(path)]
    return {
        split: [(f, int(i.removeprefix("As ").split(",")[0])) for f, i in pairs]
        for split, pairs in found.items()
    }


def assert_disjoint(splits: dict[str, list[tuple[str, int]]]) -> None:
    for at in (0, 1):
        for one, other in itertools.combinations(splits.values(), 2):
            assert {pair[at] for pair in one}.isdisjoint(pair[at] for pair in other)


@pytest.mark.parametrize("shared", [0.0, 0.1])
@pytest.mark.parametrize("seed", range(4))
def test_no_patient_and_no_findings_are_in_two_splits(
    seed: int, shared: float, tmp_path: Path
) -> None:
    source = as_patients(tmp_path, 40, 5, shared)

    summary = prepare([source], tmp_path / "out", Plan("invented", 0.3, seed))

    splits = written(tmp_path / "out")
    assert_disjoint(splits)
    assert 10 <= len(splits["invented"]) <= 110
    assert {patient for pairs in splits.values() for _, patient in pairs} == set(range(40))
    assert summary.patients["known"] == 40
    assert (summary.patients["groups_joined_by_findings"] > 0) == (shared > 0)
    side = {patient: split for split, pairs in splits.items() for _, patient in pairs}
    same: dict[str, set[int]] = {}
    for path in source.rglob("*.txt"):
        same.setdefault(path.read_text().split("\n")[0], set()).add(int(path.parent.name[2:]))
    assert all(len({side[patient] for patient in joined}) == 1 for joined in same.values())


def test_group_that_would_fill_the_evaluation_set_is_for_training(tmp_path: Path) -> None:
    source = as_patients(tmp_path, 60, 5, 0.3)
    shares = []

    for seed in range(20):
        summary = prepare([source], tmp_path / str(seed), Plan("invented", 0.2, seed))
        shares.append(summary.kept["evaluation"] / sum(summary.kept.values()))
        assert_disjoint(written(tmp_path / str(seed)))
    # The other patients make up for the group that is not drawn.
    assert max(shares) < 0.45
    assert 0.12 < sum(shares) / len(shares) < 0.28
    assert summary.patients["largest_group"]["patients"] > 30


def test_order_of_the_reports_changes_no_split_of_a_patient(tmp_path: Path) -> None:
    source = as_patients(tmp_path, 40, 5, 0.1)
    by_patient = sorted(source.glob("p10/*"))

    prepare(by_patient, tmp_path / "one", PLAN)
    prepare(by_patient[::-1], tmp_path / "two", PLAN)

    one, two = written(tmp_path / "one"), written(tmp_path / "two")
    for split in one:
        assert {f for f, _ in one[split]} == {f for f, _ in two[split]}


def split_table(folder: Path, splits: dict[int, str]) -> Path:
    path = folder / "split.csv"
    rows = [f"{study},{split}" for study, split in splits.items()]
    path.write_text("\n".join(["study_id,split", *rows]) + "\n")
    return path


def test_published_split_is_taken_and_what_it_leaves_open_is_left_out(tmp_path: Path) -> None:
    source = as_patients(tmp_path, 30, 3, 0.0)
    names = {n: "train" if n < 20 else "validate" if n < 25 else "test" for n in range(29)}
    studies = {50_000_000 + n * 100 + k: split for n, split in names.items() for k in range(3)}
    plan = replace(PLAN, split_file=split_table(tmp_path, studies))

    summary = prepare([source], tmp_path / "out", plan)

    splits = written(tmp_path / "out")
    assert {n for _, n in splits["train"]} == set(range(20))
    assert {n for _, n in splits["invented-validate"]} == set(range(20, 25))
    assert {n for _, n in splits["invented"]} == set(range(25, 29))
    assert summary.kept == {"train": 60, "validate": 15, "evaluation": 12}
    assert summary.left_out == {"not in the split file": 3}
    assert json.loads((tmp_path / "out/report.json").read_text())["split_file"] == "split.csv"


def test_published_split_that_shares_patients_and_findings_is_kept_apart(tmp_path: Path) -> None:
    source = as_patients(tmp_path, 30, 5, 0.3)
    draw = random.Random(3)
    studies = {
        50_000_000 + n * 100 + k: draw.choice(["train"] * 8 + ["dev", "test"])
        for n in range(30)
        for k in range(5)
    }
    plan = replace(PLAN, split_file=split_table(tmp_path, studies))

    summary = prepare([source], tmp_path / "out", plan)

    assert_disjoint(written(tmp_path / "out"))
    assert summary.kept["train"] > 20
    assert summary.left_out["patient in another split"] > 5
    assert summary.left_out["findings in another split"] > 0


def test_split_file_with_unknown_ids_ends_in_one_line(tmp_path: Path) -> None:
    source = as_patients(tmp_path, 2, 1, 0.0)
    table = split_table(tmp_path, {50_000_000: "train", 50_000_100: "test", 7: "test"})

    with pytest.raises(CollectionError, match=r"names 1 ids that no report has \(7\)"):
        prepare([source], tmp_path / "out", replace(PLAN, split_file=table))

    assert not (tmp_path / "out").exists()


def test_pattern_that_matches_nothing_ends_in_one_line(tmp_path: Path) -> None:
    source = as_patients(tmp_path, 2, 1, 0.0)
    reading = Reading(patients=Patients(pattern_of("case-[0-9]+")))

    with pytest.raises(CollectionError, match="matches no report; it is searched in a file's path"):
        prepare([source], tmp_path / "out", replace(PLAN, reading=reading))


def test_texts_that_a_model_cuts_off_are_counted_or_left_out(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    texts = [
        ("a", "Clear lungs here.", "Normal."),
        ("b", "Clear " * 300, "Normal."),
        ("c", "Hazy.", "Opacity " * 90),
        ("d", "hazy", "Opacity."),
    ]
    path.write_text(
        "\n".join(json.dumps({"id": n, "findings": f, "impression": i}) for n, f, i in texts)
    )
    counted = Plan("long", 0.0, 1, limits=Limits(200, 60))

    kept = prepare([path], tmp_path / "kept", counted)
    left = prepare(
        [path], tmp_path / "left", replace(counted, limits=Limits(200, 60, leave_out=True))
    )

    assert kept.left_out == {"repeated findings": 1}
    assert left.left_out == {"prompt over max_input_length": 1, "target over max_output_length": 1}
    # Without the long one, the other report with the same findings is the first.
    assert [one["completion"] for one in lines(tmp_path / "left/train/train.jsonl")] == [
        "Normal.",
        "Opacity.",
    ]
    for summary in (kept, left):
        assert summary.quality["tokens"]["prompts_over"] == 1
        assert summary.quality["tokens"]["targets_certainly_over"] == 1


def test_same_findings_with_another_impression_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "same.jsonl"
    path.write_text(
        '{"id": 1, "findings": "Large heart, no edema.", "impression": "Cardiomegaly."}\n'
        '{"id": 2, "findings": "large heart; no edema", "impression": "Normal."}\n'
    )

    summary = prepare([path], tmp_path / "out", Plan("same", 0.0, 1))

    assert summary.duplicates == {"repeated_findings": 1, "with_another_impression": 1}
    assert summary.quality["likeliest_noise"] == [
        {"report_id": "1", "reasons": ["the same findings with another impression"]}
    ]


def test_full_disk_ends_in_one_line_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = as_patients(tmp_path, 40, 5, 0.0)
    full = f"{index_module._TABLES} PRAGMA max_page_count = 6;"
    monkeypatch.setattr(index_module, "_TABLES", full)

    with pytest.raises(OutputError, match=r"cannot be written .*full"):
        prepare([source], tmp_path / "out", PLAN)

    assert [path.name for path in tmp_path.iterdir()] == ["files"]


def test_nothing_but_the_results_is_left_in_the_folder(tmp_path: Path) -> None:
    source = as_patients(tmp_path, 3, 2, 0.0)
    table = split_table(
        tmp_path, {50_000_000 + n * 100 + k: "train" for n in range(3) for k in range(2)}
    )

    prepare([source], tmp_path / "out", replace(PLAN, split_file=table))

    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "evaluation",
        "report.json",
        "train",
    ]


@pytest.mark.parametrize("source", ["missing", "empty"])
def test_source_without_files_is_named(source: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(CollectionError, match=source):
        prepare([tmp_path / source], tmp_path / "out", PLAN)


def test_memory_is_flat_in_the_number_of_reports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def many(count: int) -> Iterator[Report]:
        return (
            Pair(f"r{n}", f"Finding {n}. " * 20, "Impression.", f"p{n // 3}") for n in range(count)
        )

    def peak(count: int) -> int:
        monkeypatch.setattr(module, "_reports", lambda *_: many(count))
        (tmp_path / "in.txt").touch()
        tracemalloc.start()
        try:
            prepare([tmp_path / "in.txt"], tmp_path / f"out-{count}", PLAN)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)  # what is imported and cached once

    assert peak(4_000) < peak(400) + (1 << 18)
