from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from training.prepare.index import Group, Index
from training.prepare.splits import digest

Reports = list[tuple[int, int | None]]


def connected(reports: Reports) -> dict[int, tuple[frozenset[int], frozenset[int]]]:
    """The findings and patients that each of the findings is connected with, the plain way."""
    edges = defaultdict(set)
    for findings, patient in reports:
        edges["f", findings].add(("p", patient) if patient is not None else ("f", findings))
        if patient is not None:
            edges["p", patient].add(("f", findings))
    found = {}
    for findings, _ in reports:
        seen, todo = set(), [("f", findings)]
        while todo:
            node = todo.pop()
            if node not in seen:
                seen.add(node)
                todo.extend(edges[node])
        found[findings] = (
            frozenset(name for kind, name in seen if kind == "f"),
            frozenset(name for kind, name in seen if kind == "p"),
        )
    return found


def groups_of(path: Path, reports: Reports) -> dict[int, Group]:
    with Index(path) as index:
        for findings, patient in reports:
            index.add(digest(f"text {findings}"), None if patient is None else str(patient))
        return {findings: index.group(digest(f"text {findings}")) for findings, _ in reports}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(0, 15), st.none() | st.integers(0, 15)), min_size=1, max_size=40
    ),
    st.randoms(use_true_random=False),
)
def test_groups_are_the_connected_ones_in_any_order(
    tmp_path: Path, reports: Reports, order: random.Random
) -> None:
    expected = connected(reports)

    found = groups_of(tmp_path / "index", reports)
    shuffled = order.sample(reports, len(reports))

    assert {one: (group.findings, group.patients) for one, group in found.items()} == {
        one: (len(findings), len(patients)) for one, (findings, patients) in expected.items()
    }
    for one, group in found.items():
        for other, another in found.items():
            assert (group.key == another.key) == (expected[one] == expected[other])
    assert groups_of(tmp_path / "index", shuffled) == found


def test_findings_without_a_patient_are_a_group_by_themselves(tmp_path: Path) -> None:
    assert groups_of(tmp_path / "index", [(1, None)]) == {1: Group(digest("text 1"), 1, 0)}


def test_one_more_report_of_a_patient_keeps_the_key_of_the_group(tmp_path: Path) -> None:
    few = groups_of(tmp_path / "index", [(1, 7)])
    many = groups_of(tmp_path / "index", [(number, 7) for number in range(50)])

    assert few[1].key == many[1].key


def test_figures_count_what_is_joined(tmp_path: Path) -> None:
    with Index(tmp_path / "index") as index:
        for findings, patient in [(1, "a"), (2, "a"), (2, "b"), (3, "c"), (4, None)]:
            index.add(digest(str(findings)), patient)
        found = index.groups()

    assert (found.findings, found.patients, found.joined) == (4, 3, 1)
    assert (found.largest.findings, found.largest.patients) == (2, 2)
    assert not (tmp_path / "index").exists()


def test_empty_index_has_figures_too(tmp_path: Path) -> None:
    with Index(tmp_path / "index") as index:
        assert index.groups().largest == Group(b"", 0, 0)


def test_first_report_and_contradictions_are_known(tmp_path: Path) -> None:
    with Index(tmp_path / "index") as index:
        one, other = digest("one"), digest("other")
        assert [index.add(one, None, impression=text) for text in (b"a", b"a", b"b")] == [
            False,
            False,
            True,
        ]
        index.add(other, None, impression=b"a")

        assert index.is_contradicted(one)
        assert not index.is_contradicted(other)
        assert [index.is_first(one), index.is_first(one), index.is_first(other)] == [
            True,
            False,
            True,
        ]


def test_last_split_of_findings_and_patient_counts(tmp_path: Path) -> None:
    with Index(tmp_path / "index") as index:
        one, other = digest("one"), digest("other")
        index.add(one, "p", 2)
        index.add(one, None, 0)
        index.add(other, "p", 1)

        assert index.splits(one, "p") == (2, 2)
        assert index.splits(other, "p") == (1, 2)
        assert index.splits(other, None) == (1, 0)
