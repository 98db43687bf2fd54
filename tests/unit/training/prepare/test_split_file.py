from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from training.errors import CollectionError
from training.prepare.split_file import SplitFile
from training.prepare.splits import EVALUATION, SPLITS, TRAIN, VALIDATE

# MIMIC-CXR's names each study once per image; MEDIQA's has no dicom_id, and calls one split dev.
MIMIC = (
    "dicom_id,study_id,subject_id,split\n"
    "a1,50000001,10000001,train\na2,50000001,10000001,train\nb1,50000002,10000002,validate\n"
    "c1,50000003,10000003,test\n"
)
MEDIQA = "study_id,subject_id,split\n50000001,1,train\n50000002,2,dev\n50000003,3,test\n"


def splits_of(path: Path, *ids: str) -> list[str | None]:
    with SplitFile(path, path.with_suffix(".sqlite")) as file:
        found = [file.split_of(one) for one in ids]
        file.check_all_read()
    return [None if one is None else SPLITS[one] for one in found]


def problem_of(path: Path, *ids: str) -> str:
    with pytest.raises(CollectionError) as caught:
        splits_of(path, *ids)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(path))
    return str(caught.value)


@pytest.mark.parametrize(
    "text", [MIMIC, MEDIQA, MIMIC.replace(",", "\t"), MEDIQA.replace(",", ";")]
)
@pytest.mark.parametrize("name", ["split.csv", "split.csv.gz"])
def test_published_split_is_read(text: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith("gz") else text.encode())

    found = splits_of(path, "s50000001", "50000002", "s50000003", "s50000004")

    assert found == [TRAIN, VALIDATE, EVALUATION, None]


def test_ids_that_no_report_has_are_named(tmp_path: Path) -> None:
    path = tmp_path / "split.csv"
    path.write_text("id,split\n" + "".join(f"x{n},train\n" for n in range(9)))

    assert (
        "names 8 ids that no report has (x1, x2, x3, x4, x5 and 3 more); give all of the"
        " collection's reports, or remove these lines" in problem_of(path, "x0")
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("id,fold\na,1\n", "needs a column split and one of study_id, report_id, id; its columns"),
        ("name,split\na,train\n", "needs a column split"),
        ("id,split\na,train\nb,fold7\n", "row 3: its split is none of dev, "),
        ("id,split\na,train\na,test\n", "row 3: a is in two splits; keep one of them"),
        ("id,split\na\n", "row 2: has 1 columns instead of 2"),
        ('id,split\n"a,train\n', "is not a CSV file in UTF-8"),
        ("", "needs a column split"),
    ],
)
def test_file_that_is_no_split_says_why(text: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "split.csv"
    path.write_text(text)

    assert problem in problem_of(path)


def test_long_id_takes_no_time_that_grows_faster_than_it(tmp_path: Path) -> None:
    path = tmp_path / "split.csv"
    path.write_text(f"id,split\n{'0' * 120_000}x,train\n{'0' * 120_000},test\n")

    assert splits_of(path, f"{'0' * 120_000}x", "0") == [TRAIN, EVALUATION]


def test_missing_and_damaged_files_are_named(tmp_path: Path) -> None:
    assert "cannot be read" in problem_of(tmp_path / "none.csv")
    path = tmp_path / "split.csv.gz"
    path.write_bytes(gzip.compress(MIMIC.encode())[:-9])
    assert "ends too soon; download it again" in problem_of(path)
