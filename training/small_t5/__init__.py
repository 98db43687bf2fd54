"""The parts of `python -m training.embedded`: a small T5, from reports to CTranslate2."""
