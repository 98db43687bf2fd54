"""The findings and the phrases that name them: data, written for this project.

One module for each region. `cues.py` holds the words that say whether, where, how much and since
when; `table.py` what a finding is. Compiled by `chalicelib.checks.compiled`.
"""
