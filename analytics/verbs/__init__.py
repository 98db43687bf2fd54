"""The verbs of `python -m analytics`, a module each: HELP, DESCRIPTION, arguments, run."""
