"""Collections as they are published: an invented sample of each row of docs/collections.md."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest

from common.paths import ROOT
from training.errors import CollectionError
from training.prepare.collections import read
from training.prepare.columns import Columns
from training.prepare.items import PassedOver
from training.prepare.patients import Patients, pattern_of
from training.prepare.records import Reading
from training.prepare.report import LeftOut, Pair, Report

PAIRS = [
    Pair("50000001", "Lungs clear.", "Normal chest.", "10000001"),
    Pair("50000002", "Small effusion; heart large.", "Effusion, left.", "10000001"),
    Pair("50000003", "Rib fracture, \u201cold\u201d.", "No acute disease.", "10000002"),
]
HEADER = ("study_id", "subject_id", "findings", "impression")


def rows(pairs: Iterable[Pair] = PAIRS) -> list[list[str]]:
    return [[one.report_id, f"p{one.patient}", one.findings, one.impression] for one in pairs]


def table(header: Sequence[str], lines: Iterable[Sequence[str]], delimiter: str = ",") -> str:
    file = io.StringIO()
    made = csv.writer(file, delimiter=delimiter)
    made.writerow(header)
    made.writerows(lines)
    return file.getvalue()


def text_of(pair: Pair) -> str:
    return f" FINAL REPORT\n\n FINDINGS: {pair.findings}\n\n IMPRESSION: {pair.impression}\n"


def mimic_members() -> dict[str, str]:
    return {f"files/p10/p{one.patient}/s{one.report_id}.txt": text_of(one) for one in PAIRS}


def zipped(path: Path, members: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def tarred(path: Path, members: dict[str, str]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        folder = tarfile.TarInfo("files")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for name, text in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return path


def mimic_folder(folder: Path) -> Path:
    zipped(folder / "mimic-cxr-reports.zip", mimic_members())
    (folder / "LICENSE.txt").write_text("FINDINGS: none\nIMPRESSION: none")
    (folder / "SHA256SUMS.txt").write_text("00ff mimic-cxr-reports.zip\n")
    (folder / "index.html").write_text("<html></html>")
    listed = table(("subject_id", "study_id", "path"), [("10000001", "50000001", "files/x.txt")])
    (folder / "cxr-study-list.csv.gz").write_bytes(gzip.compress(listed.encode()))
    return folder


def mimic_extracted(folder: Path) -> Path:
    for name, text in mimic_members().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "files"


def mimic_tgz(folder: Path) -> Path:
    return tarred(folder / "reports.tgz", mimic_members())


def mimic_sectioned(folder: Path) -> Path:
    lines = [(f"s{one.report_id}", one.impression, one.findings, "", "") for one in PAIRS]
    header = ("study", "impression", "findings", "last_paragraph", "comparison")
    (folder / "mimic_cxr_sectioned.csv").write_text(table(header, lines), encoding="utf-8")
    return folder


def mimic_note(folder: Path) -> Path:
    header = ("note_id", "subject_id", "hadm_id", "note_type", "charttime", "text")
    lines = [(one.report_id, one.patient or "", "", "RR", "", text_of(one)) for one in PAIRS]
    path = folder / "radiology.csv.gz"
    path.write_bytes(gzip.compress(table(header, lines).encode()))
    return path


def open_i(folder: Path) -> Path:
    labels = (("FINDINGS", "IMPRESSION"), ("Findings:", "impression"), (" finding ", "IMPRESSIONS"))
    members = {"NLMCXR_reports/.DS_Store": ""}
    for one, (first, second) in zip(PAIRS, labels, strict=True):
        members[f"ecgen-radiology/{one.report_id}.xml"] = (
            f'<?xml version="1.0"?><eCitation><uId id="{one.report_id}"/><Abstract>'
            f'<AbstractText Label="INDICATION">Cough.</AbstractText>'
            f'<AbstractText Label="{first}">{one.findings}</AbstractText>'
            f'<AbstractText Label="{second}">{one.impression}</AbstractText>'
            "</Abstract></eCitation>"
        )
    return tarred(folder / "NLMCXR_reports.tgz", members)


def kaggle(folder: Path) -> Path:
    header = ("uid", "MeSH", "image", "indication", "findings", "impression")
    lines = [(n, "normal", "x.png", "Cough", f, i) for n, _, f, i in rows()]
    return zipped(
        folder / "archive.zip",
        {
            "indiana_reports.csv": table(header, lines),
            "indiana_projections.csv": table(("uid", "filename"), [("1", "x.png")]),
            "__MACOSX/._indiana_reports.csv": "\0\5",
        },
    )


def mediqa(folder: Path) -> Path:
    found = [dict(zip(HEADER, row, strict=True)) | {"background": "Cough."} for row in rows()]
    path = folder / "dev.json"
    path.write_text(json.dumps(found), encoding="utf-8")
    return path


def chexpert_plus(folder: Path) -> Path:
    header = (
        *("path_to_image", "deid_patient_id", "report", "section_findings", "section_impression"),
        *("section_summary", "split"),
    )
    lines = [
        (f"train/patient{p}/v.jpg", f"patient{p}", "FINDINGS: x", f, i, "2-ABNORMAL", "train")
        for _, p, f, i in ((r[0], r[1].lstrip("p"), *r[2:]) for r in rows())
    ]
    (folder / "df_chexpert_plus.csv").write_text(table(header, lines), encoding="utf-8")
    (folder / "impression_fixed.json").write_text('{"labels": "invented"}')
    return folder


def hugging_face(folder: Path) -> Path:
    (folder / "README.md").write_text("card")
    (folder / "data").mkdir()
    target = folder / "data" / "train-00000-of-00001.parquet"
    with duckdb.connect() as base:
        base.execute(
            "CREATE TABLE t (image STRUCT(bytes BLOB, path TEXT), study_id BIGINT, subject_id"
            " BIGINT, findings TEXT, impression TEXT)"
        )
        base.executemany(
            "INSERT INTO t VALUES ({'bytes': NULL, 'path': 'x.png'}, ?, ?, ?, ?)",
            [(int(n), int(p.lstrip("p")), f, i) for n, p, f, i in rows()],
        )
        base.execute(f"COPY t TO '{target}' (FORMAT parquet)")
    return folder


def lists_under_names(folder: Path) -> Path:
    found = [
        {"id": n, "subject_id": p, "image_path": ["a.jpg"], "report": text_of(pair)}
        for (n, p, *_), pair in zip(rows(), PAIRS, strict=True)
    ]
    path = folder / "annotation.json"
    whole = {"version": 1, "train": found[:2], "val": [], "test": found[2:]}
    path.write_text(json.dumps(whole), encoding="utf-8")
    return path


def json_lines(folder: Path) -> Path:
    path = folder / "reports.jsonl"
    lines = [
        f'{{"study_id": {n}, "subject_id": {float(one.patient or 0)}, "age": NaN, "findings":'
        f' {json.dumps(one.findings)}, "impression": {json.dumps(one.impression)}}}'
        for n, one in ((one.report_id, one) for one in PAIRS)
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def semicolons(folder: Path) -> Path:
    path = folder / "export.csv"
    path.write_text(table(HEADER, rows(), ";"), encoding="utf-8-sig")
    return path


def tabs(folder: Path) -> Path:
    path = folder / "export.tsv"
    path.write_text(table(HEADER, rows(), "\t"), encoding="utf-8")
    return path


def unicode_text(folder: Path) -> Path:
    path = folder / "Book1.txt"
    path.write_text(table(HEADER, rows(), "\t"), encoding="utf-16")
    return path


def compressed(folder: Path) -> Path:
    path = folder / "reports.csv.gz"
    path.write_bytes(gzip.compress(table(HEADER, rows()).encode()))
    return path


def own_names(folder: Path) -> Path:
    path = folder / "befunde.csv"
    header = ("Nummer", "Fall", "Befund", "Beurteilung")
    path.write_text(table(header, rows(), ";"), encoding="utf-8")
    return path


@dataclass(frozen=True)
class Sample:
    """One row of the documentation: how it is made, and what it becomes."""

    make: Callable[[Path], Path]
    has_patients: bool = True
    has_ids: bool = True
    reading: Reading = field(default_factory=Reading)
    passed_over: tuple[str, ...] = ()


SAMPLES = {
    "MIMIC-CXR as downloaded": Sample(
        mimic_folder,
        passed_over=("LICENSE.txt", "SHA256SUMS.txt", "cxr-study-list.csv.gz", "index.html"),
    ),
    "MIMIC-CXR extracted": Sample(mimic_extracted),
    "MIMIC-CXR in a tar archive": Sample(mimic_tgz),
    "MIMIC-CXR sectioned": Sample(
        mimic_sectioned, has_patients=False, reading=Reading(Columns(report_id="study"))
    ),
    "MIMIC-IV-Note": Sample(mimic_note),
    "Open-i": Sample(open_i, has_patients=False, passed_over=("NLMCXR_reports/.DS_Store",)),
    "Kaggle's Indiana reports": Sample(
        kaggle,
        has_patients=False,
        passed_over=("indiana_projections.csv", "__MACOSX/._indiana_reports.csv"),
    ),
    "MEDIQA 2021": Sample(mediqa),
    "CheXpert Plus": Sample(chexpert_plus, has_ids=False, passed_over=("impression_fixed.json",)),
    "Hugging Face": Sample(hugging_face, passed_over=("README.md",)),
    "Lists under names": Sample(lists_under_names),
    "JSON Lines": Sample(json_lines),
    "CSV with semicolons": Sample(semicolons),
    "TSV": Sample(tabs),
    "Excel's Unicode text": Sample(unicode_text),
    "CSV, gzip": Sample(compressed),
    "Columns with names of their own": Sample(
        own_names,
        reading=Reading(
            Columns("Befund", "Beurteilung", report_id="nummer", patient="Fall"), Patients()
        ),
    ),
}


def as_published(found: Iterable[Report | PassedOver]) -> tuple[list[Report], list[PassedOver]]:
    every = list(found)
    return (
        [one for one in every if not isinstance(one, PassedOver)],
        [one for one in every if isinstance(one, PassedOver)],
    )


def number(report_id: str) -> str:
    return report_id.removeprefix("s")


@pytest.mark.parametrize("name", SAMPLES)
def test_collection_is_read_as_it_is_published(name: str, tmp_path: Path) -> None:
    sample = SAMPLES[name]
    source = sample.make(tmp_path)

    reports, passed_over = as_published(read(source, sample.reading))

    assert all(isinstance(one, Pair) for one in reports), reports
    found = [one for one in reports if isinstance(one, Pair)]
    assert [(one.findings, one.impression) for one in found] == [
        (one.findings, one.impression) for one in PAIRS
    ]
    if sample.has_ids:
        assert [number(one.report_id) for one in found] == [one.report_id for one in PAIRS]
    patients = [one.patient if sample.has_patients else None for one in PAIRS]
    assert [one.patient for one in found] == patients
    assert len(passed_over) == len(sample.passed_over)
    for one, expected in zip(passed_over, sample.passed_over, strict=True):
        assert one.place.endswith(expected)


def test_documentation_has_a_row_for_each_sample_and_no_other() -> None:
    text = (ROOT / "docs" / "collections.md").read_text(encoding="utf-8")
    section = text.split("## What is read", 1)[1].split("\n## ", 1)[0]
    documented = [line.split("|")[1].strip() for line in section.splitlines() if line[:2] == "| "]

    assert documented[1:] == list(SAMPLES)


def problem_of(source: Path, reading: Reading | None = None) -> str:
    with pytest.raises(CollectionError) as caught:
        list(read(source, reading or Reading()))
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "reading", "problem"),
    [
        (
            "two.csv",
            "id,findings,section_findings,impression\n1,secret,b,c\n",
            None,
            (
                "has 2 columns that could be the findings (findings, section_findings); choose one"
                " with --findings-column"
            ),
        ),
        (
            "two.jsonl",
            '{"findings": "secret", "impression": "b", "conclusion": "c"}',
            None,
            "has 2 columns that could be the impression (impression, conclusion)",
        ),
        ("same.csv", "findings,Findings,impression\nsecret,b,c\n", None, "could be the findings"),
        (
            "same.csv",
            "findings,findings,impression\nsecret,b,c\n",
            Reading(Columns(findings="findings")),
            "has 2 columns named 'findings'; rename all but one",
        ),
        (
            "half.csv",
            "uid,findings\n1,secret\n",
            None,
            (
                "looks like a table separated by commas; it has no column for the impression; name"
                " it with --impression-column; its columns are uid, findings"
            ),
        ),
        (
            "none.csv",
            "Heart secret;Lungs clear;7\n",
            None,
            (
                "separated by semicolons; it has no columns for findings and impression; name them"
                " with --findings-column and --impression-column, or a column of whole reports with"
                " --report-column; it has 3 columns"
            ),
        ),
        (
            "wrong.csv",
            "a,b\nsecret,c\n",
            Reading(Columns(findings="x", impression="b")),
            "it has no column 'x' (--findings-column); its columns are a, b",
        ),
        ("words.csv", "secret words\nmore\n", None, "is neither JSON, XML nor a table"),
        ("other.json", '[{"a": "secret"}]', None, "is JSON; a record has no columns for findings"),
        ("list.json", '{"findings": ["secret"]}', None, "is JSON whose findings is not a text"),
        (
            "columns.json",
            '{"id": {"0": 1}, "findings": {"0": "secret"}, "impression": {"0": "secret"}}',
            None,
            "is JSON whose findings is not a text; write one record per report",
        ),
        (
            "large.json",
            '{"data": {"a": "' + "secret" * 200_000 + '"}}',
            None,
            "is one JSON object of more than 1,048,576 bytes; write one record per report",
        ),
        ("values.json", '{"train": [{"findings": "a"}, "secret"]}', None, "contain values"),
        ("nested.json", '{"train": [{"a": 1}], "b": [["secret"]]}', None, "contain values"),
        ("cut.json", '{"train": [{"findings": "secret', None, "ends too soon"),
        ("odd.json", '{"train": [{"findings": "secret"}}', None, "brackets that do not match"),
        ("page.xml", "<html><body>secret</body></html>", None, "is XML, but not Open-i's"),
        ("binary.csv", "a\0b,c\n", None, "is not text"),
        ("book.xlsx", "PK", None, "is neither"),
        (
            "open.csv",
            'id,findings,impression\n1,"' + "secret " * 3_000_000,
            None,
            "line 2: a field has more than 16,777,216 characters; is its quote closed? Fix it",
        ),
    ],
)
def test_file_that_cannot_be_read_says_what_it_looks_like_and_what_to_do(
    name: str, text: str, reading: Reading | None, problem: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert problem in problem_of(path, reading)


def test_long_field_costs_its_row_only_and_nothing_where_nobody_needs_it(tmp_path: Path) -> None:
    long = "word " * 30_000
    path = tmp_path / "long.csv"
    lines = [("1", long, "a.", ""), ("2", "b.", long, ""), ("3", "c.", "d.", long)]
    path.write_text(table(("id", "findings", "impression", "x"), lines), encoding="utf-8")

    found = list(read(path, Reading()))

    assert found == [
        LeftOut("1", "findings too long"),
        LeftOut("2", "impression too long"),
        Pair("3", "c.", "d."),
    ]
    assert csv.field_size_limit() == 131_072


def test_every_form_has_the_same_limits(tmp_path: Path) -> None:
    long = "word " * 10_200
    (tmp_path / "a.csv").write_text(f"id,findings,impression\n1,{long},b\n")
    (tmp_path / "b.json").write_text(json.dumps([{"id": 1, "findings": long, "impression": "b"}]))
    (tmp_path / "1.txt").write_text(f"FINDINGS: {long}\nIMPRESSION: b\n")
    (tmp_path / "1.xml").write_text(
        f'<eCitation><AbstractText Label="FINDINGS">{long}</AbstractText>'
        '<AbstractText Label="IMPRESSION">b</AbstractText></eCitation>'
    )

    for name in ("a.csv", "b.json", "1.txt", "1.xml"):
        assert list(read(tmp_path / name, Reading())) == [LeftOut("1", "findings too long")]


@pytest.mark.parametrize("suffix", [".zip", ".tgz"])
def test_broken_member_of_an_archive_is_named(suffix: str, tmp_path: Path) -> None:
    members = {f"r{n}.txt": f"FINDINGS: {n} {'abc' * n}\nIMPRESSION: {n}\n" for n in range(300)}
    path = (zipped if suffix == ".zip" else tarred)(tmp_path / f"reports{suffix}", members)
    data = bytearray(path.read_bytes())
    middle = len(data) // 3
    data[middle : middle + 40] = b"\xff" * 40
    path.write_bytes(data)

    problem = problem_of(path)

    assert str(path) in problem
    assert "download" in problem


def test_truncated_archive_is_damaged_and_not_shorter(tmp_path: Path) -> None:
    path = mimic_tgz(tmp_path)
    path.write_bytes(path.read_bytes()[:-30])

    assert "download the archive again" in problem_of(path)


def test_locked_zip_says_what_to_do(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.txt": "FINDINGS: a\nIMPRESSION: b"})
    data = bytearray(path.read_bytes())
    data[6] |= 1  # the flag of an encrypted member, in both of its headers
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)

    assert "extract the archive and give its folder" in problem_of(path)


def parquet(path: Path, select: str) -> Path:
    with duckdb.connect() as base:
        base.execute(f"COPY (SELECT {select}) TO '{path}' (FORMAT parquet)")
    return path


@pytest.mark.parametrize(
    ("select", "problem"),
    [
        (
            "1 AS id, {'findings': 'secret', 'impression': 'b'} AS report",
            "its column report is nested, not text; write the text into its own column",
        ),
        ("['secret'] AS findings, 'b' AS impression", "its column findings is nested"),
        ("7 AS findings, 'b' AS impression", "its column findings is of type INTEGER"),
        (
            "1 AS id, {'findings': 'secret'} AS document",
            (
                "is Parquet; it has no columns for findings and impression; name them with"
                " --findings-column and --impression-column, or a column of whole reports with"
                " --report-column; its columns are id, document; nested columns (1) are not"
                " searched"
            ),
        ),
    ],
)
def test_parquet_with_nested_columns_is_refused(select: str, problem: str, tmp_path: Path) -> None:
    assert problem in problem_of(parquet(tmp_path / "nested.parquet", select))


def test_parquet_is_found_by_its_content_and_under_any_name(tmp_path: Path) -> None:
    path = parquet(tmp_path / "x.parquet", "1 AS id, 'a' AS findings, 'b' AS impression")
    odd = path.rename(tmp_path / "[0-9]*.parquet")
    zipped_up = tmp_path / "a.zip"
    with zipfile.ZipFile(zipped_up, "w") as archive:
        archive.write(odd, "data/x.parquet")

    assert list(read(odd, Reading())) == [Pair("1", "a", "b")]
    assert list(read(zipped_up, Reading())) == [Pair("1", "a", "b")]


def test_parquet_of_many_pages_is_read_in_order(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    with duckdb.connect() as base:
        base.execute(
            "COPY (SELECT 'f ' || i AS findings, 'i ' || i AS impression FROM range(25001) t(i))"
            f" TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)"
        )

    found = list(read(path, Reading()))

    assert found == [Pair(f"x-{n}", f"f {n}", f"i {n}") for n in range(25_001)]


def test_damaged_parquet_is_named(tmp_path: Path) -> None:
    path = parquet(tmp_path / "x.parquet", "1 AS id, 'secret' AS findings, 'b' AS impression")
    path.write_bytes(path.read_bytes()[:-9])

    assert "cannot be read as Parquet" in problem_of(path)


def test_folder_whose_files_are_all_something_else_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG")
    (tmp_path / "b.csv").write_text("uid,filename\n1,x.png\n")

    problem = problem_of(tmp_path)

    assert problem.startswith(f"{tmp_path}: contains no reports; ")
    assert "b.csv looks like a table separated by commas; it has no columns for" in problem


def test_linked_folder_is_passed_over_so_that_no_walk_is_endless(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("FINDINGS: a\nIMPRESSION: b")
    (tmp_path / "b").symlink_to(tmp_path)

    reports, passed_over = as_published(read(tmp_path, Reading()))

    assert reports == [Pair("a", "a", "b")]
    assert [one.reason for one in passed_over] == [
        "is a linked folder; give it as a source of its own"
    ]


def test_archive_in_an_archive_is_passed_over_by_name(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"b.zip": "PK", "a.txt": "FINDINGS: a\nIMPRESSION: b"})

    _, passed_over = as_published(read(path, Reading()))

    assert [(one.place.split(": ")[1], one.reason) for one in passed_over] == [
        ("b.zip", "is an archive in an archive; extract it")
    ]


def test_pattern_finds_the_patient_in_a_path_and_in_an_id(tmp_path: Path) -> None:
    (tmp_path / "case-12_a.txt").write_text("FINDINGS: a\nIMPRESSION: b")
    (tmp_path / "t.csv").write_text("id,findings,impression\ncase-12_b,c,d\ne,f,g\n")
    reading = Reading(patients=Patients(pattern_of(r"case-(\d+)")))

    found = [one.patient for one in read(tmp_path, reading) if isinstance(one, Pair)]

    assert found == ["12", "12", None]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_free_text_is_read_in_every_encoding(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "s1.txt").write_text("FINDINGS: Größer.\nIMPRESSION: Ä.\n", encoding=encoding)

    assert list(read(tmp_path / "s1.txt", Reading())) == [Pair("s1", "Größer.", "Ä.")]


def test_text_that_is_far_too_long_is_no_report(tmp_path: Path) -> None:
    (tmp_path / "s1.txt").write_text("FINDINGS: a\nIMPRESSION: b\n" + " " * (1 << 20))

    assert list(read(tmp_path / "s1.txt", Reading())) == [LeftOut("s1", "unreadable")]
