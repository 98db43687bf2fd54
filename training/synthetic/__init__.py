"""Invented chest X-ray reports: findings, and the impression that follows from them.

Nothing here was copied from a report: the tables hold general radiology wording, and the
composition is random but fixed by its seed. The reports train the embedded demonstration model
and fill `examples/`.
"""
