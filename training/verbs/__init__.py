"""The verbs of `python -m training`: each module has `arguments(parser)` and `run(options)`."""
