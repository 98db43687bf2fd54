"""Tells what a report's text says, and checks a draft against its findings: pure functions, no I/O.

`labeller.label(text)` returns facts, `check.check(findings, draft, …)` flags, and
`clinical_f1.facts_f1(draft, reference)` how far the facts of two texts agree. Import them where
they are used: a cold start without drafts needs none of it, and the lexicon is compiled on first
use.
"""

# The version of lexicon and rules: change it when a text may get other facts or flags.
VERSION = "draft-checks 1"
# Draft and findings say opposite things: what the alarm counts, and what the report shows first.
# Other flags are often what a radiologist would do too.
DISAGREEMENTS = frozenset({"wrong_side", "contradicted", "normal_draft_abnormal_findings"})
