"""Tests that ask Velox, whose functions are Presto's, for a second opinion."""
