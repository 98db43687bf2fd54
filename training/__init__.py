"""Data preparation, fine-tuning and deployment: JumpStart's FLAN-T5 XL, or a small local T5."""

import common  # noqa: F401  # puts chalicelib on sys.path: this package runs from its checkout
