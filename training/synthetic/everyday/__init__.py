"""Everyday films: mostly outpatients, with harmless findings and one usual normal sentence.

The house styles teach exact wording; these reports teach what does not matter. Old, healed,
calcified, surgical and technical findings are common in practice and lead to no line in the
impression, so that a model must not take an unknown word for a disease. The wording is invented:
general radiology phrasing, composed at random.
"""
