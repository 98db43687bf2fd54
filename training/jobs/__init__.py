"""Finds, describes, follows and measures training jobs."""
