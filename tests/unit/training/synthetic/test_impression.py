from __future__ import annotations

import pytest

from training.synthetic import bones, devices, heart, lungs, pleura
from training.synthetic.houses import HOUSES, House
from training.synthetic.impression import write_impression
from training.synthetic.report import Change, Entity, Observation

NOTHING: frozenset[str] = frozenset()


@pytest.fixture
def plain() -> House:
    return next(h for h in HOUSES if h.name == "university")


@pytest.fixture
def numbering() -> House:
    return next(h for h in HOUSES if h.name == "county")


def seen(
    entity: Entity, phrase: str, slots: dict[str, str] | None = None, change: Change | None = None
) -> Observation:
    return Observation(entity, "Sentence.", phrase, slots or {}, change)


def test_nothing_to_tell_is_the_normal_line_of_the_house(plain: House) -> None:
    told = [seen(bones.DEGENERATIVE, "")]

    assert write_impression(plain, told, NOTHING) == "No acute cardiopulmonary abnormality."


def test_what_is_urgent_comes_first_and_is_numbered(numbering: House) -> None:
    told = [
        seen(lungs.ATELECTASIS, "Mild left basilar atelectasis", {"base": "left basilar"}),
        seen(pleura.PNEUMOTHORAX, "Small right pneumothorax", {"side": "right"}),
    ]

    impression = write_impression(numbering, told, NOTHING)

    assert impression == "1. Small right pneumothorax. 2. Mild left basilar atelectasis."


def test_old_news_is_opened_with_nothing_acute(plain: House) -> None:
    told = [seen(lungs.HYPERINFLATION, "Emphysema")]

    impression = write_impression(plain, told, NOTHING)

    assert impression == "No acute cardiopulmonary abnormality. Emphysema."


def test_a_chronic_thing_that_got_worse_is_no_old_news(plain: House) -> None:
    told = [seen(heart.CARDIOMEGALY, "Worsening mild cardiomegaly", change="worse")]

    assert write_impression(plain, told, NOTHING) == "Worsening mild cardiomegaly."


def test_atelectasis_beside_an_effusion_is_drawn_to_it(plain: House) -> None:
    told = [
        seen(pleura.EFFUSION, "Small left pleural effusion", {"side": "left"}),
        seen(lungs.ATELECTASIS, "Mild left basilar atelectasis", {"base": "left basilar"}),
    ]

    impression = write_impression(plain, told, NOTHING)

    assert impression == "Small left pleural effusion with adjacent atelectasis."


def test_atelectasis_of_the_other_side_is_not(plain: House) -> None:
    told = [
        seen(pleura.EFFUSION, "Small left pleural effusion", {"side": "left"}),
        seen(lungs.ATELECTASIS, "Mild right basilar atelectasis", {"base": "right basilar"}),
    ]

    impression = write_impression(plain, told, NOTHING)

    assert impression == "Small left pleural effusion. Mild right basilar atelectasis."


def test_edema_is_told_with_the_large_heart(plain: House) -> None:
    told = [
        seen(lungs.EDEMA, "Mild pulmonary edema"),
        seen(heart.CARDIOMEGALY, "Moderate cardiomegaly"),
    ]

    impression = write_impression(plain, told, NOTHING)

    assert impression == "Moderate cardiomegaly with mild pulmonary edema."


def test_devices_that_sit_well_are_summed_up_after_the_one_that_does_not(plain: House) -> None:
    told = [
        seen(devices.TUBE, "Endotracheal tube in satisfactory position"),
        seen(devices.FEEDING_TUBE, "Nasogastric tube in satisfactory position"),
        seen(devices.PICC_WRONG, "Left PICC in the left internal jugular vein"),
    ]

    impression = write_impression(plain, told, NOTHING)

    assert impression == (
        "Left PICC in the left internal jugular vein."
        " Other lines and tubes in satisfactory position."
    )


@pytest.mark.parametrize(("denied", "said"), [({"pneumothorax"}, True), (set(), False)])
def test_after_a_line_a_denied_pneumothorax_is_told(
    plain: House, denied: set[str], *, said: bool
) -> None:
    told = [seen(devices.PICC, "Left PICC in satisfactory position", {"side": "left"})]

    impression = write_impression(plain, told, frozenset(denied))

    assert impression.endswith("No pneumothorax.") is said
