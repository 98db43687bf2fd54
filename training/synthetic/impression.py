"""From what is seen to the impression: order, merging, closing line, numbering."""

from __future__ import annotations

from collections.abc import Sequence

from training.synthetic.devices import MISPLACED, PLACED, VEIN_LINES
from training.synthetic.houses import House
from training.synthetic.report import Observation
from training.synthetic.wording import lower_first, sentence

DEVICES_WELL = "Lines and tubes in satisfactory position"
NO_PNEUMOTHORAX = "No pneumothorax"


def write_impression(
    house: House, observations: Sequence[Observation], denied: frozenset[str]
) -> str:
    """The impression of a film.

    Args:
        house: the house style.
        observations: what was seen, in the order of the findings.
        denied: topics that the findings explicitly deny.
    """
    told = sorted((o for o in observations if o.phrase), key=lambda o: o.entity.priority)
    lines = _device_lines(_merge(told))
    if not told:
        lines = [house.normal_line.rstrip(".")]
    elif all(_is_old(o) for o in told):
        lines.insert(0, house.no_acute_line.rstrip("."))
    if _line_was_placed(told) and "pneumothorax" in denied:
        lines.append(NO_PNEUMOTHORAX)
    if house.numbers_impression and len(lines) > 1:
        return " ".join(f"{i}. {sentence(line)}" for i, line in enumerate(lines, start=1))
    return " ".join(sentence(line) for line in lines)


def _is_old(observation: Observation) -> bool:
    """Whether an observation requires no action now."""
    return observation.entity.weight != "acute" and observation.change not in ("new", "worse")


def _line_was_placed(told: Sequence[Observation]) -> bool:
    """Whether a line that may have caused a pneumothorax is mentioned."""
    return any(o.entity.device in VEIN_LINES for o in told)


def _merge(told: Sequence[Observation]) -> list[tuple[Observation, str]]:
    """Phrases, with atelectasis merged into its effusion and edema into the large heart."""
    lines = [(o, o.phrase) for o in told]
    for first, second, link in (
        ("effusion", "atelectasis", "with adjacent atelectasis"),
        ("cardiomegaly", "edema", None),
    ):
        heads = [i for i, (o, _) in enumerate(lines) if o.entity.topic == first]
        tails = [i for i, (o, _) in enumerate(lines) if o.entity.name == second]
        if not (heads and tails) or not _same_place(lines[heads[0]][0], lines[tails[0]][0]):
            continue
        tail = lines[tails[0]]
        if tail[0].change is not None:
            continue
        head = lines[heads[0]]
        merged = f"{head[1]} {link or 'with ' + lower_first(tail[1])}"
        lines[heads[0]] = (head[0], merged)
        del lines[tails[0]]
    return lines


def _same_place(first: Observation, second: Observation) -> bool:
    """Whether two observations are on the same side, or neither has a side."""
    return _side(first) == _side(second)


def _side(observation: Observation) -> str:
    words = " ".join(observation.slots.values()).split()
    sides = {w for w in words if w in ("left", "right")}
    return sides.pop() if len(sides) == 1 else ""


def _device_lines(lines: Sequence[tuple[Observation, str]]) -> list[str]:
    """The phrases, with several well-placed devices summarised in one line."""
    placed = [phrase for o, phrase in lines if o.entity.topic == PLACED]
    others = [phrase for o, phrase in lines if o.entity.topic != PLACED]
    misplaced = any(o.entity.topic == MISPLACED for o, _ in lines)
    if not placed:
        return others
    if len(placed) == 1:
        return [*others, placed[0]]
    return [*others, f"Other {lower_first(DEVICES_WELL)}" if misplaced else DEVICES_WELL]
