"""The verbs of `python -m local`, one module each: options and output."""
