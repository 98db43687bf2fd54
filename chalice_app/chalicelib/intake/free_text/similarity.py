"""How many typing errors are between two words."""

from __future__ import annotations


def edits(first: str, second: str, limit: int) -> int:
    """Insertions, deletions, substitutions and swaps of neighbours from one word to the other.

    This is the optimal string alignment form of the Damerau-Levenshtein distance, computed only in
    the band of the table that can stay within the limit: O(length x limit) (Ukkonen 1985).

    Returns:
        The distance, or `limit + 1` if it is greater than the limit.
    """
    over = limit + 1
    if abs(len(first) - len(second)) > limit:
        return over
    width = len(second)
    before: list[int] = []
    row = [min(column, over) for column in range(width + 1)]
    for line, letter in enumerate(first, start=1):
        older, before = before, row
        row = [over] * (width + 1)
        if line <= limit:
            row[0] = line
        best = row[0]
        for column in range(max(1, line - limit), min(width, line + limit) + 1):
            other = second[column - 1]
            cost = before[column - 1] + (letter != other)
            cost = min(cost, before[column] + 1, row[column - 1] + 1)
            if (
                line > 1
                and column > 1
                and letter == second[column - 2]
                and other == first[line - 2]
            ):
                cost = min(cost, older[column - 2] + 1)
            row[column] = min(cost, over)
            best = min(best, row[column])
        if best > limit:
            return over
    return row[width]
