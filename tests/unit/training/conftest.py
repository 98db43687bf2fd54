from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def examples() -> Path:
    return ROOT / "examples"


@pytest.fixture
def model() -> Path:
    return ROOT / "local" / "models" / "fine-tuned"
