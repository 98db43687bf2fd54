"""Synthetic chest X-ray reports: findings, and the impression that follows from them.

Nothing here was copied from a report: the tables contain general radiology wording, and the
composition is random but determined by its seed. The embedded demonstration models are trained on
these reports, and `examples/` consists of them.
"""
