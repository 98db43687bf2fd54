"""The findings in the committed examples, so that training can leave them out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from chalicelib.errors import FileRejectedError, RecordRejectedError
from chalicelib.intake import forms
from chalicelib.intake.decoding import TextStream
from training.errors import ExamplesError
from training.synthetic.stream import normalised

MOST_BYTES = 1 << 30


def held_out(folder: Path) -> frozenset[str]:
    """Normalised findings of every readable record in the folder.

    Raises:
        ExamplesError: the folder is missing or a whole file cannot be read.
    """
    if not folder.is_dir():
        raise ExamplesError(folder, "no such folder")
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return frozenset(normalised(text) for path in paths for text in findings_in(path))


def findings_in(path: Path) -> Iterator[str]:
    """Findings of one file, in any format that the functions read; what they reject is skipped.

    Raises:
        ExamplesError: the whole file cannot be read.
    """
    # Not with `intake.reading`: the training environment has no botocore.
    try:
        text = b"".join(TextStream([path.read_bytes()], MOST_BYTES))
        form = forms.detect(text)
        if form is None:
            return
        for found in forms.frame([text], form):
            with suppress(RecordRejectedError):
                yield forms.read(form, found, path.stem, MOST_BYTES, path.name).findings
    except (OSError, FileRejectedError) as error:
        raise ExamplesError(path, str(error)) from error
