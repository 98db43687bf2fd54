"""The verbs of `python -m training`, one module each: HELP, DESCRIPTION, arguments, run."""
