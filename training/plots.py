"""Plots of a job's losses and of the models' ROUGE. The same values give the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.output.baselines import ALL_ROLES
from common.errors import SettingError
from training.errors import MissingPackageError
from training.jobs.view import LOSSES

if TYPE_CHECKING:
    from chalicelib.output.tables import RougeRow
    from training.jobs.points import Point

REQUIREMENTS = "training/requirements-plot.txt"
FORMATS = (".svg", ".png")
STRATA = ("normal", "abnormal")


def check(path: Path) -> None:
    """Check a plot's file name in advance.

    Raises:
        SettingError: its extension is not in FORMATS, or its folder does not exist.
    """
    if path.suffix.lower() not in FORMATS:
        raise SettingError(str(path), f"use the extension {' or '.join(FORMATS)}")
    if not path.resolve().parent.is_dir():
        raise SettingError(str(path), "its folder does not exist")


def losses(found: Sequence[Point], title: str, path: Path) -> None:
    """Draw training and validation loss against the epoch.

    Raises:
        SettingError: the file's extension is not in FORMATS, or it cannot be written.
        MissingPackageError: matplotlib is not installed.
    """
    with _figure(path, 1) as (axes,):
        for metric, word in LOSSES.items():
            line = [point for point in found if point.metric == metric]
            across = [p.step if p.epoch is None else p.epoch for p in line]
            # Both have markers: a job of one epoch has only one point of each.
            marker = "o" if metric == "val_loss" else "."
            axes.plot(across, [p.value for p in line], label=word, marker=marker, markersize=5)
        axes.set(xlabel="epoch", ylabel="loss (nats per token)", title=title)
        axes.grid(visible=True, alpha=0.3)
        axes.legend()


def boxes(scores: Sequence[RougeRow], path: Path, metric: str = "rouge1") -> None:
    """Draw the distribution of a metric's F1: one box per model, one panel per stratum.

    The line in a box is the median, the triangle the mean; the whiskers extend to 1.5 times the
    interquartile range.

    Raises:
        SettingError: the file's extension is not in FORMATS, or it cannot be written.
        MissingPackageError: matplotlib is not installed.
    """
    wanted = [row for row in scores if row.metric == metric]
    models = [name for name in ALL_ROLES if any(row.model_role == name for row in wanted)]
    with _figure(path, len(STRATA)) as panels:
        for axes, stratum in zip(panels, STRATA, strict=True):
            of_model = {
                name: [
                    row.fmeasure
                    for row in wanted
                    if row.model_role == name and row.stratum == stratum
                ]
                for name in models
            }
            axes.boxplot(
                list(of_model.values()),
                tick_labels=[name.removeprefix("baseline-") for name in of_model],
                showmeans=True,
            )
            reports = max(map(len, of_model.values()), default=0)
            axes.set(ylim=(-0.05, 1.05), title=f"{stratum} ({reports} reports)")
            axes.grid(visible=True, axis="y", alpha=0.3)
        panels[0].set(ylabel=f"{metric.replace('rouge', 'ROUGE-')}, F1")


@contextmanager
def _figure(path: Path, panels: int) -> Iterator[list[Any]]:
    """Axes to draw on; the file is written at the end."""
    check(path)
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingPackageError("matplotlib", REQUIREMENTS) from None
    with rc_context({"svg.hashsalt": "impressions", "svg.fonttype": "none"}):
        figure = Figure(figsize=(8, 4.5), layout="constrained")
        yield list(figure.subplots(1, panels, squeeze=False, sharey=True)[0])
        try:
            figure.savefig(path, dpi=150, metadata=_undated(path))
        except OSError as error:
            raise SettingError(str(path), f"cannot be written ({error.strerror})") from None


def _undated(path: Path) -> dict[str, None]:
    return {"Date": None} if path.suffix.lower() == ".svg" else {"Software": None}
