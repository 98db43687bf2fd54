"""The verbs of `python -m local`, a module each: options, and what is printed."""
