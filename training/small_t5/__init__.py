"""The parts of `python -m training.embedded`: a small T5 from invented reports to CTranslate2."""
