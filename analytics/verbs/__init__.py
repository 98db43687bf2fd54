"""The verbs of `python -m analytics`, one module each: HELP, DESCRIPTION, arguments, run."""
