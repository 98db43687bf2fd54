"""A model's memory: its fine-tuning pairs, looked up by similarity.

Similarity is the cosine of TF-IDF vectors of words and word pairs. A small model cannot memorise as
much as a large one; the impression of a similar report provides a radiologist's wording.
"""

from __future__ import annotations

import gzip
import itertools
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

FILE = "memory.jsonl.gz"
_WORD = re.compile(r"[a-z0-9]+")


def words(text: str) -> list[str]:
    """Lower-case words and numbers, tokenised as in rouge-score."""
    return _WORD.findall(text.lower())


class Memory:
    """Finds the stored sources that are most similar to a text."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        """`pairs` are source and target texts."""
        self.targets = [target for _, target in pairs]
        found = [_grams(source) for source, _ in pairs]
        seen = Counter(gram for grams in found for gram in grams)
        # What all sources have in common, such as the words of the prompt, has no weight.
        self._idf = {gram: math.log((1 + len(pairs)) / (1 + n)) for gram, n in seen.items()}
        postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, grams in enumerate(found):
            for gram, weight in self._vector(grams).items():
                postings[gram].append((number, weight))
        self._postings = {
            gram: (np.array([n for n, _ in list_]), np.array([w for _, w in list_]))
            for gram, list_ in postings.items()
        }

    @classmethod
    def read(cls, folder: Path) -> Memory | None:
        """The memory of a model folder; None if the model has none.

        Raises OSError, EOFError, ValueError or KeyError if the file is corrupt.
        """
        path = folder / FILE
        if not path.is_file():
            return None
        with gzip.open(path, "rt", encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        return cls([(row["source"], row["target"]) for row in rows])

    def most_like(self, text: str, count: int) -> list[tuple[str, float]]:
        """The targets of the sources most similar to `text`, with their cosine; best first."""
        scores = np.zeros(len(self.targets))
        for gram, weight in self._vector(_grams(text)).items():
            if gram in self._postings:
                numbers, weights = self._postings[gram]
                scores[numbers] += weight * weights
        order = np.argsort(-scores, kind="stable")[:count]
        return [(self.targets[i], float(scores[i])) for i in order if scores[i] > 0]

    def _vector(self, grams: Counter[str]) -> dict[str, float]:
        found = {g: (1 + math.log(n)) * self._idf.get(g, 0.0) for g, n in grams.items()}
        length = math.sqrt(sum(weight**2 for weight in found.values())) or 1.0
        return {gram: weight / length for gram, weight in found.items() if weight}


def write(folder: Path, pairs: Iterable[tuple[str, str]]) -> None:
    """Write a memory into a model folder; the same pairs give the same bytes."""
    with (
        (folder / FILE).open("wb") as raw,
        gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as file,
    ):
        for source, target in pairs:
            line = json.dumps({"source": source, "target": target}, ensure_ascii=False)
            file.write(f"{line}\n".encode())


def _grams(text: str) -> Counter[str]:
    found = words(text)
    return Counter(found) + Counter(f"{one} {two}" for one, two in itertools.pairwise(found))
