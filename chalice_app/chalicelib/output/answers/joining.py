"""Joins the answers to an object's reports into one object of their format."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from itertools import compress
from typing import IO, NamedTuple

from chalicelib.intake.frames import Form
from chalicelib.output.answers.making import Answer, Envelope, envelope

PRELIMINARY = "preliminary"
FINAL = "final"


class Joined(NamedTuple):
    """How many reports are answered, and what identifies them.

    `status` is `preliminary` if all of the reports are, else `final`. `reports` identifies the set
    of their ids.
    """

    answered: int
    status: str
    reports: str


def join(form: Form, answers: Callable[[], Iterable[Answer]], target: IO[bytes]) -> Joined:
    """Write the answers of an object, without those that a final report makes obsolete.

    A preliminary report is not answered if the same object contains its final version.

    Args:
        form: the form of the object.
        answers: reads all answers, in order; called twice.
        target: receives the text of the answer object.
    """
    reports = [(answer.report_id, answer.status == PRELIMINARY) for answer in answers()]
    final = {report_id for report_id, is_preliminary in reports if not is_preliminary}
    kept = [not (is_preliminary and report_id in final) for report_id, is_preliminary in reports]
    around: Envelope | None = None
    for answer in compress(answers(), kept):
        if around is None:
            around = envelope(form, answer.body, sum(kept))
            target.write(around.before)
        else:
            target.write(around.between)
        target.write(answer.body)
    if around is not None:
        target.write(around.after)
    return Joined(sum(kept), FINAL if final else PRELIMINARY, _identify(reports))


def _identify(reports: Sequence[tuple[str, bool]]) -> str:
    ids = hashlib.sha256()
    for report_id in sorted({report_id for report_id, _ in reports}):
        ids.update(report_id.encode() + b"\0")
    return ids.hexdigest()[:32]
