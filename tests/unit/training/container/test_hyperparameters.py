from __future__ import annotations

import pytest

from common.errors import SettingError
from training.container.hyperparameters import Hyperparameters, read


def test_strings_become_values_and_the_rest_stays() -> None:
    found = read({"epochs": "3", "learning_rate": "1e-4", "load_best_model_at_end": "True"})

    assert (found.epochs, found.learning_rate, found.load_best_model_at_end) == (3, 1e-4, True)
    assert found.batch_size == Hyperparameters().batch_size


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("epoch", "3", "is unknown here; use one of epochs, max_steps"),
        ("epochs", "three", "'three' is not an integer"),
        ("epochs", "0", "0 is not between 1 and 10000"),
        ("learning_rate", "nan", "nan is not between"),
        ("learning_rate", "fast", "'fast' is not a number"),
        ("load_best_model_at_end", "true", "'true' is neither True nor False"),
        ("lr_scheduler_type", "wavy", "'wavy' is not one of cosine, linear, constant_with_warmup"),
    ],
)
def test_wrong_one_is_answered_with_the_right_ones(name: str, value: str, problem: str) -> None:
    with pytest.raises(SettingError, match=f"^hyperparameter {name}: {problem}"):
        read({name: value})
