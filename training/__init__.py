"""Data preparation, fine-tuning and deployment: JumpStart's FLAN-T5 XL, or a small T5 here."""

import common  # noqa: F401  # puts chalicelib on the path, for this package is run from its checkout
