"""Converts report collections to {findings, impression} pairs for training and evaluation."""
