"""Turns report collections into {findings, impression} pairs to train on and to evaluate with."""
