"""How well texts are labelled and drafts are checked: `python -m benchmarks.checks`."""
